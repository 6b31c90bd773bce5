/**
 * The same few figures for each member of a group (workload, tenant, model, region). A group of one says
 * nothing that the rest of the report does not, and is left out.
 */
import type { GroupSummary, LatencyBlock } from "../../metrics/simulation-summary";
import { formatAvailability, formatNumber, formatShare, formatTime } from "../format-number";
import { type Cell, type ReportSection, table, UNKNOWN } from "../report";
import { hasFailures } from "./failures";

export function groupSection(
  heading: string,
  noun: string,
  groups: Readonly<Record<string, GroupSummary>>,
): ReportSection | undefined {
  const members = Object.entries(groups);
  if (members.length < 2) return undefined;
  const isAnyFailing = members.some(([, group]) => hasFailures(group.requests));
  return {
    heading,
    blocks: [
      table(
        [
          { header: noun, align: "left", wraps: true },
          { header: "requests/s", align: "right" },
          { header: "TTFT p50", align: "right" },
          { header: "TTFT p95", align: "right" },
          { header: "TPOT p95", align: "right" },
          { header: "E2E p95", align: "right" },
          { header: "SLO met", align: "right" },
          ...(isAnyFailing ? [{ header: "available", align: "right" as const }] : []),
        ],
        members.map(([name, group]) => [
          ...groupRow(name, group),
          ...(isAnyFailing ? [formatAvailability(group.availability.value)] : []),
        ]),
      ),
    ],
  };
}

function groupRow(name: string, group: GroupSummary): Cell[] {
  const { ttftMs, tpotMs, e2eMs } = group.latency;
  const time = (block: LatencyBlock | null, statistic: "p50" | "p95"): Cell => {
    if (group.saturated) return { text: "saturated", tone: "bad" };
    return block === null ? UNKNOWN : formatTime(block[statistic]);
  };
  return [
    name,
    formatNumber(group.throughput.requestsPerSecond),
    time(ttftMs, "p50"),
    time(ttftMs, "p95"),
    time(tpotMs, "p95"),
    time(e2eMs, "p95"),
    formatShare(group.sloAttainment),
  ];
}
