/**
 * The page of `capplan stress --html`: the document, and for each case a picture of goodput over time against the same
 * run without it, with the time of the trouble shaded.
 */
import type { CaseResult, GoodputSeries, StressReport } from "../../stress/stress-report";
import { formatDuration } from "../format-number";
import { type Chart, type ChartSeries, lineChart } from "../html/chart";
import { type HtmlBlock, renderHtmlPage } from "../html/render-html-page";
import { paragraph } from "../report";
import { windowText } from "./scorecard";
import { type StressDocumentOptions, stressDocument } from "./stress-document";

export function stressPage(report: StressReport, options: StressDocumentOptions): string {
  const document = stressDocument(report, options);
  return renderHtmlPage({
    title: document.title,
    answer: document.answer.map(({ text }) => text),
    warnings: document.warnings,
    sections: [
      // Each case has a section of its own below.
      ...document.sections.filter(({ heading }) => heading !== "Cases"),
      ...report.cases.flatMap((one) => {
        const blocks = caseBlocks(one, report);
        return blocks.length === 0 ? [] : [{ heading: `${one.title} (${one.name})`, blocks }];
      }),
      ...(document.reproduce === undefined
        ? []
        : [
            {
              heading: "Reproduce",
              blocks: [{ kind: "list", items: [document.reproduce], isPlain: true } as const],
            },
          ]),
    ],
  });
}

function caseBlocks(result: CaseResult, report: StressReport): HtmlBlock[] {
  const { measured, tests, verdict, reasons, how } = result;
  if (measured === null) return [];
  const because = reasons.length === 0 ? "" : `: ${reasons.join("; ")}`;
  return [
    paragraph(tests),
    paragraph(`${verdict}${because}. Looked at from ${windowText(measured)}.`),
    { kind: "list", items: how },
    { kind: "chart", chart: goodputChart(result, measured, report) },
  ];
}

function goodputChart(
  { name }: CaseResult,
  measured: NonNullable<CaseResult["measured"]>,
  { baseline, horizonSeconds, warmUpSeconds }: StressReport,
): Chart {
  // A load without a peak is looked at over all that is measured: nothing to point out.
  const isWholeRun = measured.endSeconds - measured.startSeconds >= horizonSeconds - warmUpSeconds;
  const unit = timeUnit(horizonSeconds);
  const isMoreLoad = measured.kind === "load";
  // What matters is drawn last, on top.
  const series: ChartSeries[] = [
    ...(isMoreLoad
      ? [steps("offered", measured.series, measured.series.offeredPerSecond, unit.seconds)]
      : []),
    ...(baseline.series === null
      ? []
      : [
          steps(
            "good without the case",
            baseline.series,
            baseline.series.goodPerSecond,
            unit.seconds,
          ),
        ]),
    steps("good", measured.series, measured.series.goodPerSecond, unit.seconds),
  ];
  const width = formatDuration(measured.series.bucketSeconds);
  return lineChart(
    {
      title: `Goodput with ${name}, mean of ${width}`,
      xLabel: `time, ${unit.name}`,
      yLabel: "requests/s",
      xMin: 0,
      xMax: horizonSeconds / unit.seconds,
      windows: isWholeRun
        ? []
        : [
            {
              name: isMoreLoad ? "peak" : "fault, until back",
              from: measured.startSeconds / unit.seconds,
              to: measured.endSeconds / unit.seconds,
            },
          ],
    },
    series,
    true,
  );
}

/** A step for each bucket; the last is as wide as the others. */
function steps(
  name: string,
  { bucketSeconds }: GoodputSeries,
  values: readonly number[],
  unitSeconds: number,
): ChartSeries {
  const at = (bucket: number): number => (bucket * bucketSeconds) / unitSeconds;
  const points = values.map((value, bucket) => [at(bucket), value] as const);
  return { name, points: [...points, [at(values.length), values[values.length - 1] ?? 0]] };
}

function timeUnit(seconds: number): { readonly name: string; readonly seconds: number } {
  if (seconds <= 600) return { name: "s", seconds: 1 };
  return seconds <= 3 * 3600 ? { name: "min", seconds: 60 } : { name: "h", seconds: 3600 };
}
