/**
 * What gateways do when an attempt fails, through runs of single requests: where they try again, how long each try may
 * take, and what they learn of replicas from it.
 */
import { describe, expect, it } from "@jest/globals";
import type { ResolvedPool } from "../../../planner/fleet/resolved-fleet";
import {
  NO_POLICIES,
  type ResolvedGatewayRetry,
  type ResolvedHealthCheck,
  type ResolvedPolicies,
} from "../../../planner/fleet/resolved-policies";
import { NO_FAULTS, type ResolvedFaults } from "../../../planner/scenario/resolved-faults";
import { END_REASONS } from "../../../planner/simulation/end-reasons";
import {
  at,
  FIRST_REGION,
  FIRST_REPLICA,
  fault,
  requestsAt,
  secondsOf,
  twoRegions,
} from "../../support/failing-fleet";
import { lawSettings } from "../../support/random-fleet";
import { replicaBounds, resolvedPool, resolvedScenario } from "../../support/resolved";
import { type ObservedRun, observe } from "../../support/rows";

const NEVER = Number.POSITIVE_INFINITY;
const ENGINE = { kvBlocks: 400, maxBatchedTokens: 256 };

function poolOf(replicas: number, changes: Partial<ResolvedPool> = {}): ResolvedPool {
  return { ...resolvedPool({ ...replicaBounds(replicas), engine: ENGINE }), ...changes };
}

function retrying(changes: Partial<ResolvedGatewayRetry> = {}): ResolvedPolicies {
  return {
    ...NO_POLICIES,
    retry: {
      numRetries: 1,
      retryOn: ["connect-failure"],
      perRetryTimeoutSeconds: NEVER,
      baseIntervalSeconds: 0.025,
      maxIntervalSeconds: 0.25,
      ...changes,
    },
  };
}

function run(options: Parameters<typeof resolvedScenario>[0]): ObservedRun {
  return observe(resolvedScenario({ durationSeconds: 400, ...options }), 1, lawSettings);
}

function endOf({ rows }: ObservedRun): string {
  return END_REASONS[rows[0]!.reasonIndex] ?? "completed";
}

/** Both replicas of a node. */
const FIRST_NODE = { kind: "node", pool: 0, node: 0 } as const;

describe("a retry", () => {
  it("goes to another replica than the dead one, which looks the least busy", () => {
    const faults = fault({ kind: "lose" }, at(10), FIRST_REPLICA);
    const workloads = [requestsAt([[10.5, 20, 5]])];
    const alone = run({ pools: [poolOf(2)], faults, workloads });
    expect(endOf(alone)).toBe("connect-failure");
    const retried = run({ pools: [poolOf(2)], faults, workloads, policies: retrying() });
    expect(endOf(retried)).toBe("completed");
    expect(retried.rows[0]!.replicaIndex).toBe(1);
  });

  it("leaves out every replica that has failed it, as long as there is another", () => {
    const faults = fault({ kind: "lose" }, at(10), FIRST_NODE);
    const given = {
      pools: [poolOf(3, { replicasPerNode: 2 })],
      faults,
      workloads: [requestsAt([[11, 20, 5]])],
    };
    expect(endOf(run({ ...given, policies: retrying({ numRetries: 1 }) }))).toBe("connect-timeout");
    const twice = run({ ...given, policies: retrying({ numRetries: 2 }) });
    expect(endOf(twice)).toBe("completed");
    expect(twice.rows[0]!.replicaIndex).toBe(2);
    // Nothing answers at a dead node: each try cost the whole time to connect.
    expect(twice.rows[0]!.ttftSeconds).toBeGreaterThan(10);
  });

  it("goes on with what a lost attempt has generated, also when the first place it goes to is dead too", () => {
    // The node of the second is gone, which nobody has noticed yet, when the first goes in the middle of the answer.
    const [first] = fault({ kind: "lose" }, at(10.3), FIRST_REPLICA).faults;
    const node = { kind: "node", pool: 0, node: 1 } as const;
    const faults: ResolvedFaults = {
      ...NO_FAULTS,
      faults: [first!, { ...first!, name: "node", targets: [node], when: at(9.9) }],
    };
    const policies: ResolvedPolicies = {
      ...retrying({ numRetries: 1 }),
      draining: { timeoutSeconds: 600, onLoss: "migrate" },
    };
    const given = run({
      pools: [poolOf(3)],
      faults,
      policies,
      workloads: [requestsAt([[10, 20, 50]])],
    });
    expect(endOf(given)).toBe("completed");
    expect(given.rows[0]!.replicaIndex).toBe(2);
    // The client has read on since the first token of all, and waited for a connection in between.
    expect(given.rows[0]!.ttftSeconds).toBeLessThan(0.1);
    expect(given.rows[0]!.e2eSeconds).toBeGreaterThan(5);
    expect(given.record.cells[0]!.gatewayRetries).toBe(2);
  });

  it("has a time of its own, which begins with it and ends it", () => {
    // The first try fails at once at a dead replica; the second is on one that takes 50 times as long.
    const slow = { ...fault({ kind: "slow", factor: 50 }, at(0), FIRST_REPLICA).faults[0]! };
    const faults: ResolvedFaults = {
      ...NO_FAULTS,
      faults: [
        { ...slow, name: "slow", targets: [{ kind: "replica", pool: 0, replica: 1 }] },
        { ...slow, name: "lose", effect: { kind: "lose" }, when: at(10) },
      ],
    };
    const workloads = [requestsAt([[10.5, 200, 5]])];
    const policies = retrying({ perRetryTimeoutSeconds: 0.9 });
    const given = run({ pools: [poolOf(2)], faults, workloads, policies });
    expect(endOf(given)).toBe("per-retry-timeout");
    expect(given.record.endSeconds).toBeGreaterThan(10.5 + 0.9);
    expect(given.record.endSeconds).toBeLessThan(10.5 + 0.9 + 0.025);
  });

  it("is not charged with the try before it, nor with the wait between them", () => {
    const faults = fault({ kind: "lose" }, at(10), FIRST_REPLICA);
    const policies = retrying({
      perRetryTimeoutSeconds: 0.05,
      baseIntervalSeconds: 5,
      maxIntervalSeconds: 5,
    });
    const given = run({
      pools: [poolOf(2)],
      faults,
      policies,
      workloads: [requestsAt([[10.5, 20, 5]])],
    });
    expect(endOf(given)).toBe("completed");
    expect(given.rows[0]!.ttftSeconds).toBeGreaterThan(0.1);
  });

  it("is not over its time while it waits to be let in, and none is under way", () => {
    const policies: ResolvedPolicies = {
      ...retrying({ perRetryTimeoutSeconds: 0.5 }),
      admission: {
        rateLimit: [],
        maxConcurrency: 1,
        shedAboveShare: { interactive: 1, standard: 1, batch: 1 },
        isDeadlineAware: false,
        queueLimit: 5,
        queueTimeoutSeconds: NEVER,
        retryAfterSeconds: 0,
        admissionControl: undefined,
      },
    };
    // The second waits 2 s at the gateway before it is tried at all.
    const given = run({
      pools: [poolOf(1)],
      policies,
      workloads: [
        requestsAt([
          [1, 20, 200],
          [1.1, 20, 5],
        ]),
      ],
    });
    expect(given.rows.map((row) => row.outcomeIndex)).toEqual([0, 0]);
    expect(given.rows[1]!.ttftSeconds).toBeGreaterThan(1.5);
  });

  it("counts what it waits for a connection as part of its time", () => {
    const circuitBreaker = {
      maxConnections: 1,
      maxPendingRequests: 5,
      maxParallelRequests: NEVER,
      maxParallelRetries: NEVER,
      retryBudget: undefined,
    };
    const given = run({
      pools: [poolOf(1, { circuitBreaker })],
      policies: retrying({ perRetryTimeoutSeconds: 0.5 }),
      workloads: [
        requestsAt([
          [1, 20, 200],
          [1.1, 20, 5],
        ]),
      ],
    });
    expect(given.rows.map((row) => END_REASONS[row.reasonIndex])).toEqual([
      undefined,
      "per-retry-timeout",
    ]);
  });
});

describe("a migration", () => {
  it("leaves the replica that was lost alone, although it is still listed and has nothing to do", () => {
    const faults = fault({ kind: "lose" }, at(10.1), { kind: "node", pool: 0, node: 0 });
    const policies: ResolvedPolicies = {
      ...NO_POLICIES,
      draining: { timeoutSeconds: 600, onLoss: "migrate" },
    };
    const given = run({
      pools: [poolOf(2)],
      faults,
      policies,
      workloads: [requestsAt([[10, 20, 50]])],
    });
    expect(endOf(given)).toBe("completed");
    expect(given.rows[0]!.replicaIndex).toBe(1);
    expect(given.rows[0]!.e2eSeconds).toBeLessThan(1);
  });
});

describe("what a gateway learns", () => {
  const passive: ResolvedHealthCheck["passive"] = {
    consecutive5XxErrors: 1,
    intervalSeconds: 2,
    baseEjectionSeconds: 3,
    maxEjectionSeconds: 300,
    maxEjectionShare: 1,
    alwaysEjectOneEndpoint: true,
    halfOpenRequests: NEVER,
  };
  const healthCheck: ResolvedHealthCheck = { passive, active: undefined, panicThreshold: 0 };

  it("of a decode replica is about that replica, which returns after its time", () => {
    // Cut off, so that it stays listed: the decode replica fails what is handed to it at 10 s.
    const faults = fault({ kind: "partition" }, at(9, 2), { kind: "replica", pool: 0, replica: 0 });
    const pools = [
      poolOf(1, { name: "region/decode", role: "decode", healthCheck }),
      poolOf(1, { name: "region/prefill", role: "prefill", healthCheck }),
    ];
    const { record, rows } = run({
      pools,
      faults,
      workloads: [
        requestsAt([
          [10, 20, 5],
          [10.5, 20, 5],
          [14.5, 20, 5],
        ]),
      ],
    });
    const of = (kind: "ejected" | "returned") =>
      record.control.flatMap((event) => (event.kind === kind ? [[event.pool, event.replica]] : []));
    expect(of("ejected")).toEqual([[0, 0]]);
    expect(of("returned")).toEqual([[0, 0]]);
    // At the first sweep after its 3 s.
    expect(secondsOf(record, "returned")).toEqual([14]);
    expect(rows.map((row) => END_REASONS[row.reasonIndex])).toEqual([
      "connect-failure",
      "no-healthy-replica",
      undefined,
    ]);
  });

  it("of replicas that are not listed any more does not make it panic about the others", () => {
    // Two of four die, are ejected, and leave the endpoints; the third is then ejected on its own account.
    const lost = fault(
      { kind: "lose" },
      at(10),
      { kind: "replica", pool: 0, replica: 0 },
      {
        kind: "replica",
        pool: 0,
        replica: 1,
      },
    ).faults[0]!;
    const faults: ResolvedFaults = {
      ...NO_FAULTS,
      faults: [
        lost,
        {
          ...lost,
          name: "cut",
          targets: [{ kind: "replica", pool: 0, replica: 2 }],
          effect: { kind: "partition" },
          when: at(20),
        },
      ],
    };
    const requests = [10.1, 10.2, 30, 36, 37, 38].map((seconds) => [seconds, 20, 5] as const);
    const pools = [
      poolOf(4, {
        healthCheck: {
          passive: { ...passive, baseEjectionSeconds: 100 },
          active: undefined,
          panicThreshold: 0.3,
        },
      }),
    ];
    const { rows } = run({ pools, faults, workloads: [requestsAt(requests)] });
    expect(rows.map((row) => END_REASONS[row.reasonIndex])).toEqual([
      "connect-failure",
      "connect-failure",
      "connect-timeout",
      // One of two is half: no panic, so nobody is sent to the third any more.
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("a gateway for all regions", () => {
  it("is cut off from the replicas of a region that is partitioned", () => {
    const pools = [0, 1].map((regionIndex) =>
      poolOf(1, { name: `r${regionIndex}/pool`, regionIndex }),
    );
    const scenario = twoRegions({
      pools,
      durationSeconds: 400,
      routing: { regions: "any" },
      faults: fault({ kind: "partition" }, at(5, 60), FIRST_REGION),
      policies: retrying(),
      workloads: [requestsAt([[10, 20, 5]])],
    });
    const { rows } = observe(scenario, 1, lawSettings);
    // The first region was tried for the time to connect, and then the other one.
    expect(rows[0]!.replicaIndex).toBe(1);
    expect(rows[0]!.ttftSeconds).toBeGreaterThan(5);
  });
});

describe("a gateway process that is lost", () => {
  it("takes with it those that wait to be let in, and lets none of them in", () => {
    const policies: ResolvedPolicies = {
      ...NO_POLICIES,
      admission: {
        rateLimit: [],
        maxConcurrency: 1,
        shedAboveShare: { interactive: 1, standard: 1, batch: 1 },
        isDeadlineAware: false,
        queueLimit: 5,
        queueTimeoutSeconds: NEVER,
        retryAfterSeconds: 0,
        admissionControl: undefined,
      },
    };
    const { rows, record } = run({
      pools: [poolOf(1)],
      policies,
      faults: fault({ kind: "lose" }, at(2, 10), { kind: "gateway", region: 0, process: 0 }),
      workloads: [
        requestsAt([
          [1, 20, 500],
          [1.1, 20, 5],
          [1.2, 20, 5],
        ]),
      ],
    });
    expect(rows.map((row) => END_REASONS[row.reasonIndex])).toEqual([
      "no-gateway",
      "no-gateway",
      "no-gateway",
    ]);
    // Only the first was ever sent to a replica: the others are counted where they were meant to go.
    expect(record.cells.map((cell) => [cell.pool, cell.offered])).toEqual([[0, 3]]);
  });
});
