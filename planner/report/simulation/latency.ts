/**
 * Latency of all requests together: every metric by mean and quantile, each row in one unit, with the
 * half-width of its confidence interval below when there is more than one replication.
 */
import type {
  LatencyBlock,
  LatencyBlocks,
  SimulationSummary,
} from "../../metrics/simulation-summary";
import { formatCount, formatTimeIn, type TimeUnit, timeUnitFor } from "../format-number";
import { type Cell, paragraph, type ReportBlock, type ReportSection, table } from "../report";

const STATISTICS = ["mean", "p50", "p90", "p95", "p99", "p999"] as const;

/** Order and names as in the vocabulary. */
const LATENCY_METRICS: readonly (readonly [keyof LatencyBlocks, string])[] = [
  ["ttftMs", "TTFT"],
  ["tpotMs", "TPOT"],
  ["itlMs", "ITL"],
  ["e2eMs", "E2E"],
  ["queueTimeMs", "queue time"],
];

export function latencySection(summary: SimulationSummary): ReportSection {
  const rows = LATENCY_METRICS.flatMap(([key, name]) => {
    const block = summary.latency[key];
    return block === null ? [] : latencyRows(name, block);
  });
  return { heading: "Latency", blocks: [...latencyTable(rows), ...missingNotes(summary)] };
}

function latencyTable(rows: readonly (readonly Cell[])[]): ReportBlock[] {
  if (rows.length === 0) return [];
  return [
    table(
      [
        { header: "", align: "left" },
        { header: "mean", align: "right" },
        { header: "p50", align: "right" },
        { header: "p90", align: "right" },
        { header: "p95", align: "right" },
        { header: "p99", align: "right" },
        { header: "p99.9", align: "right" },
      ],
      rows,
    ),
  ];
}

function latencyRows(name: string, block: LatencyBlock): Cell[][] {
  const unit = rowUnit(block);
  const values = STATISTICS.map((statistic) => formatTimeIn(unit, block[statistic]));
  const rows: Cell[][] = [[`${name} (${unit})`, ...values]];
  const { ci95 } = block;
  if (ci95 !== null) {
    const margins = STATISTICS.map((statistic) => formatTimeIn(unit, ci95[statistic]));
    rows.push(["  ± 95 %", ...margins].map((text) => ({ text, tone: "quiet" })));
  }
  return rows;
}

/** Milliseconds as long as the typical value is below a second and the largest still has few digits. */
function rowUnit(block: LatencyBlock): TimeUnit {
  if (block.p50 < 1000 && block.p999 < 100_000) return "ms";
  const unit = timeUnitFor(Math.max(block.p50, block.mean));
  return unit === "ms" ? "s" : unit;
}

function missingNotes(summary: SimulationSummary): ReportBlock[] {
  if (summary.latency.e2eMs !== null) return [];
  const isSaturated = Object.values(summary.workloads).some((group) => group.saturated);
  if (isSaturated) {
    return [
      paragraph(
        "TTFT, E2E and queue time are not shown: the load exceeds what the fleet can serve, and a queue that grows has no steady latency.",
      ),
    ];
  }
  return [
    paragraph(
      `Nothing measured: ${formatCount(summary.requests.completed)} requests completed after the warm-up.`,
    ),
  ];
}
