/**
 * Coefficients of the step-time model (planner/simulation/step-time.ts): one row per accelerator that was
 * calibrated; every other accelerator takes over the row of its architecture, or physical priors.
 *
 * The calibrated rows are fits of closed-loop and open-loop runs of vLLM (mean TPOT, and TTFT below
 * saturation with a third of its weight) by robust least squares with a ridge toward the priors, each
 * (source, model, parallelism, version) weighing as the root of its points. Errors are those of models
 * left out of the fit, since a planner's model is rarely one of those measured.
 */
import type { AcceleratorSpec, StepTimeCoefficients } from "./specs";

const DATE = "2026-11-22";

const h100Sxm: StepTimeCoefficients = {
  accelerator: "h100-sxm-80gb",
  engine: "vllm",
  kind: "calibrated",
  weightBandwidthEfficiency: 0.9,
  kvBandwidthEfficiency: 0.67,
  expertBandwidthEfficiency: 0.65,
  computeEfficiency: 0.63,
  expertComputeEfficiency: 0.3,
  attentionEfficiency: 0.39,
  hostSecondsPerStep: 1.1e-3,
  hostSecondsPerLayer: 34e-6,
  hostSecondsPerRequest: 38e-6,
  hostSecondsPerExpertLayer: 50e-6,
  frontEndSeconds: 0.03,
  collectiveLatencySeconds: 10.3e-6,
  linkEfficiency: 0.8,
  tpotError: 0.06,
  ttftError: 0.25,
  source:
    "fit of 90 points of vLLM 0.8 to 0.12, four dense models, tensor parallel 1 to 8: aiconfigurator silicon_sample.csv@095f58a5, inference-perf@7de5ef2e, gpustack@47277d79, llm-d-benchmark@8eb9ac18",
  date: DATE,
};

const a100Sxm: StepTimeCoefficients = {
  accelerator: "a100-sxm-80gb",
  engine: "vllm",
  kind: "calibrated",
  weightBandwidthEfficiency: 0.76,
  kvBandwidthEfficiency: 0.7,
  expertBandwidthEfficiency: 0.55,
  computeEfficiency: 0.65,
  expertComputeEfficiency: 0.3,
  attentionEfficiency: 0.36,
  hostSecondsPerStep: 1.5e-3,
  hostSecondsPerLayer: 31e-6,
  hostSecondsPerRequest: 15e-6,
  hostSecondsPerExpertLayer: 50e-6,
  frontEndSeconds: 0.03,
  collectiveLatencySeconds: 7e-6,
  linkEfficiency: 0.66,
  tpotError: 0.15,
  ttftError: 0.3,
  source:
    "fit of 53 points of vLLM 0.6 and 0.8, two dense models, tensor parallel 1 and 2: llm-d-benchmark@8eb9ac18, sglang@26db155e",
  date: DATE,
};

const b200Sxm: StepTimeCoefficients = {
  accelerator: "b200-sxm-180gb",
  engine: "vllm",
  kind: "calibrated",
  weightBandwidthEfficiency: 0.92,
  kvBandwidthEfficiency: 0.71,
  expertBandwidthEfficiency: 0.65,
  computeEfficiency: 0.64,
  expertComputeEfficiency: 0.3,
  attentionEfficiency: 0.43,
  hostSecondsPerStep: 0.5e-3,
  hostSecondsPerLayer: 52e-6,
  hostSecondsPerRequest: 19e-6,
  hostSecondsPerExpertLayer: 30e-6,
  frontEndSeconds: 0.034,
  collectiveLatencySeconds: 7e-6,
  linkEfficiency: 0.38,
  tpotError: 0.3,
  ttftError: 0.3,
  source:
    "fit of 124 points of vLLM to 0.15, Llama-3.1-70B in FP8 and FP4 and gpt-oss-120b, tensor parallel 1 to 8: InferenceX export in aiconfigurator silicon_sample.csv@095f58a5",
  date: DATE,
};

const mi300x: StepTimeCoefficients = {
  accelerator: "mi300x-192gb",
  engine: "vllm",
  kind: "calibrated",
  weightBandwidthEfficiency: 0.84,
  kvBandwidthEfficiency: 0.74,
  expertBandwidthEfficiency: 0.6,
  computeEfficiency: 0.59,
  expertComputeEfficiency: 0.3,
  attentionEfficiency: 0.4,
  hostSecondsPerStep: 1.6e-3,
  hostSecondsPerLayer: 40e-6,
  hostSecondsPerRequest: 73e-6,
  hostSecondsPerExpertLayer: 50e-6,
  frontEndSeconds: 0.03,
  collectiveLatencySeconds: 10e-6,
  linkEfficiency: 0.5,
  tpotError: 0.2,
  ttftError: 0.4,
  source:
    "fit of 80 static batches of vLLM 0.8 to 0.10 on ROCm, Llama-3.1-70B in FP8, tensor parallel 8: ROCm/vllm@07ee15e8, 245c94c4, 270179a7",
  date: DATE,
};

const mi250: StepTimeCoefficients = {
  ...mi300x,
  accelerator: "mi250-128gb",
  weightBandwidthEfficiency: 0.74,
  kvBandwidthEfficiency: 0.68,
  computeEfficiency: 0.26,
  hostSecondsPerStep: 1.1e-3,
  hostSecondsPerLayer: 265e-6,
  hostSecondsPerRequest: 62e-6,
  collectiveLatencySeconds: 11e-6,
  linkEfficiency: 0.55,
  tpotError: 0.25,
  source:
    "fit of 117 static batches of vLLM of 2024 without captured graphs, five dense models, tensor parallel 1 to 4: argonne-lcf/LLM-Inference-Bench@4211f5d4",
};

/** Every calibrated row; `forArchitecture` are the architectures that take it over as their prior. */
const CALIBRATED: readonly {
  readonly row: StepTimeCoefficients;
  readonly forArchitecture: readonly string[];
}[] = [
  { row: h100Sxm, forArchitecture: ["Hopper"] },
  { row: a100Sxm, forArchitecture: ["Ampere"] },
  { row: b200Sxm, forArchitecture: ["Blackwell", "Blackwell Ultra"] },
  { row: mi300x, forArchitecture: ["CDNA3", "CDNA4"] },
  { row: mi250, forArchitecture: ["CDNA2"] },
];

/**
 * What is expected of an accelerator of another architecture: the middle of the calibrated rows, because
 * shares of the peak carry over between generations and the host runs the same code.
 */
const PRIOR = {
  engine: "vllm",
  kind: "modelled",
  weightBandwidthEfficiency: 0.85,
  kvBandwidthEfficiency: 0.7,
  expertBandwidthEfficiency: 0.6,
  computeEfficiency: 0.64,
  expertComputeEfficiency: 0.3,
  attentionEfficiency: 0.39,
  hostSecondsPerStep: 1.1e-3,
  hostSecondsPerLayer: 36e-6,
  hostSecondsPerRequest: 24e-6,
  hostSecondsPerExpertLayer: 50e-6,
  frontEndSeconds: 0.03,
  collectiveLatencySeconds: 8e-6,
  linkEfficiency: 0.6,
  tpotError: 0.3,
  ttftError: 0.5,
  source: "physical prior: middle of the rows calibrated on H100, A100 and B200",
  date: DATE,
} as const;

/**
 * The calibrated row of an accelerator; else that of its architecture, labelled `modelled` with a wider
 * error; else the prior, with a wide one.
 */
export function stepTimeCoefficients(accelerator: AcceleratorSpec): StepTimeCoefficients {
  const known = coefficientsOf.get(accelerator);
  if (known !== undefined) return known;
  const coefficients = takenOver(accelerator);
  coefficientsOf.set(accelerator, coefficients);
  return coefficients;
}

/** One object for each: what differs in nothing looks the same to the code that is compiled for it. */
const coefficientsOf = new WeakMap<AcceleratorSpec, StepTimeCoefficients>();

function takenOver(accelerator: AcceleratorSpec): StepTimeCoefficients {
  const own = CALIBRATED.find(({ row }) => row.accelerator === accelerator.name);
  if (own !== undefined) return own.row;
  const relative = CALIBRATED.find(({ forArchitecture }) =>
    forArchitecture.includes(accelerator.architecture),
  );
  if (relative === undefined) return { ...PRIOR, accelerator: accelerator.name };
  return {
    ...relative.row,
    accelerator: accelerator.name,
    kind: "modelled",
    tpotError: 0.2,
    ttftError: 0.4,
    source: `physical prior: same architecture as ${relative.row.accelerator}, calibrated`,
  };
}
