/**
 * What the plan says of each served model, summed over its workloads, since the engine knows only models. A value that
 * one workload leaves out is unknown for the model: a sum of the rest would be too small.
 */
import type { FleetRulesArgs, Measurer, MonitoredWorkloadArgs } from "./objective-args";

/** What is planned of one served model in this cluster. */
export interface PlannedModel {
  readonly servedModel: string;
  readonly measuredBy: Measurer | undefined;
  /** Names of its workloads, sorted. */
  readonly workloads: readonly string[];
  readonly requestsPerSecond: number | undefined;
  readonly requestsPerSecondMax: number | undefined;
  /** Over all its requests, so weighted by rate. */
  readonly promptTokensMean: number | undefined;
  readonly outputTokensMean: number | undefined;
  /** Of all requests of the cluster, when every model's rate is known and there are several models. */
  readonly share: number | undefined;
  /** Backends of the gateway through which all its requests come; undefined when a workload names none. */
  readonly backends: readonly string[] | undefined;
}

/** By name of the model, sorted. */
export function plannedModels({ workloads }: FleetRulesArgs): readonly PlannedModel[] {
  const names = [...new Set(Object.values(workloads).map(({ servedModel }) => servedModel))].sort();
  const models = names.map((servedModel) =>
    plannedModel(
      servedModel,
      Object.entries(workloads).filter(([, workload]) => workload.servedModel === servedModel),
    ),
  );
  const total = sumOf(models.map(({ requestsPerSecond }) => requestsPerSecond));
  return models.map((model) => ({
    ...model,
    share:
      models.length < 2 || total === undefined || total === 0
        ? undefined
        : model.requestsPerSecond! / total,
  }));
}

function plannedModel(
  servedModel: string,
  entries: readonly (readonly [string, MonitoredWorkloadArgs])[],
): Omit<PlannedModel, "share"> {
  const workloads = entries.map(([, workload]) => workload);
  const valuesOf = (field: "requestsPerSecond" | "requestsPerSecondMax") =>
    workloads.map(({ planned }) => planned?.[field]);
  const backends = workloads.map(({ backend }) => backend);
  return {
    servedModel,
    measuredBy: workloads[0]?.measuredBy,
    workloads: entries.map(([name]) => name).sort(),
    requestsPerSecond: sumOf(valuesOf("requestsPerSecond")),
    requestsPerSecondMax: sumOf(valuesOf("requestsPerSecondMax")),
    promptTokensMean: meanLength(workloads, "promptTokensMean"),
    outputTokensMean: meanLength(workloads, "outputTokensMean"),
    backends: backends.every((backend) => backend !== undefined)
      ? [...new Set(backends as string[])].sort()
      : undefined,
  };
}

function sumOf(values: readonly (number | undefined)[]): number | undefined {
  return values.reduce<number | undefined>(
    (sum, value) => (sum === undefined || value === undefined ? undefined : sum + value),
    0,
  );
}

/** One workload needs no weight; several are weighted by their rates. */
function meanLength(
  workloads: readonly MonitoredWorkloadArgs[],
  field: "promptTokensMean" | "outputTokensMean",
): number | undefined {
  const [only] = workloads;
  if (workloads.length === 1) return only?.planned?.[field];
  const rate = sumOf(workloads.map(({ planned }) => planned?.requestsPerSecond));
  const tokens = sumOf(
    workloads.map(({ planned }) =>
      planned?.requestsPerSecond === undefined || planned[field] === undefined
        ? undefined
        : planned.requestsPerSecond * planned[field],
    ),
  );
  return rate === undefined || tokens === undefined || rate === 0 ? undefined : tokens / rate;
}
