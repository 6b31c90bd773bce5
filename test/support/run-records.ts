/** Records of runs made by hand, for tests of what is concluded from them. */
import { QuantileSketch } from "../../planner/foundation/quantile-sketch";
import { END_REASONS, type EndReason } from "../../planner/simulation/end-reasons";
import {
  type CellRecord,
  type RunRecord,
  type TimelineCell,
  type TimelineRecord,
  WINDOW_PARTS,
} from "../../planner/simulation/run-record";

/** Counts of a cell that are not given are 0; latencies are added one by one, in seconds. */
export interface CellByHand {
  readonly counts?: Partial<
    Omit<
      CellRecord,
      "met" | "unanswered" | "censored" | "reasons" | "brokenSteps" | "offeredByPart"
    >
  >;
  /** Offered in the second half of the window, evenly. @default half of all that were offered */
  readonly offeredSecondHalf?: number;
  readonly reasons?: Readonly<Partial<Record<EndReason, number>>>;
  readonly brokenSteps?: readonly number[];
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
    timedOut: 0,
    failed: 0,
    inFlight: 0,
    clientRetries: 0,
    gatewayRetries: 0,
    hedges: 0,
    touched: 0,
    fellBack: 0,
    finishedInWindow: 0,
    inputTokensFinished: 0,
    outputTokensFinished: 0,
    metAll: 0,
    censoredAll: 0,
    metAllFinishedInWindow: 0,
    waitingAtStart: 0,
    waitingAtMiddle: 0,
    waitingAtEnd: 0,
    ...given.counts,
    reasons: Float64Array.from(END_REASONS, (reason) => given.reasons?.[reason] ?? 0),
    brokenSteps: Float64Array.from(given.brokenSteps ?? []),
    offeredByPart: inHalves(given.counts?.offered ?? 0, given.offeredSecondHalf),
    met: Float64Array.from(met),
    unanswered: Float64Array.from(given.unanswered ?? met.map(() => missing)),
    censored: Float64Array.from(given.censored ?? met.map(() => 0)),
    ttftSeconds: sketchOf(given.ttftSeconds),
    tpotSeconds: sketchOf(given.tpotSeconds),
    e2eSeconds: sketchOf(given.e2eSeconds),
    queueTimeSeconds: sketchOf(given.queueTimeSeconds),
  };
}

function inHalves(offered: number, secondHalf = offered / 2): Float64Array {
  const half = WINDOW_PARTS / 2;
  return Float64Array.from(
    { length: WINDOW_PARTS },
    (_, part) => (part < half ? offered - secondHalf : secondHalf) / half,
  );
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
        readyReplicas: 1,
        paidReplicas: 1,
        paid: [{ purchase: "on-demand", replicas: 1, nodes: 1 }],
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
    work: [],
    timeline: undefined,
    batches: [],
    arrivals: 0,
    completions: 0,
    rejections: 0,
    timeouts: 0,
    failures: 0,
    inFlightAtEnd: 0,
    requestSeconds: 0,
    clipped: [{ inputs: 0, outputs: 0, overflows: 0 }],
    queues: [],
    control: [],
    steps: 10,
    events: 10,
  };
}

/** One bucket of one workload; what is not given is as if nothing failed. */
export interface BucketByHand {
  readonly offered: number;
  /** Of those offered: completed (all when not given), within their objectives (all completed), touched (none). */
  readonly answered?: number;
  readonly good?: number;
  readonly touched?: number;
  /** In the bucket: attempts (as many as offered), completions (as many as answered). */
  readonly attempts?: number;
  readonly completed?: number;
  /** Requests in the system over the bucket, on average (none). */
  readonly inSystem?: number;
  /** By pool: attempts sent to it (pool 0: all), and ready replicas over the bucket (1). */
  readonly poolAttempts?: readonly number[];
  readonly ready?: readonly number[];
}

export function timelineByHand(
  buckets: readonly BucketByHand[],
  { bucketSeconds, pools }: { readonly bucketSeconds: number; readonly pools: number },
): TimelineRecord {
  return {
    bucketSeconds,
    buckets: buckets.map((bucket) => [timelineCell(bucket, bucketSeconds)]),
    pools: buckets.map(({ offered, attempts = offered, poolAttempts, ready }) =>
      Array.from({ length: pools }, (_, pool) => ({
        readySeconds: (ready?.[pool] ?? 1) * bucketSeconds,
        paidSeconds: (ready?.[pool] ?? 1) * bucketSeconds,
        attempts: poolAttempts?.[pool] ?? (pool === 0 ? attempts : 0),
      })),
    ),
  };
}

function timelineCell(bucket: BucketByHand, bucketSeconds: number): TimelineCell {
  const { offered, answered = offered, good = answered, attempts = offered } = bucket;
  return {
    offered,
    completedOfArrived: answered,
    goodOfArrived: good,
    touchedOfArrived: bucket.touched ?? 0,
    attempts,
    rejected: 0,
    timedOut: 0,
    failed: offered - answered,
    completed: bucket.completed ?? answered,
    outputTokens: 0,
    requestSeconds: (bucket.inSystem ?? 0) * bucketSeconds,
    ttftSeconds: sketchOf(),
  };
}

export function sketchOf(values: readonly number[] = []): QuantileSketch {
  const sketch = new QuantileSketch();
  for (const value of values) sketch.add(value);
  return sketch;
}
