/**
 * What becomes of replicas: who is listed, who starts, who is given up first, and what is lost on the way. Seen from
 * outside, through runs in which one thing happens to a small fleet.
 */
import { describe, expect, it } from "@jest/globals";
import type { ResolvedPool } from "../../../planner/fleet/resolved-fleet";
import {
  NO_POLICIES,
  type ResolvedAutoscaling,
  type ResolvedPolicies,
} from "../../../planner/fleet/resolved-policies";
import { NO_FAULTS } from "../../../planner/scenario/resolved-faults";
import type { RunRecord } from "../../../planner/simulation/run-record";
import { simulate } from "../../../planner/simulation/simulate";
import {
  at,
  constant,
  FIRST_REPLICA,
  fault,
  requestsAt,
  secondsOf,
} from "../../support/failing-fleet";
import { lawSettings } from "../../support/random-fleet";
import { replicaBounds, resolvedPool, resolvedScenario } from "../../support/resolved";
import { type ObservedRun, observe } from "../../support/rows";

const NEVER = Number.POSITIVE_INFINITY;
const ENGINE = { kvBlocks: 400, maxBatchedTokens: 256 };

function coldStartOf(node: number, rest: number) {
  return {
    nodeSeconds: constant(node),
    imagePullSeconds: constant(0),
    weightLoadSeconds: constant(rest),
  };
}

/** One request every `gap` seconds, of `output` tokens. */
function steadily(gap: number, output: number, count: number): ReturnType<typeof requestsAt> {
  return requestsAt(Array.from({ length: count }, (_, i) => [gap * (i + 1), 20, output] as const));
}

/** Follows a schedule of replicas, and nothing else. */
function scheduled(
  replicas: readonly { readonly from: number; readonly to: number; readonly count: number }[],
): ResolvedAutoscaling {
  const rules = { stabilizationWindowSeconds: 0, pods: 100, share: 100, periodSeconds: 10 };
  return {
    metric: "in-flight",
    target: 1e9,
    pollingIntervalSeconds: 10,
    metricLagSeconds: 0,
    tolerance: 0,
    scaleUp: rules,
    scaleDown: rules,
    cooldownSeconds: 1e9,
    activation: 0,
    schedule: replicas.map(({ from, to, count }) => ({
      startSeconds: from,
      endSeconds: to,
      replicas: count,
    })),
    predictive: undefined,
  };
}

function run(options: Parameters<typeof resolvedScenario>[0]): ObservedRun {
  return observe(resolvedScenario({ durationSeconds: 300, ...options }), 1, lawSettings);
}

function outcomes({ rows }: ObservedRun): number[] {
  return rows.map((row) => row.outcomeIndex);
}

describe("a replica that is lost", () => {
  const pool = resolvedPool({
    ...replicaBounds(2),
    engine: ENGINE,
    coldStart: coldStartOf(1000, 30),
  });

  it("is an endpoint for a second, and starts where it was when only it is gone", () => {
    const faults = fault({ kind: "lose" }, at(50, 20), FIRST_REPLICA);
    const workloads = [
      requestsAt([
        [50.5, 20, 3],
        [51.5, 20, 3],
      ]),
    ];
    const { record, rows } = run({ pools: [pool], faults, workloads });
    expect(rows.map((row) => row.outcomeIndex)).toEqual([3, 0]);
    // No node is needed: 30 s after the end of the fault.
    expect(secondsOf(record, "replica-ready")).toEqual([50 + 20 + 30]);
  });

  it("with its node, is an endpoint until the cluster misses the node, and needs another", () => {
    const node = { kind: "node", pool: 0, node: 0 } as const;
    const faults = fault({ kind: "lose" }, at(50, 20), node);
    const workloads = [
      requestsAt([
        [60, 20, 3],
        [71, 20, 3],
      ]),
    ];
    const run1 = run({
      pools: [{ ...pool, coldStart: coldStartOf(100, 30) }],
      faults,
      workloads,
    });
    // Listed for 50 s, or until the fault is over and a new one is on its way.
    expect(outcomes(run1)).toEqual([3, 0]);
    expect(secondsOf(run1.record, "replica-ready")).toEqual([50 + 20 + 100 + 30]);
  });

  it("at the very start of the run, is down by its events too", () => {
    const faults = fault({ kind: "lose" }, at(0, 20), FIRST_REPLICA);
    const workloads = [requestsAt([[1, 20, 3]])];
    const { record } = run({ pools: [pool], faults, workloads, drain: false });
    expect(secondsOf(record, "replica-down")).toEqual([0]);
    expect(secondsOf(record, "replica-ready")).toEqual([20 + 30]);
    expect(record.pools[0]!.readyReplicas).toBeCloseTo(2 - 50 / 300, 12);
  });

  it("is no endpoint any more once scaling has given it up", () => {
    // The node of replica 1 is lost at 105 s, when the schedule is about to want one replica only.
    const faults = fault({ kind: "lose" }, at(105), { kind: "node", pool: 0, node: 1 });
    const autoscaling = scheduled([{ from: 0, to: 110, count: 2 }]);
    const { rows } = run({
      pools: [{ ...pool, replicasMin: 1, autoscaling }],
      faults,
      // Two at a time, so that the second goes to the other replica while that is listed.
      workloads: [
        requestsAt([
          [107, 20, 3],
          [107, 20, 3],
          [125, 20, 3],
          [125, 20, 3],
          [290, 20, 3],
          [290, 20, 3],
        ]),
      ],
      routing: { policy: "round-robin" },
    });
    expect(rows.map((row) => row.outcomeIndex)).toEqual([0, 3, 0, 0, 0, 0]);
  });
});

describe("scaling down", () => {
  it("gives up what is dead or not there before what serves", () => {
    const node = { kind: "node", pool: 0, node: 2 } as const;
    const pool = resolvedPool({
      replicas: 2,
      replicasMin: 1,
      replicasMax: 3,
      engine: ENGINE,
      coldStart: coldStartOf(0, 5),
      // Up to 3 while the third slot is held by a fault, and down to 2 again.
      autoscaling: scheduled([
        { from: 0, to: 45, count: 2 },
        { from: 45, to: 95, count: 3 },
        { from: 95, to: 400, count: 2 },
      ]),
    });
    const faults = fault({ kind: "lose" }, at(20, 200), node);
    const { record } = run({ pools: [pool], faults, workloads: [steadily(10, 3, 25)] });
    expect(record.control.filter(({ kind }) => kind === "scaled").length).toBe(2);
    // The two that served all along still do, and the third never comes.
    expect(record.pools[0]!.readyReplicas).toBe(2);
    expect(record.pools[0]!.paidReplicas).toBe(2);
    expect(record.completions).toBe(record.arrivals);
  });

  it("does not bring back what drains anyway", () => {
    // A spot notice drains the only replica; scaling to zero meanwhile must not start it again.
    const pool = resolvedPool({
      replicas: 1,
      replicasMin: 0,
      replicasMax: 1,
      engine: ENGINE,
      coldStart: coldStartOf(0, 5),
      purchase: {
        committed: [],
        onDemandReplicas: 0,
        spot: { interruptionsPerHour: 1e-6, noticeSeconds: 100, unavailableSeconds: constant(10) },
      },
      autoscaling: { ...scheduled([{ from: 0, to: 95, count: 1 }]), cooldownSeconds: 1 },
    });
    const wave = { name: "wave", atSeconds: 91, pools: [0], share: 1, unavailableSeconds: 10 };
    const faults = { ...NO_FAULTS, spotWaves: [wave] };
    // Longer than what is left of the time at which it is wanted.
    const { record } = run({ pools: [pool], faults, workloads: [requestsAt([[90.9, 20, 2000]])] });
    expect(record.completions).toBe(1);
    expect(secondsOf(record, "replica-ready")).toEqual([]);
  });
});

describe("what is paid for", () => {
  const scaledToZero = (committed: ResolvedPool["purchase"]["committed"]): ResolvedPool =>
    resolvedPool({
      replicas: 4,
      replicasMin: 0,
      replicasMax: 4,
      replicasPerNode: 2,
      engine: ENGINE,
      purchase: { committed, onDemandReplicas: Number.POSITIVE_INFINITY, spot: undefined },
      // Wanted for 100 s; idle from then on.
      autoscaling: { ...scheduled([{ from: 0, to: 100, count: 4 }]), cooldownSeconds: 1 },
    });
  const paidOf = (pool: ResolvedPool) =>
    run({ pools: [pool], workloads: [requestsAt([[1, 20, 20]])], drain: false }).record.pools[0]!;

  it("is what runs, and each node whole while anything on it runs", () => {
    const { paid, paidReplicas, readyReplicas } = paidOf(scaledToZero([]));
    expect(paidReplicas).toBeCloseTo(readyReplicas, 12);
    expect(paid).toEqual([
      {
        purchase: "on-demand",
        replicas: paidReplicas,
        nodes: expect.closeTo(paidReplicas / 2, 12),
      },
    ]);
    expect(paidReplicas).toBeLessThan(2);
  });

  it("is a commitment too when the pool is scaled to zero, and what runs beside it", () => {
    const bare = paidOf(scaledToZero([]));
    const own = paidOf(
      scaledToZero([
        { purchase: "reserved-3y", replicas: 1 },
        { purchase: "capacity-block", replicas: 1 },
      ]),
    );
    expect(own.readyReplicas).toBe(bare.readyReplicas);
    expect(own.paid).toEqual([
      { purchase: "reserved-3y", replicas: 1, nodes: 1 },
      { purchase: "capacity-block", replicas: 1, nodes: 1 },
      {
        purchase: "on-demand",
        replicas: expect.closeTo(bare.paidReplicas / 2, 12),
        nodes: expect.closeTo(bare.paidReplicas / 4, 12),
      },
    ]);
    expect(own.paidReplicas).toBeCloseTo(2 + bare.paidReplicas / 2, 12);
  });
});

describe("a spot notice", () => {
  const spot = { interruptionsPerHour: 1e-6, noticeSeconds: 60, unavailableSeconds: constant(40) };
  const pool = (purchaseOnDemand: number): ResolvedPool =>
    resolvedPool({
      ...replicaBounds(2),
      engine: ENGINE,
      coldStart: coldStartOf(10, 5),
      purchase: { committed: [], onDemandReplicas: purchaseOnDemand, spot },
    });
  const wave = { name: "wave", atSeconds: 100, pools: [0], share: 1, unavailableSeconds: 40 };
  const faults = { ...NO_FAULTS, spotWaves: [wave] };

  it("lets the replica finish what it has, and starts nothing on the node that is about to go", () => {
    const { record, rows } = run({
      pools: [pool(1)],
      faults,
      workloads: [steadily(1, 30, 200)],
    });
    expect(rows.every((row) => row.outcomeIndex === 0)).toBe(true);
    expect(rows.every((row) => row.attempts === 1)).toBe(true);
    // Back after notice, reclaim and the time without capacity, with a new node.
    expect(secondsOf(record, "replica-ready")).toEqual([100 + 60 + 40 + 10 + 5]);
  });

  it("takes what the notice was too short for", () => {
    const draining: ResolvedPolicies["draining"] = { timeoutSeconds: 600, onLoss: "fail" };
    // 100 s of work, given to the spot replica a second before the notice.
    const { rows } = run({
      pools: [pool(0)],
      faults,
      policies: { ...NO_POLICIES, draining },
      workloads: [requestsAt([[99, 20, 6000]])],
    });
    expect(rows[0]!.outcomeIndex).toBe(3);
    expect(Number.isNaN(rows[0]!.e2eSeconds)).toBe(true);
  });
});

describe("a draining prefill replica", () => {
  it("stays until the KV of what it has computed has been sent", () => {
    const role = (name: string, kind: "prefill" | "decode", replicas: number): ResolvedPool =>
      resolvedPool({
        name: `region/${name}`,
        role: kind,
        ...replicaBounds(replicas),
        engine: ENGINE,
        // 200 tokens of 131 kB take 2.6 s.
        kvTransfer: { bytesPerSecond: 1e7, latencySeconds: 0 },
      });
    const pools = [
      role("decode", "decode", 1),
      {
        ...role("prefill", "prefill", 2),
        replicasMin: 1,
        autoscaling: scheduled([{ from: 0, to: 5, count: 2 }]),
      },
    ];
    // Prompts on both replicas just before one of them is given up at 10 s.
    const { rows, record } = run({
      pools,
      workloads: [
        requestsAt([
          [9.9, 200, 5],
          [9.9, 200, 5],
        ]),
      ],
    });
    expect(secondsOf(record, "scaled")).toEqual([10]);
    expect(rows.map((row) => row.outcomeIndex)).toEqual([0, 0]);
    expect(rows.map((row) => row.attempts)).toEqual([1, 1]);
  });
});

describe("the end of a run", () => {
  it("is not the end of its fleet, which scales and breaks to the horizon, but is not measured", () => {
    const pool = resolvedPool({
      replicas: 2,
      replicasMin: 1,
      replicasMax: 2,
      engine: ENGINE,
      autoscaling: scheduled([{ from: 0, to: 195, count: 2 }]),
    });
    const faults = fault({ kind: "lose" }, at(250, NEVER), FIRST_REPLICA);
    const scenario = resolvedScenario({
      durationSeconds: 300,
      pools: [pool],
      faults,
      // Nothing is asked after the first second.
      workloads: [requestsAt([[0.5, 20, 3]])],
    });
    const record: RunRecord = simulate(scenario, 1, {
      engineSettingsFor: lawSettings,
      timelineBuckets: 3,
    });
    expect(record.endSeconds).toBeLessThan(1);
    expect(record.pools[0]!.paidReplicas).toBeCloseTo(2, 12);
    const paid = record.timeline!.pools.map(([own]) => own!.paidSeconds);
    expect(paid.map((seconds) => Math.round(seconds))).toEqual([200, 200, 50]);
  });
});
