/** Cost against latency: limits of the scenario's objectives times a list of factors. */
import { didYouMean } from "../../catalog/suggest";
import { PlannerError, type Problem } from "../../foundation/errors";
import type { ScenarioSpec } from "../../scenario/scenario-spec";
import type { SizingContext } from "../evaluation-job";
import { type AskedPoint, type Frontier, type FrontierOptions, sizeChain } from "./frontier";
import type { StudiedFleet } from "./study-outcome";

export interface LatencyFrontierRequest {
  /** Times the limits, each above 0; in any order. */
  readonly factors: readonly number[];
  /** `ttft`, of every workload, or `chat.ttft`; all objectives when empty. */
  readonly objectives: readonly string[];
}

export const LATENCY_FACTORS = [0.5, 0.7, 1, 1.4, 2] as const;

type Slo = NonNullable<ScenarioSpec["workloads"][string]["slo"]>;

/**
 * @throws PlannerError when the scenario has no objectives, or none of these
 */
export async function latencyFrontier(
  context: SizingContext,
  request: LatencyFrontierRequest,
  options: FrontierOptions,
): Promise<Frontier> {
  refuseUnknownObjectives(context.spec, request.objectives, "objectives");
  const factors = [...new Set(request.factors)].toSorted((a, b) => a - b);
  const asked = factors.map(
    (factor): AskedPoint => ({
      name: `${factor} × limits`,
      factor,
      isBase: factor === 1,
      context:
        factor === 1
          ? context
          : { ...context, spec: withLimits(context.spec, factor, request.objectives) },
    }),
  );
  const points = await sizeChain(asked, options, (fleet, from, to) =>
    atOtherLimits(fleet, to.factor! / from.factor!, request.objectives),
  );
  const scaled = request.objectives.length === 0 ? "all limits" : request.objectives.join(", ");
  return { kind: "latency", scaled, points: points.toReversed() };
}

/**
 * @param path where the objectives are named, for problems
 * @throws PlannerError with every objective that the scenario does not have
 */
export function refuseUnknownObjectives(
  spec: ScenarioSpec,
  objectives: readonly string[],
  path: string,
): void {
  const known = Object.entries(spec.workloads).flatMap(([name, { slo = {} }]) =>
    Object.keys(slo).flatMap((metric) => [metric, `${name}.${metric}`]),
  );
  if (known.length === 0) {
    throw new PlannerError([
      {
        code: "missing",
        path: "workloads",
        message: "no workload has an objective, so that there are no limits to vary",
        hint: "give one an slo",
      },
    ]);
  }
  const problems = objectives
    .filter((one) => !known.includes(one))
    .map((one): Problem => {
      const names = [...new Set(known)];
      const hint = didYouMean(one, names) ?? `the scenario has ${names.join(", ")}`;
      const message = `no objective "${one}" in the scenario`;
      return { code: "unknown-name", path, message, hint };
    });
  if (problems.length > 0) throw new PlannerError(problems);
}

/** A scenario with the limits of these objectives times a factor; of all when none is named. */
export function withLimits(
  spec: ScenarioSpec,
  factor: number,
  objectives: readonly string[],
): ScenarioSpec {
  const scaled = (workload: string, slo: Slo): Slo =>
    Object.fromEntries(
      Object.entries(slo).map(([metric, limits]) => [
        metric,
        isScaled(objectives, workload, metric)
          ? Object.fromEntries(
              Object.entries(limits ?? {}).map(([statistic, limit]) => [
                statistic,
                limit! * factor,
              ]),
            )
          : limits,
      ]),
    );
  return {
    ...spec,
    workloads: Object.fromEntries(
      Object.entries(spec.workloads).map(([name, workload]) => [
        name,
        workload.slo === undefined ? workload : { ...workload, slo: scaled(name, workload.slo) },
      ]),
    ),
  };
}

function isScaled(objectives: readonly string[], workload: string, metric: string): boolean {
  if (objectives.length === 0) return true;
  return objectives.includes(metric) || objectives.includes(`${workload}.${metric}`);
}

/** Limits change nothing of a run: what was measured stays, and has more to spare. */
function atOtherLimits(
  fleet: StudiedFleet,
  factor: number,
  objectives: readonly string[],
): StudiedFleet {
  return {
    ...fleet,
    objectives: fleet.objectives
      .map((margin) => {
        const { workload, objective, limitMs, highMs } = margin;
        if (!isScaled(objectives, workload, objective.split(" ")[0]!)) return margin;
        const limit = limitMs * factor;
        return { ...margin, limitMs: limit, toSpare: highMs === null ? null : 1 - highMs / limit };
      })
      .toSorted((a, b) => (a.toSpare ?? -1) - (b.toSpare ?? -1)),
  };
}
