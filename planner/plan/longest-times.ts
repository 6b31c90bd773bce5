/**
 * How long answers take at the longest, over all cases that were simulated: what timeouts must not cut. Of workloads
 * that go through a queue the wait in it is part of the time, so it bounds how long a message is worked on.
 */
import type { EvidenceRun } from "./evidence-spec";
import type { PlanWorkload } from "./plan-spec";

/** What limits are set above what was planned or measured. */
export const HEADROOM = {
  /** On times: a timeout is so many times the longest that was measured. */
  time: 1.5,
  /** On the planned cost: the second alert of a budget. */
  budget: 1.2,
} as const;

/** Seconds with headroom; undefined where nothing was measured. */
export interface LongestTimes {
  /** 99.9th percentile of E2E of direct workloads, of the worst case, × headroom. */
  readonly streamSeconds: number | undefined;
  /** 99.9th percentile of TTFT of direct workloads, of the worst case, × headroom. */
  readonly firstTokenSeconds: number | undefined;
  /** 99.9th percentile of E2E of workloads that go through a queue, of the worst case, without headroom. */
  readonly messageSeconds: number | undefined;
}

export function longestTimes(
  runs: readonly EvidenceRun[],
  workloads: readonly Pick<PlanWorkload, "name" | "delivery">[],
): LongestTimes {
  const longest = (
    delivery: PlanWorkload["delivery"],
    key: "ttftMsP999" | "e2eMsP999",
    headroom: number,
  ): number | undefined => {
    const names = new Set(
      workloads.filter((one) => one.delivery === delivery).map(({ name }) => name),
    );
    const values = runs
      .flatMap((run) => run.workloads)
      .filter(({ workload }) => names.has(workload))
      .flatMap((measure) => measure[key] ?? []);
    return values.length === 0 ? undefined : (Math.max(...values) / 1000) * headroom;
  };
  return {
    streamSeconds: longest("direct", "e2eMsP999", HEADROOM.time),
    firstTokenSeconds: longest("direct", "ttftMsP999", HEADROOM.time),
    messageSeconds: longest("queue", "e2eMsP999", 1),
  };
}
