/** The steps of a workload's requests with models as indexes, as the engine goes through them. */
import type { AttemptFailure, ResolvedStep } from "../scenario/resolved-client";
import type { ResolvedScenario, ResolvedWorkload } from "../scenario/resolved-scenario";

const NONE = -1;

export interface ModelStep {
  readonly kind: "model";
  readonly model: number;
  /** Model to fall back on, or −1, and for which failures. */
  readonly fallback: number;
  readonly fallbackOn: readonly AttemptFailure[];
  readonly timeoutSeconds: number;
}

export interface WaitStep {
  readonly kind: "wait";
  readonly timeoutSeconds: number;
  readonly isSkippedOnFailure: boolean;
}

export type Step = ModelStep | WaitStep;

/** Canonical names of all models that requests may ask for, sorted: a model's index is its place here. */
export function modelsOf(scenario: ResolvedScenario): string[] {
  const names = new Set(scenario.fleet.pools.map((pool) => pool.model.name));
  for (const workload of scenario.workloads) {
    names.add(workload.model);
    if (workload.fallback !== undefined) names.add(workload.fallback.model);
    for (const step of workload.chain ?? []) {
      if (step.kind !== "model") continue;
      names.add(step.model);
      if (step.fallback !== undefined) names.add(step.fallback.model);
    }
  }
  return [...names].sort();
}

/** The steps of a workload; a request that is one call of a model has one. */
export function stepsOf(workload: ResolvedWorkload, models: readonly string[]): Step[] {
  const { chain, model, fallback } = workload;
  if (chain !== undefined) return chain.map((step) => stepOf(step, models));
  return [
    {
      kind: "model",
      model: models.indexOf(model),
      fallback: fallback === undefined ? NONE : models.indexOf(fallback.model),
      fallbackOn: fallback?.on ?? [],
      timeoutSeconds: Number.POSITIVE_INFINITY,
    },
  ];
}

function stepOf(step: ResolvedStep, models: readonly string[]): Step {
  const { timeoutSeconds } = step;
  if (step.kind === "wait") {
    return { kind: "wait", timeoutSeconds, isSkippedOnFailure: step.onFailure === "skip" };
  }
  return {
    kind: "model",
    model: models.indexOf(step.model),
    fallback: step.fallback === undefined ? NONE : models.indexOf(step.fallback.model),
    fallbackOn: step.fallback?.on ?? [],
    timeoutSeconds,
  };
}
