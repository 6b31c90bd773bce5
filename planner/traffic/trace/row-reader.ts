/**
 * Turns the fields of one row, whatever file they come from, into a request of the builder, by
 * the columns of a `RowFormat`.
 */
import { type ArrivalClock, arrivalClock } from "./arrival-clock";
import { estimateTokens } from "./estimate-tokens";
import type { RowFormat } from "./formats/trace-format";
import { describeBadText, describeBadTokens, describeValue, readTokens } from "./token-count";
import type { TraceBuilder } from "./trace-builder";

export class RowReader {
  private readonly clock: ArrivalClock;

  constructor(
    private readonly format: RowFormat,
    private readonly builder: TraceBuilder,
  ) {
    this.clock = arrivalClock(format.arrival?.unit ?? "s", format.countsFromMidnight);
  }

  get clockSeconds(): number | undefined {
    return this.clock.clockSeconds;
  }

  /** Adds the row to the builder, or counts it as malformed with its first problem. */
  read(line: number, arrival: unknown, input: unknown, output: unknown, hashes: unknown): void {
    const { format, builder } = this;
    const isText = format.text !== undefined;
    const inputTokens = isText ? tokensOfText(input) : readTokens(input);
    const outputTokens = readTokens(output);
    if (Number.isNaN(inputTokens)) {
      const describe = isText ? describeBadText : describeBadTokens;
      builder.malformed(line, describe(format.input, input));
      return;
    }
    if (Number.isNaN(outputTokens)) {
      builder.malformed(line, describeBadTokens(format.output, output));
      return;
    }
    let seconds = 0;
    if (format.arrival !== undefined) {
      seconds = this.clock.read(typeof arrival === "number" ? String(arrival) : textOf(arrival));
      if (!Number.isFinite(seconds)) {
        const got = describeValue(arrival);
        builder.malformed(
          line,
          `${format.arrival.column}: must be ${this.clock.expected}, got ${got}`,
        );
        return;
      }
    }
    builder.add(line, seconds, inputTokens, outputTokens, hashes);
  }
}

/** NaN when there is no text. */
function tokensOfText(value: unknown): number {
  return typeof value === "string" && value !== "" ? estimateTokens(value) : Number.NaN;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
