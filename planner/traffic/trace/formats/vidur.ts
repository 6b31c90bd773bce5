/** Processed traces of the Vidur simulator, in seconds. Source: github.com/microsoft/vidur. */
import { rowFormat } from "./trace-format";

export const vidur = rowFormat({
  name: "vidur",
  arrival: { column: "arrived_at", unit: "s" },
  input: "num_prefill_tokens",
  output: "num_decode_tokens",
});

/** Vidur's lists of lengths, without arrivals. */
export const vidurLengths = rowFormat({
  name: "lengths",
  input: "num_prefill_tokens",
  output: "num_decode_tokens",
});
