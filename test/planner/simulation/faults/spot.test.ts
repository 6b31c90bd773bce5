/** Spot capacity: which replicas it is, how much of the time it is there, and what a reclaim wave takes. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { nodeOf } from "../../../../planner/fleet/failure-domains";
import type { ResolvedPool } from "../../../../planner/fleet/resolved-fleet";
import type { ResolvedPurchase } from "../../../../planner/fleet/resolved-policies";
import type { Distribution } from "../../../../planner/foundation/distributions";
import type { ResolvedFaults } from "../../../../planner/scenario/resolved-faults";
import type { SpotTransition } from "../../../../planner/simulation/faults/fault-transition";
import { spotNodesOf } from "../../../../planner/simulation/faults/spot-nodes";
import { waveStrikes } from "../../../../planner/simulation/faults/spot-wave";
import { faultyScenario, fleetOf, poolOf, takeAll } from "./fault-fixture";

type Wave = ResolvedFaults["spotWaves"][number];

const AN_HOUR: Distribution = { kind: "exponential", mean: 3600 };

function spot(
  onDemandReplicas: number,
  interruptionsPerHour: number,
  noticeSeconds = 120,
  unavailableSeconds: Distribution = AN_HOUR,
): ResolvedPurchase {
  return {
    committed: [],
    onDemandReplicas,
    spot: { interruptionsPerHour, noticeSeconds, unavailableSeconds },
  };
}

function waveOf(changes: Partial<Wave> = {}): Wave {
  return {
    name: "crunch",
    atSeconds: 1000,
    pools: [0],
    share: 1,
    unavailableSeconds: 600,
    ...changes,
  };
}

/** The spot transitions of a fleet of these pools, all in one region. */
function spotOf(
  pools: readonly ResolvedPool[],
  endSeconds: number,
  spotWaves: readonly Wave[] = [],
): SpotTransition[] {
  const scenario = faultyScenario(fleetOf([{ name: "r" }], pools), { spotWaves });
  return takeAll(scenario, endSeconds).map((one) => {
    if (one.kind === "effect") throw new Error(one.name);
    return one;
  });
}

/** Seconds of each kind, of one node, in order. */
function timesOf(transitions: readonly SpotTransition[], kind: SpotTransition["kind"]): number[] {
  return transitions.flatMap((one) => (one.kind === kind ? [one.seconds] : []));
}

describe("spotNodesOf", () => {
  it("covers exactly the replicas beyond those committed and on demand, each on its own node", () => {
    const arbitrary = fc.record({
      replicas: fc.integer({ min: 0, max: 20 }),
      replicasPerNode: fc.integer({ min: 1, max: 8 }),
      reserved: fc.integer({ min: 0, max: 9 }),
      onDemand: fc.integer({ min: 0, max: 25 }),
    });
    fc.assert(
      fc.property(arbitrary, ({ replicas, replicasPerNode, reserved, onDemand }) => {
        const committed = [{ purchase: "reserved-1y", replicas: reserved }] as const;
        const purchase = { ...spot(onDemand, 1), committed };
        const pool = poolOf("r/p", 0, replicas, { replicasPerNode, purchase });
        const nodes = spotNodesOf(pool);
        const covered = nodes.flatMap((one) => one.replicas);
        expect(covered).toEqual(
          Array.from({ length: replicas }, (_, replica) => replica).slice(reserved + onDemand),
        );
        for (const one of nodes) {
          expect(one.replicas.length).toBeGreaterThan(0);
          for (const replica of one.replicas) expect(nodeOf(pool, replica)).toBe(one.node);
        }
        expect(spotNodesOf({ ...pool, purchase: { ...purchase, spot: undefined } })).toEqual([]);
      }),
    );
  });
});

describe("interruptions", () => {
  it("strike the spot replicas of a node and leave those on demand beside them", () => {
    // Replicas 0–2 on demand; nodes {0, 1}, {2, 3}, {4, 5}: node 0 is never struck, node 1 only in part.
    const pool = poolOf("r/p", 0, 6, { replicasPerNode: 2, purchase: spot(3, 2) });
    const struck = new Map(spotOf([pool], 1e6).map((one) => [one.node, one.replicas]));
    expect([...struck].sort(([a], [b]) => a - b)).toEqual([
      [1, [3]],
      [2, [4, 5]],
    ]);
  });

  it("are notice, reclaim after the notice, and return after the time away, never two at once", () => {
    const unavailable: Distribution = { kind: "uniform", min: 100, max: 200 };
    const pool = poolOf("r/p", 0, 1, { purchase: spot(0, 4, 120, unavailable) });
    const all = spotOf([pool], 1e6);
    for (const [i, one] of all.entries()) {
      expect(one.kind).toBe(["spot-notice", "spot-reclaim", "spot-return"][i % 3]);
      const before = i === 0 ? 0 : all[i - 1]!.seconds;
      if (one.kind === "spot-reclaim") expect(one.seconds).toBe(before + 120);
      if (one.kind === "spot-return") {
        expect(one.seconds - before).toBeGreaterThanOrEqual(100 - 1e-6);
        expect(one.seconds - before).toBeLessThanOrEqual(200 + 1e-6);
      }
      expect(one.seconds).toBeGreaterThanOrEqual(before);
    }
    expect(all.length).toBeGreaterThan(1000);
  });

  it.each([
    { perHour: 1, notice: 0, away: 3600 },
    { perHour: 0.05, notice: 120, away: 7200 },
    { perHour: 20, notice: 120, away: 600 },
  ])(
    "spot capacity is there (1/λ) / (1/λ + away) of the time: $perHour/h, away $away s",
    (given) => {
      const { perHour, notice, away } = given;
      const up = 3600 / perHour;
      const cycle = up + notice + away;
      const cycles = 20_000;
      const end = cycles * cycle;
      const purchase = spot(0, perHour, notice, { kind: "exponential", mean: away });
      const all = spotOf([poolOf("r/p", 0, 1, { purchase })], end);
      // Time from a return (or the start) to the next notice, and from a reclaim to the return.
      const sums = { "spot-notice": 0, "spot-reclaim": 0, "spot-return": 0 };
      let last = 0;
      for (const one of all) {
        sums[one.kind] += one.seconds - last;
        last = one.seconds;
      }
      // Renewal-reward: ((1 − A)² up² + A² away²) / (cycle² · cycles) for exponential up and away, as for MTBF.
      const free = up / cycle;
      const error = Math.hypot((1 - free) * up, free * away) / (cycle * Math.sqrt(cycles));
      expect(Math.abs(sums["spot-notice"] / last - free)).toBeLessThan(5 * error);
      // A node that has its notice is still there.
      const there = (up + notice) / cycle;
      const errorThere = Math.hypot((1 - there) * up, there * away) / (cycle * Math.sqrt(cycles));
      expect(Math.abs(1 - sums["spot-return"] / last - there)).toBeLessThan(5 * errorThere);
    },
  );

  it("of no rate never come, and a pool without spot replicas has none", () => {
    expect(spotOf([poolOf("r/p", 0, 4, { purchase: spot(0, 0) })], 1e9)).toEqual([]);
    expect(spotOf([poolOf("r/p", 0, 4, { purchase: spot(4, 10) })], 1e9)).toEqual([]);
    expect(spotOf([poolOf("r/p", 0, 4)], 1e9, [waveOf()])).toEqual([]);
  });

  it("nodes are interrupted independently of each other", () => {
    // Two nodes, each there half of the time: both are there a quarter of it.
    const purchase = spot(0, 1, 0, AN_HOUR);
    const [cycles, cycle] = [20_000, 7200];
    let [there, since, both] = [2, 0, 0];
    for (const one of spotOf([poolOf("r/p", 0, 2, { purchase })], cycles * cycle)) {
      if (there === 2) both += one.seconds - since;
      since = one.seconds;
      if (one.kind === "spot-reclaim") there--;
      if (one.kind === "spot-return") there++;
    }
    // Gap of the chain 2/3600 s; variance at most 2 p (1 − p) / (gap · T).
    const error = Math.sqrt((0.25 * 0.75 * 2 * 1800) / since);
    expect(Math.abs(both / since - 0.25)).toBeLessThan(5 * error);
  });
});

describe("waves", () => {
  const quiet = (replicas: number, onDemand = 0) =>
    poolOf("r/p", 0, replicas, { purchase: spot(onDemand, 0) });

  it("give notice at their time, reclaim after it, and return after their own time away", () => {
    const all = spotOf([quiet(3, 1)], 1e6, [waveOf()]);
    expect(all.map((one) => [one.kind, one.seconds, one.replicas, one.name, one.fault])).toEqual([
      ["spot-notice", 1000, [1], "crunch", 0],
      ["spot-notice", 1000, [2], "crunch", 1],
      ["spot-reclaim", 1120, [1], "crunch", 0],
      ["spot-reclaim", 1120, [2], "crunch", 1],
      ["spot-return", 1720, [1], "crunch", 0],
      ["spot-return", 1720, [2], "crunch", 1],
    ]);
  });

  it("strike their share of each of their pools' spot nodes, rounded up, and no other pool", () => {
    const share = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100);
    const count = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(share, count, count, (part, first, second) => {
        const pools = [
          poolOf("r/a", 0, first, { purchase: spot(0, 0) }),
          poolOf("r/b", 0, second, { purchase: spot(0, 0) }),
          poolOf("r/c", 0, 5, { purchase: spot(0, 0) }),
        ];
        const all = spotOf(pools, 1100, [waveOf({ share: part, pools: [0, 1] })]);
        const struck = [0, 1, 2].map((pool) => all.filter((one) => one.pool === pool).length);
        // In whole percent: the exact ceiling, without fractions that are not quite decimal.
        const ceiling = (nodes: number) => Math.floor((Math.round(part * 100) * nodes + 99) / 100);
        expect(struck).toEqual([ceiling(first), ceiling(second), 0]);
      }),
    );
  });

  it("take 0.28 of 25 nodes as 7, although the product is 7.000000000000001", () => {
    expect(spotOf([quiet(25)], 1100, [waveOf({ share: 0.28 })])).toHaveLength(7);
  });

  it("choose every node alike, by the seed, and a greater share takes the same nodes and more", () => {
    const pool = quiet(6);
    const struckBy = (seed: number, share: number) =>
      [...waveStrikes([waveOf({ share })], pool, 0, seed)].flatMap(([node, strikes]) =>
        strikes.length > 0 ? [node] : [],
      );
    const seeds = 2000;
    const hits = new Array<number>(6).fill(0);
    for (let seed = 0; seed < seeds; seed++) {
      const some = struckBy(seed, 1 / 3);
      expect(some).toHaveLength(2);
      expect(struckBy(seed, 2 / 3)).toEqual(expect.arrayContaining(some));
      for (const node of some) hits[node] = hits[node]! + 1;
    }
    // Each node with probability 1/3: five standard errors.
    const error = Math.sqrt(((1 / 3) * (2 / 3)) / seeds);
    for (const hit of hits) expect(Math.abs(hit / seeds - 1 / 3)).toBeLessThan(5 * error);
  });

  it("pass over a node that is away or has its notice, and find it back at its return", () => {
    const at = (atSeconds: number) => waveOf({ name: `at ${atSeconds}`, atSeconds });
    // Notice 1000, reclaim 1120, return 1720.
    const waves = [1000, 1000.5, 1500, 1719.5, 1720, 3000].map(at);
    expect(timesOf(spotOf([quiet(1)], 1e6, waves), "spot-notice")).toEqual([1000, 1720, 3000]);
  });

  it("that come at one time are one interruption, by the first name", () => {
    const waves = [waveOf({ name: "b" }), waveOf({ name: "a" })];
    const names = spotOf([quiet(1)], 1e6, waves).map((one) => one.name);
    expect(names).toEqual(["a", "a", "a"]);
  });

  it("of one name choose their nodes apart", () => {
    const waves = [waveOf({ share: 0.5 }), waveOf({ share: 0.5, atSeconds: 9000 })];
    const strikes = [...waveStrikes(waves, quiet(40), 0, 1).values()];
    expect(strikes.some((ofNode) => ofNode.length === 1)).toBe(true);
  });

  it("hide the interruptions that come while they hold a node, and move no other", () => {
    const away: Distribution = { kind: "constant", value: 60 };
    const pool = poolOf("r/p", 0, 1, { purchase: spot(0, 1, 0, away) });
    const before = timesOf(spotOf([pool], 1e6), "spot-notice");
    const wave = waveOf({ atSeconds: 100_000, unavailableSeconds: 30_000 });
    const after = spotOf([pool], 1e6, [wave]);
    expect(timesOf(after, "spot-return")).toContain(130_000);
    // No interruption comes within 60 s of another around the two ends here: none had been hidden before.
    const left = before.filter((seconds) => seconds < 100_000 || seconds > 130_000);
    expect(left.length).toBeLessThan(before.length);
    const own = after.filter((one) => one.name !== "crunch");
    expect(timesOf(own, "spot-notice")).toEqual(left);
  });
});
