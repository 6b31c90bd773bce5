/**
 * The report of `capplan size` as a document: the answer, the fleet and its cost, every case with every objective, what
 * it was chosen from, and what was taken for granted; or what cannot all be had at once.
 */
import type { ProvenanceRow } from "../../metrics/simulation-summary";
import { formatCount, plural } from "../format-number";
import { type Report, type ReportBlock, type ReportSection, table } from "../report";
import { servicesSection } from "../simulation/services";
import { answerOf } from "./answer";
import { explainSections } from "./explain";
import {
  caseSections,
  changeSection,
  costSection,
  optionSections,
  poolsSection,
} from "./fleet-tables";
import type { Effort, FleetReport, InfeasibleReport, SizingReport } from "./sizing-report";

export interface SizingDocumentOptions {
  /** The command line that gives the same result again. */
  readonly reproduce: string;
  /** Also why each option lost. */
  readonly explains: boolean;
}

export function sizingDocument(report: SizingReport, options: SizingDocumentOptions): Report {
  return report.kind === "infeasible"
    ? infeasibleDocument(report, options)
    : fleetDocument(report, options);
}

function fleetDocument(
  report: FleetReport,
  { reproduce, explains }: SizingDocumentOptions,
): Report {
  const nominal = report.cases[0]?.summary;
  const sections = [
    poolsSection(report),
    changeSection(report),
    costSection(report),
    ...caseSections(report),
    ...optionSections(report),
    ...(explains ? explainSections(report.leftOut) : []),
    nominal === undefined ? undefined : servicesSection(nominal),
    assumptionsSection(report, explains),
  ];
  const title = report.kind === "sized" ? "Cheapest fleet for" : "Verification of the fleet of";
  return {
    title: `${title} ${report.scenario.name}`,
    answer: answerOf(report),
    sections: sections.filter((section) => section !== undefined),
    warnings: report.warnings.map(({ message }) => message),
    reproduce,
  };
}

function infeasibleDocument(
  report: InfeasibleReport,
  { reproduce, explains }: SizingDocumentOptions,
): Report {
  const { conflicts, effort, leftOut } = report;
  const one = conflicts.length === 1;
  const sections: ReportSection[] = [
    {
      heading: one ? "What stands against it" : "What cannot all be had at once",
      blocks: [
        table(
          [
            { header: "asked for", align: "left", wraps: true },
            { header: "what it says", align: "left", wraps: true },
            { header: "what would do", align: "left", wraps: true },
          ],
          conflicts.map(({ path, message, relax }) => [path, message, relax]),
        ),
      ],
    },
    ...(explains ? explainSections(leftOut) : []),
    ...(effort === null
      ? []
      : [{ heading: "Search", blocks: [{ kind: "list" as const, items: effortItems(effort) }] }]),
  ];
  return {
    title: `Cheapest fleet for ${report.scenario.name}`,
    answer: [
      {
        text: one
          ? "INFEASIBLE: no fleet keeps the promises."
          : `INFEASIBLE: no fleet keeps the promises. ${plural(conflicts.length, "demand")} conflict, and each of them is needed for that: give way in one.`,
        tone: "bad",
      },
      ...conflicts.map(({ path, message, relax }) => ({
        text: `  ${path}: ${message}; ${relax}.`,
        tone: "bad" as const,
      })),
    ],
    sections,
    warnings: [],
    reproduce,
  };
}

function assumptionsSection(report: FleetReport, explains: boolean): ReportSection {
  const { assumptions, effort, cost, leftOut, cases, seed } = report;
  const book = cost.priceBook;
  const lost = new Set(leftOut.map(({ option }) => option)).size;
  const items = [
    ...assumptions,
    ...effortItems(effort),
    ...(lost === 0 || explains
      ? []
      : [`${formatCount(lost)} options were left out: --explain says why each`]),
    `seed ${seed}`,
    ...(book === null ? [] : [`prices: ${book.id} of ${book.date}, digest ${book.digest}`]),
  ];
  const blocks: ReportBlock[] = [{ kind: "list", items }];
  const sources = sourcesOf(cases);
  if (sources.length > 0) {
    blocks.push(
      table(
        [
          { header: "what", align: "left", wraps: true },
          { header: "basis", align: "left" },
          { header: "source", align: "left", wraps: true },
        ],
        sources.map(({ what, kind, source, date }) => [what, kind, `${source}, ${date}`]),
      ),
    );
  }
  return { heading: "Assumptions", blocks };
}

function effortItems({ options, offers, evaluations, requests }: Effort): string[] {
  const from =
    options === null || offers === null
      ? ""
      : `${plural(options, "option")} with ${plural(offers, "price")} by region; `;
  return [
    `${from}${plural(evaluations, "simulation")} of ${plural(Math.round(requests), "request")} together`,
  ];
}

/** Of all cases, each once. */
function sourcesOf(cases: FleetReport["cases"]): readonly ProvenanceRow[] {
  const rows = cases.flatMap(({ summary }) => summary.provenance);
  return [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
}
