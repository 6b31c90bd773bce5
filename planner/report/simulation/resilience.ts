/** How far each fault reached and how fast the fleet healed, one row for each fault. */
import { LEVEL_TOLERANCE, STEADY_BUCKETS } from "../../metrics/goodput-dips";
import type { FaultResilience, SimulationSummary } from "../../metrics/simulation-summary";
import {
  formatAvailability,
  formatCount,
  formatDuration,
  formatShare,
  formatTime,
  plural,
} from "../format-number";
import {
  type Cell,
  paragraph,
  type ReportBlock,
  type ReportLine,
  type ReportSection,
  table,
  UNKNOWN,
} from "../report";

/** Lines for the answer: what did not come back, or that all did. */
export function resilienceLines({ resilience }: SimulationSummary): ReportLine[] {
  const faults = resilience ?? [];
  if (faults.length === 0) return [];
  const down = faults.filter((fault) => fault.recovered === false);
  if (down.length > 0) return down.map(downLine);
  const recovered = faults.filter((fault) => fault.recoverySeconds !== null);
  const [slowest] = recovered.toSorted((a, b) => b.recoverySeconds! - a.recoverySeconds!);
  const unknown = faults.filter((fault) => fault.recovered === null);
  if (unknown.length > 0) return unknown.map(unknownLine);
  if (slowest === undefined || recovered.length < faults.length) return [];
  const time = recoveryTime(slowest.recoverySeconds);
  const text =
    faults.length === 1
      ? `Recovered from ${slowest.fault} ${time}; it touched ${formatShare(slowest.blastRadius.requestShare)} of the requests meanwhile.`
      : `Recovered from all ${faults.length} faults, the slowest (${slowest.fault}) ${time}.`;
  return [{ text, tone: "good" }];
}

function unknownLine({ fault }: FaultResilience): ReportLine {
  const text = `Cannot say whether the fleet recovered from ${fault}: most requests were not good without it either, or nothing shows what was normal before it.`;
  return { text, tone: "bad" };
}

function recoveryTime(seconds: number | null): string {
  return seconds === 0 ? "without a dip" : `in ${formatTime(seconds! * 1e3)}`;
}

function downLine({ fault, endSeconds, recoverySeconds, metastable }: FaultResilience): ReportLine {
  if (metastable !== null) {
    return { text: `METASTABLE after ${fault}: ${metastable.explanation}.`, tone: "bad" };
  }
  if (endSeconds === null) {
    return { text: `Not back: ${fault} is still on when the run ends.`, tone: "bad" };
  }
  const rest = recoverySeconds === null ? "" : " in every run";
  return { text: `NOT RECOVERED from ${fault}${rest} before the end.`, tone: "bad" };
}

export function resilienceSection({ resilience }: SimulationSummary): ReportSection | undefined {
  if (resilience === null || resilience.length === 0) return undefined;
  const explained = resilience.flatMap(({ fault, metastable }) =>
    metastable === null ? [] : [`${fault} left a metastable failure: ${metastable.explanation}`],
  );
  const blocks: ReportBlock[] = [faultTable(resilience), paragraph(howMeasured(resilience))];
  if (explained.length > 0) blocks.push({ kind: "list", items: explained });
  return { heading: "Resilience", blocks };
}

function faultTable(faults: readonly FaultResilience[]): ReportBlock {
  const isRepeated = faults.some(({ occurrences }) => occurrences !== 1);
  return table(
    [
      { header: "fault", align: "left", wraps: true },
      { header: "from", align: "right" },
      { header: "until", align: "right" },
      ...(isRepeated ? [{ header: "times", align: "right" as const }] : []),
      { header: "touched", align: "right" },
      { header: "tenants", align: "right" },
      { header: "goodput lost", align: "right" },
      { header: "availability", align: "right" },
      { header: "detected", align: "right" },
      { header: "shifted", align: "right" },
      { header: "recovered", align: "right" },
    ],
    faults.map((fault) => faultRow(fault, isRepeated)),
  );
}

function faultRow(fault: FaultResilience, isRepeated: boolean): Cell[] {
  const { blastRadius } = fault;
  return [
    fault.fault,
    formatDuration(fault.startSeconds),
    fault.endSeconds === null ? "the end" : formatDuration(fault.endSeconds),
    ...(isRepeated ? [formatCount(fault.occurrences)] : []),
    formatShare(blastRadius.requestShare),
    formatShare(blastRadius.tenantShare),
    formatShare(blastRadius.goodputLost),
    formatAvailability(fault.availabilityInWindow),
    since(fault.detectSeconds),
    since(fault.shiftSeconds),
    recoveryCell(fault),
  ];
}

function since(seconds: number | null): string {
  return seconds === null ? UNKNOWN : formatTime(seconds * 1e3);
}

function recoveryCell({ recovered, recoverySeconds }: FaultResilience): Cell {
  if (recoverySeconds === 0 && recovered === true) return "no dip";
  if (recovered !== false) return since(recoverySeconds);
  const text = recoverySeconds === null ? "no" : `${since(recoverySeconds)}, not always`;
  return { text, tone: "bad" };
}

function howMeasured([first, ...rest]: readonly FaultResilience[]): string {
  const isOften = [first!, ...rest].some(({ occurrences }) => occurrences !== 1);
  const often = isOften ? ", medians over all times that it struck" : "";
  return (
    `Measured in steps of ${formatDuration(first!.resolutionSeconds)}, from the start of the fault${often}. ` +
    `Recovered: good requests are within ${formatShare(LEVEL_TOLERANCE)} of what is expected without the fault, ` +
    `and stay so for ${plural(STEADY_BUCKETS, "step")}; shares are of the requests in flight when it struck, and of those that arrived until it was over and all was well.`
  );
}
