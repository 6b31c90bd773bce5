/**
 * The first lines of the report: does the fleet keep its promises, by how much, and if it is overloaded,
 * that it is.
 */
import type {
  GroupSummary,
  PoolSummary,
  SimulationSummary,
  SloResult,
  Verdict,
} from "../../metrics/simulation-summary";
import {
  formatAvailability,
  formatCount,
  formatDuration,
  formatNumber,
  formatShare,
  formatTime,
  formatUsd,
  plural,
} from "../format-number";
import type { ReportLine, Tone } from "../report";
import { hasFailures, outcomesText } from "./failures";
import { hasOtherReplicas } from "./pools";
import { resilienceLines } from "./resilience";

export const VERDICT_TONE: Readonly<Record<Verdict, Tone>> = {
  PASS: "good",
  FAIL: "bad",
  UNCERTAIN: "unsure",
  NONE: "quiet",
};

export function answerOf(summary: SimulationSummary): ReportLine[] {
  return [
    ...interruption(summary),
    verdictLine(summary),
    ...saturatedWorkloads(summary).map(([name, group]) => saturationLine(name, group, summary)),
    ...objectiveLines(summary),
    ...resilienceLines(summary),
    { text: loadLine(summary), tone: "plain" },
    ...availabilityLine(summary),
  ];
}

function interruption(summary: SimulationSummary): ReportLine[] {
  if (summary.interrupted === null) return [];
  const { finished, asked } = summary.interrupted;
  return [
    {
      text: `INTERRUPTED: made from ${finished} of ${plural(asked, "replication")}.`,
      tone: "unsure",
    },
  ];
}

/** What failed first, then what is uncertain; each is labelled where it is not what the verdict says of all. */
function objectiveLines(summary: SimulationSummary): ReportLine[] {
  if (isUnmeasured(summary)) return [];
  const failed = summary.slo.filter(
    (result) => result.verdict === "FAIL" && result.valueMs !== null,
  );
  const uncertain = summary.slo.filter((result) => result.verdict === "UNCERTAIN");
  const isLabelled = summary.verdict === "FAIL" && uncertain.length > 0;
  return [
    ...failed.map((result) => missLine(result, isLabelled ? "failed: " : "")),
    ...uncertain.map((result) => missLine(result, isLabelled ? "uncertain: " : "")),
  ];
}

/** No request arrived in the measured time: a verdict would be about nothing. */
function isUnmeasured(summary: SimulationSummary): boolean {
  return summary.requests.offered === 0 && summary.verdict !== "FAIL";
}

function verdictLine(summary: SimulationSummary): ReportLine {
  const objectives = plural(summary.slo.length, "objective");
  const tone = VERDICT_TONE[summary.verdict];
  if (isUnmeasured(summary)) {
    const warmUp = formatDuration(summary.warmUpSeconds);
    return {
      text: `UNCERTAIN: nothing was measured: no request arrived after the warm-up of ${warmUp}; lengthen horizon.duration.`,
      tone: "unsure",
    };
  }
  switch (summary.verdict) {
    case "PASS":
      return { text: `PASS: ${passText(summary)}`, tone };
    case "FAIL": {
      const failed = summary.slo.filter((result) => result.verdict === "FAIL").length;
      if (failed === 0) return { text: "FAIL: the fleet is saturated.", tone };
      if (summary.slo.length === 1) return { text: "FAIL: the objective is not met.", tone };
      if (failed === summary.slo.length) return { text: `FAIL: ${noneMet(failed)}.`, tone };
      const verb = failed === 1 ? "is" : "are";
      const unsure = summary.slo.filter((result) => result.verdict === "UNCERTAIN").length;
      const rest = unsure === 0 ? "" : `, ${unsure} ${unsure === 1 ? "is" : "are"} uncertain`;
      return { text: `FAIL: ${failed} of ${objectives} ${verb} not met${rest}.`, tone };
    }
    case "UNCERTAIN": {
      const open = summary.slo.filter((result) => result.verdict === "UNCERTAIN");
      const unsure = open.length;
      if (open.every((result) => result.valueMs === null)) {
        return { text: `UNCERTAIN: ${unsure} of ${objectives} could not be measured.`, tone };
      }
      const verb = unsure === 1 ? "lies" : "lie";
      return {
        text: `UNCERTAIN: ${unsure} of ${objectives} ${verb} within the margin of error; more replications or a calibration narrow it.`,
        tone,
      };
    }
    case "NONE":
      return {
        text: "No verdict: the scenario declares no objective (slo) for its workloads.",
        tone,
      };
  }
}

function passText(summary: SimulationSummary): string {
  const measured = summary.slo.filter((result) => result.valueMs !== null && result.limitMs > 0);
  const tightest = measured.toSorted(
    (left, right) => right.valueMs! / right.limitMs - left.valueMs! / left.limitMs,
  )[0];
  const met = allMet(summary.slo.length);
  if (tightest === undefined) return `${met}.`;
  const spare = formatShare(1 - tightest.valueMs! / tightest.limitMs);
  const closest = summary.slo.length === 1 ? "" : "closest is ";
  return `${met}; ${closest}${tightest.workload} ${tightest.objective} at ${formatTime(tightest.valueMs)} of ${formatTime(tightest.limitMs)} (${spare} to spare).`;
}

function allMet(objectives: number): string {
  if (objectives === 1) return "the objective is met";
  return objectives === 2 ? "both objectives are met" : `all ${objectives} objectives are met`;
}

function noneMet(objectives: number): string {
  return objectives === 2
    ? "neither objective is met"
    : `none of the ${objectives} objectives is met`;
}

/** Without an upper end the queue grows if steps are as much longer as the step-time model may err. */
function formatMargin(lowMs: number, highMs: number | null): string {
  if (highMs !== null) return `${formatTime(lowMs)} to ${formatTime(highMs)}`;
  return `${formatTime(lowMs)} up to a growing queue if the step-time model errs`;
}

function missLine(result: SloResult, label: string): ReportLine {
  const name = `${label}${result.workload} ${result.objective}`;
  const tone = VERDICT_TONE[result.verdict];
  const value = result.valueMs;
  if (value === null) return { text: `  ${name}: nothing was measured.`, tone };
  const within =
    result.attainment === null ? "" : `; ${formatShare(result.attainment)} of requests within it`;
  const limit = formatTime(result.limitMs);
  const figures =
    result.verdict === "UNCERTAIN" && result.lowMs !== null
      ? `${formatTime(value)}, may be ${formatMargin(result.lowMs, result.highMs)} (limit ${limit})`
      : `${formatTime(value)} (limit ${limit}, ${formatOver(value / result.limitMs)})`;
  return { text: `  ${name}: ${figures}${within}.`, tone };
}

/** `34.0 % over`, or as a multiple when it is far over. */
function formatOver(ratio: number): string {
  if (ratio >= 2) return `${formatNumber(ratio)} times that`;
  return ratio >= 1 ? `${formatShare(ratio - 1)} over` : `${formatShare(1 - ratio)} under`;
}

function saturatedWorkloads(summary: SimulationSummary): [string, GroupSummary][] {
  return Object.entries(summary.workloads).filter(([, group]) => group.saturated);
}

function saturationLine(name: string, group: GroupSummary, summary: SimulationSummary): ReportLine {
  const measuredSeconds = summary.horizonSeconds - summary.warmUpSeconds;
  const offered = measuredSeconds > 0 ? group.requests.offered / measuredSeconds : null;
  return {
    text: `SATURATED: ${name} is offered ${formatNumber(offered)} requests/s and ${formatNumber(group.throughput.requestsPerSecond)} complete. Its queue grows for as long as this load lasts, so its latency has no steady value and none is printed.`,
    tone: "bad",
  };
}

function loadLine(summary: SimulationSummary): string {
  const { requests, throughput } = summary;
  const price = summary.cost.usdPerHour;
  const cost =
    price === null
      ? "cost unknown"
      : `${summary.cost.isLowerBound ? "at least " : ""}${formatUsd(price)} per hour${(summary.cost.estimatedUsdPerHour ?? 0) > 0 ? ", partly estimated" : ""}`;
  const goodput = goodputText(summary);
  const capacity = `${fleetText(summary)}; ${cost}.`;
  if (isUnmeasured(summary)) return capacity;
  // Requests that a saturated fleet still completes after the horizon say nothing about its rate.
  const completed =
    saturatedWorkloads(summary).length > 0
      ? `${formatCount(requests.offered)} requests arrived; while they did, ${formatNumber(throughput.requestsPerSecond)}/s completed${goodput}`
      : `${formatCount(requests.completed)} of ${formatCount(requests.offered)} requests completed, ${formatNumber(throughput.requestsPerSecond)}/s${goodput}`;
  return `${completed}; ${capacity}`;
}

/** As many replicas as there are, or where their number changes, as were paid for on average. */
function fleetText(summary: SimulationSummary): string {
  const pools = Object.values(summary.pools);
  const isScaled = pools.some((pool) => hasOtherReplicas(pool));
  const replicasOf = (pool: PoolSummary): number => (isScaled ? pool.paidReplicas : pool.replicas);
  const replicas = pools.reduce((sum, pool) => sum + replicasOf(pool), 0);
  const accelerators = pools.reduce(
    (sum, pool) => sum + replicasOf(pool) * pool.acceleratorsPerReplica,
    0,
  );
  const mean = isScaled ? "on average " : "";
  return `${mean}${plural(replicas, "replica")} on ${plural(accelerators, "accelerator")}`;
}

function availabilityLine({ requests, availability }: SimulationSummary): ReportLine[] {
  if (!hasFailures(requests) || availability.value === null) return [];
  const outcomes = outcomesText(requests);
  const lost = outcomes === "" ? "every request that is over was answered" : outcomes;
  return [
    { text: `Availability ${formatAvailability(availability.value)}: ${lost}.`, tone: "plain" },
  ];
}

/** Where some workloads have no objective, their requests cannot miss one: the rate of the others is said. */
function goodputText({ throughput, workloads }: SimulationSummary): string {
  if (throughput.goodputRps === null) return "";
  const goodput = `${formatNumber(throughput.goodputRps)}/s`;
  const groups = Object.values(workloads);
  const judged = groups.filter((group) => group.throughput.goodputRps !== null);
  if (judged.length === groups.length) return `, ${goodput} within their SLO`;
  const rate = judged.reduce((sum, group) => sum + group.throughput.requestsPerSecond, 0);
  return `, ${goodput} within their SLO of the ${formatNumber(rate)}/s that have one`;
}
