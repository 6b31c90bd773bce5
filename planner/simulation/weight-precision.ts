/**
 * How many bytes a stored weight takes and which units multiply it. Not the number of weights: that is
 * `model-weights.ts`. Sources: OCP Microscaling Formats v1.0 (MXFP4: 32 values share one 8-bit scale),
 * NVIDIA NVFP4 (16 values share one 8-bit scale), AWQ/GPTQ checkpoints with groups of 128.
 */
import type { AcceleratorSpec, ModelSpec, Precision } from "../catalog/specs";

/** Bytes of an element that is not quantised: embeddings, output head, activations, norms. */
export const HALF_BYTES = 2;

/** 4-bit values with one 16-bit scale and one 4-bit zero point per group of 128. */
const INT4_GROUP_BYTES = (4 + 16 / 128 + 4 / 128) / 8;
const MXFP4_BYTES = (4 + 8 / 32) / 8;
const NVFP4_BYTES = (4 + 8 / 16) / 8;

/**
 * Bytes per stored parameter of a matrix in this precision, scales included. Scales of FP8 and INT8
 * (one per channel or per 128 × 128 block) are below 0.1 % and not counted.
 *
 * @param isPublished4Bit the model's makers published it in FP4, which so far means MXFP4; FP4 made
 *   from other checkpoints is NVFP4
 */
export function storedBytesPerParameter(precision: Precision, isPublished4Bit: boolean): number {
  switch (precision) {
    case "fp16":
    case "bf16":
      return HALF_BYTES;
    case "fp8":
    case "int8":
      return 1;
    case "int4":
      return INT4_GROUP_BYTES;
    case "fp4":
      return isPublished4Bit ? MXFP4_BYTES : NVFP4_BYTES;
  }
}

/** Precision of the matrices outside the experts: 4-bit mixture-of-experts checkpoints quantise the experts only. */
export function sharedMatrixPrecision(model: ModelSpec, weights: Precision): Precision {
  const quantisesExpertsOnly =
    model.mixtureOfExperts !== undefined && (weights === "int4" || weights === "fp4");
  return quantisesExpertsOnly ? "bf16" : weights;
}

/** Units tried in order for weights of a precision; INT4 is dequantised to 16 bits before it is multiplied. */
const UNITS: Readonly<Record<Precision, readonly Precision[]>> = {
  fp4: ["fp4", "bf16", "fp16"],
  fp8: ["fp8", "bf16", "fp16"],
  int8: ["int8", "bf16", "fp16"],
  int4: ["bf16", "fp16"],
  bf16: ["bf16", "fp16"],
  fp16: ["fp16", "bf16"],
};

/**
 * Format that experts are multiplied in. MXFP4 checkpoints keep activations in 8 bits on chips with 4-bit
 * units and in 16 bits on all others, so they never reach the 4-bit rate.
 */
export function expertUnit(
  accelerator: AcceleratorSpec,
  weights: Precision,
  isPublished4Bit: boolean,
): Precision {
  if (weights !== "fp4" || !isPublished4Bit) return weights;
  return accelerator.denseFlops.fp4 === undefined ? "bf16" : "fp8";
}

/**
 * Peak operations per second that matrices of this precision are multiplied at: the chip's own unit
 * for it, else 16 bits after dequantisation (weight-only kernels).
 */
export function matrixFlops(accelerator: AcceleratorSpec, weights: Precision): number {
  for (const unit of UNITS[weights]) {
    const flops = accelerator.denseFlops[unit];
    if (flops !== undefined) return flops;
  }
  return Math.max(0, ...Object.values(accelerator.denseFlops));
}
