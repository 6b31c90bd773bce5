/** A new replica comes minutes after it was asked for; who knows of a launch can ask in time. */
import { coldStartSeconds } from "../../../planner/fleet/resolve-pool";
import {
  formatCount,
  formatDuration,
  formatNumber,
  formatShare,
  formatUsd,
} from "../../../planner/report/format-number";
import {
  answeredColumn,
  goodColumn,
  goodPerSecond,
  goodShare,
  linesOf,
  offeredPerSecond,
  readyReplicas,
  replicaHours,
  requestsNotGood,
} from "../figures";
import type { Lesson, Run } from "../lesson";
import { timelineOf } from "../picture";

const PREDICTIVE = "predictive, knows the launch";
const REACTIVE = "reactive";
const UNGUARDED = "reactive, no deadlines";
const TREND = "predictive, by trend";
const SMALL = "static, 3";
const LARGE = "static, 8";
const CALM = "static, 3, no launch";

const FIXED = "fleet.autoscaling=null";
const replicas = (count: number): string => `fleet.regions.us-east-1.pools.h100.replicas=${count}`;

const MINUTE = 60;

export const launchSpike: Lesson = {
  scenario: "launch-spike",
  title: "Launch spike",
  question:
    "traffic triples within five minutes, and a replica takes eight to start: what does each kind of scaling cost?",
  story: [
    "Qwen3 32B on H100. Traffic doubles at 20 min and is three times as high from 25 to 65 min. A new replica needs a " +
      "node (4 min), the engine's image (2.5 min), and its weights loaded (1.5 min).",
    "Compared are fixed fleets for the usual and for the launch traffic, an autoscaler that holds 14 requests in flight " +
      "for each replica (KEDA and the HPA with their defaults), and the same with a look ahead: by the launch plan, or by the " +
      "trend of the last ten minutes. The gateway refuses whom it expects to wait too long (deadline-aware admission).",
  ],
  timelineBuckets: 90,
  variants: [
    { name: PREDICTIVE, set: [] },
    { name: REACTIVE, set: ["fleet.autoscaling.predictive=null"] },
    { name: UNGUARDED, set: ["fleet.autoscaling.predictive=null", "fleet.admission=null"] },
    { name: TREND, set: ["fleet.autoscaling.predictive.method=trend"] },
    { name: SMALL, set: [FIXED, replicas(3)] },
    { name: LARGE, set: [FIXED, replicas(8)] },
    {
      name: CALM,
      set: [FIXED, replicas(3), "workloads.assistant.arrivals.profile=constant"],
    },
  ],
  windows: [{ name: "launch", from: 20 * MINUTE, to: 65 * MINUTE }],
  pictures: [
    {
      name: "goodput",
      title: "requests within their SLO, by arrival",
      yLabel: "requests per second",
      lines: [
        { name: "offered", variant: PREDICTIVE, of: offeredPerSecond },
        ...linesOf([PREDICTIVE, REACTIVE, SMALL, UNGUARDED], goodPerSecond),
      ],
    },
    {
      name: "replicas",
      title: "ready replicas",
      yLabel: "replicas",
      lines: linesOf([LARGE, PREDICTIVE, REACTIVE, SMALL], readyReplicas),
    },
  ],
  columns: [
    { header: "outside SLO", of: (run) => formatCount(Math.round(requestsNotGood(run))) },
    goodColumn,
    answeredColumn,
    { header: "replica-hours", of: (run) => formatNumber(replicaHours(run)) },
    { header: "cost", of: (run) => formatUsd(cost(run)) },
  ],
  legend:
    "*Outside SLO* are requests: refused, given up on, or too slow. Replica-hours and cost are of all replicas that were " +
    "paid for in the measured 85 minutes, those that start included.",
  claims: [
    {
      says: (run) =>
        `**Reactive scaling is late by a cold start.** A replica takes ${formatDuration(coldStart(run(REACTIVE)))}, and what ` +
        "arrives until then meets the small fleet: " +
        `${formatCount(Math.round(requestsNotGood(run(REACTIVE))))} requests are outside their SLO, for ` +
        `${formatUsd(cost(run(PREDICTIVE)) - cost(run(REACTIVE)))} saved against the one that knew.`,
      holds: (run) =>
        requestsNotGood(run(REACTIVE)) > 10 * requestsNotGood(run(PREDICTIVE)) &&
        cost(run(PREDICTIVE)) > cost(run(REACTIVE)) &&
        cost(run(PREDICTIVE)) < 1.15 * cost(run(REACTIVE)),
    },
    {
      says: (run) =>
        `**A plan beats a forecast.** With the launch plan ${formatShare(goodShare(run(PREDICTIVE)))} are within their SLO. ` +
        `The trend of the last ten minutes does hardly better than no prediction (${formatShare(goodShare(run(TREND)))} against ` +
        `${formatShare(goodShare(run(REACTIVE)))}) and pays for more replicas afterwards: a step has no trend until it is ` +
        "there. If marketing has a date, the autoscaler should have it too.",
      holds: (run) =>
        goodShare(run(PREDICTIVE)) > 0.995 &&
        Math.abs(goodShare(run(TREND)) - goodShare(run(REACTIVE))) < 0.02 &&
        cost(run(TREND)) > cost(run(REACTIVE)),
    },
    {
      says: (run) =>
        "**Limits for the largest fleet do not protect the smallest.** The breaker lets in what nine replicas run at once. " +
        "While three are there, only admission by deadline keeps the queue short; without it " +
        `${formatCount(Math.round(requestsNotGood(run(UNGUARDED))))} requests are outside their SLO instead of ` +
        `${formatCount(Math.round(requestsNotGood(run(REACTIVE))))}, and for some minutes nobody is served in time.`,
      holds: (run) =>
        requestsNotGood(run(UNGUARDED)) > 1.3 * requestsNotGood(run(REACTIVE)) &&
        minutesWithoutGood(run(UNGUARDED)) >= 2 &&
        minutesWithoutGood(run(REACTIVE)) === 0,
    },
    {
      says: (run) =>
        `**Static is either dear or damaged.** Eight replicas all the time cost ${formatUsd(cost(run(LARGE)))} instead of ` +
        `${formatUsd(cost(run(PREDICTIVE)))}, the more so the rarer launches are; three cost ` +
        `${formatUsd(cost(run(SMALL)))} and leave ${formatCount(Math.round(requestsNotGood(run(SMALL))))} requests outside ` +
        `their SLO, although they are right for every other hour (${formatShare(goodShare(run(CALM)))}).`,
      holds: (run) =>
        cost(run(LARGE)) > 1.2 * cost(run(PREDICTIVE)) &&
        goodShare(run(SMALL)) < 0.85 &&
        goodShare(run(CALM)) > 0.995,
    },
  ],
};

/** Minutes of the run (a bucket of the timeline is one) in which less than a hundredth of the requests is good. */
function minutesWithoutGood(run: Run): number {
  return timelineOf(run).filter((bucket) => goodPerSecond(bucket) < offeredPerSecond(bucket) / 100)
    .length;
}

/** Of the measured window, US dollars. */
function cost({ summary }: Run): number {
  const hours = (summary.horizonSeconds - summary.warmUpSeconds) / 3600;
  return (summary.cost.usdPerHour ?? Number.NaN) * hours;
}

function coldStart({ scenario }: Run): number {
  return coldStartSeconds(scenario.fleet.pools[0]!.coldStart);
}
