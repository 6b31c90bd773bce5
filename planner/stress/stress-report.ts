/**
 * The answer of `capplan stress`: what is printed as JSON, and what the scorecard and the page are made from. Keys
 * carry their unit; null means "not known" or "not defined here", never zero; `schemaVersion` changes when a key
 * changes its meaning.
 */
import type { FailureDomain } from "../fleet/failure-domains";
import type { Metastability, SloResult, Verdict } from "../metrics/simulation-summary";

export interface StressReport {
  readonly schemaVersion: 1;
  readonly scenario: { readonly name: string; readonly digest: string };
  readonly seed: number;
  readonly horizonSeconds: number;
  readonly warmUpSeconds: number;
  /** FAIL when a case fails, otherwise UNCERTAIN when one is; NOT APPLICABLE when none applies. */
  readonly verdict: CaseVerdict;
  /** Set when the run was interrupted: cases finished of those that apply. */
  readonly interrupted: { readonly finished: number; readonly asked: number } | null;
  readonly thresholds: StressThresholds;
  /** Where the thresholds come from: what is asked of every fleet, or what this one was asked for. */
  readonly thresholdsFrom: "default" | "given";
  readonly baseline: BaselineResult;
  readonly cases: readonly CaseResult[];
  readonly blastRadius: BlastRadiusMap;
  readonly headroom: Headroom;
}

export type CaseVerdict = "PASS" | "FAIL" | "UNCERTAIN" | "NOT APPLICABLE";

/** What a case is judged by; null = not asked for. Each is broken only by a value beyond it. */
export interface StressThresholds {
  /** Least share of the requests of the window that is completed. */
  readonly availability: number | null;
  /** Least share of the requests of the window that is good. */
  readonly goodput: number | null;
  /** Largest share of the requests of the window that is touched. */
  readonly blastRadius: number | null;
  /** Largest share of the tenants that is touched. */
  readonly tenants: number | null;
  /** Longest time until something notices the fault. A fault that touches requests unnoticed breaks any. */
  readonly detectionSeconds: number | null;
  /** Longest time until traffic has left what the fault took away, where it leaves at all. */
  readonly shiftSeconds: number | null;
  /** Longest time from the start of a fault until goodput is back. A fleet that never recovers breaks any. */
  readonly recoverySeconds: number | null;
  /** The fleet has to come back from every fault within the run. */
  readonly recovers: boolean;
  /** No fault may leave the fleet down by its own retries. */
  readonly metastable: boolean;
  /** More load may break no objective that the fleet keeps without it, nor saturate it. Asked of loads, not of faults. */
  readonly slo: boolean;
}

/** The scenario without any case, with the same random numbers. */
export interface BaselineResult {
  readonly verdict: Verdict;
  readonly availability: number | null;
  readonly offeredRequestsPerSecond: number;
  readonly goodRequestsPerSecond: number;
  readonly slo: readonly SloResult[];
  readonly series: GoodputSeries | null;
}

/** By bucket of the timeline, from the start of the run. Good: met every objective; without any: completed. */
export interface GoodputSeries {
  readonly bucketSeconds: number;
  readonly offeredPerSecond: readonly number[];
  readonly goodPerSecond: readonly number[];
}

export interface CaseResult {
  readonly name: string;
  readonly title: string;
  readonly tests: string;
  readonly verdict: CaseVerdict;
  /** Why it failed, is uncertain or does not apply; empty when it passed. */
  readonly reasons: readonly string[];
  /** What was done, when, and what was assumed. */
  readonly how: readonly string[];
  /** Null when it does not apply, or was not finished. */
  readonly measured: CaseMeasures | null;
}

/** Over the window: from the start of the fault to its end or recovery; of a load, the peak. */
export interface CaseMeasures {
  readonly kind: "fault" | "load";
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** Widths of the buckets that times are measured in. */
  readonly resolutionSeconds: number;
  /** Share of the requests of which an attempt ended without an answer, and of the tenants with such a request. */
  readonly requestShare: number | null;
  readonly tenantShare: number | null;
  readonly goodputLost: number | null;
  readonly availability: number | null;
  readonly goodShare: number | null;
  /** Of the baseline, over the same time. */
  readonly baselineAvailability: number | null;
  readonly goodRequestsPerSecond: number | null;
  readonly baselineGoodRequestsPerSecond: number | null;
  /** Of faults; null where it never came to that. */
  readonly detectSeconds: number | null;
  readonly shiftSeconds: number | null;
  readonly recoverySeconds: number | null;
  readonly recovered: boolean | null;
  /** From the end of the fault to the end of the run, and what cold starts and failover alone may take of it. */
  readonly secondsLeft: number;
  readonly secondsNeeded: number;
  readonly metastable: Metastability | null;
  /** Workloads whose queue grew to the end of the run, and did not without the case. */
  readonly saturated: readonly string[];
  /** Of all objectives, over the whole measured window. */
  readonly slo: readonly CaseObjective[];
  readonly series: GoodputSeries;
}

export interface CaseObjective {
  readonly workload: string;
  readonly objective: string;
  readonly limitMs: number;
  readonly valueMs: number | null;
  readonly verdict: Verdict;
  readonly baselineValueMs: number | null;
  readonly baselineVerdict: Verdict;
}

export interface BlastRadiusMap {
  /** Stretch of the baseline that loads are taken from: the expected peak, or the window when the load is flat. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly isPeak: boolean;
  readonly pools: readonly PoolLoad[];
  /** From the widest kind to the narrowest. */
  readonly domains: readonly DomainImpact[];
}

/** One pool of the baseline at the peak. */
export interface PoolLoad {
  readonly pool: string;
  readonly readyReplicas: number;
  readonly paidReplicas: number;
  readonly attemptsPerSecond: number;
  /** Share of all attempts. */
  readonly trafficShare: number | null;
  /**
   * Demand as a share of what the ready replicas can do with full batches of the same mix of work; null when the
   * pool did nothing to tell it by. Above 1 a queue grows.
   */
  readonly utilization: number | null;
}

export interface DomainImpact {
  readonly kind: FailureDomain["kind"];
  readonly name: string;
  /** Replicas of it that run at the peak, by the mean over the stretch. */
  readonly replicas: number;
  /** Share of the attempts that go to it, with the traffic of a pool spread evenly over its replicas. */
  readonly trafficShare: number | null;
  /** Smallest share of capacity that is left of a model without it, where its traffic can go. */
  readonly capacityLeftShare: number;
  /** Of the model and place that is worst off when the traffic of the domain moves; null when nothing is left or known. */
  readonly utilizationAfter: number | null;
  /** More than all of what is left would be needed, or nothing is left for its traffic. */
  readonly isOverloaded: boolean;
  /** Models of which no replica is left that its traffic can go to. */
  readonly unserved: readonly string[];
}

/** What is paid at the baseline's peak for replicas that have nothing to do then. */
export interface Headroom {
  /** 1 − utilisation at the peak, over the paid replicas by price; by number without prices. Null when not known. */
  readonly idleShare: number | null;
  readonly usdPerHour: number | null;
  /** Of it, idle. */
  readonly idleUsdPerHour: number | null;
  /** Pools left out of the dollars, because a price is not known or the pool did nothing. */
  readonly leftOut: readonly string[];
}
