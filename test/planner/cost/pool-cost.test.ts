/** Cost of a pool: whole nodes, commitments, and what has no price. Expected amounts are added up by hand in the tests. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { instanceTypes } from "../../../planner/catalog/instance-types";
import { findRegion } from "../../../planner/catalog/lookup";
import { paidWhile, poolCost } from "../../../planner/cost/pool-cost";
import { replicasPerNode } from "../../../planner/fleet/capacity-defaults";
import { BUYING_ORDER, purchaseParts } from "../../../planner/fleet/purchase";
import { bookPrices } from "../../../planner/fleet/resolve-price";
import type { ResolvedPool } from "../../../planner/fleet/resolved-fleet";
import type { ResolvedPurchase } from "../../../planner/fleet/resolved-policies";
import { pricedAt, resolvedPool } from "../../support/resolved";
import { bookOf, p5, p5Spot } from "../catalog/prices/price-fixture";

const region = findRegion("us-east-1");
if (!region.found) throw new Error("us-east-1");
const ON_DEMAND: ResolvedPurchase = {
  committed: [],
  onDemandReplicas: Number.POSITIVE_INFINITY,
  spot: undefined,
};
const SPOT = {
  interruptionsPerHour: 0.05,
  noticeSeconds: 120,
  unavailableSeconds: { kind: "constant", value: 600 },
} as const;
const reserved = { ...p5, purchase: "reserved-1y", usdPerHour: 32 } as const;
const book = bookOf(p5, p5Spot, reserved);

/** A pool on p5.48xlarge (8 accelerators at $56 on demand, $16 spot, $32 reserved) unless another type is named. */
function poolOf(
  accelerators: number,
  changes: Partial<ResolvedPool> = {},
  typeName = "p5.48xlarge",
): ResolvedPool {
  const instanceType = instanceTypes.find(({ name }) => name === typeName)!;
  const pool = resolvedPool({
    replicas: 4,
    replicasMax: 4,
    instanceType,
    purchase: ON_DEMAND,
    ...changes,
    engine: { tensorParallel: accelerators },
    replicasPerNode: replicasPerNode(instanceType, accelerators).value,
  });
  const hardware = {
    region: region.found ? region.row : (undefined as never),
    instanceType,
    acceleratorsPerReplica: accelerators,
  };
  const options = purchaseParts(pool.purchase, pool.replicasMax).map(({ purchase }) => purchase);
  const prices = bookPrices({ book, estimateSpot: false }, hardware, options);
  return changes.prices === undefined ? { ...pool, prices } : pool;
}

describe("poolCost", () => {
  it("bills whole nodes, and says what of them no replica has", () => {
    const pool = poolOf(4);
    // Three replicas of half a node: two nodes of $56, of which a half is idle.
    const cost = poolCost(pool, paidWhile(pool, 3));
    expect(cost).toMatchObject({ usdPerHour: 112, idleUsdPerHour: 28, isLowerBound: false });
    expect(cost.parts).toMatchObject([{ purchase: "on-demand", replicas: 3, instances: 2 }]);
  });

  it("bills each way of buying its own nodes, and commitments whether they run or not", () => {
    const purchase = {
      committed: [{ purchase: "reserved-1y", replicas: 2 }],
      onDemandReplicas: 2,
      spot: SPOT,
    } as const;
    const pool = poolOf(4, { replicas: 6, replicasMax: 6, purchase });
    const amounts = (replicas: number) =>
      poolCost(pool, paidWhile(pool, replicas)).parts.map((part) => [
        part.purchase,
        part.replicas,
        part.usdPerHour,
      ]);
    expect(amounts(5)).toEqual([
      ["reserved-1y", 2, 32],
      ["on-demand", 2, 56],
      ["spot", 1, 16],
    ]);
    expect(amounts(0)).toEqual([["reserved-1y", 2, 32]]);
  });

  it("names what has no price, and says that the rest is a lower bound", () => {
    const purchase = {
      committed: [{ purchase: "reserved-3y", replicas: 2 }],
      onDemandReplicas: Number.POSITIVE_INFINITY,
      spot: undefined,
    } as const;
    const pool = poolOf(4, { purchase });
    expect(poolCost(pool, paidWhile(pool, 4))).toMatchObject({
      usdPerHour: 56,
      unpriced: ["reserved-3y"],
      isLowerBound: true,
    });
    expect(poolCost(pool, paidWhile(pool, 2))).toMatchObject({
      usdPerHour: undefined,
      unpriced: ["reserved-3y"],
      isLowerBound: false,
    });
  });

  it("is unknown, not 0, where nothing has a price, and 0 where nothing is paid", () => {
    const pool = poolOf(4, { prices: [] });
    expect(poolCost(pool, paidWhile(pool, 1))).toMatchObject({
      usdPerHour: undefined,
      idleUsdPerHour: undefined,
      isLowerBound: false,
    });
    expect(poolCost(pool, paidWhile(pool, 0))).toMatchObject({ usdPerHour: 0, unpriced: [] });
  });

  it("bills a price that was given by the replica", () => {
    const pool = poolOf(4, pricedAt(20));
    expect(poolCost(pool, paidWhile(pool, 3))).toMatchObject({ usdPerHour: 60, idleUsdPerHour: 0 });
  });

  it.each([
    // Two replicas of 3 fit an instance of 8, and leave two accelerators idle.
    [3, 3, 2],
    // One of 5 fits; three would fit two instances only if one were split.
    [5, 3, 3],
    [8, 3, 3],
    [1, 4, 1],
    [4, 0, 0],
    // 16 accelerators span two instances of 8; 12 leave half of the second idle.
    [16, 3, 6],
    [12, 1, 2],
  ])(
    "%d accelerators × %d replicas are on %d instances of 8",
    (accelerators, replicas, instances) => {
      const pool = poolOf(accelerators);
      const { parts, usdPerHour } = poolCost(pool, paidWhile(pool, replicas));
      expect(parts.reduce((sum, part) => sum + part.instances, 0)).toBe(instances);
      expect(usdPerHour).toBe(instances * 56);
    },
  );

  it("for all pools, is what the replicas have and what is idle, and idle only where nodes are not full", () => {
    const law = fc.property(
      fc.constantFrom(1, 2, 3, 4, 5, 8, 16),
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 0, max: 8 }),
      fc.integer({ min: 0, max: 8 }),
      (accelerators, running, committedNodes, onDemandNodes) => {
        const perNode = Math.max(1, Math.floor(8 / accelerators));
        const purchase: ResolvedPurchase = {
          committed:
            committedNodes === 0
              ? []
              : [{ purchase: "reserved-1y", replicas: committedNodes * perNode }],
          onDemandReplicas: onDemandNodes * perNode,
          spot: SPOT,
        };
        const pool = poolOf(accelerators, { replicas: 20, replicasMax: 20, purchase });
        const { parts, usdPerHour, idleUsdPerHour } = poolCost(pool, paidWhile(pool, running));
        let used = 0;
        for (const part of parts) {
          used += part.replicas * part.price!.usdPerReplicaHour;
          const accelerated = part.instances * 8 - part.replicas * accelerators;
          expect(accelerated).toBeGreaterThanOrEqual(0);
          expect(part.idleUsdPerHour).toBeCloseTo(
            (part.usdPerHour! * accelerated) / (part.instances * 8),
            9,
          );
        }
        expect(used + idleUsdPerHour!).toBeCloseTo(usdPerHour!, 9);
        const order = parts.map((part) => BUYING_ORDER.indexOf(part.purchase));
        expect(order).toEqual([...order].sort((a, b) => a - b));
      },
    );
    fc.assert(law, { seed: 7, numRuns: 200 });
  });
});
