/**
 * Walks through the rows of a trace in time: faster or slower, sampled, once or over and over.
 * One pass of a loop lasts from the first arrival to the last and one mean gap more, so the rate of a
 * looped trace is that of the trace.
 */
import type { RandomStream } from "../foundation/random";
import type { TraceTable } from "../scenario/trace-table";
import type { ArrivalClock } from "./arrivals";

export interface TraceClockOptions {
  readonly trace: TraceTable;
  readonly speed: number;
  readonly loop: boolean;
  readonly sample: number;
  /** Decides which rows are kept when `sample` is below 1. */
  readonly random: RandomStream;
  readonly horizonSeconds: number;
}

export class TraceClock implements ArrivalClock {
  /** Row of the arrival that `next` returned last, and the pass it belongs to (from 0). */
  row = -1;
  pass = 0;
  private readonly trace: TraceTable;
  private readonly options: TraceClockOptions;
  private readonly periodSeconds: number;

  constructor(options: TraceClockOptions) {
    this.options = options;
    this.trace = options.trace;
    this.periodSeconds = periodOf(options.trace);
  }

  next(): number {
    const { speed, loop, sample, random, horizonSeconds } = this.options;
    for (;;) {
      if (++this.row >= this.trace.requests) {
        if (!loop) return Number.POSITIVE_INFINITY;
        this.row = 0;
        this.pass++;
      }
      const traceSeconds = this.pass * this.periodSeconds + this.trace.arrivalSeconds[this.row]!;
      const seconds = traceSeconds / speed;
      if (seconds >= horizonSeconds) return Number.POSITIVE_INFINITY;
      if (sample >= 1 || random.uniform() < sample) return seconds;
    }
  }
}

/** Length of one pass of a looped trace, in seconds of the trace: 0 when it cannot be looped. */
export function periodOf(trace: TraceTable): number {
  if (trace.requests < 2) return 0;
  const last = trace.arrivalSeconds[trace.requests - 1]!;
  return last + last / (trace.requests - 1);
}
