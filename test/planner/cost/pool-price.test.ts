/** Price of a pool: shares, whole instances, and what has no price. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { listPriceBook } from "../../../planner/catalog/prices/list-price-book";
import { purchaseOptions } from "../../../planner/catalog/prices/price-rows";
import {
  instancesFor,
  type PricedPool,
  poolPrice,
  replicasByPurchase,
} from "../../../planner/cost/pool-price";
import { bookOf, p5, p5Spot } from "../catalog/prices/price-fixture";

const book = bookOf(p5, p5Spot);
const pool: PricedPool = {
  cloud: "aws",
  region: "us-east-1",
  instanceType: "p5.48xlarge",
  acceleratorsPerReplica: 4,
  replicas: { "on-demand": 3, spot: 2 },
};

describe("poolPrice", () => {
  it("adds the shares, and beside them the instances that have to be rented", () => {
    const price = poolPrice(book, pool);
    // 56 × 4/8 for each of 3, 16 × 4/8 for each of 2; two instances on demand, one spot.
    expect(price.usdPerHour).toBe(3 * 28 + 2 * 8);
    expect(price.instancesUsdPerHour).toBe(2 * 56 + 16);
    expect(price.parts.map(({ purchase, instances }) => [purchase, instances])).toEqual([
      ["on-demand", 2],
      ["spot", 1],
    ]);
    expect(price).toMatchObject({ unpriced: [], isLowerBound: false });
  });

  it("names what has no price, and says that the rest is a lower bound", () => {
    const price = poolPrice(book, { ...pool, replicas: { "on-demand": 1, "reserved-1y": 1 } });
    expect(price.usdPerHour).toBe(28);
    expect(price.unpriced).toEqual(["reserved-1y"]);
    expect(price.isLowerBound).toBe(true);
  });

  it("is unknown, not 0, where nothing has a price, and 0 where nothing runs", () => {
    const unknown = poolPrice(book, { ...pool, region: "eu-west-1" });
    expect(unknown).toMatchObject({ usdPerHour: undefined, instancesUsdPerHour: undefined });
    expect(unknown.unpriced).toEqual(["on-demand", "spot"]);
    expect(unknown.isLowerBound).toBe(false);
    expect(poolPrice(book, { ...pool, replicas: {} }).usdPerHour).toBe(0);
    expect(poolPrice(book, { ...pool, replicas: { spot: 0 } }).unpriced).toEqual([]);
  });

  it("never has less in instances than in shares, and the same when they are full", () => {
    const list = listPriceBook();
    const rows = list.instances.filter((row) => row.usdPerHour > 0);
    fc.assert(
      fc.property(
        fc.constantFrom(...rows),
        fc.integer({ min: 1, max: 16 }),
        fc.integer({ min: 1, max: 40 }),
        ({ cloud, region, instanceType, purchase }, acceleratorsPerReplica, replicas) => {
          const priced = poolPrice(list, {
            cloud,
            region,
            instanceType,
            acceleratorsPerReplica,
            replicas: { [purchase]: replicas },
          });
          expect(priced.parts.length).toBe(1);
          expect(priced.instancesUsdPerHour!).toBeGreaterThanOrEqual(
            priced.usdPerHour! * (1 - 1e-12),
          );
        },
      ),
    );
  });

  it("keeps the options in one order", () => {
    const everything = purchaseOptions.map((purchase) => ({ ...p5, purchase }));
    const replicas = Object.fromEntries([...purchaseOptions].reverse().map((one) => [one, 1]));
    const price = poolPrice(bookOf(...everything), { ...pool, replicas });
    expect(price.parts.map((part) => part.purchase)).toEqual([...purchaseOptions]);
  });
});

describe("instancesFor", () => {
  it.each([
    // Instance of 8: two replicas of 3 fit, and leave two accelerators idle.
    ["p5.48xlarge", 3, 3, 2],
    // One of 5 fits; three would fit two instances only if one were split.
    ["p5.48xlarge", 5, 3, 3],
    ["p5.48xlarge", 8, 3, 3],
    ["p5.48xlarge", 1, 9, 2],
    ["p5.48xlarge", 4, 2.5, 2],
    ["p5.48xlarge", 4, 0, 0],
    // 16 accelerators span two instances of 8; 12 leave half of the second idle.
    ["p5.48xlarge", 16, 3, 6],
    ["p5.48xlarge", 12, 1, 2],
    // Shares of an accelerator.
    ["g6f.large", 1, 1, 8],
  ])("%s, %d accelerators × %d replicas: %d", (type, accelerators, replicas, instances) => {
    expect(instancesFor(type, accelerators, replicas)).toBe(instances);
  });
});

describe("replicasByPurchase", () => {
  const unavailableSeconds = { kind: "constant", value: 600 } as const;
  const spot = { interruptionsPerHour: 0.05, noticeSeconds: 120, unavailableSeconds };

  it.each([
    [{ onDemandReplicas: Number.POSITIVE_INFINITY, spot: undefined }, 5, 5, 0],
    [{ onDemandReplicas: 2, spot }, 5, 2, 3],
    [{ onDemandReplicas: 2, spot }, 1, 1, 0],
    [{ onDemandReplicas: 0, spot }, 5, 0, 5],
    [{ onDemandReplicas: 2, spot: undefined }, 5, 5, 0],
  ])("%# of %d replicas", (purchase, replicas, onDemand, onSpot) => {
    expect(replicasByPurchase(purchase, replicas)).toEqual({ "on-demand": onDemand, spot: onSpot });
  });
});
