/** Requests by outcome and rates, for all workloads together and, when there are several, for each. */
import type {
  RequestCounts,
  SimulationSummary,
  Throughput,
} from "../../metrics/simulation-summary";
import { formatCount, formatNumber } from "../format-number";
import { type Cell, type ReportColumn, type ReportSection, table } from "../report";

interface Load {
  readonly requests: RequestCounts;
  readonly throughput: Throughput;
}

interface LoadColumn {
  readonly header: string;
  readonly cell: (load: Load) => string;
  /** Left out when it is true for no row. */
  readonly isShown: (load: Load) => boolean;
}

const always = (): boolean => true;

const COLUMNS: readonly LoadColumn[] = [
  { header: "offered", cell: (load) => formatCount(load.requests.offered), isShown: always },
  { header: "completed", cell: (load) => formatCount(load.requests.completed), isShown: always },
  outcome("rejected", "rejected"),
  outcome("timed out", "timedOut"),
  outcome("failed", "failed"),
  outcome("in flight", "inFlight"),
  {
    header: "requests/s",
    cell: (load) => formatNumber(load.throughput.requestsPerSecond),
    isShown: always,
  },
  {
    header: "goodput/s",
    cell: (load) => formatNumber(load.throughput.goodputRps),
    isShown: (load) => load.throughput.goodputRps !== null,
  },
  {
    header: "input tok/s",
    cell: (load) => formatNumber(load.throughput.inputTokensPerSecond),
    isShown: always,
  },
  {
    header: "output tok/s",
    cell: (load) => formatNumber(load.throughput.outputTokensPerSecond),
    isShown: always,
  },
];

export function throughputSection(summary: SimulationSummary): ReportSection {
  const workloads = Object.entries(summary.workloads);
  const loads: (readonly [string, Load])[] =
    workloads.length > 1 ? [...workloads, ["all", summary]] : [["all", summary]];
  const shown = COLUMNS.filter((column) => loads.some(([, load]) => column.isShown(load)));
  const columns: ReportColumn[] = shown.map(({ header }) => ({ header, align: "right" }));
  const rows = loads.map(([name, load]): Cell[] => [
    name,
    ...shown.map((column) => column.cell(load)),
  ]);
  const head: ReportColumn = {
    header: workloads.length > 1 ? "workload" : "",
    align: "left",
    wraps: true,
  };
  return { heading: "Throughput", blocks: [table([head, ...columns], rows)] };
}

function outcome(header: string, key: "rejected" | "timedOut" | "failed" | "inFlight"): LoadColumn {
  return {
    header,
    cell: (load) => formatCount(load.requests[key]),
    isShown: (load) => load.requests[key] !== 0,
  };
}
