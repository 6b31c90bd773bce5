/** Every row format, in the order in which a header is tried against them. */
import { apexplus } from "./apexplus";
import { azure } from "./azure";
import { bailian } from "./bailian";
import { burstgpt } from "./burstgpt";
import { lengths } from "./lengths";
import { mooncake } from "./mooncake";
import { splitwise } from "./splitwise";
import { type RowFormat, requiredColumns, type TraceFormatName } from "./trace-format";
import { vidur, vidurLengths } from "./vidur";
import { vllmCustom, vllmLengths } from "./vllm-bench";

/** A format with more columns stands before one that it contains. */
export const ROW_FORMATS: readonly RowFormat[] = [
  azure,
  burstgpt,
  splitwise,
  apexplus,
  vidur,
  vidurLengths,
  lengths,
  bailian,
  mooncake,
  vllmLengths,
  vllmCustom,
];

/** Names that `--format` takes, each once. */
export const TRACE_FORMAT_NAMES: readonly TraceFormatName[] = [
  ...new Set<TraceFormatName>([
    ...ROW_FORMATS.map((format) => format.name),
    "vllm-result",
    "sharegpt",
  ]),
];

/** The first format whose columns are all in `columns`. */
export function detectFormat(
  container: RowFormat["container"],
  columns: readonly string[],
): RowFormat | undefined {
  return ROW_FORMATS.find(
    (format) =>
      format.container === container &&
      requiredColumns(format).every((column) => columns.includes(column)),
  );
}
