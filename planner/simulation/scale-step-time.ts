/**
 * The same engine on steps that are all longer or shorter by one factor: what a result would be if the
 * step-time model erred that much. Near capacity a few per cent in a step are many in a queue, so an error
 * of the model is carried through a run, not multiplied onto its latencies.
 */
import type { EngineSettings } from "./pool-run";

/** Settings whose steps take `factor` times as long. */
export function withStepTimes(settings: EngineSettings, factor: number): EngineSettings {
  const { stepTime } = settings;
  const scaled = (values: readonly number[]): number[] => values.map((value) => value * factor);
  return {
    ...settings,
    stepTime: {
      ...stepTime,
      decodeSeconds: (decodes) => stepTime.decodeSeconds(decodes) * factor,
      mixedSeconds: (decodes, prompts, tokens, pairs, windowPairs) =>
        stepTime.mixedSeconds(decodes, prompts, tokens, pairs, windowPairs) * factor,
      context: {
        start: stepTime.context.start,
        intercept: scaled(stepTime.context.intercept),
        slope: scaled(stepTime.context.slope),
      },
      windowSecondsPerToken: stepTime.windowSecondsPerToken * factor,
    },
  };
}
