/** Spot capacity is cheap as long as what is left without it is enough. */
import { formatDuration, formatShare, formatUsd } from "../../../planner/report/format-number";
import {
  answeredColumn,
  faultOf,
  goodColumn,
  goodPerSecond,
  goodShare,
  linesOf,
  listUsdPerHour,
  offeredPerSecond,
  readyReplicas,
  recoveryColumn,
  replicasColumn,
} from "../figures";
import type { Lesson, Run } from "../lesson";

const HALF = "50 % spot";
const NO_SPOT = "no spot";
const MOST = "80 % spot";
const SPARE = "8 spot, 5 on demand";
const CALM = "80 % spot, no reclaim";

const POOLS = "fleet.regions.us-east4.pools";
const onDemand = (count: number): string => `${POOLS}.on-demand.replicas=${count}`;
const spot = (count: number): string => `${POOLS}.spot.replicas=${count}`;
const NO_WAVE = "faults=[]";

export const spotShare: Lesson = {
  scenario: "spot-share",
  title: "Spot share",
  question: "how much of a fleet can be spot capacity, if the cloud takes most of it back at once?",
  story: [
    "Ten H100 machines of Google Cloud serve Qwen3 32B at 12 requests a second: on demand for $11.07 an hour, or as spot " +
      "capacity for $4.54 (list prices of us-east4, 30 July 2026). At 20 min the cloud reclaims six of ten spot machines " +
      "with 30 s of notice and offers none for half an hour; new ones then take eight minutes to load. Beside that, spot " +
      "machines are lost at the usual rate of a tenth a day.",
  ],
  timelineBuckets: 80,
  variants: [
    { name: HALF, set: [] },
    { name: NO_SPOT, set: [onDemand(10), `${POOLS}.spot=null`, NO_WAVE] },
    { name: MOST, set: [onDemand(2), spot(8)] },
    { name: SPARE, set: [onDemand(5), spot(8)] },
    { name: CALM, set: [onDemand(2), spot(8), NO_WAVE] },
  ],
  pictures: [
    {
      name: "goodput",
      title: "requests within their SLO, by arrival",
      yLabel: "requests per second",
      lines: [
        { name: "offered", variant: HALF, of: offeredPerSecond },
        ...linesOf([HALF, MOST, SPARE], goodPerSecond),
      ],
    },
    {
      name: "replicas",
      title: "ready replicas",
      yLabel: "replicas",
      lines: linesOf([NO_SPOT, HALF, MOST, SPARE], readyReplicas),
    },
  ],
  columns: [
    replicasColumn,
    { header: "all running, per hour", of: (run) => formatUsd(listUsdPerHour(run)) },
    { header: "paid, per hour", of: (run) => formatUsd(run.summary.cost.usdPerHour) },
    { header: "per 1,000 good requests", of: (run) => formatUsd(usdPerThousandGood(run)) },
    goodColumn,
    answeredColumn,
    recoveryColumn,
  ],
  legend:
    "What is reclaimed is not paid for until it is back. Shares are of the requests of the whole run; *good again after* counts " +
    "from the notice.",
  claims: [
    {
      says: (run) =>
        "**Spot is cheap while what is left is enough.** With half of the fleet on spot, seven of ten replicas stay: " +
        `${formatShare(goodShare(run(HALF)))} of the requests are within their SLO, for ` +
        `${formatUsd(listUsdPerHour(run(HALF)))} an hour instead of ${formatUsd(listUsdPerHour(run(NO_SPOT)))}.`,
      holds: (run) =>
        goodShare(run(HALF)) > 0.99 &&
        listUsdPerHour(run(HALF)) < 0.75 * listUsdPerHour(run(NO_SPOT)),
    },
    {
      says: (run) =>
        `**Too much spot turns a reclaim into an outage.** At 80 % five replicas of ten stay, and ` +
        `${formatShare(goodShare(run(MOST)))} are within their SLO; it lasts ` +
        `${formatDuration(faultOf(run(MOST))?.recoverySeconds)}, as long as the capacity stays away and the weights take ` +
        `to load. Nothing shows it on other days: without the reclaim it is ${formatShare(goodShare(run(CALM)))}.`,
      holds: (run) =>
        goodShare(run(MOST)) < 0.95 &&
        goodShare(run(CALM)) > 0.995 &&
        (faultOf(run(MOST))?.recoverySeconds ?? 0) > 30 * 60,
    },
    {
      says: (run) =>
        "**Buy spares with the discount.** Eight spot replicas and five on demand are three more than ten; they hold through the " +
        `reclaim (${formatShare(goodShare(run(SPARE)))}), and cost ${formatUsd(listUsdPerHour(run(SPARE)))} an hour: ` +
        `${formatShare(1 - listUsdPerHour(run(SPARE)) / listUsdPerHour(run(NO_SPOT)))} less than ten on demand.`,
      holds: (run) =>
        goodShare(run(SPARE)) > 0.995 && listUsdPerHour(run(SPARE)) < listUsdPerHour(run(NO_SPOT)),
    },
    {
      says: () =>
        "**Draining is part of it.** With 30 s of notice nearly every answer is finished before the machine goes, so that " +
        "the notice itself costs no request; what costs is the capacity that is gone.",
      holds: (run) =>
        run(HALF).summary.requests.failed < 0.0005 * run(HALF).summary.requests.offered,
    },
  ],
};

function usdPerThousandGood({ summary }: Run): number {
  const { usdPerHour } = summary.cost;
  const goodPerHour = (summary.throughput.goodputRps ?? Number.NaN) * 3600;
  return ((usdPerHour ?? Number.NaN) / goodPerHour) * 1000;
}
