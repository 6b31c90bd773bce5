/** What fails together: placement on nodes and zones, names, and that every kind of domain parts the whole fleet. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import {
  failureDomains,
  nameOfTarget,
  nodeOf,
  nodesOf,
  replicasOf,
  zoneOf,
} from "../../../planner/fleet/failure-domains";
import type { FaultTarget } from "../../../planner/fleet/fault-target";
import type { ResolvedFleet } from "../../../planner/fleet/resolved-fleet";
import { fleetOf, poolOf } from "../simulation/faults/fault-fixture";

const KINDS = ["cloud", "region", "zone", "pool", "node", "replica"] as const;

/** Two clouds, three regions. h100 in us-east-1: 5 replicas, 2 per node, so nodes {0, 1}, {2, 3}, {4}. */
const fleet = fleetOf(
  [
    { name: "eu-west-1", zones: 3 },
    { name: "europe-west4", cloud: "gcp", zones: 2 },
    { name: "us-east-1", zones: 2 },
  ],
  [
    poolOf("eu-west-1/l4", 0, 2),
    poolOf("europe-west4/a100", 1, 1),
    poolOf("us-east-1/h100", 2, 5, { replicasPerNode: 2 }),
  ],
);

const randomFleet: fc.Arbitrary<ResolvedFleet> = fc
  .array(
    fc.record({
      cloud: fc.constantFrom<"aws" | "gcp">("aws", "gcp"),
      zones: fc.integer({ min: 1, max: 6 }),
      pools: fc.array(
        fc.record({
          replicas: fc.integer({ min: 0, max: 12 }),
          replicasPerNode: fc.integer({ min: 1, max: 8 }),
        }),
        { maxLength: 3 },
      ),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((regions) =>
    fleetOf(
      regions.map(({ cloud, zones }, index) => ({ name: `region-${index}`, cloud, zones })),
      regions.flatMap(({ pools }, index) =>
        pools.map(({ replicas, replicasPerNode }, place) =>
          poolOf(`region-${index}/pool-${place}`, index, replicas, { replicasPerNode }),
        ),
      ),
    ),
  );

/** Every slot of the fleet as `pool:replica`, sorted. */
function allSlots({ pools }: ResolvedFleet): string[] {
  return pools
    .flatMap(({ replicasMax }, pool) =>
      Array.from({ length: replicasMax }, (_, replica) => `${pool}:${replica}`),
    )
    .sort();
}

function slotsOf(replicas: ReturnType<typeof replicasOf>): string[] {
  return replicas.map(({ pool, replica }) => `${pool}:${replica}`);
}

describe("failureDomains", () => {
  it("parts all replica slots at each level: every slot once, no domain without one", () => {
    fc.assert(
      fc.property(randomFleet, (random) => {
        const domains = failureDomains(random);
        for (const kind of KINDS) {
          const ofKind = domains.filter((domain) => domain.kind === kind);
          expect(ofKind.flatMap(({ replicas }) => slotsOf(replicas)).sort()).toEqual(
            allSlots(random),
          );
        }
        expect(domains.every(({ replicas }) => replicas.length > 0)).toBe(true);
        expect(new Set(domains.map(({ kind, name }) => `${kind} ${name}`)).size).toBe(
          domains.length,
        );
      }),
    );
  });

  it("nests: a replica's node is in one zone, its zone in one region, its region in one cloud", () => {
    const holders = [
      ["node", "zone"],
      ["node", "pool"],
      ["zone", "region"],
      ["pool", "region"],
      ["region", "cloud"],
    ] as const;
    fc.assert(
      fc.property(randomFleet, (random) => {
        const domains = failureDomains(random);
        for (const [inner, outer] of holders) {
          const outers = domains.filter(({ kind }) => kind === outer);
          for (const { replicas } of domains.filter(({ kind }) => kind === inner)) {
            const slots = slotsOf(replicas);
            const around = outers.filter((one) =>
              slotsOf(one.replicas).some((slot) => slots.includes(slot)),
            );
            expect(around).toHaveLength(1);
          }
        }
      }),
    );
  });

  it("spreads the nodes of a pool over the zones of its region as evenly as they go", () => {
    fc.assert(
      fc.property(randomFleet, (random) => {
        for (const [index, pool] of random.pools.entries()) {
          const { zones } = random.regions[pool.regionIndex]!;
          const nodesOfZone = Array.from({ length: zones }, () => new Set<number>());
          for (let replica = 0; replica < pool.replicasMax; replica++) {
            nodesOfZone[zoneOf(random, index, replica)]!.add(nodeOf(pool, replica));
          }
          const counts = nodesOfZone.map((nodes) => nodes.size);
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
          expect(counts.reduce((sum, count) => sum + count, 0)).toBe(nodesOf(pool));
        }
      }),
    );
  });

  it("a domain's target strikes exactly the domain", () => {
    for (const { kind, name, target, replicas } of failureDomains(fleet)) {
      expect(target.kind).toBe(kind);
      expect(nameOfTarget(fleet, target)).toBe(name);
      expect(replicasOf(fleet, target)).toEqual(replicas);
    }
  });

  it("names each part as an engineer would, from the widest to the narrowest", () => {
    expect(failureDomains(fleet).map(({ name }) => name)).toEqual([
      "aws",
      "gcp",
      "eu-west-1",
      "europe-west4",
      "us-east-1",
      "eu-west-1/zone-a",
      "eu-west-1/zone-b",
      "europe-west4/zone-a",
      "us-east-1/zone-a",
      "us-east-1/zone-b",
      "eu-west-1/l4",
      "europe-west4/a100",
      "us-east-1/h100",
      "eu-west-1/l4/node-0",
      "eu-west-1/l4/node-1",
      "europe-west4/a100/node-0",
      "us-east-1/h100/node-0",
      "us-east-1/h100/node-1",
      "us-east-1/h100/node-2",
      "eu-west-1/l4/replica-0",
      "eu-west-1/l4/replica-1",
      "europe-west4/a100/replica-0",
      "us-east-1/h100/replica-0",
      "us-east-1/h100/replica-1",
      "us-east-1/h100/replica-2",
      "us-east-1/h100/replica-3",
      "us-east-1/h100/replica-4",
    ]);
  });
});

describe("replicasOf", () => {
  // By hand from the placement rule: h100's nodes 0 and 2 are in zone a, node 1 in zone b.
  it.each<[FaultTarget, readonly string[]]>([
    [{ kind: "fleet" }, ["0:0", "0:1", "1:0", "2:0", "2:1", "2:2", "2:3", "2:4"]],
    [{ kind: "cloud", cloud: "aws" }, ["0:0", "0:1", "2:0", "2:1", "2:2", "2:3", "2:4"]],
    [{ kind: "cloud", cloud: "azure" }, []],
    [{ kind: "region", region: 1 }, ["1:0"]],
    [{ kind: "zone", region: 2, zone: 0 }, ["2:0", "2:1", "2:4"]],
    [{ kind: "zone", region: 2, zone: 1 }, ["2:2", "2:3"]],
    [{ kind: "zone", region: 0, zone: 2 }, []],
    [{ kind: "pool", pool: 0 }, ["0:0", "0:1"]],
    [{ kind: "node", pool: 2, node: 2 }, ["2:4"]],
    [{ kind: "replica", pool: 2, replica: 3 }, ["2:3"]],
    [{ kind: "replica", pool: 2, replica: 5 }, []],
    [{ kind: "gateway", region: 0, process: 0 }, []],
    [{ kind: "health-checker", region: 0 }, []],
    [{ kind: "queue", region: 0 }, []],
  ])("%j holds %j", (target, expected) => {
    expect(slotsOf(replicasOf(fleet, target))).toEqual(expected);
  });

  it("counts the places of an autoscaled pool, not the replicas that run at the start", () => {
    const pool = { ...poolOf("us-east-1/h100", 0, 1), replicasMax: 4 };
    const scaled = fleetOf([{ name: "us-east-1" }], [pool]);
    expect(replicasOf(scaled, { kind: "pool", pool: 0 })).toHaveLength(4);
  });
});

describe("nameOfTarget", () => {
  it("names what is no failure domain, and zones beyond z", () => {
    const names = (
      [
        { kind: "fleet" },
        { kind: "gateway", region: 2, process: 1 },
        { kind: "health-checker", region: 2 },
        { kind: "queue", region: 0 },
        { kind: "zone", region: 2, zone: 25 },
        { kind: "zone", region: 2, zone: 26 },
        { kind: "zone", region: 2, zone: 701 },
        { kind: "zone", region: 2, zone: 702 },
      ] as const
    ).map((target) => nameOfTarget(fleet, target));
    expect(names).toEqual([
      "fleet",
      "us-east-1/gateway-1",
      "us-east-1/health-checker",
      "eu-west-1/queue",
      "us-east-1/zone-z",
      "us-east-1/zone-aa",
      "us-east-1/zone-zz",
      "us-east-1/zone-aaa",
    ]);
  });
});
