/** The first lines of the report: the fleet's cost, how far from the least, whether it holds, and what stops it. */
import { formatCount, formatShare, formatTime, formatUsd, plural } from "../format-number";
import type { ReportLine } from "../report";
import { VERDICT_TONE } from "../simulation/answer";
import type { FleetReport } from "./sizing-report";

export function answerOf(report: FleetReport): ReportLine[] {
  return [
    verdictLine(report),
    costLine(report),
    ...boundLine(report),
    ...tightestLine(report),
    ...quotaLines(report),
    ...cheaperLines(report),
  ];
}

function verdictLine({ kind, verdict, isInterrupted, cases }: FleetReport): ReportLine {
  if (isInterrupted) {
    const text =
      "INTERRUPTED: the best fleet by then. It kept every objective in the search, and was not verified.";
    return { text, tone: "unsure" };
  }
  const tone = VERDICT_TONE[verdict];
  const all = cases.length === 1 ? "" : ` in all ${plural(cases.length, "case")}`;
  const failing = cases.filter(({ summary }) => summary.verdict === verdict);
  switch (verdict) {
    case "PASS":
      return { text: `PASS: the fleet keeps every objective${all}.`, tone };
    case "FAIL":
      return {
        text: `FAIL: the fleet breaks an objective in ${failing.length} of ${plural(cases.length, "case")}.`,
        tone,
      };
    case "UNCERTAIN":
      return {
        text: `UNCERTAIN: a limit lies within the margin of error in ${failing.length} of ${plural(cases.length, "case")}; none is broken.`,
        tone,
      };
    case "NONE": {
      const what = kind === "sized" ? "no queue grows without bound" : "nothing is promised";
      return { text: `No verdict: no workload has objectives (slo); ${what}${all}.`, tone };
    }
  }
}

function costLine({ cost, pools }: FleetReport): ReportLine {
  const regions = [...new Set(pools.map(({ region }) => region))];
  const accelerators = pools.reduce(
    (sum, { replicas, acceleratorsPerReplica }) => sum + replicas * acceleratorsPerReplica,
    0,
  );
  const replicas = pools.reduce((sum, pool) => sum + pool.replicas, 0);
  const fleet = `${plural(replicas, "replica")} on ${plural(accelerators, "accelerator")} in ${plural(regions.length, "region")}`;
  const { usdPerHour, usdPerMonth, servicesUsdPerMonth, isLowerBound } = cost;
  if (usdPerHour === null) return { text: `${fleet}; what it costs is not known.`, tone: "unsure" };
  const services =
    servicesUsdPerMonth === null
      ? ""
      : `, and ${isLowerBound ? "at least " : ""}${formatUsd(servicesUsdPerMonth)} a month for the services around the clusters`;
  return {
    text: `${fleet}: ${formatUsd(usdPerHour)} per hour, ${formatUsd(usdPerMonth)} a month for accelerators${services}.`,
    tone: "plain",
  };
}

function boundLine({ lowerBound, isInterrupted }: FleetReport): ReportLine[] {
  if (lowerBound === null) return [];
  const { usdPerHour, gap, gapWithChanges } = lowerBound;
  if (usdPerHour === null || gap === null) {
    const text = "How far that is from the least possible is not known.";
    return [{ text, tone: "unsure" }];
  }
  const tone = isInterrupted ? "unsure" : "plain";
  if (gap < GAP_NONE) {
    return [{ text: "It is the cheapest: no fleet of the search costs less.", tone }];
  }
  return [
    {
      text: `No fleet of the search costs less than ${formatUsd(usdPerHour)} per hour: at most ${formatShare(gap)} could be saved${savedWithChanges(gapWithChanges)}.`,
      tone,
    },
  ];
}

/** What the solver may be off by. */
const GAP_NONE = 5e-7;

function savedWithChanges(gap: number | null): string {
  if (gap === null) return "";
  const saved = gap < GAP_NONE ? "nothing" : `at most ${formatShare(gap)}`;
  return `, and ${saved} when what changes cost is counted in`;
}

function tightestLine({ margins }: FleetReport): ReportLine[] {
  const tightest = margins[0];
  if (tightest === undefined) return [];
  const { workload, objective, limitMs, highMs, toSpare, verdict } = tightest;
  const upTo =
    highMs === null || toSpare === null
      ? "may grow without end"
      : `up to ${formatTime(highMs)} of ${formatTime(limitMs)}, ${toSpare < 0 ? `${formatShare(-toSpare)} too much` : `${formatShare(toSpare)} to spare`}`;
  return [
    {
      text: `Tightest promise: ${workload} ${objective} (${tightest.case}), ${upTo}.`,
      tone: verdict === "PASS" ? "plain" : VERDICT_TONE[verdict],
    },
  ];
}

function quotaLines({ quotasUsedUp, quotasBroken }: FleetReport): ReportLine[] {
  return [
    ...quotasUsedUp.map((path): ReportLine => ({ text: `Used up: ${path}.`, tone: "plain" })),
    ...quotasBroken.map(
      ({ path, used, max }): ReportLine => ({
        text: `Over the quota: ${path} is ${formatCount(max)}, the fleet needs ${formatCount(used)}.`,
        tone: "bad",
      }),
    ),
  ];
}

function cheaperLines({ nextCheaper, lowerBound, isInterrupted }: FleetReport): ReportLine[] {
  if (nextCheaper === null) {
    if (lowerBound === null || isInterrupted) return [];
    const text = "Of nothing in it can there be less: no cheaper fleet was tried that could hold.";
    return [{ text, tone: "quiet" }];
  }
  const { usdPerHour, changes, breaks } = nextCheaper;
  const first = breaks[0] ?? "an objective";
  const others = breaks.length > 1 ? `, and in ${plural(breaks.length - 1, "more case")}` : "";
  return [
    {
      text: `Next cheaper: ${formatUsd(usdPerHour)} per hour with ${changes.join(", ")}; then it breaks (${first})${others}.`,
      tone: "plain",
    },
  ];
}
