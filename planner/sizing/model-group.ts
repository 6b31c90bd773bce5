/**
 * Models that are sized together, because some workload calls them all (a chain, a fallback), and the workloads that
 * call them. Pools serve one model, so that different groups only meet in quotas: each is simulated by itself.
 */

import { modelsOf } from "../metrics/workload-models";
import type { ResolvedWorkload } from "../scenario/resolved-scenario";

export interface ModelGroup {
  /** Sorted. */
  readonly models: readonly string[];
  /** Names, in the order of the scenario. */
  readonly workloads: readonly string[];
}

/** The groups of a scenario, by their first model. */
export function modelGroups(workloads: readonly ResolvedWorkload[]): ModelGroup[] {
  let groups: { readonly models: Set<string>; readonly workloads: string[] }[] = [];
  for (const workload of workloads) {
    const models = modelsOf(workload);
    const joined = groups.filter((group) => [...models].some((model) => group.models.has(model)));
    const merged = {
      models: new Set([...joined.flatMap((group) => [...group.models]), ...models]),
      workloads: [...joined.flatMap((group) => group.workloads), workload.name],
    };
    groups = [...groups.filter((group) => !joined.includes(group)), merged];
  }
  const order = workloads.map(({ name }) => name);
  return groups
    .map((group) => ({
      models: [...group.models].toSorted(),
      workloads: group.workloads.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)),
    }))
    .toSorted((a, b) => (a.models[0]! < b.models[0]! ? -1 : 1));
}
