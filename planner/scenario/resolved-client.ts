/**
 * What the clients of a workload do, and of which steps one of its requests consists: resolved, in base units.
 */
import type { Distribution } from "../foundation/distributions";
import type { DrawnTokens, ResolvedPrefix } from "./resolved-tokens";

/** Why an attempt ended without an answer, as a client sees it. */
export type AttemptFailure = "rejected" | "timed-out" | "failed";

export interface ResolvedClient {
  /** From sending an attempt to its last token; drawn once per request. undefined = waits for ever. */
  readonly timeoutSeconds: Distribution | undefined;
  /** From sending an attempt to its first token: the patience of a reader. undefined = waits for ever. */
  readonly firstTokenTimeoutSeconds: Distribution | undefined;
  /** From the arrival of the request over all of its attempts; Infinity = none. */
  readonly giveUpSeconds: number;
  /** undefined = none. */
  readonly retries: ResolvedClientRetries | undefined;
}

export interface ResolvedClientRetries {
  /** Attempts after the first; Infinity = until it gives up. */
  readonly max: number;
  readonly on: readonly AttemptFailure[];
  readonly backoff: "fixed" | "exponential";
  readonly baseSeconds: number;
  readonly maxSeconds: number;
  /** none: the backoff itself; full: uniform in [0, backoff]; equal: half of it and uniform in the other half. */
  readonly jitter: "none" | "full" | "equal";
  /** Wait at least as long as the answer's `Retry-After` says. */
  readonly honoursRetryAfter: boolean;
  /**
   * Over all clients of the workload: each first attempt adds `share`, each retry takes 1, and
   * `minPerSecond` is added beside; at most ten seconds' worth is kept. undefined = no budget.
   */
  readonly budget: { readonly share: number; readonly minPerSecond: number } | undefined;
}

/** Clients that wait for ever and never ask again. */
export const PATIENT_CLIENT: ResolvedClient = {
  timeoutSeconds: undefined,
  firstTokenTimeoutSeconds: undefined,
  giveUpSeconds: Number.POSITIVE_INFINITY,
  retries: undefined,
};

/** The model that is asked once the client has given up on the first, and for which failures of it. */
export interface ResolvedFallback {
  /** Canonical catalog name. */
  readonly model: string;
  readonly on: readonly AttemptFailure[];
}

export type ResolvedStep = ResolvedModelStep | ResolvedWaitStep;

export interface ResolvedModelStep {
  readonly kind: "model";
  readonly name: string;
  /** Canonical catalog name. */
  readonly model: string;
  readonly tokens: DrawnTokens;
  readonly prefix: ResolvedPrefix | undefined;
  /** Over all attempts of this step; Infinity = none. */
  readonly timeoutSeconds: number;
  readonly fallback: ResolvedFallback | undefined;
  /** Requests longer than this are clipped: the smallest window of the pools that serve the model, or its fallback. */
  readonly contextWindowTokens: number;
}

/** Retrieval, a tool, a guardrail: time that passes outside the fleet. */
export interface ResolvedWaitStep {
  readonly kind: "wait";
  readonly name: string;
  readonly what: "retrieve" | "tool";
  readonly latencySeconds: Distribution;
  /** Infinity = none. */
  readonly timeoutSeconds: number;
  /** Probability that it fails when its time is over. */
  readonly failureShare: number;
  /** What a failure or a timeout of it does: ends the request, or lets it go on without. */
  readonly onFailure: "fail" | "skip";
}
