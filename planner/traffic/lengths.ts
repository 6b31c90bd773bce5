/**
 * Token lengths of a request: two independent distributions, two joined by a Gaussian copula, or pairs
 * drawn with replacement from the rows of a trace. Rounded to the nearest whole token, at least 1.
 */
import {
  type CopulaMarginal,
  createCopulaMarginal,
  pearsonOfSpearman,
} from "../foundation/copula-marginal";
import type { RandomStream } from "../foundation/random";
import { createSampler, type Sampler } from "../foundation/sampler";
import type { DrawnTokens } from "../scenario/resolved-scenario";
import type { TraceTable } from "../scenario/trace-table";

/** Draws lengths into its own two fields, so that a draw allocates nothing. */
export interface LengthSource {
  inputTokens: number;
  outputTokens: number;
  draw(inputRandom: RandomStream, outputRandom: RandomStream): void;
}

/** The source of lengths that are drawn. */
export function createLengthSource(tokens: DrawnTokens): LengthSource {
  if (tokens.kind === "pairs") return new PairLengths(tokens.trace);
  if (tokens.rankCorrelation === 0) {
    return new IndependentLengths(createSampler(tokens.input), createSampler(tokens.output));
  }
  return new CorrelatedLengths(
    createCopulaMarginal(tokens.input),
    createCopulaMarginal(tokens.output),
    pearsonOfSpearman(tokens.rankCorrelation),
  );
}

/** Far beyond any context window, and still a 32-bit integer. */
const TOKENS_MAX = 2 ** 30;

function wholeTokens(value: number): number {
  // Truncation to an integer register is faster than Math.round, and the same for positive values.
  return value < 1.5 ? 1 : value > TOKENS_MAX ? TOKENS_MAX : (value + 0.5) | 0;
}

class IndependentLengths implements LengthSource {
  inputTokens = 1;
  outputTokens = 1;

  constructor(
    private readonly input: Sampler,
    private readonly output: Sampler,
  ) {}

  draw(inputRandom: RandomStream, outputRandom: RandomStream): void {
    this.inputTokens = wholeTokens(this.input.sample(inputRandom));
    this.outputTokens = wholeTokens(this.output.sample(outputRandom));
  }
}

class CorrelatedLengths implements LengthSource {
  inputTokens = 1;
  outputTokens = 1;
  private readonly rest: number;

  constructor(
    private readonly input: CopulaMarginal,
    private readonly output: CopulaMarginal,
    private readonly correlation: number,
  ) {
    this.rest = Math.sqrt(Math.max(0, 1 - correlation * correlation));
  }

  draw(inputRandom: RandomStream, outputRandom: RandomStream): void {
    const score = inputRandom.normal();
    const other = this.correlation * score + this.rest * outputRandom.normal();
    this.inputTokens = wholeTokens(this.input.at(score));
    this.outputTokens = wholeTokens(this.output.at(other));
  }
}

class PairLengths implements LengthSource {
  inputTokens = 1;
  outputTokens = 1;

  constructor(private readonly trace: TraceTable) {}

  draw(inputRandom: RandomStream): void {
    const row = inputRandom.below(this.trace.requests);
    this.inputTokens = wholeTokens(this.trace.inputTokens[row]!);
    this.outputTokens = wholeTokens(this.trace.outputTokens[row]!);
  }
}
