/** The SLO table: limit, value, where it may lie, share of requests within the limit, verdict. */
import type { SimulationSummary, SloResult } from "../../metrics/simulation-summary";
import { formatShare, formatTime, formatTimeIn, timeUnitFor } from "../format-number";
import { paragraph, type ReportBlock, type ReportSection, table, UNKNOWN } from "../report";
import { VERDICT_TONE } from "./answer";

export function objectivesSection(summary: SimulationSummary): ReportSection | undefined {
  if (summary.slo.length === 0) return undefined;
  return {
    heading: "Objectives",
    blocks: [
      table(
        [
          { header: "workload", align: "left", wraps: true },
          { header: "objective", align: "left" },
          { header: "limit", align: "right" },
          { header: "value", align: "right" },
          { header: "may lie in", align: "right" },
          { header: "within", align: "right" },
          { header: "verdict", align: "left" },
        ],
        summary.slo.map((result) => [
          result.workload,
          result.objective,
          formatTime(result.limitMs),
          formatTime(result.valueMs),
          formatRange(result),
          formatShare(result.attainment),
          { text: result.verdict, tone: VERDICT_TONE[result.verdict] },
        ]),
      ),
      ...gapNotes(summary),
    ],
  };
}

/** One number of an ITL row is of gaps and the other of requests: side by side they look like a contradiction. */
function gapNotes(summary: SimulationSummary): ReportBlock[] {
  if (!summary.slo.some(({ objective }) => objective.startsWith("itl "))) return [];
  return [
    paragraph(
      "ITL: the value is of all gaps between tokens; within is the share of requests whose mean gap is within the limit.",
    ),
  ];
}

/** `702–880 ms`: both ends in the unit of the upper one. */
function formatRange(result: SloResult): string {
  if (result.lowMs === null) return UNKNOWN;
  if (result.highMs === null) return `from ${formatTime(result.lowMs)} up`;
  const unit = timeUnitFor(result.highMs);
  return `${formatTimeIn(unit, result.lowMs)}–${formatTimeIn(unit, result.highMs)} ${unit}`;
}
