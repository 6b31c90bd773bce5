/**
 * Attempts on their way, where they meet faults: poisonous requests, migration between prefill and decode, and KV that
 * is given back to the last block. Through runs, and through the replicas of a run.
 */
import { describe, expect, it } from "@jest/globals";
import type { FaultTarget } from "../../../planner/fleet/fault-target";
import { NO_POLICIES, type ResolvedPolicies } from "../../../planner/fleet/resolved-policies";
import { NO_FAULTS } from "../../../planner/scenario/resolved-faults";
import { Replica } from "../../../planner/simulation/replica";
import { around } from "../../support/around";
import { at, constant, fault, requestsAt, secondsOf } from "../../support/failing-fleet";
import { lawSettings } from "../../support/random-fleet";
import { replicaBounds, resolvedPool, resolvedScenario } from "../../support/resolved";
import { type ObservedRun, observe } from "../../support/rows";

const ENGINE = { kvBlocks: 400, maxBatchedTokens: 256 };
const MIGRATE: ResolvedPolicies = {
  ...NO_POLICIES,
  draining: { timeoutSeconds: 600, onLoss: "migrate" },
};

function run(options: Parameters<typeof resolvedScenario>[0]): ObservedRun {
  return observe(resolvedScenario({ durationSeconds: 300, ...options }), 1, lawSettings);
}

describe("a poisonous request", () => {
  const poison = { name: "poison", workload: 0, share: 1, startSeconds: 0, endSeconds: 5 };
  const faults = { ...NO_FAULTS, poison: [poison] };

  it("kills its replica at the end of the step that computes it, and what else is there goes too", () => {
    const pool = resolvedPool({ ...replicaBounds(1), engine: ENGINE });
    const workloads = [
      requestsAt([[1.1, 20, 5]], { name: "poisonous" }),
      requestsAt([[1, 20, 100]], { name: "plain" }),
    ];
    const { rows, record } = run({ pools: [pool], faults, workloads });
    expect(rows.map((row) => row.outcomeIndex)).toEqual([3, 3]);
    const [down] = secondsOf(record, "replica-down");
    // Scheduled at the first boundary after its arrival, and one step more.
    expect(down).toBeGreaterThan(1.1 + 0.01);
    expect(down).toBeLessThan(1.1 + 3 * 0.02);
  });

  it("that is migrated kills one replica after the other, none in less than a step, also without cold starts", () => {
    const pool = resolvedPool({ ...replicaBounds(4), engine: ENGINE });
    const workloads = [requestsAt([[1, 20, 5]])];
    const { rows, record } = run({ pools: [pool], faults, policies: MIGRATE, workloads });
    expect(rows[0]!.outcomeIndex).toBe(3);
    const downs = secondsOf(record, "replica-down");
    expect(downs.length).toBeGreaterThanOrEqual(4);
    // The step of its prompt: 0.01 s, 0.0007 s for it, and 0.0001 s for each of 20 tokens and more for their pairs.
    const gaps = downs.map((seconds, i) => seconds - (downs[i - 1] ?? 1));
    for (const gap of gaps) expect(gap).toBeCloseTo(0.0127 + 1e-7 * (20 * 10), 9);
  });
});

describe("a migration between prefill and decode", () => {
  it("goes on with the context that it has, and leaves no block behind on either side", () => {
    const kvTransfer = { bytesPerSecond: 1e9, latencySeconds: 0.05 };
    const role = (name: "decode" | "prefill") =>
      resolvedPool({
        name: `region/${name}`,
        role: name,
        ...replicaBounds(2),
        engine: ENGINE,
        kvTransfer,
      });
    const pools = [role("decode"), role("prefill")];
    // The first decode replica is lost twice in the middle of answers.
    const decode: FaultTarget = { kind: "replica", pool: 0, replica: 0 };
    const [first] = fault({ kind: "lose" }, at(3, 1), decode).faults;
    const faults = { ...NO_FAULTS, faults: [first!, { ...first!, name: "again", when: at(9, 1) }] };
    const replicas = new Set<Replica>();
    around(Replica.prototype, "schedule", (schedule) => {
      return function (this: Replica, seconds) {
        replicas.add(this);
        schedule.call(this, seconds);
      };
    });
    const requests = [2, 2, 2.1, 8, 8.1, 8.2, 15].map((seconds) => [seconds, 100, 90] as const);
    const { rows, record } = run({
      pools,
      faults,
      policies: MIGRATE,
      workloads: [requestsAt(requests)],
    });
    expect(rows.every((row) => row.outcomeIndex === 0)).toBe(true);
    expect(record.cells[0]!.gatewayRetries).toBeGreaterThan(2);
    expect(replicas.size).toBe(4);
    for (const replica of replicas) {
      expect(replica.recountBlocks()).toEqual({ free: 400, referenced: 0, counted: 400 });
    }
    // Prompts that are computed again include what was generated: as many tokens as steps tell.
    const { prefillTokens } = record.pools[1]!;
    expect(prefillTokens).toBeGreaterThan(requests.length * 100 + 100);
  });

  it("takes exactly as long as the same request that begins where the lost one was", () => {
    const kvTransfer = { bytesPerSecond: 1e9, latencySeconds: 0.05 };
    const role = (name: "decode" | "prefill") =>
      resolvedPool({
        name: `region/${name}`,
        role: name,
        ...replicaBounds(2),
        engine: ENGINE,
        kvTransfer,
      });
    const pools = [role("decode"), role("prefill")];
    const [output, lossSeconds] = [60, 1.6];
    const decode: FaultTarget = { kind: "replica", pool: 0, replica: 0 };
    const given = run({
      pools,
      policies: MIGRATE,
      faults: fault({ kind: "lose" }, at(lossSeconds), decode),
      workloads: [requestsAt([[1, 100, output]])],
    });
    const alone = (input: number, tokens: number) =>
      run({ pools, workloads: [requestsAt([[1, input, tokens]])] }).rows[0]!;
    let generated = 0;
    while (1 + alone(100, generated + 1).e2eSeconds <= lossSeconds) generated++;
    expect(generated).toBeGreaterThan(20);
    const rest = alone(100 + generated, output - generated);
    expect(given.rows[0]!.e2eSeconds).toBeCloseTo(lossSeconds - 1 + rest.e2eSeconds, 12);
  });
});

describe("a drain that is too short", () => {
  it("sends what has not begun on to others, and loses what has, unless that is migrated", () => {
    const pool = resolvedPool({
      ...replicaBounds(2),
      engine: { ...ENGINE, maxSequences: 1 },
      coldStart: {
        nodeSeconds: constant(500),
        imagePullSeconds: constant(0),
        weightLoadSeconds: constant(0),
      },
      purchase: {
        committed: [],
        onDemandReplicas: 1,
        spot: { interruptionsPerHour: 1e-6, noticeSeconds: 1, unavailableSeconds: constant(1) },
      },
    });
    const wave = { name: "wave", atSeconds: 5, pools: [0], share: 1, unavailableSeconds: 1 };
    // Two on each replica: one at work, one that waits behind it.
    const workloads = [requestsAt([4, 4, 4, 4].map((seconds) => [seconds, 20, 500] as const))];
    const retry = {
      numRetries: 2,
      retryOn: ["refused-stream"],
      perRetryTimeoutSeconds: Number.POSITIVE_INFINITY,
      baseIntervalSeconds: 0.025,
      maxIntervalSeconds: 0.25,
    } as const;
    const options = { pools: [pool], faults: { ...NO_FAULTS, spotWaves: [wave] }, workloads };
    const lost = run({ ...options, policies: { ...NO_POLICIES, retry } });
    expect(lost.rows.map((row) => row.outcomeIndex)).toEqual([0, 3, 0, 0]);
    const migrated = run({ ...options, policies: { ...MIGRATE, retry } });
    expect(migrated.rows.map((row) => row.outcomeIndex)).toEqual([0, 0, 0, 0]);
  });
});
