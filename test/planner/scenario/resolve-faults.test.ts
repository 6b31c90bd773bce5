/** Faults: targets by name and by kind, times, names, and what is odd about them. */
import { describe, expect, it } from "@jest/globals";
import type { FaultTarget } from "../../../planner/fleet/fault-target";
import type { ResolvedFault } from "../../../planner/scenario/resolved-faults";
import { scenarioNotes } from "../../../planner/scenario/scenario-notes";
import { resolveSmall } from "../../support/scenario-text";
import { resolveTroubled } from "./troubled-scenario";

const NEVER = Number.POSITIVE_INFINITY;
/** Regions by index: europe-west4 (gcp), us-east-1 (aws); pools: europe-west4/h100, us-east-1/h100, us-east-1/l40s. */
const [EUROPE, US] = [0, 1];

function fault(written: string): ResolvedFault {
  return resolveTroubled([`faults=[${written}]`, "stress=null"]).faults.faults[0]!;
}

function targetsOf(target: string): readonly FaultTarget[] {
  return fault(`{ at: 1 h, lose: ${target} }`).targets;
}

describe("targets of faults", () => {
  it.each<readonly [string, readonly FaultTarget[]]>([
    ["fleet", [{ kind: "fleet" }]],
    ["{ cloud: gcp }", [{ kind: "cloud", cloud: "gcp" }]],
    ["{ region: us-east-1 }", [{ kind: "region", region: US }]],
    ["{ zone: us-east-1/c }", [{ kind: "zone", region: US, zone: 2 }]],
    ["{ pool: us-east-1/l40s }", [{ kind: "pool", pool: 2 }]],
    ["{ node: us-east-1/h100/0 }", [{ kind: "node", pool: 1, node: 0 }]],
    ["{ replica: us-east-1/l40s/2 }", [{ kind: "replica", pool: 2, replica: 2 }]],
    ["{ gateway: europe-west4/1 }", [{ kind: "gateway", region: EUROPE, process: 1 }]],
    ["{ healthChecker: us-east-1 }", [{ kind: "health-checker", region: US }]],
    ["{ queue: us-east-1 }", [{ kind: "queue", region: US }]],
    [
      "[{ region: europe-west4 }, { pool: us-east-1/h100 }]",
      [
        { kind: "region", region: EUROPE },
        { kind: "pool", pool: 1 },
      ],
    ],
    [
      "{ each: region }",
      [
        { kind: "region", region: EUROPE },
        { kind: "region", region: US },
      ],
    ],
    [
      "{ each: pool, of: us-east-1 }",
      [
        { kind: "pool", pool: 1 },
        { kind: "pool", pool: 2 },
      ],
    ],
    [
      "{ each: gateway, of: aws }",
      [
        { kind: "gateway", region: US, process: 0 },
        { kind: "gateway", region: US, process: 1 },
      ],
    ],
    [
      "{ each: zone, of: europe-west4 }",
      [0, 1, 2].map((zone) => ({ kind: "zone", region: EUROPE, zone })),
    ],
    [
      "{ each: replica, of: us-east-1/l40s }",
      [0, 1, 2].map((replica) => ({ kind: "replica", pool: 2, replica })),
    ],
    ["{ each: pool, of: europe-west4/h100 }", [{ kind: "pool", pool: 0 }]],
  ])("%s", (target, expected) => {
    expect(targetsOf(target)).toEqual(expected);
  });

  it("by kind are all of them: each replica of the fleet is each of the nine", () => {
    expect(targetsOf("{ each: replica }")).toHaveLength(9);
    expect(targetsOf("{ each: node, of: fleet }")).toEqual(
      [2, 4, 3].flatMap((nodes, pool) =>
        Array.from({ length: nodes }, (_, node) => ({ kind: "node", pool, node })),
      ),
    );
  });

  it("are numbered by node where replicas share one", () => {
    // p5.48xlarge has 8 accelerators: two replicas of 4 each on a node, so 4 replicas are on nodes 0 and 1.
    const shared = [
      "fleet.regions.us-east-1.pools.h100={model: llama-3.1-8b-instruct, instanceType: p5.48xlarge, replicas: 4, engine: {tensorParallel: 4}}",
      "stress=null",
    ];
    const nodes = resolveTroubled([
      ...shared,
      "faults=[{ at: 1 h, lose: { each: node, of: us-east-1/h100 } }]",
    ]);
    expect(nodes.fleet.pools[1]!.replicasPerNode).toBe(2);
    expect(nodes.faults.faults[0]!.targets).toEqual([
      { kind: "node", pool: 1, node: 0 },
      { kind: "node", pool: 1, node: 1 },
    ]);
    expect(() =>
      resolveTroubled([...shared, "faults=[{ at: 1 h, lose: { node: us-east-1/h100/2 } }]"]),
    ).toThrow(/us-east-1\/h100 has nodes 0 to 1/);
  });
});

describe("faults", () => {
  it("have effects with their strength", () => {
    expect(resolveTroubled().faults.faults.map(({ effect }) => effect)).toEqual([
      { kind: "lose" },
      { kind: "lose" },
      { kind: "slow", factor: 2 },
      { kind: "slow", factor: 3 },
      { kind: "delay", addedSeconds: 0.2 },
      { kind: "cold-cache" },
      { kind: "partition" },
      { kind: "lose" },
      { kind: "cold-cache" },
    ]);
  });

  it("begin at a time and last, or strike at random and are repaired", () => {
    const when = (written: string) => fault(written).when;
    expect(when("{ at: 4 h, lose: fleet, for: 45 min }")).toEqual({
      kind: "at",
      startSeconds: 14_400,
      durationSeconds: 2700,
    });
    expect(when("{ at: 0, lose: fleet }")).toMatchObject({
      startSeconds: 0,
      durationSeconds: NEVER,
    });
    // Emptied caches fill again: there is no time in which they stay empty.
    expect(when("{ at: 1 h, coldCache: fleet }")).toMatchObject({ durationSeconds: 0 });
    expect(when("{ mtbf: 30 d, repair: { exponential: { mean: 2 h } }, lose: fleet }")).toEqual({
      kind: "random",
      mtbfSeconds: 2_592_000,
      repairSeconds: { kind: "exponential", mean: 7200 },
    });
    expect(when("{ mtbf: 10 d, coldCache: fleet }")).toMatchObject({
      repairSeconds: { kind: "constant", value: 0 },
    });
  });

  it("are called by their number, kind and target, or as they are given", () => {
    const { faults, poison, spotWaves } = resolveTroubled().faults;
    expect([...faults, ...poison, ...spotWaves].map(({ name }) => name)).toEqual([
      "1-lose-us-east-1",
      "2-lose-us-east-1/zone-b-and-4-more",
      "3-slow-us-east-1/h100/replica-3",
      "4-slow-gcp-and-1-more",
      "5-delay-fleet",
      "6-cold-cache-fleet",
      "7-partition-europe-west4",
      "8-lose-each-node-of-us-east-1/h100",
      "9-cold-cache-each-replica-of-gcp",
      "10-poison-chat",
      "wave",
    ]);
    expect(fault("{ name: the flood, at: 1 h, lose: fleet }").name).toBe("the flood");
    const labels = ["gateway: us-east-1/0", "queue: us-east-1", "healthChecker: us-east-1"].map(
      (target) => fault(`{ at: 1 h, lose: { ${target} } }`).name,
    );
    expect(labels).toEqual([
      "1-lose-us-east-1/gateway-0",
      "1-lose-us-east-1/queue",
      "1-lose-us-east-1/health-checker",
    ]);
  });

  it("poison requests of a workload, by its place among the sorted ones", () => {
    const poison = (written: string) =>
      resolveTroubled([`faults=[${written}]`, "stress=null"]).faults.poison;
    expect(poison("{ at: 3 h, poison: { workload: review, share: 1% }, for: 1 h }")).toEqual([
      {
        name: "1-poison-review",
        workload: 2,
        share: 0.01,
        startSeconds: 10_800,
        endSeconds: 14_400,
      },
    ]);
    expect(poison("{ at: 3 h, poison: { workload: chat, share: 1% } }")).toMatchObject([
      { workload: 0, endSeconds: NEVER },
    ]);
  });

  it("reclaim spot nodes of all pools that have any, for as long as the cloud usually does", () => {
    // The mean of a uniform time between 20 and 40 min is 30 min.
    const unavailable =
      "fleet.regions.us-east-1.pools.l40s.spot={ unavailable: { uniform: { min: 20 min, max: 40 min } } }";
    const wave = (spot: string) =>
      resolveTroubled([`faults=[{ at: 5 h, spotReclaim: ${spot} }]`, "stress=null", unavailable])
        .faults.spotWaves[0];
    expect(wave("{}")).toEqual({
      name: "1-spot-reclaim-all",
      atSeconds: 18_000,
      pools: [2],
      share: 1,
      unavailableSeconds: 1800,
    });
    expect(wave("{ pools: [us-east-1/l40s], share: 50%, unavailable: 5 min }")).toEqual({
      name: "1-spot-reclaim-us-east-1/l40s",
      atSeconds: 18_000,
      pools: [2],
      share: 0.5,
      unavailableSeconds: 300,
    });
  });

  it("are none when there are none, and are in the digest", () => {
    expect(resolveSmall().faults).toEqual({ faults: [], poison: [], spotWaves: [] });
    const digest = (faults: string) => resolveSmall([`faults=${faults}`]).digest;
    expect(digest("[]")).toBe(resolveSmall().digest);
    const digests = [
      "[]",
      "[{ at: 1 min, lose: fleet }]",
      "[{ at: 2 min, lose: fleet }]",
      "[{ at: 1 min, lose: fleet, for: 1 min }]",
      "[{ at: 1 min, partition: fleet }]",
      "[{ at: 1 min, poison: { workload: chat, share: 1% } }]",
    ].map(digest);
    expect(new Set(digests).size).toBe(digests.length);
  });

  it("at random make replays worth repeating", () => {
    const replay = [
      "workloads.chat={model: llama-3.1-8b-instruct, arrivals: {trace: small.csv}}",
      "horizon={warmUp: 0 s}",
    ];
    const replications = (...changes: string[]) =>
      resolveSmall([...replay, ...changes]).replications;
    expect(replications()).toBe(1);
    expect(replications("faults=[{ at: 1 s, lose: fleet }]")).toBe(1);
    expect(replications("faults=[{ mtbf: 1 s, repair: 1 s, lose: fleet }]")).toBe(3);
    expect(replications("workloads.chat.client={retries: {}}")).toBe(3);
  });
});

describe("notes on faults", () => {
  const notes = (...overrides: string[]) =>
    scenarioNotes(resolveTroubled(["stress=null", ...overrides]))
      .filter(({ code }) => /fault|failover/.test(code))
      .map(({ code, about }) => `${code} ${about}`);

  it("say that nothing moves traffic out of a region that is gone", () => {
    expect(notes()).toEqual([]);
    const gone = "faults=[{ at: 1 h, lose: { region: us-east-1 } }]";
    expect(notes("fleet.failover=null", gone)).toEqual(["no-failover 1-lose-us-east-1"]);
    expect(notes("fleet.failover=null", "faults=[{ at: 1 h, partition: { cloud: gcp } }]")).toEqual(
      ["no-failover 1-partition-gcp"],
    );
    const slow = "faults=[{ at: 1 h, slow: { region: us-east-1, factor: 2 } }]";
    expect(notes("fleet.failover=null", slow)).toEqual([]);
    // One region has none beside it to move to.
    expect(
      scenarioNotes(resolveSmall(["faults=[{ at: 5 min, lose: { region: us-east-1 } }]"])),
    ).toEqual([]);
  });

  it("say that nothing is delivered by a queue, or watched by a health checker", () => {
    const queue = "faults=[{ at: 1 h, lose: { queue: us-east-1 } }]";
    expect(notes(queue)).toEqual([]);
    expect(notes(queue, "workloads.mail.delivery=direct")).toEqual([
      "fault-unread 1-lose-us-east-1/queue",
    ]);
    const checker = "faults=[{ at: 1 h, lose: { healthChecker: us-east-1 } }]";
    expect(notes(checker)).toEqual([]);
    expect(notes(checker, "fleet.failover=null")).toEqual([
      "fault-unread 1-lose-us-east-1/health-checker",
    ]);
  });

  it("say that a fault is over before anything is measured", () => {
    // The warm-up lasts 10 min.
    const over = (times: string) =>
      notes(`faults=[{ ${times}, slow: { region: us-east-1, factor: 2 } }]`);
    expect(over("at: 1 min, for: 9 min")).toEqual(["fault-unmeasured 1-slow-us-east-1"]);
    expect(over("at: 1 min, for: 10 min")).toEqual([]);
    expect(over("at: 1 min")).toEqual([]);
  });
});
