/** Headroom helps where the clients of a lost region are sent, and nowhere else. */
import { formatShare, formatTime, formatUsd } from "../../../planner/report/format-number";
import {
  answeredColumn,
  answeredShare,
  faultOf,
  goodColumn,
  goodPerSecond,
  goodShare,
  linesOf,
  listUsdPerHour,
  offeredPerSecond,
  priceColumn,
  recoveryColumn,
  replicasColumn,
} from "../figures";
import type { Lesson, Run, Variant } from "../lesson";

const PLACED = "headroom in us-west-2";
const EVEN = "headroom everywhere";
const WEIGHTED = "headroom everywhere, weighted DNS";
const NONE = "no headroom";
const UNBOUNDED = "nor a breaker";
const PLACED_CALM = "headroom in us-west-2, nothing lost";
const NONE_CALM = "no headroom, nothing lost";
const PLACED_OTHER = "headroom in us-west-2, eu-west-2 lost";
const WEIGHTED_OTHER = "headroom everywhere, weighted DNS, eu-west-2 lost";

const REGIONS = ["us-east-1", "us-west-2", "eu-west-2"] as const;
const even = replicas(4, 3, 4);
const none = replicas(3, 2, 3);
const WEIGHTS = "fleet.failover.policy={weighted: {us-east-1: 3, us-west-2: 2, eu-west-2: 3}}";
const NOTHING_LOST = "faults=[]";
const EUROPE_LOST = "faults[0].lose.region=eu-west-2";

export const regionLoss: Lesson = {
  scenario: "region-loss",
  title: "Region loss",
  question:
    "one of three regions is lost at the peak of the day: how much headroom is enough, and where?",
  story: [
    "Qwen3 32B on H100 in three regions, each as large as its own clients need at the peak: 3, 2 and 3 replicas. DNS " +
      "sends a client to the region that is nearest to it. The largest region is lost for 35 minutes, and its replicas then " +
      "take eight minutes to load.",
    "Three replicas more are added in the region that DNS falls back to, or one in every region; or there is no headroom " +
      "at all, with a circuit breaker (what the engines run at once, the rest is refused) and without.",
  ],
  timelineBuckets: 120,
  variants: [
    { name: PLACED, set: [] },
    { name: EVEN, set: even },
    { name: WEIGHTED, set: [...even, WEIGHTS] },
    { name: NONE, set: none },
    { name: UNBOUNDED, set: [...none, "fleet.circuitBreaker=null"] },
    { name: PLACED_CALM, set: [NOTHING_LOST] },
    { name: NONE_CALM, set: [...none, NOTHING_LOST] },
    { name: PLACED_OTHER, set: [EUROPE_LOST] },
    { name: WEIGHTED_OTHER, set: [...even, WEIGHTS, EUROPE_LOST] },
  ],
  pictures: [
    {
      name: "goodput",
      title: "requests within their SLO, by arrival",
      yLabel: "requests per second",
      lines: [
        { name: "offered", variant: PLACED, of: offeredPerSecond },
        ...linesOf([PLACED, EVEN, NONE, UNBOUNDED], goodPerSecond),
      ],
    },
    {
      name: "regions",
      title: "attempts sent to each region, with headroom in us-west-2",
      yLabel: "attempts per second",
      lines: REGIONS.map((region) => ({
        name: region,
        variant: PLACED,
        of: ({ pools, startSeconds, endSeconds }) =>
          (pools[`${region}/h100`]?.attempts ?? 0) / (endSeconds - startSeconds),
      })),
    },
    {
      name: "replicas",
      title: "ready replicas in each region, with headroom in us-west-2",
      yLabel: "replicas",
      lines: REGIONS.map((region) => ({
        name: region,
        variant: PLACED,
        of: ({ pools }) => pools[`${region}/h100`]?.readyReplicas ?? 0,
      })),
    },
  ],
  columns: [
    replicasColumn,
    priceColumn,
    goodColumn,
    answeredColumn,
    { header: "TTFT p95", of: (run) => formatTime(ttftMs(run)) },
    recoveryColumn,
  ],
  legend:
    "Shares are of the requests of the whole run, TTFT is of those that were answered; *good again after* counts from the start " +
    "of the loss, and the price is of all replicas running.",
  claims: [
    {
      says: (run) =>
        "**Where headroom is matters more than how much.** The same eleven replicas answer " +
        `${formatShare(answeredShare(run(PLACED)))} of the requests or ${formatShare(answeredShare(run(EVEN)))}: by latency ` +
        "*all* clients of us-east-1 are sent to us-west-2, and the replicas that Europe has to spare hear nothing of it.",
      holds: (run) =>
        answeredShare(run(PLACED)) > 0.98 &&
        answeredShare(run(EVEN)) < answeredShare(run(PLACED)) - 0.05,
    },
    {
      says: (run) =>
        `**Without headroom a loss spreads.** us-west-2 is then offered about twice what it can serve. With a breaker it ` +
        `refuses the rest, and ${formatShare(goodShare(run(NONE)))} of all requests are within their SLO. Without one it ` +
        `keeps everybody waiting, its own clients too, and ${formatShare(goodShare(run(UNBOUNDED)))} are: two regions are ` +
        "lost instead of one.",
      holds: (run) => goodShare(run(NONE)) > goodShare(run(UNBOUNDED)) + 0.2,
    },
    {
      says: (run) =>
        "**Weighted DNS makes even headroom work**, since every region takes its part of the clients: " +
        `${formatShare(answeredShare(run(WEIGHTED)))} are answered. The price is distance, every day: many clients are ` +
        `served from another continent, and TTFT p95 is ${formatTime(ttftMs(run(WEIGHTED)))} instead of ` +
        `${formatTime(ttftMs(run(PLACED_CALM)))}.`,
      holds: (run) =>
        answeredShare(run(WEIGHTED)) > 0.98 &&
        (ttftMs(run(WEIGHTED)) ?? 0) > (ttftMs(run(PLACED_CALM)) ?? Number.POSITIVE_INFINITY),
    },
    {
      says: (run) =>
        "**Headroom for one loss is not headroom for another.** If eu-west-2 is lost instead, its clients are sent to " +
        `us-east-1, which has nothing to spare: ${formatShare(answeredShare(run(PLACED_OTHER)))} are answered. Under weighted ` +
        `DNS it is ${formatShare(answeredShare(run(WEIGHTED_OTHER)))}. \`capplan stress\` tries each region.`,
      holds: (run) => answeredShare(run(PLACED_OTHER)) < answeredShare(run(WEIGHTED_OTHER)) - 0.05,
    },
    {
      says: (run) =>
        `**It has a price.** Eleven replicas are ${formatUsd(listUsdPerHour(run(PLACED)))} an hour against ` +
        `${formatUsd(listUsdPerHour(run(NONE)))} for eight. What it does not buy back is what clients lose until DNS has moved ` +
        `them (${formatShare(1 - answeredShare(run(PLACED)))} of the hour's requests here): see [DNS and its TTL](dns-ttl.md).`,
      holds: (run) => (faultOf(run(PLACED))?.recoverySeconds ?? Number.NaN) <= 120,
    },
  ],
};

function replicas(...counts: readonly [number, number, number]): Variant["set"] {
  return REGIONS.map(
    (region, index) => `fleet.regions.${region}.pools.h100.replicas=${counts[index]}`,
  );
}

function ttftMs({ summary }: Run): number | null {
  return summary.latency.ttftMs?.p95 ?? null;
}
