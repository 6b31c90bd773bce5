/**
 * What a workload or a run is when the scenario leaves it out, and why. The defaults of fleets and engines are in
 * `fleet/defaults.ts`.
 */
import type { Default } from "../fleet/defaults";

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
} as const satisfies Readonly<Record<string, Default<unknown>>>;

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
