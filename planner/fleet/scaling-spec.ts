/**
 * How many replicas a pool has, how that changes, how long a new one takes and how it is bought, as written. Names
 * are those of KEDA's ScaledObject and the HPA's behaviour. Nothing is filled in here: that is
 * `resolve-autoscaling.ts` and `resolve-capacity.ts`.
 */
import { z } from "zod";
import { quoteValue, readRate, readShare } from "../foundation/units";
import { readWeekTime } from "../foundation/week-time";
import { orMap, orWord } from "./alternatives";
import { distribution } from "./distribution-spec";
import type { AutoscalingMetric } from "./resolved-policies";
import {
  checked,
  count,
  duration,
  percent,
  plainNumber,
  type Reading,
  share,
  strict,
  word,
} from "./schema-kit";

export const REPLICAS_MAX = 100_000;

/** A fixed number of replicas, or the bounds of autoscaling. */
export const replicasSpec = orMap(
  count("Serving instances of the model in this pool", { min: 1, max: REPLICAS_MAX }),
  strict(
    {
      min: count("Fewest replicas; 0 = the pool may be scaled to zero", {
        min: 0,
        max: REPLICAS_MAX,
      }),
      max: count("Most replicas", { min: 1, max: REPLICAS_MAX }),
      initial: count("Replicas at the start of a run", { min: 0, max: REPLICAS_MAX }).optional(),
    },
    "Bounds of autoscaling",
  ),
  "Serving instances of the model in this pool: a number, or the bounds of autoscaling",
);

const METRICS = [
  "kv-utilization",
  "in-flight",
  "waiting",
  "queue-depth",
  "request-rate",
] as const satisfies readonly AutoscalingMetric[];

/** A figure in the unit of a metric, which is known only beside the metric. */
export interface ScalingAmount {
  readonly value: number;
  readonly unit: "number" | "share" | "rate";
}

const scalingAmount = (description: string) =>
  checked<ScalingAmount>(readScalingAmount, {
    type: ["number", "string"],
    description,
    examples: ["70%", 8, "5/s"],
  });

function readScalingAmount(value: unknown): Reading<ScalingAmount> {
  if (typeof value === "number") {
    if (Number.isFinite(value) && value >= 0) return { ok: true, value: { value, unit: "number" } };
    return { ok: false, message: `must be finite and not negative, got ${value}` };
  }
  if (typeof value !== "string" || !/[%/]/.test(value)) {
    const message = `expected a share such as 70%, a number such as 8 or a rate such as 5/s, got ${quoteValue(value)}`;
    return { ok: false, message };
  }
  const isShare = value.includes("%");
  const reading = isShare ? readShare(value) : readRate(value);
  if (!reading.ok) return reading;
  return { ok: true, value: { value: reading.value, unit: isShare ? "share" : "rate" } };
}

/** A time of the week, or of every day when no day is named. */
export interface ScheduleTime {
  readonly seconds: number;
  readonly isDaily: boolean;
}

const scheduleTime = (description: string) =>
  checked<ScheduleTime>(
    (value) => {
      const reading = readWeekTime(value);
      if (!reading.ok) return reading;
      return {
        ok: true,
        value: { seconds: reading.value, isDaily: !/[a-z]/i.test(String(value)) },
      };
    },
    { type: "string", description, examples: ["08:00", "mon 08:00"] },
  );

/** The HPA's limits: an hour of stabilisation, half an hour of period. */
const STABILIZATION_SECONDS_MAX = 3600;
const PERIOD_SECONDS_MAX = 1800;

const scalingRules = (description: string) =>
  strict(
    {
      stabilizationWindow: duration("How long a change must have been wanted", {
        max: STABILIZATION_SECONDS_MAX,
      }).optional(),
      pods: count("Replicas per period; with percent too, the larger of both").optional(),
      percent: percent("Share of the replicas per period; 100% doubles or removes all", {
        above: 0,
      }).optional(),
      period: duration("Period of pods and percent", {
        above: 0,
        max: PERIOD_SECONDS_MAX,
      }).optional(),
    },
    description,
  ).optional();

const schedule = z
  .array(
    strict(
      {
        start: scheduleTime("Beginning (UTC); without a day, every day"),
        end: scheduleTime("End (UTC); before the beginning = past midnight, or past Sunday"),
        replicas: count("Fewest replicas in between", { min: 1, max: REPLICAS_MAX }),
      },
      "Times with a higher minimum",
    ),
  )
  .min(1)
  .meta({ description: "Times of the week with a higher minimum (KEDA's cron trigger)" });

/** Autoscaling of pools whose replicas have bounds. */
export const autoscalingSpec = strict(
  {
    metric: word("metric", METRICS, "What is held near the target"),
    target: scalingAmount(
      "Target per ready replica: a share for kv-utilization, requests or messages for in-flight, waiting and queue-depth, a rate for request-rate",
    ),
    pollingInterval: duration("Time between two decisions", { above: 0 }).optional(),
    metricLag: duration("How old a sample is when it is seen").optional(),
    tolerance: share("No change while the ratio to the target is within 1 ± this").optional(),
    scaleUp: scalingRules("How fast the pool may grow"),
    scaleDown: scalingRules("How fast the pool may shrink"),
    cooldownPeriod: duration("To zero after this long without load").optional(),
    activation: scalingAmount(
      "Load of the whole pool above which it leaves zero, in the unit of the metric",
    ).optional(),
    schedule: schedule.optional(),
    predictive: strict(
      {
        lookahead: duration("How far ahead", { above: 0 }).optional(),
        method: word(
          "method",
          ["profile", "trend"],
          "profile: as the workloads' profiles expect; trend: the last window, drawn out",
        ).optional(),
        window: duration("Length of the trend", { above: 0 }).optional(),
      },
      "Scale for the load that is expected when a new replica would be ready",
    ).optional(),
  },
  "Autoscaling (KEDA and the HPA)",
);

/** Autoscaling of one pool, in place of the fleet's. */
export const poolAutoscalingSpec = orMap(
  word("autoscaling", ["none"], "none: the pool keeps its replicas"),
  autoscalingSpec,
  "Autoscaling of this pool, in place of the fleet's; none = it keeps its replicas",
);

export const coldStartSpec = strict(
  {
    node: distribution(duration, "Until the cloud has given the node, ready for pods").optional(),
    imagePull: distribution(duration, "Pulling the engine's image").optional(),
    weights: distribution(duration, "Loading the weights and starting the engine").optional(),
  },
  "How long a new replica takes until it serves",
);

const replicasOrRest = (description: string) =>
  orWord(
    ["rest"],
    "a number",
    count(description, { min: 0, max: REPLICAS_MAX }),
    description,
  ).optional();

export const purchaseSpec = strict(
  {
    reserved3y: replicasOrRest("Replicas committed to for three years, or rest"),
    reserved1y: replicasOrRest("Replicas committed to for one year, or rest"),
    capacityBlock: replicasOrRest("Replicas in prepaid blocks of capacity, or rest"),
    onDemand: replicasOrRest("Replicas bought on demand, or rest"),
    spot: replicasOrRest("Replicas on spot capacity, or rest"),
  },
  "How the replicas of this pool are bought, the first ones first: committed ones, paid whether they run or not, then on demand, then spot",
);

export const spotSpec = strict(
  {
    interruptionsPerHour: plainNumber("Interruptions of one node per hour", { min: 0 }).optional(),
    notice: duration("Time between the notice and the end of a node").optional(),
    unavailable: distribution(
      duration,
      "Time until the cloud offers the capacity again",
    ).optional(),
  },
  "How spot capacity behaves",
);

export type ReplicasSpec = z.output<typeof replicasSpec>;
export type AutoscalingSpec = z.output<typeof autoscalingSpec>;
export type ScalingRulesSpec = NonNullable<AutoscalingSpec["scaleUp"]>;
export type ColdStartSpec = z.output<typeof coldStartSpec>;
export type PurchaseSpec = z.output<typeof purchaseSpec>;
export type SpotSpec = z.output<typeof spotSpec>;
