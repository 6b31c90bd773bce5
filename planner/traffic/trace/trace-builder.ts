/**
 * Collects the rows of a trace into a `TraceTable`: checks each one, remembers what is wrong with
 * the first twenty bad ones and how many there are, and refuses or leaves them out at the end.
 * Knows nothing of files or formats.
 */
import { PlannerError, type Problem } from "../../foundation/errors";
import type { LengthEstimate, TraceTable } from "../../scenario/trace-table";
import { BlockColumn } from "./block-column";
import { float64Column, int32Column } from "./growing-column";
import type { ReadingHints } from "./reading-hints";
import { sortByArrival } from "./sort-by-arrival";

/** Malformed rows that are described one by one; the others are counted. */
const MALFORMED_ROWS_LISTED = 20;

/** Largest number of tokens a column can hold: 2^31 − 1, far above any context window. */
const TOKENS_MAX = 2_147_483_647;

export interface TraceBuilderOptions {
  readonly source: string;
  readonly format: string;
  readonly hasArrivals: boolean;
  readonly zeroOutputIsFailure: boolean;
  readonly skipMalformed: boolean;
  readonly sort: boolean;
  readonly tokensPerBlock: number | undefined;
  readonly estimatedLengths: LengthEstimate | undefined;
  readonly hints: ReadingHints;
}

export class TraceBuilder {
  private readonly arrivals = float64Column();
  private readonly inputs = int32Column();
  private readonly outputs = int32Column();
  private readonly blocks: BlockColumn | undefined;
  private readonly listed: Problem[] = [];
  private malformedRows = 0;
  private failedRows = 0;
  private unansweredRows = 0;
  private outOfOrderRows = 0;
  private firstOutOfOrder: Problem | undefined;
  private latestSeconds = Number.NEGATIVE_INFINITY;
  private latestLine = 0;

  constructor(private readonly options: TraceBuilderOptions) {
    this.blocks =
      options.tokensPerBlock === undefined ? undefined : new BlockColumn(options.tokensPerBlock);
  }

  /** Counts a row that cannot be read. */
  malformed(line: number, message: string): void {
    this.malformedRows++;
    if (this.listed.length < MALFORMED_ROWS_LISTED) {
      const path = `${this.options.source}:${line}`;
      this.listed.push({ code: "malformed-row", path, message });
    }
  }

  /** Counts a conversation that holds no request. */
  unanswered(): void {
    this.unansweredRows++;
  }

  /**
   * Adds one request.
   * @param line - where it stands in the file, from 1
   * @param arrivalSeconds - from any origin; 0 when the trace has no arrivals
   * @param hashes - prefix block hashes as they stand in the file, for a trace that has them
   */
  add(line: number, arrivalSeconds: number, input: number, output: number, hashes: unknown): void {
    if (output === 0 && this.options.zeroOutputIsFailure) {
      this.failedRows++;
      return;
    }
    if (!this.inRange(line, "input", input) || !this.inRange(line, "output", output)) return;
    if (this.blocks !== undefined) {
      const problem = this.blocks.add(hashes, input);
      if (problem !== undefined) {
        this.malformed(line, problem);
        return;
      }
    }
    this.checkOrder(line, arrivalSeconds);
    this.arrivals.push(arrivalSeconds);
    this.inputs.push(input);
    this.outputs.push(output);
  }

  /** @throws PlannerError with every problem of the file at once. */
  finish(clockSeconds: number | undefined): TraceTable {
    const problems = [...this.malformedProblems(), ...this.orderProblems()];
    if (problems.length === 0 && this.arrivals.length === 0) problems.push(this.emptyProblem());
    if (problems.length > 0) throw new PlannerError(problems);
    const { source, format, hasArrivals, sort, estimatedLengths } = this.options;
    const blocks = this.blocks?.finish();
    const table: TraceTable = {
      source,
      format,
      requests: this.arrivals.length,
      hasArrivals,
      arrivalSeconds: this.arrivals.finish(),
      inputTokens: this.inputs.finish(),
      outputTokens: this.outputs.finish(),
      malformedRows: this.malformedRows,
      failedRows: this.failedRows,
      ...(this.unansweredRows === 0 ? {} : { unansweredRows: this.unansweredRows }),
      ...(estimatedLengths === undefined ? {} : { estimatedLengths }),
      ...(clockSeconds === undefined ? {} : { clockSeconds }),
      ...(blocks === undefined ? {} : { prefixBlocks: blocks }),
    };
    const ordered = sort && this.outOfOrderRows > 0 ? sortByArrival(table) : table;
    return fromFirstArrival(ordered);
  }

  private inRange(line: number, name: "input" | "output", tokens: number): boolean {
    if (tokens >= 1 && tokens <= TOKENS_MAX) return true;
    const range = tokens < 1 ? "must be at least 1" : `must be at most ${TOKENS_MAX} (2^31 - 1)`;
    this.malformed(line, `${name} tokens ${range}, got ${tokens}`);
    return false;
  }

  private checkOrder(line: number, arrivalSeconds: number): void {
    if (arrivalSeconds >= this.latestSeconds) {
      this.latestSeconds = arrivalSeconds;
      this.latestLine = line;
      return;
    }
    this.outOfOrderRows++;
    if (this.firstOutOfOrder !== undefined) return;
    const earlier = formatSeconds(this.latestSeconds - arrivalSeconds);
    this.firstOutOfOrder = {
      code: "unsorted",
      path: `${this.options.source}:${line}`,
      message: `arrives ${earlier} before line ${this.latestLine}; arrivals must not decrease`,
    };
  }

  private malformedProblems(): Problem[] {
    if (this.malformedRows === 0 || this.options.skipMalformed) return [];
    const rows = this.leftOut() + this.arrivals.length;
    const listed =
      this.malformedRows > this.listed.length ? `, the first ${this.listed.length} listed` : "";
    const summary: Problem = {
      code: "malformed-row",
      path: this.options.source,
      message: `${this.malformedRows} of ${rows} rows malformed${listed}`,
      hint: `repair them, or leave them out and have them counted with ${this.options.hints.skipMalformed}`,
    };
    return [...this.listed, summary];
  }

  private orderProblems(): Problem[] {
    if (this.firstOutOfOrder === undefined || this.options.sort) return [];
    const others = this.outOfOrderRows - 1;
    const { sort } = this.options.hints;
    const hint =
      others === 0
        ? `put the rows in order with ${sort}`
        : `${others} more ${others === 1 ? "row is" : "rows are"} out of order; put them in order with ${sort}`;
    return [{ ...this.firstOutOfOrder, hint }];
  }

  private leftOut(): number {
    return this.malformedRows + this.failedRows + this.unansweredRows;
  }

  private emptyProblem(): Problem {
    const unanswered =
      this.unansweredRows === 0
        ? ""
        : `, and ${this.unansweredRows} without a prompt and its answer`;
    const message =
      this.leftOut() === 0
        ? "holds no requests, only a header"
        : `holds no requests: ${this.malformedRows} malformed and ${this.failedRows} failed rows left out${unanswered}`;
    return { code: "empty", path: this.options.source, message };
  }
}

/** Times relative to the first request that was kept: rows before it may have been left out. */
function fromFirstArrival(table: TraceTable): TraceTable {
  const first = table.arrivalSeconds[0] ?? 0;
  if (first === 0) return table;
  for (let i = 0; i < table.requests; i++) {
    table.arrivalSeconds[i] = (table.arrivalSeconds[i] ?? 0) - first;
  }
  if (table.clockSeconds === undefined) return table;
  const shifted = (table.clockSeconds + first) % 86_400;
  return { ...table, clockSeconds: shifted < 0 ? shifted + 86_400 : shifted };
}

function formatSeconds(seconds: number): string {
  return seconds < 1
    ? `${Number((seconds * 1000).toPrecision(3))} ms`
    : `${Number(seconds.toPrecision(4))} s`;
}
