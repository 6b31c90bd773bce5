/**
 * What failures cost in closed form: how long until one is noticed, what share of clients still goes to a dead region
 * while caches expire, how many replicas a fleet has under random faults and spot interruptions; and, for a single
 * request at zero load, exactly when its answer comes under each kind of fault and policy.
 */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import type { FaultTarget } from "../../planner/fleet/fault-target";
import type { ResolvedPool } from "../../planner/fleet/resolved-fleet";
import {
  NO_POLICIES,
  type ResolvedFailover,
  type ResolvedPolicies,
} from "../../planner/fleet/resolved-policies";
import { PATIENT_CLIENT, type ResolvedStep } from "../../planner/scenario/resolved-client";
import {
  type FaultEffect,
  type FaultWhen,
  NO_FAULTS,
  type ResolvedFaults,
} from "../../planner/scenario/resolved-faults";
import type { ResolvedScenario, ResolvedWorkload } from "../../planner/scenario/resolved-scenario";
import type { ControlEvent } from "../../planner/simulation/control-event";
import type { FinishedRequest } from "../../planner/simulation/observer";
import type { RunRecord } from "../../planner/simulation/run-record";
import { simulate } from "../../planner/simulation/simulate";
import { lawSettings } from "../support/random-fleet";
import {
  replicaBounds,
  resolvedPool,
  resolvedScenario,
  resolvedWorkload,
} from "../support/resolved";
import { observe } from "../support/rows";
import { constantSteps, expectTheory, poissonWorkload } from "../support/textbook-queue";
import { traceOf } from "../support/traffic-scenario";

const CAMPAIGN = { seed: 20_261_122, numRuns: 40 };
const REPLICATIONS = 12;
const SEEDS = Array.from({ length: REPLICATIONS }, (_, seed) => seed + 1);
const NEVER = Number.POSITIVE_INFINITY;

const constant = (value: number) => ({ kind: "constant", value }) as const;

function fault(effect: FaultEffect, when: FaultWhen, ...targets: FaultTarget[]): ResolvedFaults {
  return { ...NO_FAULTS, faults: [{ name: "fault", targets, effect, when }] };
}

function at(startSeconds: number, durationSeconds = NEVER): FaultWhen {
  return { kind: "at", startSeconds, durationSeconds };
}

/** Two regions with a pool each, and clients next to the first. */
function twoRegions(options: Parameters<typeof resolvedScenario>[0]): ResolvedScenario {
  const pools = [0, 1].map((regionIndex) =>
    resolvedPool({ name: `region-${regionIndex}/pool`, regionIndex, ...replicaBounds(1) }),
  );
  const scenario = resolvedScenario({ pools, ...options });
  const [first] = scenario.fleet.regions;
  return {
    ...scenario,
    fleet: {
      ...scenario.fleet,
      regions: [first!, { ...first!, name: "us-west-2" }],
      roundTripSeconds: [[0.001, 0.07]],
    },
  };
}

function failoverOf(
  changes: Partial<ResolvedFailover["healthCheck"]>,
  dns: Partial<ResolvedFailover> = {},
): ResolvedPolicies {
  return {
    ...NO_POLICIES,
    failover: {
      policy: { kind: "latency" },
      healthCheck: {
        intervalSeconds: 10,
        failureThreshold: 3,
        successThreshold: 2,
        minHealthyShare: 0.5,
        ...changes,
      },
      ttlSeconds: 60,
      ignoringTtl: { share: 0, holdSeconds: 60 },
      ...dns,
    },
  };
}

function secondsOf(record: RunRecord, kind: ControlEvent["kind"]): number[] {
  return record.control.flatMap((event) => (event.kind === kind ? [event.seconds] : []));
}

describe("detection of a lost region", () => {
  it("takes interval × threshold from a loss right after a check, and is the end of the threshold-th failed check", () => {
    const law = fc.property(
      fc.constantFrom(1, 5, 10, 30),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 4 }),
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      (interval, failureThreshold, successThreshold, phase) => {
        const start = (4 + phase) * interval;
        const length = 20 * interval;
        const health = { intervalSeconds: interval, failureThreshold, successThreshold };
        const scenario = twoRegions({
          workloads: [poissonWorkload(0.2, tokensOf(5, 5))],
          durationSeconds: 60 * interval,
          policies: failoverOf(health),
          faults: fault({ kind: "lose" }, at(start, length), { kind: "region", region: 0 }),
        });
        const record = simulate(scenario, 1, { engineSettingsFor: () => constantSteps(8) });
        const firstFailed = Math.ceil(start / interval) * interval;
        const [lost] = secondsOf(record, "region-unhealthy");
        expect(lost).toBeCloseTo(firstFailed + (failureThreshold - 1) * interval, 6);
        expect(lost! - start).toBeLessThanOrEqual(interval * failureThreshold);
        // Replicas are back at once: nothing is to be started first.
        const firstPassed = Math.ceil((start + length) / interval) * interval;
        const [back] = secondsOf(record, "region-healthy");
        expect(back).toBeCloseTo(firstPassed + (successThreshold - 1) * interval, 6);
      },
    );
    fc.assert(law, CAMPAIGN);
  });

  it("sends a share 1 − t/TTL of clients to the dead region t seconds later, and those with a hold 1 − t/hold", () => {
    const [ttlSeconds, share, holdSeconds] = [60, 0.25, 200];
    const [bucketSeconds, detected] = [10, 100 + 2 * 10];
    const scenario = twoRegions({
      workloads: [poissonWorkload(120, tokensOf(1, 1))],
      durationSeconds: 360,
      policies: failoverOf(
        { intervalSeconds: 10, failureThreshold: 3 },
        { ttlSeconds, ignoringTtl: { share, holdSeconds } },
      ),
      faults: fault({ kind: "lose" }, at(100), { kind: "region", region: 0 }),
    });
    const records = SEEDS.map((seed) =>
      simulate(scenario, seed, { engineSettingsFor: () => constantSteps(64), timelineBuckets: 36 }),
    );
    expect(records.map((record) => secondsOf(record, "region-unhealthy"))).toEqual(
      SEEDS.map(() => [detected]),
    );
    const still = (seconds: number, keptFor: number): number => Math.max(0, 1 - seconds / keptFor);
    for (let bucket = 0; bucket < 36; bucket++) {
      // Straight lines, so that the middle of a bucket stands for all of it; all kinks are between buckets.
      const after = (bucket + 0.5) * bucketSeconds - detected;
      const expected =
        after < 0
          ? 0
          : 1 - (1 - share) * still(after, ttlSeconds) - share * still(after, holdSeconds);
      const moved = records.map(({ timeline }) => {
        const { attempts } = timeline!.pools[bucket]![1]!;
        return attempts / timeline!.buckets[bucket]![0]!.offered;
      });
      if (expected === 0) expect(new Set(moved)).toEqual(new Set([0]));
      else if (expected === 1) expect(new Set(moved)).toEqual(new Set([1]));
      else expectTheory(moved, expected);
    }
  });
});

/** Requests of always the same lengths. */
function tokensOf(input: number, output: number): ResolvedWorkload["tokens"] {
  return {
    kind: "distributions",
    input: constant(input),
    output: constant(output),
    rankCorrelation: 0,
  };
}

/** A fleet that nobody asks anything of but now and then: only what is there is of interest. */
function idleFleet(pool: ResolvedPool, faults: ResolvedFaults, seconds: number): ResolvedScenario {
  return resolvedScenario({
    pools: [pool],
    workloads: [poissonWorkload(0.001, tokensOf(1, 1))],
    durationSeconds: seconds,
    warmUpSeconds: 0.05 * seconds,
    faults,
  });
}

/** Share of the measured time in which at least `least` of `count` replicas were ready. */
function shareWithAtLeast(record: RunRecord, count: number, least: number): number {
  let ready = count;
  let seconds = 0;
  let since = record.windowStartSeconds;
  const upTo = (time: number): void => {
    const end = Math.min(Math.max(time, since), record.windowEndSeconds);
    if (ready >= least) seconds += end - since;
    since = end;
  };
  for (const event of record.control) {
    if (event.kind !== "replica-down" && event.kind !== "replica-ready") continue;
    upTo(event.seconds);
    ready += event.kind === "replica-ready" ? 1 : -1;
  }
  upTo(record.windowEndSeconds);
  return seconds / (record.windowEndSeconds - record.windowStartSeconds);
}

function binomialTail(count: number, least: number, p: number): number {
  let tail = 0;
  for (let k = least; k <= count; k++) {
    let ways = 1;
    for (let i = 0; i < k; i++) ways = (ways * (count - i)) / (i + 1);
    tail += ways * p ** k * (1 - p) ** (count - k);
  }
  return tail;
}

describe("availability", () => {
  const [mtbfSeconds, repair] = [300, 60];
  const replicas = 5;
  const everyReplica = Array.from(
    { length: replicas },
    (_, replica): FaultTarget => ({ kind: "replica", pool: 0, replica }),
  );
  const random: FaultWhen = {
    kind: "random",
    mtbfSeconds,
    repairSeconds: { kind: "exponential", mean: repair },
  };
  const faults = fault({ kind: "lose" }, random, ...everyReplica);

  it("of k of n replicas is the binomial tail at MTBF / (MTBF + MTTR)", () => {
    const scenario = idleFleet(resolvedPool(replicaBounds(replicas)), faults, 60_000);
    const records = SEEDS.map((seed) => simulate(scenario, seed));
    const p = mtbfSeconds / (mtbfSeconds + repair);
    expectTheory(
      records.map((record) => record.pools[0]!.readyReplicas),
      replicas * p,
    );
    for (const least of [3, 4, 5]) {
      const shares = records.map((record) => shareWithAtLeast(record, replicas, least));
      expectTheory(shares, binomialTail(replicas, least, p));
    }
    // What is down is not paid for.
    for (const { pools } of records) expect(pools[0]!.paidReplicas).toBe(pools[0]!.readyReplicas);
  });

  it("with a cold start of c after each repair is MTBF · exp(−c/MTBF) / (MTBF + MTTR), and starting is paid", () => {
    // Up times count from the repair: a replica may be struck again while it starts.
    const cold = 45;
    const coldStart = {
      nodeSeconds: constant(1000),
      imagePullSeconds: constant(0),
      weightLoadSeconds: constant(cold),
    };
    const pool = resolvedPool({ ...replicaBounds(replicas), coldStart });
    const scenario = idleFleet(pool, faults, 60_000);
    const records = SEEDS.map((seed) => simulate(scenario, seed));
    const cycle = mtbfSeconds + repair;
    const ready = (mtbfSeconds * Math.exp(-cold / mtbfSeconds)) / cycle;
    // Where the replica was there is a node: only what is lost with its node waits for another.
    expectTheory(
      records.map((record) => record.pools[0]!.readyReplicas),
      replicas * ready,
    );
    expectTheory(
      records.map((record) => record.pools[0]!.paidReplicas),
      (replicas * mtbfSeconds) / cycle,
    );
  });

  it("of spot replicas is the time between interruptions over that, the notice and the time without capacity", () => {
    const [perHour, noticeSeconds, unavailable] = [6, 120, 200];
    const cold = 50;
    const pool = resolvedPool({
      ...replicaBounds(4),
      purchase: {
        onDemandReplicas: 1,
        spot: {
          interruptionsPerHour: perHour,
          noticeSeconds,
          unavailableSeconds: { kind: "exponential", mean: unavailable },
        },
      },
      coldStart: {
        nodeSeconds: constant(cold),
        imagePullSeconds: constant(0),
        weightLoadSeconds: constant(0),
      },
    });
    const scenario = idleFleet(pool, NO_FAULTS, 150_000);
    const records = SEEDS.map((seed) => simulate(scenario, seed));
    // An idle replica is gone at its notice, and its node is not given back to it before the reclaim.
    const between = 3600 / perHour;
    const share = (between * Math.exp(-cold / between)) / (between + noticeSeconds + unavailable);
    expectTheory(
      records.map((record) => record.pools[0]!.readyReplicas),
      1 + 3 * share,
    );
    // Nodes are paid for from when they are there.
    expectTheory(
      records.map((record) => record.pools[0]!.paidSpotReplicas),
      3 * share,
    );
  });
});

/** One request at t = 0 on its own, on two replicas; what becomes of it. */
function single(
  options: Omit<Parameters<typeof resolvedScenario>[0], "workloads"> & {
    readonly input?: number;
    readonly output?: number;
    readonly atSeconds?: number;
    readonly workload?: Partial<ResolvedWorkload>;
    readonly regions?: 2;
  } = {},
): FinishedRequest {
  const { input = 300, output = 50, atSeconds = 0, workload, regions, ...rest } = options;
  const trace = traceOf([[atSeconds, input, output]]);
  const build = regions === 2 ? twoRegions : resolvedScenario;
  const scenario = build({
    pools: [
      resolvedPool({ ...replicaBounds(2), engine: { kvBlocks: 400, maxBatchedTokens: 256 } }),
    ],
    durationSeconds: 1000,
    ...rest,
    workloads: [
      resolvedWorkload({
        arrivals: { kind: "trace", trace, speed: 1, loop: false, sample: 1 },
        tokens: { kind: "from-arrivals" },
        ...workload,
      }),
    ],
  });
  return observe(scenario, 1, lawSettings).rows[0]!;
}

const FIRST: FaultTarget = { kind: "replica", pool: 0, replica: 0 };

describe("one request", () => {
  const plain = single();

  it("on a replica at 1/f of its speed takes exactly f times as long", () => {
    for (const factor of [1.5, 2, 7]) {
      const row = single({ faults: fault({ kind: "slow", factor }, at(0), FIRST) });
      expect(row.ttftSeconds).toBeCloseTo(factor * plain.ttftSeconds, 12);
      expect(row.e2eSeconds).toBeCloseTo(factor * plain.e2eSeconds, 12);
    }
    // Two faults at once multiply, and one that is over is over.
    const slow = fault({ kind: "slow", factor: 2 }, at(0), FIRST).faults[0]!;
    const faults = { ...NO_FAULTS, faults: [slow, { ...slow, name: "other" }] };
    expect(single({ faults }).e2eSeconds).toBeCloseTo(4 * plain.e2eSeconds, 12);
    const over = fault({ kind: "slow", factor: 9 }, at(0, 5), FIRST);
    expect(single({ faults: over, atSeconds: 6 }).e2eSeconds).toBeCloseTo(plain.e2eSeconds, 12);
  });

  it("is slowed from the first step boundary after the fault's start to the first after its end", () => {
    const law = fc.property(
      fc.integer({ min: 2, max: 60 }),
      fc.double({ min: 0.0001, max: 0.08, noNaN: true }),
      fc.double({ min: 0.0001, max: 0.08, noNaN: true }),
      (output, start, length) => {
        const step = 0.002;
        const factor = 3;
        const scenario = resolvedScenario({
          workloads: [
            resolvedWorkload({
              arrivals: {
                kind: "trace",
                trace: traceOf([[0, 10, output]]),
                speed: 1,
                loop: false,
                sample: 1,
              },
              tokens: { kind: "from-arrivals" },
            }),
          ],
          faults: fault({ kind: "slow", factor }, at(start, length), FIRST),
        });
        const { rows } = observe(scenario, 1, () => constantSteps(4, step));
        let expected = 0;
        for (let i = 0; i < output; i++) {
          const isSlow = expected >= start && expected < start + length;
          expected += isSlow ? factor * step : step;
        }
        expect(rows[0]!.e2eSeconds).toBeCloseTo(expected, 9);
      },
    );
    fc.assert(law, { ...CAMPAIGN, numRuns: 100 });
  });

  it.each([
    ["its replica", FIRST],
    ["its region", { kind: "region", region: 0 }],
  ] as const)(
    "gets its answer when the partition of %s is over, unless it is after that anyway",
    (_, target) => {
      for (const end of [0.1, 5, 17]) {
        const row = single({ faults: fault({ kind: "partition" }, at(0.01, end - 0.01), target) });
        expect(row.outcomeIndex).toBe(0);
        expect(row.e2eSeconds).toBeCloseTo(Math.max(end, plain.e2eSeconds), 12);
      }
    },
  );

  it("pays a delay on its way once more for each of its answers", () => {
    const delay: FaultEffect = { kind: "delay", addedSeconds: 0.4 };
    for (const target of [FIRST, { kind: "region", region: 0 }] as const) {
      const row = single({ faults: fault(delay, at(0), target), atSeconds: 1 });
      expect(row.e2eSeconds).toBeCloseTo(plain.e2eSeconds + 0.4, 12);
      expect(row.ttftSeconds).toBeCloseTo(plain.ttftSeconds + 0.4, 12);
    }
  });

  it("that is migrated goes on where it was, after a prefill of its prompt and of all it has generated", () => {
    const policies: ResolvedPolicies = {
      ...NO_POLICIES,
      draining: { timeoutSeconds: 600, onLoss: "migrate" },
    };
    const output = 50;
    for (const lossSeconds of [0.01, 0.09, 0.2, 0.31]) {
      const faults = fault({ kind: "lose" }, at(lossSeconds), FIRST);
      const row = single({ policies, faults, output });
      expect(row.replicaIndex).toBe(1);
      const generated = tokensBy(lossSeconds, output);
      // A request of its own that begins where the first one was: same prefill, same contexts after it.
      const rest = single({ input: 300 + generated, output: output - generated });
      expect(row.e2eSeconds).toBeCloseTo(lossSeconds + rest.e2eSeconds, 12);
      const firstToken = generated > 0 ? plain.ttftSeconds : lossSeconds + rest.ttftSeconds;
      expect(row.ttftSeconds).toBeCloseTo(firstToken, 12);
    }
  });

  it("that is not migrated is lost with its replica, or begins anew when its client asks again", () => {
    const faults = fault({ kind: "lose" }, at(0.2), FIRST);
    expect(single({ faults }).outcomeIndex).toBe(3);
    const retries = {
      max: 1,
      on: ["failed"],
      backoff: "fixed",
      baseSeconds: 3,
      maxSeconds: 3,
      jitter: "none",
      honoursRetryAfter: false,
      budget: undefined,
    } as const;
    const row = single({ faults, workload: { client: { ...PATIENT_CLIENT, retries } } });
    expect(row.attempts).toBe(2);
    expect(row.e2eSeconds).toBeCloseTo(0.2 + 3 + plain.e2eSeconds, 12);
  });

  it("with a hedge after h has its first token at the earlier of f times the usual and h later than the usual", () => {
    for (const [factor, afterSeconds] of [
      [8, 0.1],
      [1.5, 0.05],
      [3, 0.02],
    ] as const) {
      const policies: ResolvedPolicies = { ...NO_POLICIES, hedging: { afterSeconds, maxShare: 1 } };
      const faults = fault({ kind: "slow", factor }, at(0), FIRST);
      const row = single({ policies, faults });
      const { ttftSeconds, e2eSeconds } = plain;
      const isHedged = afterSeconds + ttftSeconds < factor * ttftSeconds;
      expect(row.replicaIndex).toBe(isHedged ? 1 : 0);
      expect(row.ttftSeconds).toBeCloseTo(
        Math.min(factor * ttftSeconds, afterSeconds + ttftSeconds),
        12,
      );
      const answer = isHedged ? afterSeconds + e2eSeconds : factor * e2eSeconds;
      expect(row.e2eSeconds).toBeCloseTo(answer, 12);
    }
  });

  it("of a chain takes the sum of its steps, of each its round trip too", () => {
    const [retrieve, tool, roundTripSeconds] = [0.3, 1.7, 0.05];
    const calls = [
      [120, 20],
      [400, 9],
    ] as const;
    const wait = (name: string, value: number): ResolvedStep => ({
      kind: "wait",
      name,
      what: "tool",
      latencySeconds: constant(value),
      timeoutSeconds: NEVER,
      failureShare: 0,
      onFailure: "fail",
    });
    const model = (name: string, [input, output]: readonly [number, number]): ResolvedStep => ({
      kind: "model",
      name,
      model: "llama-3.1-8b-instruct",
      tokens: {
        kind: "distributions",
        input: constant(input),
        output: constant(output),
        rankCorrelation: 0,
      },
      prefix: undefined,
      timeoutSeconds: NEVER,
      fallback: undefined,
      contextWindowTokens: 8192,
    });
    const chain = [
      wait("retrieve", retrieve),
      model("plan", calls[0]),
      wait("tool", tool),
      model("answer", calls[1]),
    ];
    const arrivals = {
      kind: "open",
      requestsPerSecond: 0.01,
      process: { kind: "deterministic" },
      profile: { kind: "constant" },
      requestsMax: 3,
    } as const;
    const row = single({
      roundTripSeconds,
      workload: { chain, arrivals, tokens: tokensOf(1, 1) },
    });
    const parts = calls.map(([input, output]) => single({ input, output, roundTripSeconds }));
    const before = retrieve + parts[0]!.e2eSeconds + tool;
    expect(row.e2eSeconds).toBeCloseTo(before + parts[1]!.e2eSeconds, 12);
    expect(row.ttftSeconds).toBeCloseTo(before + parts[1]!.ttftSeconds, 12);
    expect(row.queueTimeSeconds).toBe(0);
  });

  /** Tokens that the plain request has by then: whole steps only. */
  function tokensBy(seconds: number, output: number): number {
    let tokens = 0;
    // The end of the first n tokens is the end of a request for n of them.
    while (tokens < output && single({ output: tokens + 1 }).e2eSeconds <= seconds) tokens++;
    return tokens;
  }
});
