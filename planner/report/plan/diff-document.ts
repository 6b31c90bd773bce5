/**
 * The report of `capplan diff`: what changed between two plans as a document. Cost first, then verdicts, then every
 * change by what it is about, with what explains it. It takes plain data, in the shape of `planner/plan/plan-diff.ts`,
 * of which it needs this much.
 */
import { formatUsd } from "../format-number";
import {
  type Cell,
  paragraph,
  type Report,
  type ReportBlock,
  type ReportLine,
  type ReportSection,
  table,
  UNKNOWN,
} from "../report";

type PlainValue = string | number | boolean | null;

interface Identity {
  readonly name: string;
  readonly digest: string;
  readonly isIntact: boolean;
  readonly capplan: string;
}

interface Change {
  readonly area: string;
  readonly path: string;
  readonly kind: "added" | "removed" | "changed";
  readonly before: PlainValue;
  readonly after: PlainValue;
  readonly why: readonly string[];
}

interface Cost {
  readonly beforeUsdPerHour: number | null;
  readonly afterUsdPerHour: number | null;
  readonly changeUsdPerHour: number | null;
  readonly priceUsdPerHour: number | null;
  readonly quantityUsdPerHour: number | null;
  readonly mixUsdPerHour: number | null;
  readonly coverageUsdPerHour: number | null;
  readonly beforeUsdPerMonth: number | null;
  readonly afterUsdPerMonth: number | null;
  readonly isLowerBound: boolean;
  readonly lines: readonly {
    readonly pool: string;
    readonly purchase: string;
    readonly beforeAccelerators: number | null;
    readonly afterAccelerators: number | null;
    readonly beforeUsdPerHour: number | null;
    readonly afterUsdPerHour: number | null;
  }[];
}

/** What is shown of two plans. */
export interface PlanChanges {
  readonly before: Identity;
  readonly after: Identity;
  readonly isSame: boolean;
  readonly changes: readonly Change[];
  readonly cost: Cost;
}

export interface DiffDocumentOptions {
  /** Names of the two files. */
  readonly files: readonly [before: string, after: string];
  readonly reproduce: string;
}

const HEADINGS: Readonly<Record<string, string>> = {
  traffic: "Traffic",
  promises: "Objectives",
  faults: "Faults and what has to be survived",
  scenario: "Scenario",
  prices: "Prices",
  pools: "Pools",
  hardware: "Hardware",
  engine: "Engine settings",
  buying: "Ways of buying",
  policies: "Policies",
  limits: "Limits of resources",
  verdicts: "Verdicts",
  margins: "Values of objectives",
  evidence: "Evidence",
};

export function diffDocument(diff: PlanChanges, options: DiffDocumentOptions): Report {
  const [before, after] = options.files;
  const areas = [...new Set(diff.changes.map(({ area }) => area))];
  return {
    title: `Changes from ${before} to ${after}`,
    answer: answerOf(diff),
    sections: [
      ...costSection(diff.cost),
      ...areas.map((area) =>
        areaSection(
          area,
          diff.changes.filter((change) => change.area === area),
        ),
      ),
    ],
    warnings: warningsOf(diff, options),
    reproduce: options.reproduce,
  };
}

function answerOf({ isSame, changes, cost }: PlanChanges): ReportLine[] {
  if (isSame) return [{ text: "Both plans are the same.", tone: "good" }];
  if (changes.length === 0 && cost.lines.length === 0)
    return [{ text: "Both plans say the same, in other words.", tone: "good" }];
  const verdicts = changes.filter(({ area }) => area === "verdicts");
  return [
    costLine(cost),
    ...verdicts.map(({ path, before, after }): ReportLine => {
      const tone = after === "FAIL" ? "bad" : after === "PASS" ? "good" : "unsure";
      return { text: `${path}: ${show(before)} → ${show(after)}`, tone };
    }),
  ];
}

function costLine(cost: Cost): ReportLine {
  const { beforeUsdPerHour: was, afterUsdPerHour: is, changeUsdPerHour: change } = cost;
  const atLeast = cost.isLowerBound ? ", of what has a known price" : "";
  if (change === null || was === null) {
    const text = `Accelerators cost ${formatUsd(was)}/h before and ${formatUsd(is)}/h after${atLeast}.`;
    return { text, tone: "unsure" };
  }
  if (change === 0)
    return { text: `The cost is the same: ${formatUsd(is)}/h${atLeast}.`, tone: "plain" };
  const share = was > 0 ? ` (${change > 0 ? "+" : "−"}${percent(change / was)})` : "";
  return {
    text: `Accelerators cost ${formatUsd(is)}/h instead of ${formatUsd(was)}/h: ${signedUsd(change)}/h${share}${atLeast}.`,
    tone: change > 0 ? "bad" : "good",
  };
}

function percent(share: number): string {
  return `${(Math.abs(share) * 100).toFixed(1)} %`;
}

function signedUsd(usd: number | null): string {
  if (usd === null || usd === 0) return formatUsd(usd);
  return usd < 0 ? `−${formatUsd(-usd)}` : `+${formatUsd(usd)}`;
}

function costSection(cost: Cost): ReportSection[] {
  const { lines, beforeUsdPerMonth, afterUsdPerMonth } = cost;
  const isSame = lines.length === 0 && beforeUsdPerMonth === afterUsdPerMonth;
  if (isSame) return [];
  const effects: readonly (readonly [string, number | null, string])[] = [
    ["price", cost.priceUsdPerHour, "the same accelerators at other prices"],
    ["quantity", cost.quantityUsdPerHour, "more or fewer accelerators at the mean price"],
    ["mix", cost.mixUsdPerHour, "dearer or cheaper accelerators among them"],
    ["coverage", cost.coverageUsdPerHour, "prices that became known or unknown"],
  ];
  const rows = effects.map(([name, usd, what]): Cell[] => [name, `${signedUsd(usd)}/h`, what]);
  const total: Cell[] = ["together", `${signedUsd(cost.changeUsdPerHour)}/h`, ""];
  return [
    {
      heading: "Cost",
      blocks: [
        table(
          [
            { header: "effect", align: "left" },
            { header: "change", align: "right" },
            { header: "what it is", align: "left", wraps: true },
          ],
          [...rows, total],
        ),
        ...lineTable(cost),
        paragraph(
          `With all services: ${formatUsd(beforeUsdPerMonth)} a month before, ${formatUsd(afterUsdPerMonth)} after.`,
        ),
      ],
    },
  ];
}

function lineTable({ lines }: Cost): ReportBlock[] {
  if (lines.length === 0) return [];
  const count = (value: number | null): string =>
    value === null ? UNKNOWN : String(Number(value.toFixed(2)));
  return [
    table(
      [
        { header: "pool", align: "left", wraps: true },
        { header: "bought", align: "left" },
        { header: "accelerators", align: "right" },
        { header: "per hour", align: "right" },
      ],
      lines.map((line) => [
        line.pool,
        line.purchase,
        arrow(count(line.beforeAccelerators), count(line.afterAccelerators)),
        arrow(usdOf(line, "before"), usdOf(line, "after")),
      ]),
    ),
  ];
}

/** A line that is not there is no line with an unknown price. */
function usdOf(line: Cost["lines"][number], side: "before" | "after"): string {
  return line[`${side}Accelerators`] === null ? UNKNOWN : formatUsd(line[`${side}UsdPerHour`]);
}

function arrow(before: string, after: string): string {
  return before === after ? before : `${before} → ${after}`;
}

function areaSection(area: string, changes: readonly Change[]): ReportSection {
  const blocks: ReportBlock[] = [
    table(
      [
        { header: "what", align: "left", wraps: true },
        { header: "before", align: "left", wraps: true },
        { header: "after", align: "left", wraps: true },
      ],
      changes.map(({ path, before, after, kind }) => [
        path,
        kind === "added" ? UNKNOWN : show(before),
        kind === "removed" ? UNKNOWN : show(after),
      ]),
    ),
  ];
  const causes = [...new Set(changes.flatMap(({ why }) => why))];
  if (causes.length > 0) {
    const items = causes.map((cause) => `because ${cause}`);
    blocks.push({ kind: "list", items });
  } else if (EXPLAINABLE.has(area)) {
    blocks.push(
      paragraph(
        "Nothing else in the plans explains it: the search found another fleet, or a person chose it.",
      ),
    );
  }
  return { heading: HEADINGS[area] ?? area, blocks };
}

/** Areas in which a change has a cause. */
const EXPLAINABLE: ReadonlySet<string> = new Set([
  "pools",
  "hardware",
  "engine",
  "buying",
  "policies",
]);

function show(value: PlainValue): string {
  if (value === null) return "unknown";
  return typeof value === "number" ? String(Number(value.toPrecision(6))) : String(value);
}

function warningsOf({ before, after }: PlanChanges, { files }: DiffDocumentOptions): string[] {
  return [before, after].flatMap((plan, index) =>
    plan.isIntact
      ? []
      : [
          `${files[index]} was edited after it was verified, so that its limits, evidence and cost are of another fleet`,
        ],
  );
}
