/** How hard each pool of the baseline works at the peak, and which share of the traffic it carries. */
import { type RunSeries, sumBetween } from "../metrics/run-series";
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import type { RunRecord } from "../simulation/run-record";
import { expectedPeak } from "./expected-load";
import { poolThroughput } from "./pool-throughput";

/** At the peak; by pool. */
export interface LoadOfPool {
  readonly readyReplicas: number;
  readonly paidReplicas: number;
  readonly attemptsPerSecond: number;
  /** What a ready replica could do, in tokens per second; null when it is not known. */
  readonly possiblePerReplica: number | null;
  /** Tokens per second that are asked of the pool; null when it is not known. */
  readonly demand: number | null;
}

export interface PeakLoads {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly isPeak: boolean;
  readonly pools: readonly LoadOfPool[];
}

/** Demand at the peak: the attempts that are sent to the pool then, with the work of an average request of the window. */
export function peakLoads(
  scenario: ResolvedScenario,
  record: RunRecord,
  series: RunSeries,
): PeakLoads {
  const { isPeak, fromSeconds, toSeconds } = expectedPeak(scenario);
  const { windowStartSeconds, windowEndSeconds } = record;
  const window = bucketsOf(series, windowStartSeconds, windowEndSeconds);
  const peak = bucketsOf(series, fromSeconds, toSeconds);
  const peakSeconds = secondsOf(series, peak);
  const pools = scenario.fleet.pools.map((pool, index): LoadOfPool => {
    const attempts = series.poolAttempts[index]!;
    const attemptsPerSecond = sumBetween(attempts, ...peak) / peakSeconds;
    const told = poolThroughput(pool, record.pools[index]!, {
      served: sumBetween(attempts, ...window) * servedShare(record, index),
      seconds: windowEndSeconds - windowStartSeconds,
    });
    const paid = record.timeline!.pools.slice(...peak).map((cells) => cells[index]!.paidSeconds);
    return {
      readyReplicas: sumBetween(series.poolReadySeconds[index]!, ...peak) / peakSeconds,
      paidReplicas: paid.reduce((sum, seconds) => sum + seconds, 0) / peakSeconds,
      attemptsPerSecond,
      possiblePerReplica: told?.possibleTokensPerSecond ?? null,
      demand: told === undefined ? null : attemptsPerSecond * told.tokensPerRequest,
    };
  });
  return { fromSeconds, toSeconds, isPeak, pools };
}

/**
 * Of what is sent to the pool, how much it works off: less than all where a queue grows. Requests are booked with the
 * pool of their first attempt; a pool that none is booked with (a later step of chains, decode) is taken for the fleet.
 */
function servedShare({ cells }: RunRecord, pool: number): number {
  const own = cells.filter((cell) => cell.pool === pool && cell.offered > 0);
  const counted = own.length > 0 ? own : cells;
  const sum = (of: (cell: RunRecord["cells"][number]) => number): number =>
    counted.reduce((total, cell) => total + of(cell), 0);
  const offered = sum((cell) => cell.offered);
  return offered > 0 ? Math.min(1, sum((cell) => cell.finishedInWindow) / offered) : 0;
}

/** Demand as a share of what the ready replicas can do. */
export function utilizationOf(load: LoadOfPool): number | null {
  const { demand, possiblePerReplica, readyReplicas } = load;
  if (demand === null || possiblePerReplica === null || readyReplicas <= 0) return null;
  return demand / (possiblePerReplica * readyReplicas);
}

type Buckets = readonly [from: number, to: number];

function bucketsOf(
  { bucketSeconds, buckets }: RunSeries,
  startSeconds: number,
  endSeconds: number,
): Buckets {
  const from = Math.min(buckets - 1, Math.floor(startSeconds / bucketSeconds + 1e-9));
  return [
    from,
    Math.max(from + 1, Math.min(buckets, Math.ceil(endSeconds / bucketSeconds - 1e-9))),
  ];
}

function secondsOf({ bucketSeconds }: RunSeries, [from, to]: Buckets): number {
  return (to - from) * bucketSeconds;
}
