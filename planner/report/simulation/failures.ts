/**
 * Requests that got no answer: availability, why, at which step of a chain, and what was tried again. Left out
 * where nothing failed but requests too long for their replica, which are a warning of their own.
 */
import type {
  GroupSummary,
  RequestCounts,
  SimulationSummary,
} from "../../metrics/simulation-summary";
import { END_REASONS, outcomeOfReason } from "../../simulation/end-reasons";
import { formatAvailability, formatCount, formatShare } from "../format-number";
import {
  type Cell,
  paragraph,
  type ReportBlock,
  type ReportColumn,
  type ReportSection,
  table,
  UNKNOWN,
} from "../report";

/** Something failed, or was tried again, that a policy, a client or a fault had a part in. */
export function hasFailures(requests: RequestCounts): boolean {
  const { retried, gatewayRetries, hedges, fellBack, reasons } = requests;
  return (
    retried + gatewayRetries + hedges + fellBack > 0 ||
    END_REASONS.some((reason) => reason !== "context-too-long" && reasons[reason] !== undefined)
  );
}

/** `312 refused (overflow), 12 timed out, 5 failed`: the outcomes without an answer, and the main reason of each. */
export function outcomesText({ reasons }: RequestCounts): string {
  const outcomes = { rejected: "refused", "timed-out": "timed out", failed: "failed" } as const;
  const parts = Object.entries(outcomes).flatMap(([outcome, verb]) => {
    const own = END_REASONS.flatMap((reason, index) => {
      const count = reasons[reason] ?? 0;
      return count > 0 && outcomeOfReason(index) === outcome ? [{ reason, count }] : [];
    });
    if (own.length === 0) return [];
    const sum = own.reduce((total, { count }) => total + count, 0);
    const [most] = own.toSorted((a, b) => b.count - a.count);
    const main = own.length === 1 ? most!.reason : `mostly ${most!.reason}`;
    return [`${formatCount(sum)} ${verb} (${main})`];
  });
  return parts.join(", ");
}

export function failuresSection(summary: SimulationSummary): ReportSection | undefined {
  if (!hasFailures(summary.requests)) return undefined;
  const workloads = Object.entries(summary.workloads);
  return {
    heading: "Failures",
    blocks: [
      paragraph(
        "Availability is the completed share of the requests that are over; touched are those of which at least one attempt got no answer.",
      ),
      availabilityTable(summary, workloads),
      ...reasonsTable(workloads),
      ...stepsTable(workloads),
    ],
  };
}

interface CountColumn {
  readonly header: string;
  readonly cell: (requests: RequestCounts) => string;
  readonly isShown: (requests: RequestCounts) => boolean;
}

const COUNT_COLUMNS: readonly CountColumn[] = [
  count("touched", "touched"),
  count("client retries", "retried"),
  count("gateway retries", "gatewayRetries"),
  count("hedges", "hedges"),
  count("fell back", "fellBack"),
  {
    header: "fallback share",
    cell: ({ fellBack, completed }) =>
      completed > 0 ? formatShare(fellBack / completed) : UNKNOWN,
    isShown: ({ fellBack }) => fellBack > 0,
  },
];

function count(
  header: string,
  key: "touched" | "retried" | "gatewayRetries" | "hedges" | "fellBack",
): CountColumn {
  return {
    header,
    cell: (requests) => formatCount(requests[key]),
    isShown: (requests) => requests[key] > 0,
  };
}

function availabilityTable(
  summary: SimulationSummary,
  workloads: readonly (readonly [string, GroupSummary])[],
): ReportBlock {
  const whole = ["all", summary] as const;
  const rows = workloads.length > 1 ? [...workloads, whole] : [whole];
  const shown = COUNT_COLUMNS.filter((column) => column.isShown(summary.requests));
  const columns: ReportColumn[] = [
    { header: workloads.length > 1 ? "workload" : "", align: "left", wraps: true },
    { header: "availability", align: "right" },
    { header: "may lie in", align: "right" },
    ...shown.map(({ header }) => ({ header, align: "right" as const })),
  ];
  return table(
    columns,
    rows.map(
      ([
        name,
        {
          requests,
          availability: { value, low, high },
        },
      ]): Cell[] => [
        name,
        formatAvailability(value),
        low === null ? UNKNOWN : `${formatAvailability(low)} – ${formatAvailability(high)}`,
        ...shown.map((column) => column.cell(requests)),
      ],
    ),
  );
}

function reasonsTable(workloads: readonly (readonly [string, GroupSummary])[]): ReportBlock[] {
  const rows = workloads.flatMap(([name, { requests }]) =>
    END_REASONS.flatMap((reason, index): Cell[][] => {
      const sum = requests.reasons[reason];
      if (sum === undefined) return [];
      const outcome = outcomeOfReason(index).replace("-", " ");
      return [[name, outcome, reason, formatCount(sum), formatShare(sum / requests.offered)]];
    }),
  );
  if (rows.length === 0) return [];
  return [
    table(
      [
        { header: "workload", align: "left", wraps: true },
        { header: "outcome", align: "left" },
        { header: "reason", align: "left" },
        { header: "requests", align: "right" },
        { header: "of offered", align: "right" },
      ],
      rows,
    ),
  ];
}

function stepsTable(workloads: readonly (readonly [string, GroupSummary])[]): ReportBlock[] {
  const rows = workloads.flatMap(([name, { requests }]) =>
    Object.entries(requests.brokenSteps).map(([step, sum]): Cell[] => [
      name,
      step,
      formatCount(sum),
      formatShare(sum / requests.offered),
    ]),
  );
  if (rows.length === 0) return [];
  return [
    table(
      [
        { header: "workload", align: "left", wraps: true },
        { header: "step that broke", align: "left", wraps: true },
        { header: "requests", align: "right" },
        { header: "of offered", align: "right" },
      ],
      rows,
    ),
  ];
}
