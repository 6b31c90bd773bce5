/** Objectives that nothing keeps: that even an idle replica breaks, or every fleet that was tried; and what is possible. */
import { type ChosenOffers, formatMs } from "./choose-offers";
import type { EvaluatedObjective } from "./evaluation-job";
import type { RefusedFleet } from "./fleet-search";
import { describeUnits } from "./fleet-units";
import type { SizingProblem } from "./sizing-problem";
import type { Conflict } from "./sizing-result";

/** An objective that even an idle replica breaks is below what hardware can do. */
export function impossibleObjectives({ impossible }: ChosenOffers): readonly Conflict[] {
  return impossible.flatMap(({ model, best }) =>
    best.runs.flatMap(({ workloads }) =>
      workloads.flatMap(({ name, objectives }) =>
        objectives
          .filter(({ holds }) => !holds)
          .map(({ objective, valueMs, limitMs }): Conflict => {
            const [metric = "", statistic = ""] = objective.split(" ");
            const reached =
              valueMs === null ? "too little is answered at all" : `${formatMs(valueMs)} at best`;
            return {
              path: `workloads.${name}.slo.${metric}.${statistic}`,
              message: `no option for ${model} keeps ${formatMs(limitMs)} even with nearly nothing to do: ${reached}, the error of the model included`,
              relax: `allow ${valueMs === null ? "more" : formatMs(valueMs)}, or faster hardware in search.hardware`,
            };
          }),
      ),
    ),
  );
}

interface Miss {
  readonly workload: string;
  readonly objective: EvaluatedObjective;
  /** Of the limit that the run was held against; Infinity where too little was answered. */
  readonly ratio: number;
}

/** What the fleet that came nearest still breaks; nothing where nothing was answered in any. */
export function nearestMiss(
  { demand, offers }: SizingProblem,
  refused: readonly RefusedFleet[],
): readonly Conflict[] {
  const nearest = refused
    .map((fleet) => ({ fleet, misses: missesOf(fleet) }))
    .map((one) => ({ ...one, worst: Math.max(...one.misses.map(({ ratio }) => ratio)) }))
    .filter(({ worst }) => Number.isFinite(worst))
    .toSorted((a, b) => a.worst - b.worst)[0];
  if (nearest === undefined) return [];
  const byObjective = new Map<string, { readonly miss: Miss; readonly limitMs: number }>();
  for (const miss of nearest.misses) {
    const { workload, objective } = miss;
    const { slo } = demand.scenario.workloads.find(({ name }) => name === workload)!;
    const limit = slo.find(
      ({ metric, statistic }) => `${metric} ${statistic}` === objective.objective,
    )!;
    const path = `workloads.${workload}.slo.${limit.metric}.${limit.statistic}`;
    const known = byObjective.get(path);
    if (known !== undefined && known.miss.ratio >= miss.ratio) continue;
    byObjective.set(path, { miss, limitMs: limit.limitSeconds * 1e3 });
  }
  return [...byObjective].map(([path, { miss, limitMs }]) => {
    const needed = formatMs(limitMs * miss.ratio);
    return {
      path,
      message: `none of ${refused.length} fleets keeps ${formatMs(limitMs)}: ${needed} at best, round trips and the error of the model included, with ${describeUnits(offers, nearest.fleet.units)}`,
      relax: `allow ${needed}, or faster hardware in search.hardware, or regions nearer to the clients`,
    };
  });
}

function missesOf({ failed }: RefusedFleet): Miss[] {
  return failed.flatMap(({ evaluation }) =>
    evaluation.runs.flatMap(({ workloads }) =>
      workloads.flatMap(({ name, isSaturated, objectives }) =>
        objectives.flatMap((objective): Miss[] => {
          const { valueMs, limitMs, holds } = objective;
          if (holds && !isSaturated) return [];
          const ratio = valueMs === null ? Number.POSITIVE_INFINITY : valueMs / limitMs;
          return [{ workload: name, objective, ratio: Math.max(1, ratio) }];
        }),
      ),
    ),
  );
}
