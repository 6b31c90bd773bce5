/** The models that a workload's requests may be sent to: its own, those of its steps, and their fallbacks. */
import type { ResolvedWorkload } from "../scenario/resolved-scenario";

export function modelsOf({ model, chain, fallback }: ResolvedWorkload): ReadonlySet<string> {
  const models = new Set([model]);
  if (fallback !== undefined) models.add(fallback.model);
  for (const step of chain ?? []) {
    if (step.kind !== "model") continue;
    models.add(step.model);
    if (step.fallback !== undefined) models.add(step.fallback.model);
  }
  return models;
}

/** Calls of a model that a request makes when all goes well. */
export function modelCallsOf({ chain }: ResolvedWorkload): number {
  return chain === undefined ? 1 : chain.filter((step) => step.kind === "model").length;
}
