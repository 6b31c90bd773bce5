/**
 * BurstGPT (Wang et al., 2024): seconds from midnight of the first day, local time. Release 2 adds
 * `Session ID` and `Elapsed time`, which are not read. Rows with 0 response tokens are failed
 * requests, says the publisher: they are left out and counted. Source: github.com/HPMLL/BurstGPT.
 */
import { rowFormat } from "./trace-format";

export const burstgpt = rowFormat({
  name: "burstgpt",
  arrival: { column: "Timestamp", unit: "s" },
  input: "Request tokens",
  output: "Response tokens",
  alsoHas: ["Model"],
  zeroOutputIsFailure: true,
  countsFromMidnight: true,
});
