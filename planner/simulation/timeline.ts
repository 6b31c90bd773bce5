/** Cuts what a run measures into buckets of equal length, up to the end of the measured window. */
import { QuantileSketch } from "../foundation/quantile-sketch";
import type { FailedOutcome } from "./end-reasons";
import type { TimelineCell, TimelinePool, TimelineRecord } from "./run-record";

export class Timeline {
  private readonly bucketSeconds: number;
  private readonly endSeconds: number;
  private readonly workloads: number;
  private readonly poolCount: number;
  private readonly buckets: TimelineCell[][] = [];
  private readonly pools: TimelinePool[][] = [];

  constructor(buckets: number, endSeconds: number, workloads: number, pools: number) {
    this.bucketSeconds = endSeconds / buckets;
    this.endSeconds = endSeconds;
    this.workloads = workloads;
    this.poolCount = pools;
  }

  get record(): TimelineRecord {
    return { bucketSeconds: this.bucketSeconds, buckets: this.buckets, pools: this.pools };
  }

  /** Bucket of a workload at a time; undefined past the end. */
  at(seconds: number, workload: number): TimelineCell | undefined {
    const index = this.indexAt(seconds);
    return index < 0 ? undefined : this.buckets[index]![workload]!;
  }

  poolAt(seconds: number, pool: number): TimelinePool | undefined {
    const index = this.indexAt(seconds);
    return index < 0 ? undefined : this.pools[index]![pool]!;
  }

  /** A request is answered. */
  completed(
    arrivalSeconds: number,
    seconds: number,
    workload: number,
    ttft: number,
    hasMetAll: boolean,
  ): void {
    const bucket = this.at(seconds, workload);
    if (bucket !== undefined) bucket.completed++;
    const arrived = this.at(arrivalSeconds, workload);
    if (arrived !== undefined) {
      arrived.completedOfArrived++;
      if (hasMetAll) arrived.goodOfArrived++;
      arrived.ttftSeconds.add(ttft);
    }
    this.stay(arrivalSeconds, seconds, workload);
  }

  /** A request is over without an answer. */
  ended(arrivalSeconds: number, seconds: number, workload: number, outcome: FailedOutcome): void {
    const bucket = this.at(seconds, workload);
    if (bucket !== undefined) {
      if (outcome === "rejected") bucket.rejected++;
      else if (outcome === "timed-out") bucket.timedOut++;
      else bucket.failed++;
    }
    this.stay(arrivalSeconds, seconds, workload);
  }

  /** Adds the time that a request was in the system. */
  stay(from: number, to: number, workload: number): void {
    this.spread(from, to, (index, seconds) => {
      this.buckets[index]![workload]!.requestSeconds += seconds;
    });
  }

  /** Adds the time that a pool had so many replicas. */
  hold(from: number, to: number, pool: number, ready: number, paid: number): void {
    this.spread(from, to, (index, seconds) => {
      const cell = this.pools[index]![pool]!;
      cell.readySeconds += ready * seconds;
      cell.paidSeconds += paid * seconds;
    });
  }

  private spread(start: number, to: number, add: (index: number, seconds: number) => void): void {
    const end = Math.min(to, this.endSeconds);
    for (let from = start; from < end; ) {
      const index = Math.floor(from / this.bucketSeconds + 1e-9);
      const until = Math.min(end, (index + 1) * this.bucketSeconds);
      if (until <= from || this.indexAt(index * this.bucketSeconds) < 0) break;
      add(index, until - from);
      from = until;
    }
  }

  /** Index of the bucket, which is made when it is new; −1 past the end. */
  private indexAt(seconds: number): number {
    if (seconds > this.endSeconds) return -1;
    const index = Math.floor(seconds / this.bucketSeconds + 1e-12);
    while (this.buckets.length <= index) {
      this.buckets.push(Array.from({ length: this.workloads }, newTimelineCell));
      this.pools.push(Array.from({ length: this.poolCount }, newTimelinePool));
    }
    return index;
  }
}

function newTimelinePool(): TimelinePool {
  return { readySeconds: 0, paidSeconds: 0, attempts: 0 };
}

function newTimelineCell(): TimelineCell {
  return {
    offered: 0,
    completedOfArrived: 0,
    goodOfArrived: 0,
    touchedOfArrived: 0,
    attempts: 0,
    rejected: 0,
    timedOut: 0,
    failed: 0,
    completed: 0,
    outputTokens: 0,
    requestSeconds: 0,
    ttftSeconds: new QuantileSketch(),
  };
}
