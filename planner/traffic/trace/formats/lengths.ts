/** Lists of input and output lengths without arrivals, as dataset summaries publish them. */
import { rowFormat } from "./trace-format";

export const lengths = rowFormat({
  name: "lengths",
  input: "input_length",
  output: "output_length",
});
