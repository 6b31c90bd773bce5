/** A scenario whose requests ask another model: the same workloads, chains and objectives. */
import { canonicalModel } from "../../fleet/names";
import type { ScenarioSpec } from "../../scenario/scenario-spec";

type WorkloadSpec = ScenarioSpec["workloads"][string];

/** Engine settings for the model that goes are tried with the one that comes, unless it has its own. */
export function withModel(
  spec: ScenarioSpec,
  { from, to }: { readonly from: string; readonly to: string },
): Partial<ScenarioSpec> {
  const isFrom = (name: string): boolean => canonicalModel(name) === canonicalModel(from);
  const other = (name: string): string => (isFrom(name) ? to : name);
  const { search } = spec;
  const entries = Object.entries(search?.models ?? {});
  const kept = entries.filter(([name]) => !isFrom(name));
  const own = entries.find(([name]) => isFrom(name));
  const isNamed = kept.some(([name]) => canonicalModel(name) === canonicalModel(to));
  const models = own === undefined || isNamed ? kept : [...kept, [to, own[1]] as const];
  return {
    workloads: Object.fromEntries(
      Object.entries(spec.workloads).map(([name, workload]) => [name, withModels(workload, other)]),
    ),
    ...(search?.models === undefined
      ? {}
      : { search: withoutEmptyModels({ ...search, models: Object.fromEntries(models) }) }),
  };
}

function withoutEmptyModels(search: NonNullable<ScenarioSpec["search"]>): ScenarioSpec["search"] {
  const { models, ...rest } = search;
  return Object.keys(models ?? {}).length === 0 ? rest : search;
}

/** A workload with other models; a fallback to the model that failed is no fallback, and is left out. */
export function withModels(workload: WorkloadSpec, other: (model: string) => string): WorkloadSpec {
  const { model, chain, ...rest } = workload;
  return {
    ...withFallback(rest, model, other),
    ...(model === undefined ? {} : { model: other(model) }),
    ...(chain === undefined
      ? {}
      : {
          chain: chain.map((step) =>
            "model" in step
              ? { ...withFallback(step, step.model, other), model: other(step.model) }
              : step,
          ),
        }),
  };
}

function withFallback<Asking extends Pick<WorkloadSpec, "fallback">>(
  asking: Asking,
  model: string | undefined,
  other: (model: string) => string,
): Asking {
  const { fallback, ...rest } = asking;
  if (fallback === undefined) return asking;
  const next = other(fallback.model);
  if (model !== undefined && canonicalModel(next) === canonicalModel(other(model))) {
    return rest as Asking;
  }
  return { ...asking, fallback: { ...fallback, model: next } };
}
