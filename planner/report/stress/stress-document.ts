/**
 * The report of `capplan stress` as a document: which cases fail and why, then the scorecard, what breaks with each
 * part of the fleet, and what the reserve costs. Every figure comes from the report; nothing is computed here.
 */
import type {
  CaseResult,
  Headroom,
  StressReport,
  StressThresholds,
} from "../../stress/stress-report";
import {
  formatAvailability,
  formatDuration,
  formatNumber,
  formatShare,
  formatUsd,
  plural,
} from "../format-number";
import { paragraph, type Report, type ReportLine, type ReportSection } from "../report";
import { blastRadiusSection } from "./blast-radius";
import {
  CASE_TONE,
  casesSection,
  healingSection,
  inapplicableSection,
  objectivesSection,
  scorecardSection,
} from "./scorecard";

export interface StressDocumentOptions {
  /** The command line that gives the same result again. */
  readonly reproduce: string;
  /** Every node and replica in the blast radius, instead of the worst of each kind. */
  readonly allDomains: boolean;
}

export function stressDocument(report: StressReport, options: StressDocumentOptions): Report {
  const sections: (ReportSection | undefined)[] = [
    scorecardSection(report),
    healingSection(report),
    { heading: "Judged by", blocks: [paragraph(judgedBy(report))] },
    objectivesSection(report),
    blastRadiusSection(report.blastRadius, options),
    { heading: "Headroom", blocks: [paragraph(headroomText(report.headroom))] },
    casesSection(report),
    inapplicableSection(report),
  ];
  return {
    title: `Stress test of ${report.scenario.name}`,
    answer: answerOf(report),
    sections: sections.filter((section) => section !== undefined),
    warnings: warningsOf(report),
    reproduce: options.reproduce,
  };
}

export function answerOf(report: StressReport): ReportLine[] {
  const { interrupted } = report;
  const lines: ReportLine[] = [];
  if (interrupted !== null) {
    const text = `INTERRUPTED: ${interrupted.finished} of ${plural(interrupted.asked, "case")} finished.`;
    lines.push({ text, tone: "unsure" });
  }
  lines.push({ text: verdictText(report), tone: CASE_TONE[report.verdict] });
  const finished = report.cases.filter(({ measured }) => measured !== null);
  lines.push(...reasonLines(finished, "FAIL"), ...reasonLines(finished, "UNCERTAIN"));
  lines.push({ text: baselineText(report), tone: "plain" });
  return lines;
}

function verdictText({ verdict, cases }: StressReport): string {
  const count = (wanted: CaseResult["verdict"]): number =>
    cases.filter((one) => one.verdict === wanted).length;
  const applicable = cases.length - count("NOT APPLICABLE");
  switch (verdict) {
    case "PASS":
      return applicable === 1 ? "PASS: the case passes." : `PASS: all ${applicable} cases pass.`;
    case "FAIL": {
      const failed = count("FAIL");
      const verb = failed === 1 ? "fails" : "fail";
      return applicable === 1
        ? "FAIL: the case fails."
        : `FAIL: ${failed} of ${applicable} cases ${verb}.`;
    }
    case "UNCERTAIN":
      return `UNCERTAIN: no case fails, and ${count("UNCERTAIN")} of ${applicable} could not be judged.`;
    case "NOT APPLICABLE":
      return "No verdict: none of the cases applies to this fleet.";
  }
}

function reasonLines(cases: readonly CaseResult[], verdict: "FAIL" | "UNCERTAIN"): ReportLine[] {
  return cases
    .filter((one) => one.verdict === verdict)
    .map(({ name, reasons }) => ({
      text: `  ${name}: ${reasons.join("; ")}.`,
      tone: CASE_TONE[verdict],
    }));
}

function baselineText({ baseline }: StressReport): string {
  const { verdict, availability, offeredRequestsPerSecond, goodRequestsPerSecond } = baseline;
  const objectives =
    verdict === "NONE" ? "no objectives are declared" : `its objectives: ${verdict}`;
  return (
    `Without any case: ${formatNumber(offeredRequestsPerSecond)} requests/s, ${formatNumber(goodRequestsPerSecond)}/s ` +
    `of them good, ${formatAvailability(availability)} answered; ${objectives}.`
  );
}

function warningsOf({ baseline, cases, thresholds }: StressReport): string[] {
  const warnings: string[] = [];
  if (baseline.verdict === "FAIL") {
    warnings.push(
      "The fleet breaks its objectives without any case; what the cases add to that is all they can tell.",
    );
  }
  if (baseline.slo.length === 0) {
    warnings.push(
      "No workload has objectives (slo), so a request counts as good when it is completed, however late.",
    );
  }
  if (!thresholds.metastable) {
    warnings.push(
      ...cases.flatMap(({ name, measured }) =>
        measured === null || measured.metastable === null
          ? []
          : `${name} leaves the fleet metastable, which the thresholds do not ask about: ${measured.metastable.explanation}`,
      ),
    );
  }
  return warnings;
}

function judgedBy({ thresholds, thresholdsFrom, cases }: StressReport): string {
  const asked = thresholdTexts(thresholds);
  const from =
    thresholdsFrom === "given"
      ? "What was asked for"
      : "Nothing was asked for, so what every fleet is asked for";
  const first = cases.find(({ measured }) => measured !== null)?.measured;
  const resolution =
    first === undefined || first === null
      ? ""
      : ` Times are measured in steps of ${formatDuration(first.resolutionSeconds)}.`;
  return (
    `${from}: ${asked.join("; ")}. A fault is looked at from its start until it is over and goodput is back, a load at ` +
    "the peak. Answered: requests of that time that were completed. Touched: of which an attempt ended without an " +
    "answer. Goodput: requests that met every objective of their workload, against the same run without the case. Noticed: by a health check, or an ejection. Moved: traffic has left what is gone." +
    resolution
  );
}

function thresholdTexts(thresholds: StressThresholds): string[] {
  const text = (
    value: number | null,
    write: (value: number) => string,
    format: (value: number) => string,
  ): string[] => (value === null ? [] : [write(value).replace("*", format(value))]);
  const share = (value: number | null, what: string): string[] =>
    text(value, () => what, formatShare);
  const time = (value: number | null, what: string): string[] =>
    text(value, () => what, formatDuration);
  return [
    ...share(thresholds.availability, "at least * answered"),
    ...share(thresholds.goodput, "at least * good"),
    ...share(thresholds.blastRadius, "at most * of requests touched"),
    ...share(thresholds.tenants, "at most * of tenants touched"),
    ...time(thresholds.detectionSeconds, "noticed within *"),
    ...time(thresholds.shiftSeconds, "traffic moved within *"),
    ...time(thresholds.recoverySeconds, "back within *"),
    ...(thresholds.recovers ? ["back from every fault within the run"] : []),
    ...(thresholds.metastable ? ["never kept down by retries (metastable)"] : []),
    ...(thresholds.slo
      ? ["under more load no objective broken that was kept, and no queue that grows"]
      : []),
  ];
}

function headroomText({ idleShare, usdPerHour, idleUsdPerHour, leftOut }: Headroom): string {
  if (idleShare === null) return "Not known: no pool did anything that its load could be told by.";
  const cost =
    usdPerHour === null
      ? "What that costs is unknown: no price of a replica is known."
      : `That is ${leftOut.length > 0 ? "at least " : ""}${formatUsd(idleUsdPerHour)} of ${formatUsd(usdPerHour)} per hour.`;
  const without =
    usdPerHour === null || leftOut.length === 0
      ? ""
      : ` Left out for want of a price or of work: ${leftOut.join(", ")}.`;
  return `${formatShare(idleShare)} of the capacity that is paid for at the baseline's peak is not needed then: it is what is left for faults and growth. ${cost}${without}`;
}
