/**
 * A `SimulationSummary` as one HTML page: the report's tables, and in place of its tables over time, charts on which
 * the times of faults are shaded and what happened to the fleet is marked.
 */
import type { SimulationSummary } from "../../metrics/simulation-summary";
import { type SimulationReportOptions, simulationReport } from "../simulation-report";
import { type HtmlBlock, renderHtmlPage } from "./render-html-page";
import { timelineCharts } from "./timeline-charts";
import { eventTable, faultWindows, marksOf, noteworthyEvents } from "./timeline-events";

export function simulationPage(
  summary: SimulationSummary,
  options: SimulationReportOptions,
): string {
  const report = simulationReport({ ...summary, timeline: null }, options);
  const reproduce: HtmlBlock = { kind: "list", items: [options.reproduce], isPlain: true };
  return renderHtmlPage({
    title: report.title,
    answer: report.answer.map(({ text }) => text.trim()),
    warnings: report.warnings,
    sections: [
      ...overTime(summary),
      ...report.sections,
      { heading: "Reproduce", blocks: [reproduce] },
    ],
  });
}

function overTime(summary: SimulationSummary): { heading: string; blocks: HtmlBlock[] }[] {
  const { timeline } = summary;
  if (timeline === null || timeline.length === 0) return [];
  const events = noteworthyEvents(summary, timeline);
  const charts = timelineCharts(summary, timeline, {
    windows: faultWindows(summary, timeline),
    marks: marksOf(events),
  });
  const blocks = charts.map((chart): HtmlBlock => ({ kind: "chart", chart }));
  return [{ heading: "Over time", blocks: [...blocks, ...eventTable(events)] }];
}
