/** One line for each case: the verdict, and the figures it rests on. */
import type { CaseResult, CaseVerdict, StressReport } from "../../stress/stress-report";
import {
  formatAvailability,
  formatDuration,
  formatNumber,
  formatShare,
  formatTime,
} from "../format-number";
import {
  type Cell,
  type ReportBlock,
  type ReportSection,
  type Tone,
  table,
  UNKNOWN,
} from "../report";

export const CASE_TONE: Readonly<Record<CaseVerdict, Tone>> = {
  PASS: "good",
  FAIL: "bad",
  UNCERTAIN: "unsure",
  "NOT APPLICABLE": "quiet",
};

/** Only cases that apply; the others have a section of their own. */
export function scorecardSection({ cases }: StressReport): ReportSection | undefined {
  const applicable = cases.filter(({ verdict }) => verdict !== "NOT APPLICABLE");
  if (applicable.length === 0) return undefined;
  return {
    heading: "Scorecard",
    blocks: [
      table(
        [
          CASE_COLUMN,
          { header: "verdict", align: "left" },
          { header: "answered", align: "right" },
          { header: "touched", align: "right" },
          { header: "tenants", align: "right" },
          { header: "goodput lost", align: "right" },
        ],
        applicable.map(caseRow),
      ),
    ],
  };
}

const CASE_COLUMN = { header: "case", align: "left", wraps: true } as const;

function caseRow({ name, verdict, measured }: CaseResult): Cell[] {
  const verdictCell = { text: verdict, tone: CASE_TONE[verdict] };
  if (measured === null) return [name, verdictCell];
  return [
    name,
    verdictCell,
    formatAvailability(measured.availability),
    formatShare(measured.requestShare),
    formatShare(measured.tenantShare),
    formatShare(measured.goodputLost),
  ];
}

/** How soon each fault was noticed, left behind, and over. Loads are there all the time. */
export function healingSection({ cases }: StressReport): ReportSection | undefined {
  const rows = cases.flatMap(({ name, measured }): Cell[][] =>
    measured === null || measured.kind === "load"
      ? []
      : [
          [
            name,
            formatDuration(measured.startSeconds),
            since(measured.detectSeconds),
            since(measured.shiftSeconds),
            recoveryCell(measured),
            formatNumber(measured.goodRequestsPerSecond),
            formatNumber(measured.baselineGoodRequestsPerSecond),
          ],
        ],
  );
  if (rows.length === 0) return undefined;
  return {
    heading: "Healing",
    blocks: [
      table(
        [
          CASE_COLUMN,
          { header: "struck at", align: "right" },
          { header: "noticed", align: "right" },
          { header: "moved", align: "right" },
          { header: "back after", align: "right" },
          { header: "good/s", align: "right" },
          { header: "without", align: "right" },
        ],
        rows,
      ),
    ],
  };
}

function since(seconds: number | null): string {
  return seconds === null ? UNKNOWN : formatTime(seconds * 1e3);
}

function recoveryCell({
  recovered,
  recoverySeconds,
  metastable,
}: NonNullable<CaseResult["measured"]>): Cell {
  if (metastable !== null) return { text: "metastable", tone: "bad" };
  if (recovered === false) return { text: "never", tone: "bad" };
  return recoverySeconds === 0 ? "no dip" : since(recoverySeconds);
}

/** What the objectives were without the load and with it, where one is broken that was kept. */
export function objectivesSection({ cases }: StressReport): ReportSection | undefined {
  const rows = cases.flatMap(({ name, measured }) =>
    (measured?.kind === "load" ? measured.slo : [])
      .filter(({ verdict, baselineVerdict }) => verdict === "FAIL" && baselineVerdict !== "FAIL")
      .map((one): Cell[] => [
        name,
        `${one.workload} ${one.objective}`,
        formatTime(one.limitMs),
        formatTime(one.baselineValueMs),
        { text: one.valueMs === null ? "no end" : formatTime(one.valueMs), tone: "bad" },
      ]),
  );
  if (rows.length === 0) return undefined;
  return {
    heading: "Objectives that more load breaks",
    blocks: [
      table(
        [
          CASE_COLUMN,
          { header: "objective", align: "left", wraps: true },
          { header: "limit", align: "right" },
          { header: "without", align: "right" },
          { header: "with", align: "right" },
        ],
        rows,
      ),
    ],
  };
}

/** How each case was done. */
export function casesSection({ cases }: StressReport): ReportSection | undefined {
  const items = cases
    .filter(({ verdict }) => verdict !== "NOT APPLICABLE")
    .map(({ name, how }) => `${name}: ${how.join(" ")}`);
  return items.length === 0 ? undefined : { heading: "Cases", blocks: [list(items)] };
}

export function inapplicableSection({ cases }: StressReport): ReportSection | undefined {
  const items = cases
    .filter(({ verdict }) => verdict === "NOT APPLICABLE")
    .map(({ name, reasons }) => `${name}: ${reasons.join("; ")}`);
  return items.length === 0 ? undefined : { heading: "Not applicable", blocks: [list(items)] };
}

function list(items: readonly string[]): ReportBlock {
  return { kind: "list", items };
}

export function windowText({
  startSeconds,
  endSeconds,
}: NonNullable<CaseResult["measured"]>): string {
  return `${formatDuration(startSeconds)} to ${formatDuration(endSeconds)} into the run`;
}
