/**
 * What is in a trace: load over time, burstiness, lengths, their correlation, prefix reuse, and
 * what common context windows would clip. Pure: numbers in, numbers out; words and pictures are
 * made in planner/report.
 */
import type { LengthEstimate, TraceTable } from "../../scenario/trace-table";
import { type ArrivalInspection, inspectArrivals } from "./inspect-arrivals";
import { inspectPrefixReuse, type PrefixInspection } from "./inspect-prefix-reuse";
import {
  coefficientOfVariation,
  mean,
  quantileOfSorted,
  rankCorrelation,
} from "./trace-statistics";

export interface TraceInspection {
  readonly source: string;
  readonly format: string | undefined;
  readonly requests: number;
  readonly malformedRows: number;
  readonly failedRows: number;
  /** Conversations of a ShareGPT dataset without a prompt and its answer. */
  readonly unansweredRows: number;
  /** Undefined when lengths are what the trace counted. */
  readonly estimatedLengths: LengthEstimate | undefined;
  /** False for a list of lengths. */
  readonly hasArrivals: boolean;
  /** Undefined for a list of lengths, and when all requests arrive at once. */
  readonly arrivals: ArrivalInspection | undefined;
  readonly inputTokens: LengthSummary;
  readonly outputTokens: LengthSummary;
  /** Input and output together: what has to fit the context window. */
  readonly totalTokens: LengthSummary;
  /** Spearman's, between input and output tokens; undefined when one is constant. */
  readonly rankCorrelation: number | undefined;
  readonly prefix: PrefixInspection | undefined;
  readonly clipped: readonly ClippedShare[];
}

/** All in tokens. */
export interface LengthSummary {
  readonly mean: number;
  /** Standard deviation over mean. */
  readonly cv: number | undefined;
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  /** Ascending by probability. */
  readonly quantiles: readonly { readonly probability: number; readonly tokens: number }[];
}

interface ClippedShare {
  readonly windowTokens: number;
  /** Share of requests whose input alone leaves no room for an output token. */
  readonly inputShare: number;
  /** Share of requests whose input and output together do not fit. */
  readonly totalShare: number;
}

/** Probabilities of the quantiles that are reported. */
const LENGTH_PROBABILITIES = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999] as const;

/** Context windows of models in common use. */
const COMMON_WINDOWS = [4096, 8192, 16_384, 32_768, 65_536, 131_072] as const;

/** Inspects a trace of at least one request. O(n log n) time, a few columns of memory. */
export function inspectTrace(trace: TraceTable): TraceInspection {
  const { inputTokens, outputTokens } = trace;
  const total = inputTokens.map((input, row) => input + (outputTokens[row] ?? 0));
  return {
    source: trace.source,
    format: trace.format,
    requests: trace.requests,
    malformedRows: trace.malformedRows ?? 0,
    failedRows: trace.failedRows ?? 0,
    unansweredRows: trace.unansweredRows ?? 0,
    estimatedLengths: trace.estimatedLengths,
    hasArrivals: trace.hasArrivals,
    arrivals: inspectArrivals(trace),
    inputTokens: summarizeLengths(inputTokens),
    outputTokens: summarizeLengths(outputTokens),
    totalTokens: summarizeLengths(total),
    rankCorrelation: rankCorrelation(inputTokens, outputTokens),
    prefix: inspectPrefixReuse(trace),
    clipped: COMMON_WINDOWS.map((windowTokens) => ({
      windowTokens,
      inputShare: shareOf(inputTokens, (tokens) => tokens >= windowTokens),
      totalShare: shareOf(total, (tokens) => tokens > windowTokens),
    })),
  };
}

function summarizeLengths(tokens: Int32Array): LengthSummary {
  const sorted = tokens.toSorted();
  const average = mean(tokens);
  return {
    mean: average,
    cv: coefficientOfVariation(tokens),
    min: sorted[0] ?? Number.NaN,
    max: sorted[sorted.length - 1] ?? Number.NaN,
    sum: average * tokens.length,
    quantiles: LENGTH_PROBABILITIES.map((probability) => ({
      probability,
      tokens: quantileOfSorted(sorted, probability),
    })),
  };
}

function shareOf(values: Int32Array, holds: (value: number) => boolean): number {
  let count = 0;
  for (const value of values) if (holds(value)) count++;
  return count / values.length;
}
