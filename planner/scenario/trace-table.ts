/**
 * A request trace in memory: columns of numbers, 16 bytes a request without block hashes.
 * Readers that fill it from files are in `planner/traffic/trace/`.
 */
export interface TraceTable {
  /** Where it was read from, for messages and provenance. */
  readonly source: string;
  readonly requests: number;
  /** False for lists of lengths: every arrival is then 0, and the trace cannot be replayed in time. */
  readonly hasArrivals: boolean;
  /** Seconds from the first request, not decreasing. */
  readonly arrivalSeconds: Float64Array;
  readonly inputTokens: Int32Array;
  readonly outputTokens: Int32Array;
  /** Name of the format that it was read as; absent when it was not read from a file. */
  readonly format?: string;
  /** Rows left out because they were malformed; only a lenient reader leaves any out. */
  readonly malformedRows?: number;
  /** Rows left out because the request failed (no output) and the format records failures. */
  readonly failedRows?: number;
  /** Conversations left out because they have no prompt with an answer; `vllm bench` leaves them out too. */
  readonly unansweredRows?: number;
  /** Present when the file holds text, so that lengths had to be estimated from its characters. */
  readonly estimatedLengths?: LengthEstimate;
  /** Time of day of the first request, seconds after midnight on the clock of the trace, when known. */
  readonly clockSeconds?: number;
  /** Prefix blocks of the inputs, when the trace has hashes (Mooncake). */
  readonly prefixBlocks?: {
    /** Tokens that one hash stands for; the last block of a request may be partial. */
    readonly tokensPerBlock: number;
    /** Hashes renumbered from 0 without gaps, requests one after the other. */
    readonly ids: Int32Array;
    /** Request `i` has ids[offsets[i]] … ids[offsets[i + 1] - 1]. */
    readonly offsets: Int32Array;
    readonly distinct: number;
  };
}

/** How lengths were estimated, and how far that is off. */
export interface LengthEstimate {
  /** Which lengths are estimates. */
  readonly of: "input" | "input and output";
  readonly charactersPerToken: number;
  /** Of Chinese, Japanese and Korean. */
  readonly wideCharactersPerToken: number;
  /** Share by which English text has more or fewer tokens, in nine of ten documents. */
  readonly englishError: number;
  /** Share by which code has more tokens. */
  readonly codeExcess: number;
}
