/**
 * A sized fleet under a load that varies, in three variants: all of it all the time, by the hour, and by what is asked
 * of it. Each is run over the same requests with the cold starts that there are, and costs what is then billed. What lag
 * does is seen in the objectives, in when requests are outside of them, and in what could no longer be survived.
 */

import { paidWhile, poolCost } from "../../cost/pool-cost";
import type { FleetSpec } from "../../fleet/fleet-spec";
import { replicaBounds } from "../../fleet/placed-pools";
import type { SimulationSummary } from "../../metrics/simulation-summary";
import { followsClock } from "../../scenario/follows-clock";
import { resolveScenario } from "../../scenario/resolve-scenario";
import { fleetWith } from "../evaluated-scenario";
import type { SizingContext } from "../evaluation-job";
import { Evaluator } from "../evaluator";
import { rateReader, totalRate } from "../expected-arrivals";
import type { PoolsByRegion } from "../fleet-units";
import { runVerifications } from "../run-verifications";
import type { RunWindow } from "../run-window";
import { type SizingProblem, sizingProblem } from "../sizing-problem";
import type { SizedFleet } from "../sizing-result";
import { chooseVariant } from "./choose-variant";
import { type NeededHour, neededHours } from "./hourly-replicas";
import { damageOf } from "./scaling-damage";
import { autoscaledPools, type ScalingInput, scheduledPools } from "./scaling-pools";
import type { LoadHour, ScaledPool, ScalingStudy, ScalingVariant } from "./scaling-study";
import { survivalOverTime } from "./scaling-survival";
import { fleetNeeds } from "./site-needs";
import type { StudyOptions } from "./study-outcome";

const DAY_SECONDS = 86_400;
const HOUR_SECONDS = 3600;
/** Longer scenarios are run for their busiest day. */
const WHOLE_REQUESTS_MAX = 400_000;
const REPLICATIONS_MAX = 5;
const BUCKET_SECONDS = 300;
const BUCKETS_MIN = 24;

/**
 * @param context of the scenario that the fleet was sized for
 * @throws SearchInterrupted when it is ended before the variants are known
 */
export async function scalingVariants(
  context: SizingContext,
  sized: SizedFleet,
  { evaluations, watch }: Omit<StudyOptions, "solver">,
): Promise<ScalingStudy> {
  const problem = sizingProblem({ spec: context.spec, traces: new Map(context.traces) });
  const input = scalingInput(problem, sized);
  const stretch = stretchOf(problem);
  const own = variantContext(context);
  const evaluator = new Evaluator(evaluations.executorFor(own), watch);
  const isFlat = input.hours.every(({ units }) =>
    units.every((count, index) => count === input.needs.units[index]),
  );
  const asked: readonly (readonly [ScalingVariant["name"], PoolsByRegion])[] = [
    ["static", input.pools],
    ...(isFlat
      ? []
      : ([
          ["scheduled", scheduledPools(input)],
          ["autoscaled", autoscaledPools(input)],
        ] as const)),
  ];
  const summaries = await runVerifications(
    own,
    asked.map(([, pools]) => ({
      pools,
      window: stretch.window,
      loss: null,
      seed: problem.seed,
      replications: stretch.replications,
      timelineBuckets: stretch.buckets,
    })),
    evaluator,
  );
  const atStart =
    stretch.window === null ? 0 : stretch.window.fromSeconds - stretch.window.warmUpSeconds;
  const variants = asked.map(([name, pools], place): ScalingVariant => {
    const summary = summaries[place]!;
    return {
      name,
      pools: scaledPools(pools),
      spec: { ...own.spec, fleet: fleetWith(own.spec.fleet, pools, false) },
      usdPerHour: summary.cost.usdPerHour,
      verdict: summary.verdict,
      objectives: summary.slo,
      damage: damageOf(summary, summaries[0]!, { scenario: input.scenario, atStart }),
      survival: survivalOverTime(problem, input.needs, summary, atStart),
      replicas: replicasOverTime(summary, atStart),
    };
  });
  return {
    simulated: {
      fromSeconds: stretch.fromSeconds,
      toSeconds: stretch.toSeconds,
      isWhole: stretch.window === null,
      replications: stretch.replications,
      startSeconds: problem.demand.scenario.horizon.startSeconds,
      followsClock: followsClock(problem.demand.scenario),
    },
    hours: loadHours(problem, input.hours),
    hourlyUsdPerHour: hourlyUsdPerHour(input, stretch),
    variants,
    choice: chooseVariant(variants),
  };
}

function scalingInput(problem: SizingProblem, sized: SizedFleet): ScalingInput {
  const { demand, search, context } = problem;
  const needs = fleetNeeds(problem, sized);
  const { startSeconds } = demand.scenario.horizon;
  const { search: _, survive: __, ...spec } = sized.spec;
  return {
    pools: poolsByRegion(sized.spec.fleet),
    scenario: resolveScenario(spec, { traces: new Map(context.traces) }),
    needs,
    hours: neededHours(needs, startSeconds, search.replicasMin),
    policy: context.spec.fleet.autoscaling,
  };
}

function poolsByRegion({ regions }: FleetSpec): PoolsByRegion {
  return Object.fromEntries(Object.entries(regions).map(([name, { pools }]) => [name, pools]));
}

/** Every pool of a variant that scales has a policy of its own. */
function variantContext({ spec, traces }: SizingContext): SizingContext {
  const { autoscaling: _, ...fleet } = spec.fleet;
  return { spec: { ...spec, fleet }, traces };
}

interface Stretch {
  readonly window: RunWindow | null;
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly replications: number;
  readonly buckets: number;
}

/** The whole scenario; of a longer one with many requests, the day around its highest hour. */
function stretchOf({ demand }: SizingProblem): Stretch {
  const { scenario } = demand;
  const { durationSeconds, warmUpSeconds } = scenario.horizon;
  const isWhole =
    durationSeconds - warmUpSeconds <= DAY_SECONDS ||
    expectedCalls(demand, [0, durationSeconds]) <= WHOLE_REQUESTS_MAX;
  const moment = demand.peaks[0]!.moment;
  const fromSeconds = isWhole
    ? warmUpSeconds
    : Math.min(durationSeconds - DAY_SECONDS, Math.max(warmUpSeconds, moment - DAY_SECONDS / 2));
  const toSeconds = isWhole ? durationSeconds : fromSeconds + DAY_SECONDS;
  const calls = expectedCalls(demand, [fromSeconds, toSeconds]);
  return {
    window: isWhole ? null : { fromSeconds, durationSeconds: DAY_SECONDS, warmUpSeconds },
    fromSeconds,
    toSeconds,
    replications: Math.max(1, Math.min(REPLICATIONS_MAX, Math.floor(WHOLE_REQUESTS_MAX / calls))),
    buckets: Math.max(
      BUCKETS_MIN,
      Math.round((toSeconds - fromSeconds + warmUpSeconds) / BUCKET_SECONDS),
    ),
  };
}

function expectedCalls(
  { scenario, groups }: SizingProblem["demand"],
  [from, to]: readonly [number, number],
): number {
  const rates = groups.flatMap(({ workloads }) => [
    ...rateReader(scenario, workloads)([from, to]).values(),
  ]);
  return rates.reduce((sum, one) => sum + totalRate(one), 0) * (to - from);
}

function loadHours(
  { demand, offers }: SizingProblem,
  hours: readonly NeededHour[],
): readonly LoadHour[] {
  return hours.map(({ fromSeconds, toSeconds, units }) => ({
    fromSeconds,
    toSeconds,
    callsPerSecond: expectedCalls(demand, [fromSeconds, toSeconds]) / (toSeconds - fromSeconds),
    replicas: offers.reduce(
      (sum, { index, option }) =>
        sum + option.parts.reduce((all, part) => all + part.replicas, 0) * units[index]!,
      0,
    ),
  }));
}

/** Mean over the stretch; null where any pool has no price. */
function hourlyUsdPerHour(
  { hours, needs, scenario }: ScalingInput,
  { fromSeconds, toSeconds }: Stretch,
): number | null {
  let usd = 0;
  for (const hour of hours) {
    const from = Math.max(fromSeconds, hour.fromSeconds);
    const to = Math.min(toSeconds, hour.toSeconds);
    if (to <= from) continue;
    for (const { offers } of needs.sites) {
      for (const { region, option, index } of offers) {
        for (const part of option.parts) {
          const pool = scenario.fleet.pools.find(({ name }) => name === `${region}/${part.name}`)!;
          const cost = poolCost(pool, paidWhile(pool, hour.units[index]! * part.replicas));
          if (cost.usdPerHour === undefined) return null;
          usd += (cost.usdPerHour * (to - from)) / HOUR_SECONDS;
        }
      }
    }
  }
  return (usd * HOUR_SECONDS) / (toSeconds - fromSeconds);
}

function scaledPools(pools: PoolsByRegion): readonly ScaledPool[] {
  return Object.entries(pools).flatMap(([region, own]) =>
    Object.entries(own).map(([name, { replicas, autoscaling }]) => ({
      region,
      name,
      ...replicaBounds(replicas),
      autoscaling: typeof autoscaling === "object" ? autoscaling : null,
    })),
  );
}

function replicasOverTime(
  { timeline }: SimulationSummary,
  atStart: number,
): ScalingVariant["replicas"] {
  return (timeline ?? []).map(({ startSeconds, endSeconds, pools }) => {
    const all = Object.values(pools);
    return {
      fromSeconds: atStart + startSeconds,
      toSeconds: atStart + endSeconds,
      ready: all.reduce((sum, { readyReplicas }) => sum + readyReplicas, 0),
      paid: all.reduce((sum, { paidReplicas }) => sum + paidReplicas, 0),
    };
  });
}
