/**
 * All occurrences of one fault, in all replications, as one row: shares of all of their requests together, times as
 * medians. What each measures is in `resilience.ts`.
 */
import { formatNumber } from "../foundation/format-units";
import type { EpisodeImpact } from "./episode-impact";
import type { MetastableLoad } from "./metastable";
import type { FaultResilience, Metastability } from "./simulation-summary";

/** One occurrence in one run. */
export interface AssessedEpisode extends EpisodeImpact {
  /** Place of its run among the records. */
  readonly replication: number;
  /** Share of the run's tenants with a touched request; NaN when there is no request. */
  readonly tenantShare: number;
  readonly metastable: MetastableLoad | undefined;
}

/**
 * @param assessed at least one
 * @param run width of a bucket, and replications with a timeline
 */
export function summarizeFault(
  fault: string,
  assessed: readonly AssessedEpisode[],
  run: { readonly resolutionSeconds: number; readonly runs: number },
): FaultResilience {
  const sum = (of: (one: AssessedEpisode) => number): number =>
    assessed.reduce((total, one) => total + of(one), 0);
  const requests = sum((one) => one.requests);
  const recoveries = assessed.map((one) => one.recoverySeconds);
  return {
    fault,
    occurrences: sum(({ episode }) => episode.occurrences) / run.runs,
    resolutionSeconds: run.resolutionSeconds,
    ...spanOf(assessed),
    blastRadius: {
      requestShare: ratio(
        sum((one) => one.touched),
        requests,
      ),
      tenantShare: meanKnown(assessed.map((one) => one.tenantShare)),
      goodputLost: goodputLost(assessed),
    },
    availabilityInWindow: ratio(
      sum((one) => one.completed),
      requests,
    ),
    detectSeconds: medianSeconds(assessed.map((one) => one.detectSeconds)),
    shiftSeconds: medianSeconds(assessed.map((one) => one.shiftSeconds)),
    recoverySeconds: medianSeconds(recoveries),
    recovered: hasRecovered(recoveries),
    metastable: summarizeMetastable(assessed),
  };
}

/** Start of the first and end of the last occurrence in the first replication that has one. */
function spanOf(
  assessed: readonly AssessedEpisode[],
): Pick<FaultResilience, "startSeconds" | "endSeconds"> {
  const first = assessed.filter((one) => one.replication === assessed[0]!.replication);
  const end = Math.max(...first.map(({ episode }) => episode.endSeconds));
  return {
    startSeconds: first[0]!.episode.startSeconds,
    endSeconds: Number.isFinite(end) ? end : null,
  };
}

/** Of the occurrences of which it is known what to expect. */
function goodputLost(assessed: readonly AssessedEpisode[]): number | null {
  const known = assessed.filter((one) => !Number.isNaN(one.expectedGood));
  const expected = known.reduce((sum, one) => sum + one.expectedGood, 0);
  const lost = known.reduce((sum, one) => sum + one.lostGood, 0);
  return expected > 0 ? Math.max(0, lost / expected) : null;
}

function hasRecovered(recoverySeconds: readonly number[]): boolean | null {
  const known = recoverySeconds.filter((seconds) => !Number.isNaN(seconds));
  return known.length === 0 ? null : known.every((seconds) => Number.isFinite(seconds));
}

/** Median of the times that are known, where Infinity is longer than all; null when there is none, or it is endless. */
function medianSeconds(values: readonly number[]): number | null {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  const upper = sorted[Math.floor(sorted.length / 2)]!;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1]!;
  return Number.isFinite(upper) ? (lower + upper) / 2 : null;
}

function meanKnown(values: readonly number[]): number | null {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

/** Means over the occurrences that ended so. */
function summarizeMetastable(assessed: readonly AssessedEpisode[]): Metastability | null {
  const loads = assessed.flatMap((one) => one.metastable ?? []);
  if (loads.length === 0) return null;
  const mean = (of: (load: MetastableLoad) => number): number =>
    loads.reduce((sum, load) => sum + of(load), 0) / loads.length;
  const rates = {
    offeredRequestsPerSecond: mean((load) => load.offeredRequestsPerSecond),
    attemptsPerSecond: mean((load) => load.attemptsPerSecond),
    capacityRequestsPerSecond: mean((load) => load.capacityRequestsPerSecond),
  };
  const since = three(mean((load) => load.sinceSeconds));
  const good = three(mean((load) => load.goodRequestsPerSecond));
  const share =
    loads.length === assessed.length
      ? ""
      : `in ${loads.length} of ${assessed.length} occurrences, `;
  return {
    explanation:
      `${share}nothing is broken any more from ${since} s on, yet only ${good} requests/s are good: ` +
      `the ${three(rates.offeredRequestsPerSecond)}/s that arrive are within the ` +
      `${three(rates.capacityRequestsPerSecond)}/s that the fleet has shown it can complete, but ` +
      `their retries make them ${three(rates.attemptsPerSecond)} attempts/s, which are not`,
    ...rates,
  };
}

function three(value: number): string {
  return formatNumber(value, 3);
}
