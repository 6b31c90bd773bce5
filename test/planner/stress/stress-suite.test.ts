/** The built-in game day: every case is there, says what it does, and does that to a copy of the scenario. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { NO_POLICIES } from "../../../planner/fleet/resolved-policies";
import { PATIENT_CLIENT } from "../../../planner/scenario/resolved-client";
import type { ResolvedScenario } from "../../../planner/scenario/resolved-scenario";
import type { ApplicableCase, StressCase } from "../../../planner/stress/stress-case";
import { stressCases } from "../../../planner/stress/stress-suite";
import { resolvedWorkload } from "../../support/resolved";
import { FAILOVER, fleetScenario, HOUR, MINUTE } from "./stress-fixture";

/** One name, or the first part of it, for each case that the game day is made of. */
const GROUPS = [
  "peak-1.5x",
  "peak-2x",
  "long-context",
  "region-loss",
  "pool-loss",
  "gateway-replica-loss",
  "stale-dns",
  "spot-reclaim-wave",
  "retry-storm",
  "cold-start",
  "slow-replica",
  "poison-requests",
  "queue-backlog",
];

const constant = (value: number) => ({ kind: "constant", value }) as const;
const spot = {
  interruptionsPerHour: 0.1,
  noticeSeconds: 120,
  unavailableSeconds: constant(200),
};

/** Everything that a case may be about: three regions, spot, failover, a queue. */
const full = fleetScenario({
  pools: [
    { name: "region-0/a", replicas: 4, purchase: { committed: [], onDemandReplicas: 1, spot } },
    { name: "region-1/b", regionIndex: 1, replicas: 6 },
    { name: "region-2/c", regionIndex: 2, replicas: 2 },
  ],
  workloads: [resolvedWorkload(), resolvedWorkload({ name: "nightly", delivery: "queue" })],
  policies: { failover: FAILOVER, gateway: { replicas: 3 } },
});
const bare = fleetScenario({ pools: [{ replicas: 3 }] });

function find(scenario: ResolvedScenario, name: string): StressCase {
  const found = stressCases(scenario).find((one) => one.name === name);
  if (found === undefined) throw new Error(`no case ${name}`);
  return found;
}

function applicable(scenario: ResolvedScenario, name: string): ApplicableCase {
  const found = find(scenario, name);
  if (!found.applies) throw new Error(`${name}: ${found.why}`);
  return found;
}

function whyNot(scenario: ResolvedScenario, name: string): string {
  const found = find(scenario, name);
  return found.applies ? "it applies" : found.why;
}

describe("stressCases", () => {
  it("has every case for every fleet, whether it applies or not, under a name of its own", () => {
    for (const scenario of [full, bare]) {
      const names = stressCases(scenario).map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      expect([...new Set(names.map((name) => name.split(":")[0]))]).toEqual(GROUPS);
    }
  });

  it("leaves nothing out of a full fleet, and of a bare one says why", () => {
    expect(stressCases(full).every(({ applies }) => applies)).toBe(true);
    expect(stressCases(bare).flatMap((one) => (one.applies ? [] : one.name))).toEqual([
      "region-loss",
      "pool-loss",
      "stale-dns",
      "spot-reclaim-wave",
      "queue-backlog",
    ]);
    expect(whyNot(bare, "spot-reclaim-wave")).toBe("no pool has spot capacity");
    expect(whyNot(bare, "queue-backlog")).toBe("no workload is delivered by queue");
    const oneRegion = fleetScenario({ pools: [{ replicas: 1 }], policies: { failover: FAILOVER } });
    expect(whyNot(oneRegion, "stale-dns")).toBe("the fleet is in one region");
    const queued = fleetScenario({ workloads: [resolvedWorkload({ delivery: "queue" })] });
    expect(whyNot(queued, "retry-storm")).toMatch(/delivered by queue/);
  });

  it("strikes within the measured window, with what it names, and changes the scenario it is given by nothing", () => {
    const shapes = fc.record({
      durationSeconds: fc.integer({ min: 10, max: 300_000 }),
      replicas: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 4 }),
      hasFailover: fc.boolean(),
    });
    fc.assert(
      fc.property(shapes, ({ durationSeconds, replicas, hasFailover }) => {
        const warmUpSeconds = durationSeconds / 10;
        const scenario = fleetScenario({
          pools: replicas.map((count, regionIndex) => ({ regionIndex, replicas: count })),
          durationSeconds,
          warmUpSeconds,
          policies: hasFailover ? { failover: FAILOVER } : {},
        });
        const before = JSON.stringify(scenario);
        for (const one of stressCases(scenario)) {
          if (!one.applies) continue;
          expect(one.faultStartSeconds).toBeGreaterThanOrEqual(warmUpSeconds);
          expect(one.faultEndSeconds).toBeLessThanOrEqual(durationSeconds);
          expect(one.faultEndSeconds).toBeGreaterThan(one.faultStartSeconds);
          const { faults, poison, spotWaves } = one.scenario.faults;
          const added = new Set([...faults, ...poison, ...spotWaves].map(({ name }) => name));
          expect([...added]).toEqual(one.faultNames);
          expect(one.kind === "load").toBe(added.size === 0);
          expect(one.how.length).toBeGreaterThan(0);
          expect(one.how.join(" ")).not.toMatch(/undefined|NaN|Infinity/);
        }
        expect(JSON.stringify(scenario)).toBe(before);
      }),
      { numRuns: 50 },
    );
  });

  it("keeps the faults that the scenario has", () => {
    const own = {
      name: "own",
      targets: [{ kind: "region", region: 0 }],
      effect: { kind: "lose" },
      when: { kind: "at", startSeconds: 10, durationSeconds: 10 },
    } as const;
    const poison = { name: "bad", workload: 0, share: 0.1, startSeconds: 0, endSeconds: 1 };
    const wave = { name: "wave", atSeconds: 1, pools: [0], share: 1, unavailableSeconds: 1 };
    const scenario = { ...full, faults: { faults: [own], poison: [poison], spotWaves: [wave] } };
    for (const one of stressCases(scenario)) {
      if (!one.applies) throw new Error(one.name);
      expect(one.scenario.faults.faults).toContainEqual(own);
      expect(one.scenario.faults.poison).toContainEqual(poison);
      expect(one.scenario.faults.spotWaves).toContainEqual(wave);
    }
  });
});

describe("what the cases do", () => {
  it("loses each region with replicas, for as long as failover and cold starts take", () => {
    const names = stressCases(full).flatMap(({ name }) =>
      name.startsWith("region-loss") ? name : [],
    );
    expect(names).toEqual([0, 1, 2].map((region) => `region-loss:region-${region}`));
    const [fault] = applicable(full, "region-loss:region-1").scenario.faults.faults;
    expect(fault).toEqual({
      name: "stress region-loss:region-1",
      targets: [{ kind: "region", region: 1 }],
      effect: { kind: "lose" },
      // The load is flat: in the middle of the hour, for ten minutes.
      when: { kind: "at", startSeconds: HOUR / 2, durationSeconds: 10 * MINUTE },
    });
  });

  it("says that clients have nowhere to go without failover", () => {
    const how = (regions: "nearest" | "any"): string =>
      applicable(fleetScenario({ regions }), "region-loss:region-0").how.join(" ");
    expect(how("nearest")).toContain("has no failover");
    expect(how("any")).not.toContain("has no failover");
  });

  it("takes a gateway process and stale resolvers where the most replicas are", () => {
    const gateway = applicable(full, "gateway-replica-loss");
    expect(gateway.scenario.faults.faults[0]!.targets).toEqual([
      { kind: "gateway", region: 1, process: 0 },
    ]);
    expect(gateway.how.join(" ")).toContain("2 of 3 processes are left");
    expect(applicable(bare, "gateway-replica-loss").how.join(" ")).toContain("the only one");
    const stale = applicable(full, "stale-dns");
    expect(stale.scenario.faults.faults[0]!.targets).toEqual([{ kind: "region", region: 1 }]);
    // PAM 2023: 8.74 % of resolvers extend the TTL.
    expect(stale.scenario.fleet.policies.failover?.ignoringTtl).toEqual({
      share: 0.0874,
      holdSeconds: HOUR,
    });
    const worse = { ...FAILOVER, ignoringTtl: { share: 0.3, holdSeconds: 9 * HOUR } };
    const given = fleetScenario({ policies: { failover: worse } });
    expect(applicable(given, "stale-dns").scenario.fleet.policies.failover).toEqual(worse);
  });

  it("reclaims all spot capacity, notice first, for as long as it stays away on average", () => {
    const { scenario, faultStartSeconds, faultEndSeconds, how } = applicable(
      full,
      "spot-reclaim-wave",
    );
    expect(scenario.faults.spotWaves).toEqual([
      {
        name: "stress spot-reclaim-wave",
        atSeconds: faultStartSeconds,
        pools: [0],
        share: 1,
        unavailableSeconds: 200,
      },
    ]);
    expect(faultEndSeconds - faultStartSeconds).toBe(120 + 200);
    expect(how[0]).toContain("All 3 spot replicas");
  });

  it("gives clients retries where the scenario gives none, and says so", () => {
    const own = {
      ...PATIENT_CLIENT,
      timeoutSeconds: constant(5),
      retries: {
        max: 9,
        on: ["failed"],
        backoff: "fixed",
        baseSeconds: 1,
        maxSeconds: 1,
        jitter: "none",
        honoursRetryAfter: false,
        budget: undefined,
      },
    } as const;
    const impatient = { ...PATIENT_CLIENT, timeoutSeconds: constant(5) };
    const scenario = fleetScenario({
      workloads: [
        resolvedWorkload({ name: "given", client: own }),
        resolvedWorkload({ name: "impatient", client: impatient }),
        resolvedWorkload({ name: "patient" }),
        resolvedWorkload({ name: "queued", delivery: "queue" }),
      ],
    });
    const storm = applicable(scenario, "retry-storm");
    const [given, hasTimeout, patient, queued] = storm.scenario.workloads;
    expect(given?.client).toEqual(own);
    // OpenAI's client library: 2 retries, 0.5 s to 8 s.
    const assumed = { max: 2, baseSeconds: 0.5, maxSeconds: 8, backoff: "exponential" };
    expect(hasTimeout?.client).toMatchObject({
      ...impatient,
      firstTokenTimeoutSeconds: undefined,
      retries: assumed,
    });
    expect(patient?.client).toMatchObject({
      firstTokenTimeoutSeconds: constant(60),
      retries: assumed,
    });
    expect(queued?.client).toEqual(PATIENT_CLIENT);
    expect(storm.how.join(" ")).toContain("no retries for impatient, patient:");
    const [fault] = storm.scenario.faults.faults;
    expect(fault).toMatchObject({ targets: [{ kind: "fleet" }], effect: { kind: "partition" } });
    expect(storm.faultEndSeconds - storm.faultStartSeconds).toBe(60);
  });

  it("slows one replica of the largest pool of each model", () => {
    const scenario = fleetScenario({
      pools: [{ replicas: 2 }, { regionIndex: 1, replicas: 5 }],
    });
    const slow = applicable(scenario, "slow-replica");
    expect(slow.scenario.faults.faults[0]).toMatchObject({
      targets: [{ kind: "replica", pool: 1, replica: 0 }],
      effect: { kind: "slow", factor: 2 },
    });
  });

  it("poisons about three requests of the busiest workload", () => {
    const { scenario, faultStartSeconds, faultEndSeconds } = applicable(full, "poison-requests");
    const [poison] = scenario.faults.poison;
    // 10 requests a second for 300 s.
    expect(faultEndSeconds - faultStartSeconds).toBe(300);
    expect(poison?.share).toBeCloseTo(3 / 3000, 12);
    expect(poison?.workload).toBe(0);
    // A run tells when poison begins and ends, and nothing else is struck.
    expect(scenario.faults.faults).toEqual([]);
  });

  it("takes all consumers away, and names what goes down with them", () => {
    const backlog = applicable(full, "queue-backlog");
    expect(backlog.scenario.faults.faults[0]!.targets).toEqual(
      [0, 1, 2].map((pool) => ({ kind: "pool", pool })),
    );
    expect(backlog.faultEndSeconds - backlog.faultStartSeconds).toBe(HOUR / 4);
    const how = backlog.how.join(" ");
    expect(how).toContain("the messages of nightly");
    expect(how).toContain("They also serve chat directly");
    expect(how).toContain("Shortened from 60 min");
  });

  it("restarts the whole fleet, and lets the run go on until it should be back", () => {
    const coldStart = {
      nodeSeconds: constant(200),
      imagePullSeconds: constant(50),
      weightLoadSeconds: constant(50),
    };
    const scenario = fleetScenario({ pools: [{ replicas: 3, coldStart }] });
    const cold = applicable(scenario, "cold-start");
    expect(cold.scenario.faults.faults[0]).toMatchObject({
      targets: [{ kind: "fleet" }],
      effect: { kind: "lose" },
    });
    expect(HOUR - cold.faultEndSeconds).toBeGreaterThanOrEqual(3 * 300);
    expect(cold.how.join(" ")).toContain("takes 5 min on average");
  });

  it("multiplies load for the peaks, and prompts for the long context", () => {
    const rate = (name: string): unknown => applicable(bare, name).scenario.workloads[0]!.arrivals;
    expect(rate("peak-1.5x")).toMatchObject({ requestsPerSecond: 15 });
    expect(rate("peak-2x")).toMatchObject({ requestsPerSecond: 20 });
    const { tokens } = applicable(bare, "long-context").scenario.workloads[0]!;
    expect(tokens).toMatchObject({ input: { mean: 2048 }, output: { mean: 256 } });
  });

  it("leaves policies as they are", () => {
    const { policies } = applicable(bare, "retry-storm").scenario.fleet;
    expect(policies).toEqual(NO_POLICIES);
  });
});
