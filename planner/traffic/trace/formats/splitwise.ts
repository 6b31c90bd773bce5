/** Traces of SplitwiseSim, in seconds. Source: github.com/Mutinifni/splitwise-sim. */
import { rowFormat } from "./trace-format";

export const splitwise = rowFormat({
  name: "splitwise",
  arrival: { column: "arrival_timestamp", unit: "s" },
  input: "prompt_size",
  output: "token_size",
});
