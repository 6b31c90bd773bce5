/**
 * Whether a fleet's autoscaling can do something, and can be done: bounds, units of targets, schedules, scaling to
 * zero. A policy that several pools follow is checked once, against all of them.
 */
import type { Problem } from "../foundation/errors";
import { formatDuration, formatShare } from "../foundation/format-units";
import type { FleetSpec } from "./fleet-spec";
import { autoscalingOf, type PlacedPool, placedPools, replicaBounds } from "./placed-pools";
import { AUTOSCALING_DEFAULTS } from "./policy-defaults";
import type { AutoscalingMetric } from "./resolved-policies";
import type { AutoscalingSpec, ScalingAmount } from "./scaling-spec";

/** What is seen without a replica: an engine that is not there measures nothing, a gateway counts what it sends on. */
const SEEN_AT_ZERO: AutoscalingMetric = "queue-depth";

/** Adds the problems of replicas' bounds and of what scales between them. */
export function checkAutoscaling(spec: FleetSpec, problems: Problem[]): void {
  const pools = placedPools(spec);
  for (const placed of pools) checkBounds(spec, placed, problems);
  const followers = new Map<string, { policy: AutoscalingSpec; pools: PlacedPool[] }>();
  for (const placed of pools) {
    const followed = autoscalingOf(spec, placed);
    if (followed === undefined) continue;
    const known = followers.get(followed.path);
    if (known === undefined)
      followers.set(followed.path, { policy: followed.policy, pools: [placed] });
    else known.pools.push(placed);
  }
  const fleets = spec.autoscaling;
  if (fleets !== undefined && !followers.has("fleet.autoscaling")) {
    problems.push({
      code: "conflict",
      path: "fleet.autoscaling",
      message: "no pool follows it: replicas of each are a fixed number, or it has its own",
      hint: "give a pool replicas: { min: …, max: … }",
    });
    checkPolicy("fleet.autoscaling", fleets, [], problems);
  }
  for (const [path, { policy, pools: following }] of followers)
    checkPolicy(path, policy, following, problems);
}

function checkBounds(spec: FleetSpec, placed: PlacedPool, problems: Problem[]): void {
  const { path, pool } = placed;
  const { min, max, initial } = replicaBounds(pool.replicas);
  const conflict = (at: string, message: string, hint: string) =>
    problems.push({ code: "conflict", path: `${path}.${at}`, message, hint });
  if (min > max) {
    conflict(
      "replicas.min",
      `${min} is more than max (${max})`,
      `use min: ${max} or less, or a larger max`,
    );
    return;
  }
  if (initial < min || initial > max) {
    const message = `${initial} is outside of min (${min}) to max (${max})`;
    conflict("replicas.initial", message, `use a number from ${min} to ${max}`);
  }
  const followed = autoscalingOf(spec, placed);
  if (followed === undefined) {
    if (min === max) return;
    conflict(
      "replicas",
      `min (${min}) and max (${max}) differ, but nothing scales the pool`,
      "add autoscaling to the pool or to the fleet, or write a single number of replicas",
    );
    return;
  }
  if (min === max) {
    conflict(
      "autoscaling",
      `has nothing to do: replicas is fixed at ${max}`,
      "give replicas: { min: …, max: … }",
    );
  } else if (min === 0 && followed.policy.metric !== SEEN_AT_ZERO) {
    conflict(
      "replicas.min",
      `0 replicas show no ${followed.policy.metric}, so that the pool would never start again`,
      `use min: 1, or metric: ${SEEN_AT_ZERO}`,
    );
  }
}

function checkPolicy(
  path: string,
  policy: AutoscalingSpec,
  pools: readonly PlacedPool[],
  problems: Problem[],
): void {
  checkAmount(`${path}.target`, policy.metric, policy.target, problems);
  if (policy.target.value === 0)
    problems.push({
      code: "invalid-value",
      path: `${path}.target`,
      message: "must be greater than 0, got 0",
    });
  if (policy.activation !== undefined)
    checkAmount(`${path}.activation`, policy.metric, policy.activation, problems);
  checkZero(path, policy, pools, problems);
  checkSchedule(path, policy, pools, problems);
  checkPredictive(path, policy, problems);
}

/** A share for kv-utilization, a rate for request-rate, a number for the others. */
function checkAmount(
  path: string,
  metric: AutoscalingMetric,
  { value, unit }: ScalingAmount,
  problems: Problem[],
): void {
  const refuse = (message: string, hint: string) =>
    problems.push({ code: "invalid-value", path, message, hint });
  if (metric === "request-rate") {
    if (unit === "rate" || value === 0) return;
    refuse(`of request-rate is a rate, got ${show(value, unit)}`, "write it with /s, such as 5/s");
  } else if (metric === "kv-utilization") {
    if (unit !== "rate" && value <= 1) return;
    refuse(
      `of kv-utilization is a share of the KV blocks, got ${show(value, unit)}`,
      "write it with %, such as 70%",
    );
  } else if (unit !== "number") {
    refuse(
      `of ${metric} is a number of ${metric === "queue-depth" ? "messages" : "requests"}, got ${show(value, unit)}`,
      "write it without a unit, such as 8",
    );
  }
}

function show(value: number, unit: ScalingAmount["unit"]): string {
  if (unit === "share") return formatShare(value);
  return unit === "rate" ? `${value}/s` : String(value);
}

/** What only matters at zero needs a pool that may be there. */
function checkZero(
  path: string,
  policy: AutoscalingSpec,
  pools: readonly PlacedPool[],
  problems: Problem[],
): void {
  const isUsed = pools.some(({ pool }) => replicaBounds(pool.replicas).min === 0);
  if (isUsed || pools.length === 0) return;
  for (const key of ["cooldownPeriod", "activation"] as const) {
    if (policy[key] === undefined) continue;
    problems.push({
      code: "conflict",
      path: `${path}.${key}`,
      message: "is for scaling to and from zero, but no pool that follows it has min: 0",
      hint: `leave ${key} out, or use replicas: { min: 0, … }`,
    });
  }
}

function checkSchedule(
  path: string,
  { schedule = [] }: AutoscalingSpec,
  pools: readonly PlacedPool[],
  problems: Problem[],
): void {
  const bounds = pools.map(({ name, pool }) => ({ name, ...replicaBounds(pool.replicas) }));
  const lowest = Math.min(...bounds.map(({ min }) => min));
  for (const [index, { start, end, replicas }] of schedule.entries()) {
    const at = `${path}.schedule[${index}]`;
    if (start.isDaily !== end.isDaily) {
      const [with_, without] = start.isDaily ? ["end", "start"] : ["start", "end"];
      problems.push({
        code: "conflict",
        path: at,
        message: `${with_} names a day and ${without} does not`,
        hint: "name a day in both, or in neither for every day",
      });
    } else if (start.seconds === end.seconds) {
      const message = "ends when it begins";
      problems.push({ code: "conflict", path: at, message, hint: "use a later end" });
    }
    const tooSmall = bounds.find(({ max }) => replicas > max);
    if (tooSmall !== undefined) {
      problems.push({
        code: "conflict",
        path: `${at}.replicas`,
        message: `${replicas} is more than max (${tooSmall.max}) of ${tooSmall.name}`,
        hint: "raise max, or give the pool its own autoscaling",
      });
    } else if (replicas <= lowest && bounds.length > 0) {
      problems.push({
        code: "conflict",
        path: `${at}.replicas`,
        message: `${replicas} changes nothing: no pool that follows it has less than min (${lowest})`,
        hint: `use more than ${lowest}`,
      });
    }
  }
}

/** A straight line needs a window with several samples. */
const SAMPLES_MIN = 2;

function checkPredictive(path: string, policy: AutoscalingSpec, problems: Problem[]): void {
  const { predictive } = policy;
  if (predictive === undefined) return;
  const { pollingInterval, predictiveMethod, predictiveWindow } = AUTOSCALING_DEFAULTS;
  const method = predictive.method ?? predictiveMethod.value;
  if (method === "profile") {
    if (predictive.window === undefined) return;
    problems.push({
      code: "conflict",
      path: `${path}.predictive.window`,
      message: "is the length of a trend, which method: profile does not draw",
      hint: "leave window out, or use method: trend",
    });
    return;
  }
  const window = predictive.window ?? predictiveWindow.value;
  const interval = policy.pollingInterval ?? pollingInterval.value;
  if (window >= SAMPLES_MIN * interval) return;
  problems.push({
    code: "conflict",
    path: `${path}.predictive.window`,
    message: `${formatDuration(window)} hold fewer than ${SAMPLES_MIN} samples at a pollingInterval of ${formatDuration(interval)}, too few for a trend`,
    hint: `use at least ${formatDuration(SAMPLES_MIN * interval)}`,
  });
}
