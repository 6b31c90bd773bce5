/**
 * The page of `capplan size --html`: the document, with pictures of what the fleet costs in each region, of what every
 * objective has to spare, and of what a call costs on each option that was measured.
 */
import { formatNumber } from "../format-number";
import { type BarSeries, barChart, type Chart } from "../html/chart";
import { type HtmlBlock, type HtmlSection, renderHtmlPage } from "../html/render-html-page";
import { shortNames } from "./fleet-tables";
import { type SizingDocumentOptions, sizingDocument } from "./sizing-document";
import type { FleetReport, SizingReport } from "./sizing-report";

export function sizingPage(
  report: SizingReport,
  options: SizingDocumentOptions,
  studies: readonly HtmlSection[] = [],
): string {
  const document = sizingDocument(report, options);
  const pictures = report.kind === "infeasible" ? [] : picturesOf(report);
  const reproduce: HtmlBlock = { kind: "list", items: [options.reproduce], isPlain: true };
  return renderHtmlPage({
    title: document.title,
    answer: document.answer.map(({ text }) => text.trim()),
    warnings: document.warnings,
    sections: [
      ...(pictures.length === 0
        ? []
        : [
            {
              heading: "At a glance",
              blocks: pictures.map((chart): HtmlBlock => ({ kind: "chart", chart })),
            },
          ]),
      ...document.sections,
      ...studies,
      { heading: "Reproduce", blocks: [reproduce] },
    ],
  });
}

function picturesOf(report: FleetReport): Chart[] {
  const models = [...new Set(report.options.map(({ model }) => model))].toSorted();
  return [
    ...costChart(report),
    ...marginChart(report),
    ...models.flatMap((model) => optionChart(report, model)),
  ];
}

function costChart({ pools }: FleetReport): Chart[] {
  const priced = pools.filter(({ usdPerHour }) => usdPerHour !== null);
  if (priced.length === 0) return [];
  const regions = [...new Set(priced.map(({ region }) => region))];
  const kinds = [...new Set(priced.map(kindOf))].toSorted();
  const series = kinds.map((name) => ({
    name,
    values: regions.map((region) =>
      priced
        .filter((pool) => pool.region === region && kindOf(pool) === name)
        .reduce((sum, { usdPerHour }) => sum + (usdPerHour ?? 0), 0),
    ),
  }));
  const frame = {
    title: "Cost by region, by model and hardware",
    xLabel: "US dollars per hour",
    names: regions,
  };
  return [barChart(frame, series)];
}

function kindOf({ model, instanceType }: FleetReport["pools"][number]): string {
  return instanceType === null ? model : `${model} on ${instanceType}`;
}

/** Fewer are told apart at a glance; all are in the tables. */
const MARGINS_SHOWN = 16;

function marginChart({ margins }: FleetReport): Chart[] {
  const known = margins
    .flatMap(({ highMs, ...one }) => (highMs === null ? [] : [{ ...one, highMs }]))
    .slice(0, MARGINS_SHOWN);
  if (known.length === 0) return [];
  const frame = {
    title:
      "How much of its limit each objective takes, margin of error included; the tightest first",
    xLabel: "per cent of the limit",
    names: known.map(({ case: name, workload, objective }) => `${workload} ${objective} (${name})`),
    mark: { label: "limit", x: 100 },
  };
  const values = known.map(({ highMs, limitMs }) => (highMs / limitMs) * 100);
  return [barChart(frame, [{ name: "upper end of the margin of error", values }])];
}

function optionChart({ options }: FleetReport, model: string): Chart[] {
  const priced = options.flatMap(({ usdPerThousandCalls, ...one }) => {
    const known = Object.values(usdPerThousandCalls).flatMap((usd) => usd ?? []);
    return one.model === model && known.length > 0 ? [{ ...one, usd: Math.min(...known) }] : [];
  });
  if (priced.length === 0) return [];
  const frame = {
    title: `What a call costs on each option for ${model}, where it is cheapest`,
    xLabel: "US dollars per 1,000 calls",
    names: shortNames(priced).map(
      (name, place) => `${name} (${formatNumber(priced[place]!.holds)}/s)`,
    ),
  };
  const values = (isUsed: boolean): number[] =>
    priced.map((one) => (one.isUsed === isUsed ? one.usd : 0));
  const series: BarSeries[] = [
    { name: "bought", values: values(true) },
    { name: "not bought", values: values(false) },
  ];
  return [barChart(frame, series)];
}
