/**
 * The answer of `capplan simulate`: what is printed as JSON and what the table is made from.
 * Shape of design: keys carry their unit; every number that can be unknown is `number | null`,
 * where null means "not known" or "not defined here" (never zero); `schemaVersion` changes when a key
 * changes its meaning.
 */
import type { CostSummary } from "../cost/cost-summary";
import type { ControlEvent } from "../simulation/control-event";
import type { EndReason } from "../simulation/end-reasons";

export interface SimulationSummary {
  readonly schemaVersion: 2;
  readonly scenario: { readonly name: string; readonly digest: string };
  readonly seed: number;
  /** Runs that the numbers are of: the finished replications, or one where all of them are the same run. */
  readonly replications: number;
  /** From Monday 00:00 UTC to the start of the run; null when nothing follows the clock and no start was chosen. */
  readonly horizonStartSeconds: number | null;
  readonly horizonSeconds: number;
  readonly warmUpSeconds: number;
  readonly verdict: Verdict;
  /** Set when the run was interrupted: replications finished of those asked for. */
  readonly interrupted: { readonly finished: number; readonly asked: number } | null;
  readonly requests: RequestCounts;
  readonly availability: Availability;
  readonly latency: LatencyBlocks;
  readonly throughput: Throughput;
  readonly slo: readonly SloResult[];
  readonly workloads: Readonly<Record<string, GroupSummary>>;
  readonly tenants: Readonly<Record<string, GroupSummary>>;
  readonly models: Readonly<Record<string, GroupSummary>>;
  readonly regions: Readonly<Record<string, GroupSummary>>;
  readonly pools: Readonly<Record<string, PoolSummary>>;
  /** By region; empty when no workload is delivered by queue. */
  readonly queues: Readonly<Record<string, QueueSummary>>;
  readonly control: ControlSummary;
  /** One entry for each fault that struck, in order of time; null without a timeline, over which it is measured. */
  readonly resilience: readonly FaultResilience[] | null;
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
  | "refused"
  | "timed-out"
  | "failed"
  | "dead-lettered"
  | "expired"
  | "retries-amplify"
  | "session-overflows"
  | "faults-not-assessed"
  | "preemptions"
  | "uncalibrated"
  | "warm-up-short"
  | "single-replication"
  | "two-replications"
  | "same-replications"
  | "nothing-measured"
  | "in-flight"
  | "skipped-rows"
  | "estimated-lengths"
  | "interrupted";

/**
 * Requests that arrived in the measured window, per replication (mean).
 * offered = completed + rejected + timedOut + failed + inFlight.
 */
export interface RequestCounts {
  readonly offered: number;
  readonly completed: number;
  readonly rejected: number;
  readonly timedOut: number;
  readonly failed: number;
  readonly inFlight: number;
  /** Attempts after the first: by clients, by gateways, and second ones beside a first (hedges). */
  readonly retried: number;
  readonly gatewayRetries: number;
  readonly hedges: number;
  /** At least one attempt ended without an answer, whatever became of the request. */
  readonly touched: number;
  /** Answered by a fallback model. */
  readonly fellBack: number;
  /** Requests that ended without an answer, by reason; only reasons that occurred. */
  readonly reasons: Readonly<Partial<Record<EndReason, number>>>;
  /** Requests of chains that ended without an answer, by the name of the step that broke; only steps that did. */
  readonly brokenSteps: Readonly<Record<string, number>>;
}

/**
 * Completed requests as a share of those that are over: completed / (offered − in flight). One that is in flight at
 * the end of the run is neither. The interval is the wider of two: Student's t over the replications, and
 * Wilson's score interval of all requests, which takes them as independent. Of a single run only the second is
 * known; failures come in clusters, and it is then too narrow.
 */
export interface Availability {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
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
  readonly availability: Availability;
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
  /** At the start of the run. */
  readonly replicas: number;
  /** Means over the measured window: those that take requests, and those that are paid for (starting, draining). */
  readonly readyReplicas: number;
  readonly paidReplicas: number;
  /** Of the paid ones; null when none was paid for. */
  readonly spotShare: number | null;
  readonly acceleratorsPerReplica: number;
  /** Share of time that a step was running, mean over ready replicas. */
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

export interface TimelineBucket {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly workloads: Readonly<
    Record<
      string,
      {
        // Of the requests that arrived in the bucket
        readonly offered: number;
        readonly completedOfArrived: number;
        /** Met every SLO; null when the workload has none. */
        readonly goodOfArrived: number | null;
        readonly touchedOfArrived: number;
        // Of what happened in it
        /** Sent by clients and gateways, first ones and retries. */
        readonly attempts: number;
        readonly completed: number;
        readonly rejected: number;
        readonly timedOut: number;
        readonly failed: number;
        readonly outputTokens: number;
        readonly ttftMsP50: number | null;
        readonly ttftMsP95: number | null;
        /** Mean number waiting for a first schedule, and running. */
        readonly meanInSystem: number;
      }
    >
  >;
  readonly pools: Readonly<
    Record<
      string,
      {
        /** Means over the bucket. */
        readonly readyReplicas: number;
        readonly paidReplicas: number;
        /** Sent to the pool. */
        readonly attempts: number;
      }
    >
  >;
}

/**
 * A region's message queues over the whole run, mean per replication; sent = completed + deadLettered + expired +
 * left. `deepest` and `oldestSeconds` are the worst of all replications.
 */
export interface QueueSummary {
  readonly sent: number;
  /** Deliveries to consumers. */
  readonly received: number;
  readonly completed: number;
  readonly deadLettered: number;
  readonly expired: number;
  readonly left: number;
  readonly deepest: number;
  readonly oldestSeconds: number;
}

/** What happened to the fleet beside requests. */
export interface ControlSummary {
  /** By kind, mean per replication; only kinds that occurred. */
  readonly counts: Readonly<Partial<Record<ControlEvent["kind"], number>>>;
  /** The first of them in the first replication, in order of time; `counts` tells how many there are. */
  readonly first: readonly NamedControlEvent[];
}

/** A control event with names of pools and regions for their indexes. */
export type NamedControlEvent =
  | {
      readonly seconds: number;
      readonly kind: "fault-start" | "fault-end";
      readonly fault: string;
      readonly replicas: number;
    }
  | {
      readonly seconds: number;
      readonly kind: "spot-notice";
      readonly pool: string;
      readonly replicas: number;
    }
  | {
      readonly seconds: number;
      readonly kind: "region-unhealthy" | "region-healthy";
      readonly region: string;
      readonly model: string;
    }
  | {
      readonly seconds: number;
      readonly kind: "ejected" | "returned" | "replica-down" | "replica-ready";
      readonly pool: string;
      readonly replica: number;
    }
  | {
      readonly seconds: number;
      readonly kind: "scaled";
      readonly pool: string;
      readonly from: number;
      readonly to: number;
    };

/**
 * What one fault did and how the fleet came back from it, over all of its occurrences in all replications. Shares
 * are of the requests of all occurrences together; times are medians over the occurrences, where one in which
 * it never came to that counts as endless, and null is a median that is endless. Everything is measured over the buckets of the
 * timeline, and is as coarse as they are wide; planner/metrics/resilience.ts defines each measure.
 */
export interface FaultResilience {
  readonly fault: string;
  /** Times that it struck, mean per replication. */
  readonly occurrences: number;
  /** Width of a bucket. */
  readonly resolutionSeconds: number;
  /** From the first occurrence of the first replication that has one, to the end of its last; null: not over in the run. */
  readonly startSeconds: number;
  readonly endSeconds: number | null;
  readonly blastRadius: {
    /** null where nothing arrived. */
    readonly requestShare: number | null;
    readonly tenantShare: number | null;
    /** null where it is not known what would have been. */
    readonly goodputLost: number | null;
  };
  readonly availabilityInWindow: number | null;
  readonly detectSeconds: number | null;
  readonly shiftSeconds: number | null;
  readonly recoverySeconds: number | null;
  /** In all occurrences; null where it is not known how good it was before, or nothing arrived after. */
  readonly recovered: boolean | null;
  readonly metastable: Metastability | null;
}

/** Load that keeps itself up: the fault is over, and its retries keep the fleet down. */
export interface Metastability {
  readonly explanation: string;
  readonly offeredRequestsPerSecond: number;
  readonly attemptsPerSecond: number;
  /** Most that were completed in any bucket of the run, or of the run without faults. */
  readonly capacityRequestsPerSecond: number;
}

export interface ProvenanceRow {
  readonly what: string;
  readonly kind: "measured" | "calibrated" | "modelled" | "given";
  readonly source: string;
  readonly date: string;
}
