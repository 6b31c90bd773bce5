/** What clients lose when a region is lost is what DNS takes to notice and to be believed. */
import { formatCount, formatDuration, formatShare } from "../../../planner/report/format-number";
import { answeredColumn, answeredShare, failedPerSecond, faultOf, linesOf } from "../figures";
import type { Lesson, Run } from "../lesson";
import { timelineOf } from "../picture";

const TTL_60 = "TTL 60 s";
const TTL_300 = "TTL 300 s";
const STUBBORN = "TTL 60 s, 10 % keep answers for 20 min";
const SLOW_CHECKS = "TTL 60 s, checks every 30 s";
const CALM = "nothing lost";

/** Of all requests; half of them are near the region that is lost. */
const LOST_ORIGIN = "us-east";

export const dnsTtl: Lesson = {
  scenario: "dns-ttl",
  title: "DNS and its TTL",
  question:
    "a region is lost: how long do its clients go on asking it, and how many requests does that cost?",
  story: [
    "Two regions with two H100 each, and each could serve the clients of both. One is lost for good, so that only DNS " +
      "decides what clients lose: first the health checks have to notice (three failures in a row), and then every resolver " +
      "keeps the old answer until its TTL is over.",
    "Clients do not try again here: within the TTL their resolver would give them the same answer.",
  ],
  timelineBuckets: 120,
  variants: [
    { name: TTL_60, set: [] },
    { name: TTL_300, set: ["fleet.failover.ttl=300 s"] },
    { name: STUBBORN, set: ["fleet.failover.resolversIgnoringTtl={share: 10%, hold: 20 min}"] },
    { name: SLOW_CHECKS, set: ["fleet.failover.healthCheck.interval=30 s"] },
    { name: CALM, set: ["faults=[]"] },
  ],
  pictures: [
    {
      name: "failed",
      title: "requests that fail",
      yLabel: "requests per second",
      lines: linesOf([TTL_60, TTL_300, STUBBORN], failedPerSecond),
    },
    {
      name: "surviving-region",
      title: "attempts sent to the region that is left",
      yLabel: "attempts per second",
      lines: linesOf(
        [TTL_60, TTL_300, STUBBORN],
        ({ pools, startSeconds, endSeconds }) =>
          (pools["us-west-2/h100"]?.attempts ?? 0) / (endSeconds - startSeconds),
      ),
    },
  ],
  columns: [
    { header: "noticed after", of: (run) => formatDuration(faultOf(run)?.detectSeconds) },
    { header: "last failure after", of: (run) => formatDuration(lastFailureSeconds(run)) },
    { header: "failed requests", of: (run) => formatCount(Math.round(failures(run))) },
    { header: "by formula", of: (run) => formatCount(Math.round(byFormula(run))) },
    answeredColumn,
  ],
  legend:
    "Times are from the loss; *last failure* is as coarse as a step of the timeline, 15 s. *By formula*: rate of the region × " +
    "(time to notice + T / 2), since an answer that is kept for T has T / 2 left on average; T is the mean over the resolvers.",
  claims: [
    {
      says: (run) =>
        "**The TTL is most of the bill.** Failed requests are rate × (time to notice + TTL / 2): " +
        `${formatCount(Math.round(failures(run(TTL_60))))} at 60 s, ${formatCount(Math.round(failures(run(TTL_300))))} at 300 s.`,
      holds: (run) =>
        failures(run(TTL_300)) > 3 * failures(run(TTL_60)) &&
        [TTL_60, TTL_300].every((name) => isNear(failures(run(name)), byFormula(run(name)))),
    },
    {
      says: (run) =>
        "**The tail is as long as the most stubborn resolver.** If one in ten keeps answers for 20 minutes, the last " +
        `failure comes ${formatDuration(lastFailureSeconds(run(STUBBORN)))} after the loss, and they double what is lost ` +
        `(${formatCount(Math.round(failures(run(STUBBORN))))}), whatever the TTL says. Only clients that know a second name ` +
        "of the service do not depend on them.",
      holds: (run) =>
        lastFailureSeconds(run(STUBBORN)) > 15 * 60 &&
        failures(run(STUBBORN)) > 1.8 * failures(run(TTL_60)) &&
        isNear(failures(run(STUBBORN)), byFormula(run(STUBBORN))),
    },
    {
      says: (run) =>
        "**Health checks count as much as a TTL of twice their time.** Every 30 s instead of 10 s, " +
        `${formatDuration(faultOf(run(SLOW_CHECKS))?.detectSeconds)} instead of ` +
        `${formatDuration(faultOf(run(TTL_60))?.detectSeconds)} pass until three have failed, and ` +
        `${formatCount(Math.round(failures(run(SLOW_CHECKS))))} requests are lost instead of ` +
        `${formatCount(Math.round(failures(run(TTL_60))))}.`,
      holds: (run) => isNear(failures(run(SLOW_CHECKS)), byFormula(run(SLOW_CHECKS))),
    },
    {
      says: (run) =>
        "**Headroom does not help here.** The region that is left has room for everybody all along " +
        `(${formatShare(answeredShare(run(CALM)))} answered without the loss, nothing refused with it): what is lost is lost ` +
        "before a request reaches it.",
      holds: (run) => {
        const { rejected, timedOut } = run(TTL_60).summary.requests;
        return answeredShare(run(CALM)) > 0.9999 && rejected + timedOut === 0;
      },
    },
  ],
};

/** Counts of the runs and the formula differ by chance: the standard deviation of a mean of 3 counts of 500 is 13. */
const TOLERANCE = 0.1;

function isNear(value: number, expected: number): boolean {
  return Math.abs(value / expected - 1) < TOLERANCE;
}

function failures({ summary }: Run): number {
  return summary.requests.failed;
}

/** End of the last bucket in which a request failed, from the start of the fault; NaN without one. */
function lastFailureSeconds(run: Run): number {
  const last = timelineOf(run).findLast((bucket) => failedPerSecond(bucket) > 0);
  const start = faultOf(run)?.startSeconds;
  return last === undefined || start === undefined ? Number.NaN : last.endSeconds - start;
}

/** rate × (time to notice + Σ over resolvers share × time that they keep an answer / 2); 0 without a fault. */
function byFormula({ scenario, summary }: Run): number {
  const fault = faultOf({ scenario, summary });
  const [workload] = scenario.workloads;
  const { failover } = scenario.fleet.policies;
  if (fault === undefined) return 0;
  if (workload?.arrivals.kind !== "open" || failover === undefined) return Number.NaN;
  const lost = scenario.fleet.origins.indexOf(LOST_ORIGIN);
  const share = workload.origins.find(({ originIndex }) => originIndex === lost)?.share;
  const { ttlSeconds, ignoringTtl } = failover;
  const kept = (1 - ignoringTtl.share) * ttlSeconds + ignoringTtl.share * ignoringTtl.holdSeconds;
  const rate = workload.arrivals.requestsPerSecond * (share ?? Number.NaN);
  return rate * ((fault.detectSeconds ?? Number.NaN) + kept / 2);
}
