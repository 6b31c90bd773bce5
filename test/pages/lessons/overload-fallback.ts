/** What a large model cannot take in time, a light one answers instead. */
import { formatNumber, formatShare, formatUsd } from "../../../planner/report/format-number";
import {
  answeredColumn,
  answeredShare,
  goodColumn,
  goodPerSecond,
  goodShare,
  linesOf,
  listUsdPerHour,
  offeredPerSecond,
  priceColumn,
} from "../figures";
import type { Lesson, Run } from "../lesson";

const FALLBACK = "fallback to a light model";
const REFUSE = "refuse the rest";
const QUEUE = "let everybody in";
const TWICE = "twice the large model";
const CALM = "fallback, usual traffic";

const POOLS = "fleet.regions.us-east-1.pools";
const NO_FALLBACK = ["workloads.assistant.fallback=null", `${POOLS}.light=null`];

const MINUTE = 60;

export const overloadFallback: Lesson = {
  scenario: "overload-fallback",
  title: "Fallback under overload",
  question:
    "more requests than a large model can serve: refuse, let them wait, or let a lighter model answer?",
  story: [
    "Two replicas of Llama 3.3 70B (four H100 each, FP8) serve five requests a second with ease. For twenty minutes there " +
      "are two and a half times as many. The gateway lets in what the engines run at once, 48 requests for each replica; " +
      "what it refuses asks Llama 3.1 8B, on two single H100.",
    "Compared are the refusals without a fallback, no limit at all, and twice as many replicas of the large model.",
  ],
  timelineBuckets: 100,
  variants: [
    { name: FALLBACK, set: [] },
    { name: REFUSE, set: NO_FALLBACK },
    { name: QUEUE, set: [...NO_FALLBACK, "fleet.circuitBreaker=null"] },
    { name: TWICE, set: [...NO_FALLBACK, `${POOLS}.large.replicas=4`] },
    { name: CALM, set: ["workloads.assistant.arrivals.profile=constant"] },
  ],
  windows: [{ name: "traffic × 2.5", from: 15 * MINUTE, to: 35 * MINUTE }],
  pictures: [
    {
      name: "goodput",
      title: "requests within their SLO, by arrival",
      yLabel: "requests per second",
      lines: [
        { name: "offered", variant: FALLBACK, of: offeredPerSecond },
        ...linesOf([FALLBACK, REFUSE, QUEUE], goodPerSecond),
      ],
    },
    {
      name: "models",
      title: "attempts by model, with the fallback",
      yLabel: "attempts per second",
      lines: (["large", "light"] as const).map((pool) => ({
        name: pool === "large" ? "Llama 3.3 70B" : "Llama 3.1 8B",
        variant: FALLBACK,
        of: ({ pools, startSeconds, endSeconds }) =>
          (pools[`us-east-1/${pool}`]?.attempts ?? 0) / (endSeconds - startSeconds),
      })),
    },
  ],
  columns: [
    priceColumn,
    goodColumn,
    answeredColumn,
    { header: "by the light model", of: (run) => formatShare(lightShare(run)) },
    { header: "goodput", of: (run) => `${formatNumber(run.summary.throughput.goodputRps)}/s` },
  ],
  legend:
    "Shares are of the requests of the whole run, in which the twenty minutes are two thirds of the requests; the price is of all " +
    "replicas running.",
  claims: [
    {
      says: (run) =>
        `**A light answer is better than none.** The fallback answers ${formatShare(lightShare(run(FALLBACK)))} of the ` +
        `requests with the light model, and lifts availability from ${formatShare(answeredShare(run(REFUSE)))} to ` +
        `${formatShare(answeredShare(run(FALLBACK)))} and goodput from ` +
        `${formatNumber(run(REFUSE).summary.throughput.goodputRps)}/s to ` +
        `${formatNumber(run(FALLBACK).summary.throughput.goodputRps)}/s.`,
      holds: (run) =>
        answeredShare(run(FALLBACK)) > 0.995 &&
        answeredShare(run(REFUSE)) < 0.85 &&
        lightShare(run(FALLBACK)) > 0.1,
    },
    {
      says: (run) =>
        "**It works because refusals are quick.** Without a limit nothing is refused: everybody waits, until " +
        `${formatShare(1 - answeredShare(run(QUEUE)))} have given up and only ${formatShare(goodShare(run(QUEUE)))} of all are ` +
        "within their SLO, fewer than with refusals alone.",
      holds: (run) => goodShare(run(QUEUE)) < goodShare(run(REFUSE)) - 0.2,
    },
    {
      says: (run) =>
        `**It is cheap insurance.** The light pool adds ${formatUsd(extra(run(FALLBACK), run(REFUSE)))} an hour; twice the large ` +
        `model adds ${formatUsd(extra(run(TWICE), run(REFUSE)))} and does as well ` +
        `(${formatShare(goodShare(run(TWICE)))} within SLO against ${formatShare(goodShare(run(FALLBACK)))}). What the figures do ` +
        "not say is how good the light model's answers are: that is for you to judge.",
      holds: (run) =>
        4 * extra(run(FALLBACK), run(REFUSE)) <= extra(run(TWICE), run(REFUSE)) &&
        Math.abs(goodShare(run(TWICE)) - goodShare(run(FALLBACK))) < 0.02,
    },
    {
      says: (run) =>
        `**At the usual traffic nobody notices.** The light model then answers ${formatShare(lightShare(run(CALM)))} of the ` +
        `requests, and ${formatShare(goodShare(run(CALM)))} are within their SLO.`,
      holds: (run) => lightShare(run(CALM)) < 0.001 && goodShare(run(CALM)) > 0.99,
    },
  ],
};

function lightShare({ summary: { requests } }: Run): number {
  return requests.fellBack / requests.offered;
}

function extra(run: Run, than: Run): number {
  return listUsdPerHour(run) - listUsdPerHour(than);
}
