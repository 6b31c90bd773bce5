/** Figures of a run that several pages show, beside those that its summary has. */
import { meanUsdPerReplicaHour } from "../../planner/fleet/resolved-price";
import type { FaultResilience, TimelineBucket } from "../../planner/metrics/simulation-summary";
import { formatDuration, formatShare, formatUsd } from "../../planner/report/format-number";
import { UNKNOWN } from "../../planner/report/report";
import type { Column, Line, Run } from "./lesson";

const SECONDS_PER_HOUR = 3600;

type WorkloadBucket = TimelineBucket["workloads"][string];

/** Of all workloads, per second. */
function perSecond(bucket: TimelineBucket, of: (workload: WorkloadBucket) => number): number {
  const count = Object.values(bucket.workloads).reduce((sum, one) => sum + of(one), 0);
  return count / (bucket.endSeconds - bucket.startSeconds);
}

export const offeredPerSecond: Line["of"] = (bucket) => perSecond(bucket, (one) => one.offered);
export const attemptsPerSecond: Line["of"] = (bucket) => perSecond(bucket, (one) => one.attempts);
export const failedPerSecond: Line["of"] = (bucket) => perSecond(bucket, (one) => one.failed);
/** By the time at which they arrived. */
export const goodPerSecond: Line["of"] = (bucket) =>
  perSecond(bucket, (one) => one.goodOfArrived ?? one.completedOfArrived);

/** Over all pools. */
export const readyReplicas: Line["of"] = (bucket) =>
  Object.values(bucket.pools).reduce((sum, pool) => sum + pool.readyReplicas, 0);

/** One line for each variant, named after it. */
export function linesOf(variants: readonly string[], of: Line["of"]): Line[] {
  return variants.map((variant) => ({ name: variant, variant, of }));
}

/** Share of the offered requests that met every objective. */
export function goodShare({ summary }: Run): number {
  return (summary.throughput.goodputRps ?? 0) / offeredRate(summary.requests.offered, summary);
}

function offeredRate(offered: number, { horizonSeconds, warmUpSeconds }: Run["summary"]): number {
  return offered / (horizonSeconds - warmUpSeconds);
}

export function answeredShare({ summary }: Run): number {
  return summary.requests.completed / summary.requests.offered;
}

/** Of the measured window, mean per replication. */
export function requestsNotGood(run: Run): number {
  return run.summary.requests.offered * (1 - goodShare(run));
}

export function attemptsPerRequest({ summary: { requests } }: Run): number {
  return 1 + requests.retried / requests.offered;
}

/** What the replicas of the start of the run cost per hour. */
export function listUsdPerHour({ scenario }: Run): number {
  return scenario.fleet.pools.reduce(
    (sum, pool) => sum + pool.replicas * (meanUsdPerReplicaHour(pool) ?? Number.NaN),
    0,
  );
}

export function replicasAtStart({ scenario }: Run): number {
  return scenario.fleet.pools.reduce((sum, pool) => sum + pool.replicas, 0);
}

/** Replicas that were paid for × hours of the measured window. */
export function replicaHours({ summary }: Run): number {
  const paid = Object.values(summary.pools).reduce((sum, pool) => sum + pool.paidReplicas, 0);
  return (paid * (summary.horizonSeconds - summary.warmUpSeconds)) / SECONDS_PER_HOUR;
}

/** What the fault that the scenario names did; undefined in a run without it. */
export function faultOf({
  scenario,
  summary,
}: Pick<Run, "scenario" | "summary">): FaultResilience | undefined {
  const [name] = faultNames(scenario);
  return summary.resilience?.find(({ fault }) => fault === name);
}

/** Of those that strike at a time: not of what spot capacity does by chance. */
export function faultNames({ faults: { faults, spotWaves } }: Run["scenario"]): readonly string[] {
  return [...faults, ...spotWaves].map(({ name }) => name);
}

export const goodColumn: Column = {
  header: "within SLO",
  of: (run) => formatShare(goodShare(run)),
};

export const answeredColumn: Column = {
  header: "answered",
  of: (run) => formatShare(answeredShare(run)),
};

export const priceColumn: Column = {
  header: "per hour",
  of: (run) => formatUsd(listUsdPerHour(run)),
};

export const replicasColumn: Column = {
  header: "replicas",
  of: (run) => String(replicasAtStart(run)),
};

/** From the start of the fault. */
export const recoveryColumn: Column = {
  header: "good again after",
  of: (run) => {
    const fault = faultOf(run);
    if (fault === undefined) return UNKNOWN;
    if (fault.recovered === false) return "not in this run";
    return fault.recoverySeconds === 0 ? "no dip" : formatDuration(fault.recoverySeconds);
  },
};
