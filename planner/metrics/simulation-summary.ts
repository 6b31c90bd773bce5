/**
 * The answer of `capplan simulate`: what is printed as JSON and what the table is made from.
 * Shape of design: keys carry their unit; every number that can be unknown is `number | null`,
 * where null means "not known" or "not defined here" (never zero); `schemaVersion` changes when a key
 * changes its meaning.
 */

export interface SimulationSummary {
  readonly schemaVersion: 1;
  readonly scenario: { readonly name: string; readonly digest: string };
  readonly seed: number;
  readonly replications: number;
  /** From Monday 00:00 UTC to the start of the run; null when nothing follows the clock and no start was chosen. */
  readonly horizonStartSeconds: number | null;
  readonly horizonSeconds: number;
  readonly warmUpSeconds: number;
  readonly verdict: Verdict;
  /** Set when the run was interrupted: replications finished of those asked for. */
  readonly interrupted: { readonly finished: number; readonly asked: number } | null;
  readonly requests: RequestCounts;
  readonly latency: LatencyBlocks;
  readonly throughput: Throughput;
  readonly slo: readonly SloResult[];
  readonly workloads: Readonly<Record<string, GroupSummary>>;
  readonly tenants: Readonly<Record<string, GroupSummary>>;
  readonly models: Readonly<Record<string, GroupSummary>>;
  readonly regions: Readonly<Record<string, GroupSummary>>;
  readonly pools: Readonly<Record<string, PoolSummary>>;
  readonly cost: CostSummary;
  /** Only with `--timeline`. */
  readonly timeline: readonly TimelineBucket[] | null;
  readonly warnings: readonly { readonly code: WarningCode; readonly message: string }[];
  /** Part of every TTFT and E2E, beside what the replicas do: over origins and the pools they may reach. */
  readonly assumptions: {
    /** Network between client and region, there and back. */
    readonly roundTripMs: ValueRange;
    /** HTTP server and tokeniser of the engine. */
    readonly frontEndMs: ValueRange;
  };
  readonly provenance: readonly ProvenanceRow[];
  /** Largest relative error of a printed quantile that comes from the sketch. */
  readonly sketchRelativeError: number;
}

export interface ValueRange {
  readonly min: number;
  readonly max: number;
}

/** PASS and FAIL only where the limit is outside the margin of error; SATURATED counts as FAIL. */
export type Verdict = "PASS" | "FAIL" | "UNCERTAIN" | "NONE";

export type WarningCode =
  | "saturated"
  | "few-requests"
  | "clipped-inputs"
  | "clipped-outputs"
  | "rejected"
  | "preemptions"
  | "uncalibrated"
  | "warm-up-short"
  | "single-replication"
  | "two-replications"
  | "nothing-measured"
  | "in-flight"
  | "skipped-rows"
  | "interrupted";

/** Requests that arrived in the measured window, per replication (mean). offered = the sum of the others. */
export interface RequestCounts {
  readonly offered: number;
  readonly completed: number;
  readonly rejected: number;
  readonly timedOut: number;
  readonly failed: number;
  readonly retried: number;
  readonly inFlight: number;
}

export interface LatencyBlock {
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
  readonly count: number;
  /**
   * Half-width of the 95 % confidence interval over replications; null with one replication, and for a
   * quantile with fewer than ten requests beyond it.
   */
  readonly ci95: {
    readonly mean: number | null;
    readonly p50: number | null;
    readonly p90: number | null;
    readonly p95: number | null;
    readonly p99: number | null;
    readonly p999: number | null;
  } | null;
}

/** null where nothing was measured, or where the group is saturated: the mean of a growing queue is no latency. */
export interface LatencyBlocks {
  readonly ttftMs: LatencyBlock | null;
  readonly tpotMs: LatencyBlock | null;
  /** By workload and pool only; null for tenants, whose streams share batches. */
  readonly itlMs: LatencyBlock | null;
  readonly e2eMs: LatencyBlock | null;
  readonly queueTimeMs: LatencyBlock | null;
}

export interface Throughput {
  readonly requestsPerSecond: number;
  readonly inputTokensPerSecond: number;
  readonly outputTokensPerSecond: number;
  /** Requests per second that met every SLO of their workload; null when there is none. */
  readonly goodputRps: number | null;
}

export interface SloResult {
  readonly workload: string;
  /** `ttft p95`, say. */
  readonly objective: string;
  readonly limitMs: number;
  /** null when saturated or nothing measured. */
  readonly valueMs: number | null;
  /**
   * Confidence interval and model error together: the value may lie between these. A `highMs` of null beside
   * a `lowMs` means that the workload saturates when steps are longer by the error of the step-time model.
   */
  readonly lowMs: number | null;
  readonly highMs: number | null;
  /** Share of offered requests within the limit. */
  readonly attainment: number | null;
  readonly verdict: Verdict;
}

export interface GroupSummary {
  readonly requests: RequestCounts;
  readonly latency: LatencyBlocks;
  readonly throughput: Throughput;
  /** Share of offered requests that met every SLO of their workload. */
  readonly sloAttainment: number | null;
  readonly saturated: boolean;
}

export interface PoolSummary extends GroupSummary {
  readonly region: string;
  readonly model: string;
  readonly accelerator: string;
  readonly replicas: number;
  readonly acceleratorsPerReplica: number;
  /** Share of time that a step was running, mean over replicas. */
  readonly utilization: number;
  /** Time-weighted mean share of KV blocks in use by running requests. */
  readonly kvUtilization: number;
  /** Mean requests in a step. */
  readonly batchSize: number;
  readonly preemptions: number;
  /** Input tokens served from the prefix cache as a share of all input tokens; null when caching is off. */
  readonly prefixHitRate: number | null;
  readonly gpuHours: number;
  /** How many KV blocks a replica has and why. */
  readonly kvCapacity: KvCapacitySummary;
}

export interface KvCapacitySummary {
  readonly blocks: number;
  readonly blockTokens: number;
  readonly tokens: number;
  readonly basis: "given" | "computed";
  /** Lines of the derivation, in order: `80.0 GiB × 0.90 = 72.0 GiB usable`, … */
  readonly derivation: readonly string[];
}

export interface CostSummary {
  readonly usdPerHour: number | null;
  readonly usdPerMonth: number | null;
  readonly usdPerMillionOutputTokens: number | null;
  readonly usdPerThousandRequests: number | null;
  /** Pools without a price: the totals then say "at least". */
  readonly unpricedPools: readonly string[];
  /** Some pool with replicas has no price, so that the totals are of the others; false beside totals of null. */
  readonly isLowerBound: boolean;
}

export interface TimelineBucket {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly workloads: Readonly<
    Record<
      string,
      {
        readonly offered: number;
        readonly completed: number;
        readonly outputTokens: number;
        readonly ttftMsP50: number | null;
        readonly ttftMsP95: number | null;
        /** Mean number waiting for a first schedule, and running. */
        readonly meanInSystem: number;
      }
    >
  >;
}

export interface ProvenanceRow {
  readonly what: string;
  readonly kind: "measured" | "calibrated" | "modelled" | "given";
  readonly source: string;
  readonly date: string;
}
