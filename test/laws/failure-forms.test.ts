/**
 * What failures cost in closed form: how long until one is noticed, what share of clients still goes to a dead region
 * while caches expire, and how many replicas a fleet has under random faults and spot interruptions. What becomes of
 * a single request is single-request.test.ts.
 */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import type { FaultTarget } from "../../planner/fleet/fault-target";
import type { ResolvedPool } from "../../planner/fleet/resolved-fleet";
import {
  type FaultWhen,
  NO_FAULTS,
  type ResolvedFaults,
} from "../../planner/scenario/resolved-faults";
import type { ResolvedScenario } from "../../planner/scenario/resolved-scenario";
import type { RunRecord } from "../../planner/simulation/run-record";
import { simulate } from "../../planner/simulation/simulate";
import {
  at,
  constant,
  FIRST_REGION,
  failoverOf,
  fault,
  secondsOf,
  tokensOf,
  twoRegions,
} from "../support/failing-fleet";
import { replicaBounds, resolvedPool, resolvedScenario } from "../support/resolved";
import { constantSteps, expectTheory, poissonWorkload } from "../support/textbook-queue";

const CAMPAIGN = { seed: 20_261_122, numRuns: 40 };
const SEEDS = Array.from({ length: 12 }, (_, seed) => seed + 1);

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
          faults: fault({ kind: "lose" }, at(start, length), FIRST_REGION),
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
      faults: fault({ kind: "lose" }, at(100), FIRST_REGION),
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
        committed: [],
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
      records.map(
        ({ pools }) => pools[0]!.paid.find(({ purchase }) => purchase === "spot")!.replicas,
      ),
      3 * share,
    );
  });
});
