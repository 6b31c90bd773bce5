/**
 * The page of `trace inspect --html`: the report's tables, and pictures of load over time, lengths,
 * gaps and prefix reuse.
 */
import type { TraceTable } from "../../scenario/trace-table";
import { type ArrivalInspection, gapsOf } from "../../traffic/trace/inspect-arrivals";
import type { TraceInspection } from "../../traffic/trace/inspect-trace";
import { quantileOfSorted } from "../../traffic/trace/trace-statistics";
import { formatDuration } from "../format-number";
import type { ReportSection } from "../report";
import { inspectionReport } from "../trace/inspection-report";
import { type ChartSeries, cdfChart, histogramChart, lineChart, scatterChart } from "./chart";
import { type HtmlBlock, renderHtmlPage } from "./render-html-page";

const SCATTER_POINTS_MAX = 1500;
const CDF_POINTS = 200;

export function traceInspectionPage(trace: TraceTable, inspection: TraceInspection): string {
  const report = inspectionReport(inspection, undefined);
  const charts = chartsByHeading(trace, inspection);
  return renderHtmlPage({
    title: report.title,
    answer: report.answer.map(({ text }) => text),
    warnings: report.warnings,
    sections: report.sections.map((section) => ({
      heading: section.heading,
      blocks: [...tablesOf(section), ...(charts[section.heading] ?? [])],
    })),
  });
}

/** The page draws what the terminal can only hint at with a row of blocks. */
function tablesOf(section: ReportSection): HtmlBlock[] {
  return section.blocks.filter(
    (block) =>
      block.kind !== "list" && !(block.kind === "paragraph" && block.text.startsWith("Rate ")),
  );
}

function chartsByHeading(
  trace: TraceTable,
  inspection: TraceInspection,
): Readonly<Record<string, readonly HtmlBlock[]>> {
  const { arrivals, prefix } = inspection;
  return {
    Arrivals: arrivals === undefined ? [] : arrivalCharts(trace, arrivals),
    Lengths: lengthCharts(trace),
    "Prefix reuse":
      prefix === undefined
        ? []
        : [
            block(
              lineChart(
                {
                  title: "Input tokens that a cache of a given size would have held",
                  xLabel: "cache, tokens",
                  yLabel: "% of input tokens",
                  logX: true,
                },
                [
                  {
                    name: "LRU",
                    points: prefix.byCacheSize.map(({ cacheTokens, share }) => [
                      cacheTokens,
                      share * 100,
                    ]),
                  },
                ],
              ),
            ),
          ],
  };
}

function block(chart: ReturnType<typeof lineChart>): HtmlBlock {
  return { kind: "chart", chart };
}

function arrivalCharts(trace: TraceTable, arrivals: ArrivalInspection): HtmlBlock[] {
  const { overTime, durationSeconds } = arrivals;
  const unit = timeAxis(durationSeconds);
  const bucket = formatDuration(overTime.bucketSeconds);
  const series = (name: string, values: readonly number[]): ChartSeries => ({
    name,
    points: closeSteps(values, (i) => (i * overTime.bucketSeconds) / unit.seconds),
  });
  const frame = { xLabel: `time, ${unit.name}`, xMin: 0 };
  const charts = [
    histogramChart(
      { ...frame, title: `Requests per second, mean of ${bucket}`, yLabel: "requests/s" },
      series("requests", overTime.requestsPerSecond),
    ),
    lineChart(
      { ...frame, title: `Tokens per second, mean of ${bucket}`, yLabel: "tokens/s" },
      [
        series("input", overTime.inputTokensPerSecond),
        series("output", overTime.outputTokensPerSecond),
      ],
      true,
    ),
  ];
  if (arrivals.hours !== undefined) {
    const rates = arrivals.hours.map(({ requestsPerSecond }) => requestsPerSecond);
    charts.push(
      histogramChart(
        {
          title: "Requests per second by hour of the day",
          xLabel: "hour",
          yLabel: "requests/s",
          xMin: 0,
          xMax: 24,
        },
        { name: "requests", points: closeSteps(rates, (hour) => hour) },
      ),
    );
  }
  if (arrivals.clockStepSeconds === undefined) charts.push(gapChart(trace, arrivals));
  return charts.map(block);
}

function gapChart(trace: TraceTable, arrivals: ArrivalInspection) {
  const gaps = gapsOf(trace.arrivalSeconds)
    .filter((gap) => gap > 0)
    .toSorted();
  const poisson = cdfProbabilities().map((u): readonly [number, number] => [
    -Math.log1p(-u) * arrivals.gaps.meanSeconds,
    u,
  ]);
  return cdfChart(
    { title: "Gaps between arrivals", xLabel: "seconds", yLabel: "% of gaps", logX: true },
    [
      { name: "trace", points: cdfPoints(gaps) },
      { name: "Poisson of the same rate", points: poisson },
    ],
  );
}

function lengthCharts(trace: TraceTable): HtmlBlock[] {
  const stride = Math.ceil(trace.requests / SCATTER_POINTS_MAX);
  const pairs: [number, number][] = [];
  for (let row = 0; row < trace.requests; row += stride) {
    pairs.push([trace.inputTokens[row] ?? 0, trace.outputTokens[row] ?? 0]);
  }
  const shown = stride === 1 ? "each request" : `every ${ordinal(stride)} request`;
  return [
    cdfChart({ title: "Lengths", xLabel: "tokens", yLabel: "% of requests", logX: true }, [
      { name: "input", points: cdfPoints(trace.inputTokens.toSorted()) },
      { name: "output", points: cdfPoints(trace.outputTokens.toSorted()) },
    ]),
    scatterChart(
      {
        title: `Output against input tokens, ${shown}`,
        xLabel: "input tokens",
        yLabel: "output tokens",
        logX: true,
        logY: true,
      },
      [{ name: "requests", points: pairs }],
    ),
  ].map(block);
}

function ordinal(count: number): string {
  const suffix = { 1: "st", 2: "nd", 3: "rd" }[(count % 10) as 1 | 2 | 3];
  return `${count}${suffix === undefined || Math.floor((count % 100) / 10) === 1 ? "th" : suffix}`;
}

/** Points of bars: the left edge of each, and the right edge of the last. */
function closeSteps(
  values: readonly number[],
  edge: (index: number) => number,
): readonly (readonly [number, number])[] {
  const last = values[values.length - 1] ?? 0;
  return [...values, last].map((value, i) => [edge(i), value] as const);
}

function cdfProbabilities(): number[] {
  return Array.from({ length: CDF_POINTS }, (_, i) => (i + 0.5) / CDF_POINTS);
}

function cdfPoints(sorted: Float64Array | Int32Array): readonly (readonly [number, number])[] {
  if (sorted.length === 0) return [];
  const middle = cdfProbabilities().map((u) => [quantileOfSorted(sorted, u), u] as const);
  return [...middle, [sorted[sorted.length - 1] ?? 0, 1] as const];
}

function timeAxis(durationSeconds: number): { name: string; seconds: number } {
  if (durationSeconds < 600) return { name: "seconds", seconds: 1 };
  if (durationSeconds < 3 * 3600) return { name: "minutes", seconds: 60 };
  if (durationSeconds < 3 * 86_400) return { name: "hours", seconds: 3600 };
  return { name: "days", seconds: 86_400 };
}
