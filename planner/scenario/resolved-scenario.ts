/**
 * A scenario after every default is resolved, every name looked up and every trace file read:
 * what `simulate` takes. Plain immutable values in base units (seconds, tokens, bytes).
 */
import type { PriceBookIdentity } from "../catalog/prices/price-book";
import type { PriceOverride } from "../catalog/prices/price-overrides";
import type { Priority } from "../fleet/priority";
import type { ResolvedFleet } from "../fleet/resolved-fleet";
import type { Distribution } from "../foundation/distributions";
import type { ResolvedClient, ResolvedFallback, ResolvedStep } from "./resolved-client";
import type { ResolvedFaults } from "./resolved-faults";
import type { ResolvedPrefix, ResolvedTokens } from "./resolved-tokens";
import type { TraceTable } from "./trace-table";

export type { DrawnTokens, ResolvedPrefix, ResolvedTokens } from "./resolved-tokens";
export type { Distribution };

export interface ResolvedScenario {
  readonly name: string;
  /** SHA-256 over the canonical form of the resolved values, first 12 hex digits. */
  readonly digest: string;
  readonly seed: number;
  readonly replications: number;
  readonly horizon: {
    /** Seconds from Monday 00:00 UTC to t = 0, less than a week: what profiles with a clock follow. */
    readonly startSeconds: number;
    /** Arrivals stop here; requests in flight are run to their end (`drain`) or counted as in flight. */
    readonly durationSeconds: number;
    readonly warmUpSeconds: number;
    readonly drain: boolean;
  };
  readonly workloads: readonly ResolvedWorkload[];
  readonly fleet: ResolvedFleet;
  readonly faults: ResolvedFaults;
  readonly prices: ResolvedPrices;
}

/** What the fleet was priced with; `priceBookOf` gives the book itself. */
export interface ResolvedPrices {
  readonly book: PriceBookIdentity;
  readonly overrides: readonly PriceOverride[];
  /** Estimate where the book has no price: of spot capacity, and of services. */
  readonly estimateSpot: boolean;
  readonly estimateServices: boolean;
}

export interface ResolvedWorkload {
  readonly name: string;
  /** Canonical catalog name of the model that gives the answer: that of the last model step. */
  readonly model: string;
  readonly arrivals: ResolvedArrivals;
  /** With a chain, those of its first model step. */
  readonly tokens: ResolvedTokens;
  readonly prefix: ResolvedPrefix | undefined;
  /** What a request consists of, when that is more than one call of `model`. */
  readonly chain: readonly ResolvedStep[] | undefined;
  /** Without a chain; the model steps of a chain have their own. */
  readonly fallback: ResolvedFallback | undefined;
  /** `queue`: a message in the region's queue, which replicas pull when they have room. */
  readonly delivery: "direct" | "queue";
  readonly client: ResolvedClient;
  readonly sessions: ResolvedSessions | undefined;
  /** Index into `fleet.origins`, and the share of requests from there; shares add up to 1. */
  readonly origins: readonly {
    readonly originIndex: number;
    readonly share: number;
    readonly utcOffsetHours: number;
  }[];
  /** Who the requests belong to; shares add up to 1. A single tenant `default` when none is given. */
  readonly tenants: readonly { readonly name: string; readonly share: number }[];
  readonly priority: Priority;
  readonly slo: readonly Objective[];
  /**
   * Requests longer than this are clipped, and counted: the smallest window of the pools that serve the model, or
   * its fallback. With a chain, that of its first model step; each model step has its own.
   */
  readonly contextWindowTokens: number;
}

/** `p95 of ttft ≤ 0.8 s`, say. `share` is 0.95 for p95; a limit on the mean has statistic "mean". */
export interface Objective {
  readonly metric: "ttft" | "tpot" | "itl" | "e2e" | "queueTime";
  readonly statistic: "mean" | "p50" | "p90" | "p95" | "p99" | "p999";
  readonly limitSeconds: number;
}

export type ResolvedArrivals =
  | {
      readonly kind: "open";
      readonly requestsPerSecond: number;
      readonly process: ArrivalProcess;
      readonly profile: RateProfile;
      readonly requestsMax: number;
    }
  | {
      readonly kind: "closed";
      readonly concurrency: number;
      readonly thinkSeconds: Distribution;
      readonly requestsMax: number;
    }
  | {
      readonly kind: "trace";
      readonly trace: TraceTable;
      /** 2 replays twice as fast. */
      readonly speed: number;
      /** Start again at the end of the trace, until the horizon. */
      readonly loop: boolean;
      /** Each request is kept with this probability. */
      readonly sample: number;
    };

/** Gaps between arrivals at a constant rate; every process has the mean gap 1/rate. */
export type ArrivalProcess =
  | { readonly kind: "poisson" }
  | { readonly kind: "deterministic" }
  | { readonly kind: "gamma"; readonly cv: number }
  | { readonly kind: "weibull"; readonly cv: number }
  | {
      /** Markov-modulated Poisson: states with a relative rate and a mean exponential holding time; on/off is two states. */
      readonly kind: "mmpp";
      readonly states: readonly { readonly relativeRate: number; readonly meanSeconds: number }[];
    };

/**
 * Rate over time as a multiple of the mean rate. `diurnal`, and points that repeat, follow the clock: their time 0 is
 * Monday 00:00 UTC, wherever in the week the run starts (`horizon.startSeconds`). Points that do not repeat count from
 * the start of the run. Straight lines between points; two points at one time are a step; the last factor holds.
 */
export type RateProfile =
  | { readonly kind: "constant" }
  | {
      readonly kind: "diurnal";
      readonly peakHour: number;
      readonly peakToMean: number;
      readonly weekendFactor: number;
    }
  | {
      readonly kind: "points";
      readonly points: readonly { readonly atSeconds: number; readonly factor: number }[];
      readonly repeatSeconds: number | undefined;
    };

/** Conversations: each turn's input is the whole context so far plus new tokens. */
export interface ResolvedSessions {
  readonly turns: Distribution;
  readonly thinkSeconds: Distribution;
  /** What becomes of a turn whose context does not fit the window. */
  readonly overflow: ResolvedOverflow;
}

/**
 * truncate: the oldest context is dropped until the turn fits; reject: the turn is refused and the session ends;
 * summarise: the context so far is replaced by a summary of `summaryTokens`; end: the turn is clipped, and is
 * the session's last. All are counted. The shared prompt of the session's group is neither dropped nor summarised:
 * it stays in front of what is left.
 */
export type ResolvedOverflow =
  | { readonly kind: "end" | "truncate" | "reject" }
  | { readonly kind: "summarise"; readonly summaryTokens: number };
