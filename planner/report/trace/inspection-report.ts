/**
 * The report of `trace inspect`: what a trace holds, in words and tables. Pictures of the same are
 * in planner/report/html/trace-page.ts.
 */
import { describeEstimate } from "../../scenario/estimated-lengths";
import type { ArrivalInspection } from "../../traffic/trace/inspect-arrivals";
import type { PrefixInspection } from "../../traffic/trace/inspect-prefix-reuse";
import type { LengthSummary, TraceInspection } from "../../traffic/trace/inspect-trace";
import {
  formatCount,
  formatDuration,
  formatNumber,
  formatShare,
  formatTime,
  plural,
} from "../format-number";
import {
  paragraph,
  type Report,
  type ReportBlock,
  type ReportColumn,
  type ReportSection,
  table,
} from "../report";
import { sparkline } from "./sparkline";

/** @param reproduce - the command line that gives the report again */
export function inspectionReport(
  inspection: TraceInspection,
  reproduce: string | undefined,
): Report {
  return {
    title: `Trace ${inspection.source}`,
    answer: answerLines(inspection).map((text) => ({ text, tone: "plain" as const })),
    sections: [
      ...(inspection.arrivals === undefined ? [] : [arrivalsSection(inspection.arrivals)]),
      lengthsSection(inspection),
      ...(inspection.prefix === undefined ? [] : [prefixSection(inspection.prefix)]),
      clippedSection(inspection),
    ],
    warnings: inspectionWarnings(inspection),
    reproduce,
  };
}

function answerLines(inspection: TraceInspection): string[] {
  const { arrivals, inputTokens, outputTokens, prefix } = inspection;
  const rate =
    arrivals === undefined ? "" : `: ${formatNumber(arrivals.requestsPerSecond)} per second`;
  const load = `${requestsInTime(inspection)}${rate}`;
  const lengths = `median ${formatCount(median(inputTokens))} input and ${formatCount(median(outputTokens))} output tokens`;
  const reuse =
    prefix === undefined
      ? []
      : [
          `at most ${formatShare(prefix.reusedShare)} of the input tokens can come from a prefix cache`,
        ];
  return [`${load}; ${lengths}`, ...reuse];
}

/** `200 requests in 99.5 s`, or what stands in the place of a time when there is none. */
export function requestsInTime({ requests, hasArrivals, arrivals }: TraceInspection): string {
  const counted = plural(requests, "request");
  if (arrivals !== undefined) return `${counted} in ${formatDuration(arrivals.durationSeconds)}`;
  if (!hasArrivals) return `${counted}, lengths only`;
  return requests === 1 ? `${counted}, at one time` : `${counted}, all at one time`;
}

function median(lengths: LengthSummary): number | undefined {
  return lengths.quantiles.find(({ probability }) => probability === 0.5)?.tokens;
}

const QUANTITY: readonly ReportColumn[] = [
  { header: "quantity", align: "left" },
  { header: "value", align: "right" },
];

function arrivalsSection(arrivals: ArrivalInspection): ReportSection {
  const { gaps, overTime } = arrivals;
  const rates = overTime.requestsPerSecond;
  const peak = Math.max(...rates);
  const bucket = formatDuration(overTime.bucketSeconds);
  const rows: [string, string][] = [
    ["requests per second, mean", formatNumber(arrivals.requestsPerSecond)],
    [`requests per second, busiest ${bucket}`, formatNumber(peak)],
    ["busiest over mean", formatNumber(peak / arrivals.requestsPerSecond)],
    ["input tokens per second", formatNumber(arrivals.inputTokensPerSecond)],
    ["output tokens per second", formatNumber(arrivals.outputTokensPerSecond)],
  ];
  if (arrivals.clockStepSeconds === undefined) {
    rows.push(
      ["gap between arrivals, median", formatTime(gaps.p50Seconds * 1000)],
      ["gap between arrivals, p99", formatTime(gaps.p99Seconds * 1000)],
      ["gap between arrivals, longest", formatTime(gaps.maxSeconds * 1000)],
      ["coefficient of variation of gaps (Poisson: 1)", formatNumber(gaps.cv)],
    );
  }
  const blocks: ReportBlock[] = [table(QUANTITY, rows)];
  if (rates.length > 1) {
    blocks.push(
      paragraph(`Rate over time, ${bucket} per column, highest ${formatNumber(peak)} per second:`),
      { kind: "list", items: [sparkline(rates)], isPlain: true },
    );
  }
  if (arrivals.hours !== undefined) {
    const hours = arrivals.hours.map(({ requestsPerSecond }) => requestsPerSecond);
    const highest = formatNumber(Math.max(...hours));
    blocks.push(paragraph(`Rate by hour of the day from 0 to 23, highest ${highest} per second:`), {
      kind: "list",
      items: [sparkline(hours)],
      isPlain: true,
    });
  }
  return { heading: "Arrivals", blocks: [...blocks, ...dispersionBlocks(arrivals)] };
}

function dispersionBlocks(arrivals: ArrivalInspection): ReportBlock[] {
  if (arrivals.dispersion.length === 0) return [];
  const columns: ReportColumn[] = [
    { header: "window", align: "left" },
    { header: "index of dispersion", align: "right" },
  ];
  const rows = arrivals.dispersion.map(({ windowSeconds, index }) => [
    formatDuration(windowSeconds),
    formatNumber(index),
  ]);
  return [
    table(columns, rows),
    paragraph(
      "Variance over mean of the requests per window. Poisson arrivals have 1 at every window; a value that grows with the window means bursts or a changing rate.",
    ),
  ];
}

const SHOWN_PROBABILITIES = [0.05, 0.25, 0.5, 0.75, 0.95, 0.99] as const;

function lengthsSection(inspection: TraceInspection): ReportSection {
  const columns: ReportColumn[] = [
    { header: "tokens", align: "left" },
    ...["mean", "min", "p5", "p25", "p50", "p75", "p95", "p99", "max"].map(
      (header): ReportColumn => ({ header, align: "right" }),
    ),
  ];
  const row = (name: string, lengths: LengthSummary) => [
    name,
    formatTokens(lengths.mean),
    formatTokens(lengths.min),
    ...SHOWN_PROBABILITIES.map((wanted) =>
      formatTokens(
        lengths.quantiles.find(({ probability }) => probability === wanted)?.tokens ?? Number.NaN,
      ),
    ),
    formatTokens(lengths.max),
  ];
  const rows = [
    row("input", inspection.inputTokens),
    row("output", inspection.outputTokens),
    row("both", inspection.totalTokens),
  ];
  const correlation =
    inspection.rankCorrelation === undefined
      ? "Input or output is the same for all requests: they have no correlation."
      : `Rank correlation of input and output: ${formatNumber(inspection.rankCorrelation)}.`;
  return { heading: "Lengths", blocks: [table(columns, rows), paragraph(correlation)] };
}

function formatTokens(tokens: number): string {
  return formatCount(Math.round(tokens));
}

function prefixSection(prefix: PrefixInspection): ReportSection {
  const columns = (header: string): ReportColumn[] => [
    { header, align: "left" },
    { header: "input tokens reused", align: "right" },
  ];
  const endless = ["endless", formatShare(prefix.reusedShare)];
  return {
    heading: "Prefix reuse",
    blocks: [
      paragraph(
        `${plural(prefix.distinctBlocks, "different block")} of ${prefix.tokensPerBlock} tokens; ${formatShare(prefix.requestsWithReuse)} of the requests begin with one that was seen before.`,
      ),
      table(columns("cache of this many tokens (LRU)"), [
        ...prefix.byCacheSize.map(({ cacheTokens, share }) => [
          formatCount(cacheTokens),
          formatShare(share),
        ]),
        endless,
      ]),
      ...(prefix.byAge.length === 0
        ? []
        : [
            table(columns("used again within"), [
              ...prefix.byAge.map(({ withinSeconds, share }) => [
                formatDuration(withinSeconds),
                formatShare(share),
              ]),
              ["any time", formatShare(prefix.reusedShare)],
            ]),
          ]),
    ],
  };
}

function clippedSection(inspection: TraceInspection): ReportSection {
  const columns: ReportColumn[] = [
    { header: "context window", align: "right" },
    { header: "input does not fit", align: "right" },
    { header: "input and output do not fit", align: "right" },
  ];
  // Windows that everything fits are all alike: one of them is enough.
  const firstThatFits = inspection.clipped.findIndex(({ totalShare }) => totalShare === 0);
  const shown = inspection.clipped.slice(0, firstThatFits < 0 ? undefined : firstThatFits + 1);
  const rows = shown.map(({ windowTokens, inputShare, totalShare }) => [
    formatCount(windowTokens),
    formatShare(inputShare),
    formatShare(totalShare),
  ]);
  return { heading: "Requests longer than a context window", blocks: [table(columns, rows)] };
}

/** What a reader must know before using the figures. */
export function inspectionWarnings(inspection: TraceInspection): string[] {
  const { malformedRows, failedRows, unansweredRows, estimatedLengths, arrivals } = inspection;
  const warnings: string[] = [];
  if (malformedRows > 0) {
    warnings.push(`${plural(malformedRows, "malformed row")} left out (--skip-malformed)`);
  }
  if (failedRows > 0) {
    const share = formatShare(failedRows / (failedRows + inspection.requests));
    warnings.push(
      `${plural(failedRows, "failed request")} without output left out (${share}): the load they caused is not in these figures`,
    );
  }
  if (unansweredRows > 0) {
    warnings.push(
      `${plural(unansweredRows, "conversation")} without a prompt and its answer left out, as vllm bench does`,
    );
  }
  if (estimatedLengths !== undefined) warnings.push(describeEstimate(estimatedLengths));
  if (!inspection.hasArrivals) {
    warnings.push("no arrival times: the trace gives lengths only, and cannot be replayed in time");
  } else if (arrivals === undefined) {
    warnings.push(
      inspection.requests === 1
        ? "one request has no rate and no gaps; a replay sends it alone"
        : "all requests arrive at one time: they have no rate and no gaps; a replay sends them as one burst",
    );
  } else if (arrivals.clockStepSeconds !== undefined) {
    warnings.push(
      `the clock of the trace ticks every ${formatTime(arrivals.clockStepSeconds * 1000)}, with ${formatNumber(arrivals.clockStepSeconds * arrivals.requestsPerSecond)} requests per tick in the mean: gaps and short windows are not shown, since they say nothing about traffic; a replay sends each tick as a burst`,
    );
  }
  return warnings;
}
