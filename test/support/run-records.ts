/** Records of runs made by hand, for tests of what is concluded from them. */
import { QuantileSketch } from "../../planner/foundation/quantile-sketch";
import type { CellRecord, RunRecord } from "../../planner/simulation/run-record";

/** Counts of a cell that are not given are 0; latencies are added one by one, in seconds. */
export interface CellByHand {
  readonly counts?: Partial<Omit<CellRecord, "met" | "unanswered" | "censored">>;
  readonly met?: readonly number[];
  /** By objective; otherwise all that were offered and not completed broke every objective. */
  readonly unanswered?: readonly number[];
  readonly censored?: readonly number[];
  readonly ttftSeconds?: readonly number[];
  readonly tpotSeconds?: readonly number[];
  readonly e2eSeconds?: readonly number[];
  readonly queueTimeSeconds?: readonly number[];
}

export function cellByHand(given: CellByHand): CellRecord {
  const met = given.met ?? [];
  const missing = (given.counts?.offered ?? 0) - (given.counts?.completed ?? 0);
  return {
    workload: 0,
    tenant: 0,
    pool: 0,
    offered: 0,
    completed: 0,
    rejected: 0,
    inFlight: 0,
    finishedInWindow: 0,
    inputTokensFinished: 0,
    outputTokensFinished: 0,
    metAll: 0,
    censoredAll: 0,
    metAllFinishedInWindow: 0,
    offeredSecondHalf: 0,
    waitingAtMiddle: 0,
    waitingAtEnd: 0,
    ...given.counts,
    met: Float64Array.from(met),
    unanswered: Float64Array.from(given.unanswered ?? met.map(() => missing)),
    censored: Float64Array.from(given.censored ?? met.map(() => 0)),
    ttftSeconds: sketchOf(given.ttftSeconds),
    tpotSeconds: sketchOf(given.tpotSeconds),
    e2eSeconds: sketchOf(given.e2eSeconds),
    queueTimeSeconds: sketchOf(given.queueTimeSeconds),
  };
}

/** A run of 100 s of one pool; `gaps` are inter-token gaps of workload 0. */
export function recordByHand(
  cells: readonly CellRecord[],
  gaps: readonly number[] = [],
): RunRecord {
  return {
    seed: 1,
    windowStartSeconds: 0,
    windowEndSeconds: 100,
    endSeconds: 100,
    cells,
    pools: [
      {
        replicas: 1,
        busySeconds: 50,
        steps: 10,
        requestSteps: 20,
        prefillTokens: 0,
        decodeTokens: 0,
        preemptions: 0,
        promptTokens: 0,
        cachedTokens: 0,
        kvUtilization: 0.5,
        itlSeconds: [sketchOf(gaps)],
      },
    ],
    timeline: undefined,
    batches: [],
    arrivals: 0,
    completions: 0,
    rejections: 0,
    inFlightAtEnd: 0,
    requestSeconds: 0,
    clipped: [{ inputs: 0, outputs: 0 }],
    steps: 10,
    events: 10,
  };
}

export function sketchOf(values: readonly number[] = []): QuantileSketch {
  const sketch = new QuantileSketch();
  for (const value of values) sketch.add(value);
  return sketch;
}
