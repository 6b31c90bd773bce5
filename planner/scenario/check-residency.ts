/** Whether every origin finds the models of its requests in a region where they may be served. */
import type { ResolvedFleet } from "../fleet/resolved-fleet";
import type { Problem } from "../foundation/errors";
import type { ResolvedWorkload } from "./resolved-scenario";

/** Adds a problem for each origin of a workload whose requests could be served nowhere. */
export function checkResidency(
  fleet: ResolvedFleet,
  workloads: readonly ResolvedWorkload[],
  problems: Problem[],
): void {
  const { residency, origins, regions, pools } = fleet;
  if (residency === undefined) return;
  for (const workload of workloads) {
    for (const { originIndex } of workload.origins) {
      for (const model of modelsAsked(workload)) {
        const serves = (region: number): boolean =>
          pools.some((pool) => pool.regionIndex === region && pool.model.name === model);
        if (regions.some((_, region) => residency[originIndex]![region] && serves(region)))
          continue;
        const origin = origins[originIndex]!;
        problems.push({
          code: "conflict",
          path: `fleet.residency.${origin}`,
          message: `no region that it allows serves ${model}, which ${workload.name} asks for from there`,
          hint: "add the model to one of these regions, or allow another one",
        });
      }
    }
  }
}

/** Every model that the requests may be sent to: fallbacks must stay where they are allowed, too. */
function modelsAsked({ model, chain, fallback }: ResolvedWorkload): ReadonlySet<string> {
  const calls = chain?.filter((step) => step.kind === "model") ?? [{ model, fallback }];
  return new Set(
    calls.flatMap((call) => [call.model, ...(call.fallback ? [call.fallback.model] : [])]),
  );
}
