/** Cells of a run put together by workload, tenant, model, region or pool, one sum per replication. */

import { QuantileSketch } from "../foundation/quantile-sketch";
import { END_REASONS } from "../simulation/end-reasons";
import { type CellRecord, type RunRecord, WINDOW_PARTS } from "../simulation/run-record";

/** Sums over the cells of one group in one replication. */
export interface GroupRun {
  offered: number;
  completed: number;
  rejected: number;
  timedOut: number;
  failed: number;
  inFlight: number;
  clientRetries: number;
  gatewayRetries: number;
  hedges: number;
  touched: number;
  fellBack: number;
  finishedInWindow: number;
  inputTokensFinished: number;
  outputTokensFinished: number;
  metAll: number;
  metAllFinishedInWindow: number;
  readonly offeredByPart: Float64Array;
  waitingAtStart: number;
  waitingAtMiddle: number;
  waitingAtEnd: number;
  /** Offered to workloads that have objectives, less those of which it is not known whether they met them. */
  judged: number;
  /** By index into END_REASONS. */
  readonly reasons: Float64Array;
  /** By workload, in the order of its steps. */
  readonly brokenSteps: ReadonlyMap<number, Float64Array>;
  readonly ttftSeconds: QuantileSketch;
  readonly tpotSeconds: QuantileSketch;
  readonly e2eSeconds: QuantileSketch;
  readonly queueTimeSeconds: QuantileSketch;
}

/** A group over all replications. */
export interface CellGroup {
  readonly runs: readonly GroupRun[];
  /** Any of its workloads has an SLO. */
  readonly hasSlo: boolean;
  readonly windowSeconds: number;
}

const COUNTERS = [
  "offered",
  "completed",
  "rejected",
  "timedOut",
  "failed",
  "inFlight",
  "clientRetries",
  "gatewayRetries",
  "hedges",
  "touched",
  "fellBack",
  "finishedInWindow",
  "inputTokensFinished",
  "outputTokensFinished",
  "waitingAtStart",
  "waitingAtMiddle",
  "waitingAtEnd",
] as const;

/** The cells that `belongs` picks, summed for each replication. */
export function groupCells(
  records: readonly RunRecord[],
  belongs: (cell: CellRecord) => boolean,
  hasSlo: boolean,
): CellGroup {
  const window = records[0]!;
  return {
    runs: records.map((record) => sumCells(record.cells.filter(belongs))),
    hasSlo,
    windowSeconds: window.windowEndSeconds - window.windowStartSeconds,
  };
}

/** Groups by a name of each cell, in one pass over the cells. */
export function groupCellsByName(
  records: readonly RunRecord[],
  nameOf: (cell: CellRecord) => string,
  hasSlo: (name: string) => boolean,
): ReadonlyMap<string, CellGroup> {
  const cells = records.map((record) => byName(record.cells, nameOf));
  const names = new Set(cells.flatMap((named) => [...named.keys()]));
  const { windowStartSeconds, windowEndSeconds } = records[0]!;
  const groups = new Map<string, CellGroup>();
  for (const name of names) {
    groups.set(name, {
      runs: cells.map((named) => sumCells(named.get(name) ?? [])),
      hasSlo: hasSlo(name),
      windowSeconds: windowEndSeconds - windowStartSeconds,
    });
  }
  return groups;
}

function byName(
  cells: readonly CellRecord[],
  nameOf: (cell: CellRecord) => string,
): Map<string, CellRecord[]> {
  const named = new Map<string, CellRecord[]>();
  for (const cell of cells) {
    const name = nameOf(cell);
    const known = named.get(name);
    if (known === undefined) named.set(name, [cell]);
    else known.push(cell);
  }
  return named;
}

function sumCells(cells: readonly CellRecord[]): GroupRun {
  const brokenSteps = new Map<number, Float64Array>();
  const sum: GroupRun = {
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
    metAllFinishedInWindow: 0,
    offeredByPart: new Float64Array(WINDOW_PARTS),
    waitingAtStart: 0,
    waitingAtMiddle: 0,
    waitingAtEnd: 0,
    judged: 0,
    reasons: new Float64Array(END_REASONS.length),
    brokenSteps,
    ttftSeconds: new QuantileSketch(),
    tpotSeconds: new QuantileSketch(),
    e2eSeconds: new QuantileSketch(),
    queueTimeSeconds: new QuantileSketch(),
  };
  for (const cell of cells) {
    for (const counter of COUNTERS) sum[counter] += cell[counter];
    if (cell.met.length > 0) {
      sum.metAll += cell.metAll;
      sum.metAllFinishedInWindow += cell.metAllFinishedInWindow;
      sum.judged += cell.offered - cell.censoredAll;
    }
    addTo(sum.reasons, cell.reasons);
    addTo(sum.offeredByPart, cell.offeredByPart);
    const steps = brokenSteps.get(cell.workload) ?? new Float64Array(cell.brokenSteps.length);
    brokenSteps.set(cell.workload, addTo(steps, cell.brokenSteps));
    sum.ttftSeconds.merge(cell.ttftSeconds);
    sum.tpotSeconds.merge(cell.tpotSeconds);
    sum.e2eSeconds.merge(cell.e2eSeconds);
    sum.queueTimeSeconds.merge(cell.queueTimeSeconds);
  }
  return sum;
}

/** @returns `sum`, to which `values` are added place by place */
function addTo(sum: Float64Array, values: Float64Array): Float64Array {
  for (let i = 0; i < values.length; i++) sum[i]! += values[i]!;
  return sum;
}

/** Σ over replications of one counter. */
export function total(
  group: CellGroup,
  counter: (typeof COUNTERS)[number] | "metAll" | "metAllFinishedInWindow" | "judged",
): number {
  return group.runs.reduce((sum, run) => sum + run[counter], 0);
}
