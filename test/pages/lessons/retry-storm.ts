/** A fleet that is large enough is kept down by the retries that a minute's outage sets off. */
import { formatDuration, formatNumber, formatShare } from "../../../planner/report/format-number";
import {
  answeredColumn,
  answeredShare,
  attemptsPerRequest,
  attemptsPerSecond,
  faultOf,
  goodColumn,
  goodPerSecond,
  goodShare,
  linesOf,
  offeredPerSecond,
  recoveryColumn,
} from "../figures";
import type { Lesson, Run, RunOf } from "../lesson";

const BOTH = "breaker and retry budget";
const BUDGET = "retry budget alone";
const BREAKER = "breaker alone";
const NEITHER = "neither";
const TWO_RETRIES = "neither, two retries";
const CALM = "neither, no outage";

const NO_BREAKER = "fleet.circuitBreaker=null";
const NO_BUDGET = "workloads.chat.client.retries.budget=null";

/** Of the fault and its end by themselves, which take a minute. */
const SOON_SECONDS = 120;

export const retryStorm: Lesson = {
  scenario: "retry-storm",
  title: "Retry storm",
  question:
    "a minute's outage is over, and the fleet stays down: what keeps it there, and what ends it?",
  story: [
    "Two H100 serve Llama 3.1 8B to readers who wait five seconds for a first token and then ask again, up to four " +
      "times. At 20 requests a second the replicas have half as much capacity again. For one minute nothing gets through " +
      "to them; then all is as it was.",
    "The variants differ in two policies only: a circuit breaker at the gateway (200 requests under way, 40 that wait, " +
      "the rest is refused at once) and a budget on the clients' retries (one for ten requests).",
  ],
  timelineBuckets: 80,
  variants: [
    { name: BOTH, set: [] },
    { name: BUDGET, set: [NO_BREAKER] },
    { name: BREAKER, set: [NO_BUDGET] },
    { name: NEITHER, set: [NO_BREAKER, NO_BUDGET] },
    { name: TWO_RETRIES, set: [NO_BREAKER, NO_BUDGET, "workloads.chat.client.retries.max=2"] },
    { name: CALM, set: [NO_BREAKER, NO_BUDGET, "faults=[]"] },
  ],
  pictures: [
    {
      name: "goodput",
      title: "requests within their SLO, by arrival",
      yLabel: "requests per second",
      lines: [
        { name: "offered", variant: BOTH, of: offeredPerSecond },
        ...linesOf([BOTH, NEITHER], goodPerSecond),
      ],
    },
    {
      name: "attempts",
      title: "attempts that clients make, against the requests that are offered",
      yLabel: "attempts per second",
      lines: [
        { name: "offered", variant: BOTH, of: offeredPerSecond },
        ...linesOf([BOTH, NEITHER, BREAKER], attemptsPerSecond),
      ],
    },
  ],
  columns: [
    goodColumn,
    answeredColumn,
    {
      header: "attempts per request",
      of: (run) => formatNumber(attemptsPerRequest(run)),
    },
    recoveryColumn,
  ],
  legend:
    "Shares are of the requests of the whole run, the minute of the outage included; *good again after* counts from the " +
    "start of the outage.",
  claims: [
    {
      says: (run) =>
        `**Load that a fleet carries with ease can keep it down.** Without an outage ${formatShare(goodShare(run(CALM)))} ` +
        `of the requests are within their SLO. After one, clients make ${attempts(run(NEITHER))} attempts for each request, ` +
        "more than the replicas can serve: they spend their time on prompts whose readers are gone by the first token, and " +
        "who ask again. Nothing is broken any more, and in the fourteen minutes that follow it does not end: a *metastable* " +
        "failure.",
      holds: (run) =>
        goodShare(run(CALM)) > 0.999 &&
        faultOf(run(NEITHER))?.recovered === false &&
        faultOf(run(NEITHER))?.metastable !== null,
    },
    {
      says: (run) =>
        "**Either policy breaks the loop.** The budget bounds what clients add " +
        `(${attempts(run(BUDGET))} attempts for each request), the breaker what reaches the replicas: those that are let in are ` +
        `answered in time. All is well ${recoveryOf(run, BUDGET)} and ${recoveryOf(run, BREAKER)} after the outage began, ` +
        "instead of never.",
      holds: (run) =>
        [BOTH, BUDGET, BREAKER].every((name) => recoverySeconds(run(name)) <= SOON_SECONDS),
    },
    {
      says: (run) =>
        "**Have both.** A breaker works without the clients' help, yet they go on asking: " +
        `${attempts(run(BREAKER))} attempts for each request at the gateway against ${attempts(run(BOTH))}. A budget is of use ` +
        "only while every client has one, and it has a price: a few more of those who asked during the outage give up " +
        `(${formatShare(answeredShare(run(BOTH)))} answered against ${formatShare(answeredShare(run(BREAKER)))}).`,
      holds: (run) =>
        attemptsPerRequest(run(BREAKER)) > 1.1 * attemptsPerRequest(run(BOTH)) &&
        answeredShare(run(BREAKER)) > answeredShare(run(BOTH)),
    },
    {
      says: (run) =>
        "**Two retries are not four.** With two, the default of OpenAI's client library, this fleet comes back by itself " +
        `after ${recoveryOf(run, TWO_RETRIES)}; how many it takes to keep it down depends on how busy it was. Policies do not ` +
        "need to know.",
      holds: (run) => recoverySeconds(run(TWO_RETRIES)) <= SOON_SECONDS,
    },
  ],
};

function attempts(run: Run): string {
  return formatNumber(attemptsPerRequest(run));
}

function recoverySeconds(run: Run): number {
  const fault = faultOf(run);
  return fault?.recovered === true ? (fault.recoverySeconds ?? Number.NaN) : Number.NaN;
}

function recoveryOf(run: RunOf, variant: string): string {
  return formatDuration(recoverySeconds(run(variant)));
}
