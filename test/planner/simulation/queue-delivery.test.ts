/**
 * Consumers and the queues they pull from, through runs in which one thing happens: who pulls, what a cut-off consumer
 * can still do, and how messages are counted that nobody will answer.
 */
import { describe, expect, it } from "@jest/globals";
import { NO_POLICIES, type ResolvedQueue } from "../../../planner/fleet/resolved-policies";
import { PATIENT_CLIENT } from "../../../planner/scenario/resolved-client";
import type { ResolvedWorkload } from "../../../planner/scenario/resolved-scenario";
import { END_REASONS } from "../../../planner/simulation/end-reasons";
import { at, FIRST_REPLICA, fault, requestsAt, twoRegions } from "../../support/failing-fleet";
import { lawSettings } from "../../support/random-fleet";
import { replicaBounds, resolvedPool, resolvedScenario } from "../../support/resolved";
import { type ObservedRun, observe } from "../../support/rows";

const ENGINE = { kvBlocks: 400, maxBatchedTokens: 256 };
const TWO = resolvedPool({ ...replicaBounds(2), engine: ENGINE });

function messagesAt(
  requests: Parameters<typeof requestsAt>[0],
  changes: Partial<ResolvedWorkload> = {},
): ResolvedWorkload {
  return requestsAt(requests, { delivery: "queue", ...changes });
}

function policiesWith(queue: Partial<ResolvedQueue>) {
  return { ...NO_POLICIES, queue: { ...NO_POLICIES.queue, ...queue } };
}

function run(options: Parameters<typeof resolvedScenario>[0]): ObservedRun {
  return observe(
    resolvedScenario({ durationSeconds: 400, pools: [TWO], ...options }),
    1,
    lawSettings,
  );
}

function reasonsOf({ rows }: ObservedRun): (string | undefined)[] {
  return rows.map((row) => END_REASONS[row.reasonIndex]);
}

describe("a consumer that is cut off", () => {
  const cut = fault({ kind: "partition" }, at(10, 100), FIRST_REPLICA);

  it("pulls nothing, so that messages go to those that can answer", () => {
    const times = Array.from({ length: 20 }, (_, i) => [20 + i, 20, 5] as const);
    const { rows, record } = run({
      faults: cut,
      workloads: [messagesAt(times)],
      policies: policiesWith({ maxReceiveCount: 2, visibilityTimeoutSeconds: 5 }),
    });
    expect(rows.map((row) => row.replicaIndex)).toEqual(times.map(() => 1));
    expect(record.queues[0]).toMatchObject({ sent: 20, received: 20, completed: 20 });
  });

  it("loses its message to another one when its heartbeats no longer get through", () => {
    // Three seconds of work that begin before the cut, on the first replica.
    const { rows, record } = run({
      faults: cut,
      workloads: [messagesAt([[9, 20, 250]])],
      policies: policiesWith({ visibilityTimeoutSeconds: 20 }),
    });
    expect(rows[0]!.replicaIndex).toBe(1);
    // The last heartbeat was before 10 s; the answer of the other one does not wait for the end of the cut.
    expect(rows[0]!.e2eSeconds).toBeGreaterThan(20);
    expect(rows[0]!.e2eSeconds).toBeLessThan(40);
    expect(record.queues[0]).toMatchObject({ sent: 1, received: 2, completed: 1, left: 0 });
  });

  it("pulls again as soon as the cut is mended", () => {
    const one = resolvedPool({ ...replicaBounds(1), engine: ENGINE });
    const { rows } = run({ pools: [one], faults: cut, workloads: [messagesAt([[20, 20, 5]])] });
    expect(rows[0]!.queueTimeSeconds).toBeCloseTo(110 - 20, 9);
  });
});

describe("one queue for all regions", () => {
  it("is pulled from by whichever replica has room, in any region", () => {
    // The pool beside the queue is lost for good; the other region works one message at a time.
    const pools = [0, 1].map((regionIndex) =>
      resolvedPool({
        name: `r${regionIndex}/pool`,
        regionIndex,
        ...replicaBounds(1),
        engine: ENGINE,
      }),
    );
    const scenario = twoRegions({
      pools,
      durationSeconds: 400,
      routing: { regions: "any" },
      faults: fault({ kind: "lose" }, at(1), { kind: "pool", pool: 0 }),
      policies: policiesWith({ consumersPerReplica: 1, retentionSeconds: 100 }),
      workloads: [messagesAt(Array.from({ length: 6 }, () => [5, 20, 30] as const))],
    });
    const { rows } = observe(scenario, 1, lawSettings);
    expect(rows.map((row) => row.replicaIndex)).toEqual([1, 1, 1, 1, 1, 1]);
    // One right after the other.
    const ends = rows.map((row) => row.e2eSeconds);
    expect(Math.max(...ends)).toBeLessThan(6.1 * Math.min(...ends));
  });
});

describe("messages that nobody will answer", () => {
  it("of clients that have given up are withdrawn, waiting or at work, and counted as expired", () => {
    const client = { ...PATIENT_CLIENT, giveUpSeconds: 4 };
    // Work of 12 s each on the only replica, one at a time; the third is quick enough.
    const one = resolvedPool({ ...replicaBounds(1), engine: ENGINE });
    const given = run({
      pools: [one],
      policies: policiesWith({ consumersPerReplica: 1 }),
      workloads: [
        messagesAt(
          [
            [1, 20, 1000],
            [2, 20, 1000],
            [5.5, 20, 5],
          ],
          { client },
        ),
      ],
    });
    expect(reasonsOf(given)).toEqual(["give-up", "give-up", undefined]);
    // The replica is free again when the first is withdrawn at 5 s, and has a second for the second.
    expect(given.rows[2]!.e2eSeconds).toBeCloseTo(6 - 5.5 + 0.07, 1);
    expect(given.record.queues[0]).toMatchObject({
      sent: 3,
      received: 3,
      completed: 1,
      deadLettered: 0,
      expired: 2,
      left: 0,
      deepest: 1,
    });
    // A running one leaves at the next step boundary.
    expect(given.record.queues[0]!.oldestSeconds).toBeCloseTo(3, 1);
  });

  it("that no replica can hold count as dead letters, not as done", () => {
    const given = run({
      workloads: [
        messagesAt([
          [1, 6500, 10],
          [2, 20, 5],
        ]),
      ],
    });
    expect(reasonsOf(given)).toEqual(["context-too-long", undefined]);
    expect(given.record.queues[0]).toMatchObject({ sent: 2, completed: 1, deadLettered: 1 });
  });

  it("kill as many replicas as they may be received, and end as dead letters", () => {
    const poison = { name: "poison", workload: 0, share: 1, startSeconds: 0, endSeconds: 2 };
    const given = run({
      faults: { faults: [], spotWaves: [], poison: [poison] },
      policies: policiesWith({ maxReceiveCount: 3, visibilityTimeoutSeconds: 10 }),
      workloads: [
        messagesAt([
          [1, 20, 5],
          [100, 20, 5],
        ]),
      ],
    });
    expect(reasonsOf(given)).toEqual(["dead-lettered", undefined]);
    const downs = given.record.control.filter((event) => event.kind === "replica-down");
    expect(downs.length).toBe(3);
    expect(given.record.queues[0]).toMatchObject({ received: 4, completed: 1, deadLettered: 1 });
  });
});

describe("a consumer without heartbeat", () => {
  it("does a message twice that takes longer than its visibility, and the first answer counts", () => {
    const given = run({
      policies: policiesWith({ heartbeat: false, visibilityTimeoutSeconds: 1 }),
      workloads: [messagesAt([[1, 20, 150]])],
    });
    expect(given.record.queues[0]).toMatchObject({ sent: 1, received: 2, completed: 1 });
    expect(given.rows[0]!.replicaIndex).toBe(0);
    expect(given.record.completions).toBe(1);
  });
});
