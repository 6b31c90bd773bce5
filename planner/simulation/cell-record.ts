/** Empty cells for a recorder to count in. */
import { QuantileSketch } from "../foundation/quantile-sketch";
import { END_REASONS } from "./end-reasons";
import { type CellRecord, NO_POOL, WINDOW_PARTS } from "./run-record";

export function newCell(
  workload: number,
  tenant: number,
  pool: number,
  objectives: number,
  steps: number,
): CellRecord {
  return {
    workload,
    tenant,
    pool: pool < 0 ? NO_POOL : pool,
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
    reasons: new Float64Array(END_REASONS.length),
    brokenSteps: new Float64Array(steps),
    finishedInWindow: 0,
    inputTokensFinished: 0,
    outputTokensFinished: 0,
    met: new Float64Array(objectives),
    unanswered: new Float64Array(objectives),
    censored: new Float64Array(objectives),
    censoredAll: 0,
    metAll: 0,
    metAllFinishedInWindow: 0,
    offeredByPart: new Float64Array(WINDOW_PARTS),
    waitingAtStart: 0,
    waitingAtMiddle: 0,
    waitingAtEnd: 0,
    ttftSeconds: new QuantileSketch(),
    tpotSeconds: new QuantileSketch(),
    e2eSeconds: new QuantileSketch(),
    queueTimeSeconds: new QuantileSketch(),
  };
}
