/**
 * How far each fault of a scenario reached, and how fast the fleet healed. Everything is measured over the buckets of
 * the timeline and is as coarse as they are wide. Not here: what would fail with a part of the fleet that no fault of
 * the scenario strikes.
 *
 * For one occurrence in one run (occurrences of one name that overlap are one), with `good` for requests that met all
 * objectives, or were completed where their workload has none:
 *
 * - expected: the good requests of the same bucket in the baseline run (same seed, no faults); without one, the share
 *   of good requests in up to ten buckets before of which no fault touched a request.
 * - dip: buckets in which good requests are more than 5 % (and two standard deviations of chance) below what is
 *   expected, until three in a row are not. Dips that begin during the fault or within three buckets of its end are its.
 * - recoverySeconds: start of the fault to the end of its first dip; 0 without a dip. It has not recovered when any
 *   of its dips does not end within the run.
 * - window: the buckets from the start of the fault to the later of its end and the end of its last dip. The
 *   three that follow are over the requests that arrived in it, and those in flight when it struck: as many as were
 *   in the system in the bucket before, with what befell more than the usual number of them (`strike-reach.ts`).
 * - requestShare: those of which an attempt ended without an answer.
 * - availabilityInWindow: those that were completed. Where a run is not drained, those in flight at its end are not.
 * - goodputLost: expected − good, as a share of expected; never below 0.
 * - tenantShare: tenants with a touched request, of all with a request; over the whole run, as tenants have no timeline.
 * - detectSeconds: start to the first struck region that a DNS health check calls unhealthy, or struck replica that a
 *   gateway ejects, within the window.
 * - shiftSeconds: start until the attempts sent to the pools that are struck whole are below 5 % of what is expected.
 * - metastable: see `metastable.ts`.
 *
 * Faults that overlap share what they do together: it is not told apart.
 */
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import type { RunRecord } from "../simulation/run-record";
import { episodeImpact, firstBucketOf } from "./episode-impact";
import {
  type Expectation,
  expectedFromBaseline,
  expectedFromBefore,
  undisturbedBuckets,
} from "./expectation";
import { faultEpisodes } from "./fault-episodes";
import { type AssessedEpisode, summarizeFault } from "./fault-resilience";
import { metastableLoad } from "./metastable";
import { type RunSeries, seriesOf } from "./run-series";
import type { FaultResilience } from "./simulation-summary";
import { firstReachedBucket } from "./strike-reach";
import { type StruckParts, struckBy } from "./struck-parts";

/**
 * @param records one per replication
 * @param baseline runs of the same seeds without the faults; a record whose seed is not among them is measured
 *   against its own time before
 * @returns by start, then name; null when no run has a timeline
 * @throws InvariantViolation when a baseline has buckets of another width than its run
 */
export function assessResilience(
  scenario: ResolvedScenario,
  records: readonly RunRecord[],
  baseline: readonly RunRecord[] = [],
): readonly FaultResilience[] | null {
  const struckParts = new Map<string, StruckParts>();
  const struck = (fault: string): StruckParts => {
    const parts = struckParts.get(fault) ?? struckBy(scenario, fault);
    struckParts.set(fault, parts);
    return parts;
  };
  const byFault = new Map<string, AssessedEpisode[]>();
  let bucketSeconds: number | undefined;
  let runs = 0;
  for (const [replication, record] of records.entries()) {
    const series = seriesOf(scenario, record);
    if (series === undefined) continue;
    bucketSeconds ??= series.bucketSeconds;
    runs++;
    const calm = baseline.find(({ seed }) => seed === record.seed);
    const calmSeries = calm === undefined ? undefined : seriesOf(scenario, calm);
    const run = { record, series, replication, baseline: calmSeries };
    for (const assessed of assessRun(scenario, run, struck)) {
      const { fault } = assessed.episode;
      byFault.set(fault, [...(byFault.get(fault) ?? []), assessed]);
    }
  }
  if (bucketSeconds === undefined) return null;
  const resolutionSeconds = bucketSeconds;
  return [...byFault]
    .map(([fault, assessed]) => summarizeFault(fault, assessed, { resolutionSeconds, runs }))
    .sort((a, b) => a.startSeconds - b.startSeconds || (a.fault < b.fault ? -1 : 1));
}

interface Run {
  readonly record: RunRecord;
  readonly series: RunSeries;
  readonly replication: number;
  readonly baseline: RunSeries | undefined;
}

/** Episodes in order of their start: what an earlier one disturbs shows no later one what was normal. */
function assessRun(
  scenario: ResolvedScenario,
  run: Run,
  struck: (fault: string) => StruckParts,
): AssessedEpisode[] {
  const { record, series, replication, baseline } = run;
  const episodes = faultEpisodes(record);
  const warmUpBuckets = Math.ceil(scenario.horizon.warmUpSeconds / series.bucketSeconds - 1e-9);
  const isDisturbed = new Uint8Array(series.buckets);
  const tenants = touchedTenantShare(scenario, record);
  return episodes.map((episode) => {
    const parts = struck(episode.fault);
    const struckBucket = firstBucketOf(series, episode);
    const reached = firstReachedBucket(series, struckBucket, isDisturbed, baseline);
    const before = (): readonly number[] =>
      undisturbedBuckets(series, reached, warmUpBuckets, isDisturbed);
    const expected: Expectation =
      baseline === undefined
        ? expectedFromBefore(series, before())
        : expectedFromBaseline(series, baseline);
    const impact = episodeImpact(run, { episode, reached }, parts, expected);
    isDisturbed.fill(1, reached, impact.to);
    return {
      ...impact,
      replication,
      tenantShare: impact.touched > 0 || Number.isNaN(tenants) ? tenants : 0,
      metastable: metastableLoad({ record, series, episodes }, baseline, impact, {
        struckPools: [...parts.pools],
        expected,
      }),
    };
  });
}

/** Share of the tenants that have a request of which one was touched; a name is one tenant in every workload. */
function touchedTenantShare({ workloads }: ResolvedScenario, { cells }: RunRecord): number {
  const namesOf = (counter: "offered" | "touched"): ReadonlySet<string> =>
    new Set(
      cells
        .filter((cell) => cell[counter] > 0)
        .map((cell) => workloads[cell.workload]!.tenants[cell.tenant]!.name),
    );
  return namesOf("touched").size / namesOf("offered").size;
}
