/**
 * What a workload or a run is when the scenario leaves it out, and why. The defaults of fleets and engines are in
 * `fleet/defaults.ts`.
 */
import type { Default } from "../fleet/defaults";
import { ATTEMPT_FAILURES } from "./client-spec";

const OPENAI = "as OpenAI's client library";
const FINAGLE = "Finagle's default";
const BACKOFF_SECONDS_MAX = 8;

/**
 * Retries of a client that has any: those of OpenAI's Python library, which waits 0.5 s and doubles it up to 8 s, twice
 * at most (`DEFAULT_MAX_RETRIES`, `INITIAL_RETRY_DELAY` and `MAX_RETRY_DELAY` in openai-python 1.x), after timeouts,
 * lost connections and the statuses 408, 409, 429 and 5xx, and minds `Retry-After`. A budget is Finagle's: 20 % of
 * the requests and 10 a second (finagle.github.io, "Retry Budgets", 2016).
 */
const RETRY_DEFAULTS = {
  retriesMax: { value: 2, reason: OPENAI },
  retryOn: { value: ATTEMPT_FAILURES, reason: OPENAI },
  backoff: { value: "exponential", reason: OPENAI },
  backoffBaseSeconds: { value: 0.5, reason: OPENAI },
  jitter: {
    value: "equal",
    reason: "OpenAI's client library takes up to a quarter off the wait; the nearest to it",
  },
  retryAfter: { value: true, reason: OPENAI },
  budgetShare: { value: 0.2, reason: FINAGLE },
  budgetMinPerSecond: { value: 10, reason: FINAGLE },
} as const satisfies Readonly<Record<string, Default<unknown>>>;

export const PRICES_DEFAULTS = {
  estimateSpot: { value: false, reason: "what the price book does not have is unknown" },
  estimateServices: { value: false, reason: "what the price book does not have is unknown" },
} as const satisfies Readonly<Record<string, Default<boolean>>>;

export const SCENARIO_DEFAULTS = {
  name: { value: "scenario", reason: "not named" },
  seed: { value: 1, reason: "any seed is as good; the same one repeats the run" },
  /** Two are enough for a confidence interval, the third makes it useful. */
  replications: { value: 3, reason: "enough for a first confidence interval" },
  startSeconds: { value: 0, reason: "the beginning of a week" },
  durationSeconds: { value: 3600, reason: "an hour" },
  drain: { value: true, reason: "the latency of the last requests is not cut short" },
  process: { value: "poisson", reason: "many independent callers" },
  profile: { value: "constant", reason: "no change over time" },
  thinkSeconds: { value: 0, reason: "the next request follows at once, as in benchmarks" },
  speed: { value: 1, reason: "as recorded" },
  loop: { value: false, reason: "each request once" },
  sample: { value: 1, reason: "every request" },
  sort: { value: false, reason: "rows out of order are refused" },
  skipMalformed: { value: false, reason: "malformed rows are refused" },
  correlation: { value: 0, reason: "independent" },
  prefixGroups: { value: 1, reason: "one system prompt" },
  prefixShare: { value: 1, reason: "every request" },
  prefixSkew: { value: 0, reason: "all groups equally popular" },
  weekend: { value: 1, reason: "weekends are like other days" },
  tenant: { value: "default", reason: "one tenant" },
  priority: { value: "standard", reason: "the middle of three" },
  overflow: { value: "end", reason: "a turn that does not fit is cut, and is the last" },
  delivery: { value: "direct", reason: "a caller waits for the answer" },
  ...RETRY_DEFAULTS,
  fallbackOn: { value: ATTEMPT_FAILURES, reason: "whatever the failure" },
  failureShare: { value: 0, reason: "it never fails" },
  onFailure: { value: "fail", reason: "the request needs it" },
  faultSeconds: { value: Number.POSITIVE_INFINITY, reason: "to the end of the run" },
  eachOf: { value: "fleet", reason: "everywhere" },
  spotPools: { value: "all", reason: "a shortage is felt by every pool" },
  spotShare: { value: 1, reason: "every spot node" },
} as const satisfies Readonly<Record<string, Default<unknown>>>;

/** Longest wait of an exponential backoff that begins with `baseSeconds`. */
export function maxBackoffDefault(baseSeconds: number): Default<number> {
  return baseSeconds <= BACKOFF_SECONDS_MAX
    ? { value: BACKOFF_SECONDS_MAX, reason: OPENAI }
    : { value: baseSeconds, reason: "base is longer than the usual 8 s" };
}

const WARM_UP_SHARE = 0.1;
const WARM_UP_SECONDS_MAX = 300;

/**
 * A tenth of the run, at most five minutes: several times the life of a request. Replays and closed loops over a
 * number of requests have none: each request counts, as in a benchmark.
 */
export function warmUpDefault(durationSeconds: number, countsEach: boolean): Default<number> {
  if (countsEach) return { value: 0, reason: "replays and counted requests count from the first" };
  const value = Math.min(durationSeconds * WARM_UP_SHARE, WARM_UP_SECONDS_MAX);
  return { value, reason: "a tenth of the duration, at most 5 min" };
}

/** What `capplan size` searches when the scenario leaves it out. */
export const SEARCH_DEFAULTS = {
  purchase: { value: ["on-demand"], reason: "no commitment, and nothing that is taken back" },
  spotShareMax: { value: 0.5, reason: "half of a model's replicas in a region survive a reclaim" },
  replicasMin: { value: 1, reason: "one replica is enough where it keeps the objectives" },
  regionsMin: { value: 1, reason: "as many regions as the objectives and losses need" },
  gap: { value: 0.05, reason: "well inside the error of any forecast of traffic" },
  evaluationsMax: { value: 2000, reason: "minutes on two cores" },
  requestsPerRun: { value: 6000, reason: "sixty requests beyond a p99" },
} as const satisfies Readonly<Record<string, Default<unknown>>>;
