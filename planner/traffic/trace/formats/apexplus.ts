/** Request streams of APEX+, in seconds. Source: github.com/microsoft/apex_plus. */
import { rowFormat } from "./trace-format";

export const apexplus = rowFormat({
  name: "apexplus",
  arrival: { column: "arrival_s", unit: "s" },
  input: "prompt_tokens",
  output: "output_tokens",
});
