/** Which replicas are bought in which way, and at which price. Prices are those of the catalog's price book. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { listPriceBook } from "../../../planner/catalog/prices/list-price-book";
import {
  BUYING_ORDER,
  firstSpotReplica,
  isCommitment,
  purchaseParts,
} from "../../../planner/fleet/purchase";
import type { ResolvedPurchase } from "../../../planner/fleet/resolved-policies";
import { meanUsdPerReplicaHour } from "../../../planner/fleet/resolved-price";
import { goodPool } from "./small-fleet";

const SPOT = {
  interruptionsPerHour: 0.05,
  noticeSeconds: 120,
  unavailableSeconds: { kind: "constant", value: 600 },
} as const;
const COMMITMENTS = ["reserved-3y", "reserved-1y", "capacity-block"] as const;

const anyPurchase: fc.Arbitrary<ResolvedPurchase> = fc.record({
  committed: fc
    .tuple(fc.nat(3), fc.nat(3), fc.nat(3))
    .map((counts) =>
      counts.flatMap((replicas, i) =>
        replicas === 0 ? [] : [{ purchase: COMMITMENTS[i]!, replicas }],
      ),
    ),
  onDemandReplicas: fc.nat(6),
  spot: fc.constantFrom(undefined, SPOT),
});

describe("purchaseParts", () => {
  it("for all purchases, gives every replica to one part, committed ones first and spot last", () => {
    const law = fc.property(anyPurchase, fc.integer({ min: 1, max: 20 }), (purchase, max) => {
      const parts = purchaseParts(purchase, max);
      expect(parts[0]!.from).toBe(0);
      expect(parts.at(-1)!.to).toBe(max);
      for (const [i, part] of parts.entries()) {
        expect(part.to).toBeGreaterThan(part.from);
        if (i > 0) expect(part.from).toBe(parts[i - 1]!.to);
      }
      const order = parts.map((part) => BUYING_ORDER.indexOf(part.purchase));
      expect(order).toEqual([...order].sort((a, b) => a - b));
      const spot = parts.find((part) => part.purchase === "spot");
      if (spot !== undefined) expect(spot.from).toBe(firstSpotReplica(purchase));
      else expect(firstSpotReplica(purchase)).toBeGreaterThanOrEqual(max);
    });
    fc.assert(law, { seed: 11, numRuns: 300 });
  });

  it("takes three options for commitments", () => {
    expect(BUYING_ORDER.filter(isCommitment)).toEqual([...COMMITMENTS]);
  });
});

describe("prices of a pool", () => {
  // Two of the eight accelerators of p5.48xlarge: 55.04 on demand, 18.6838 spot, 34.67 for 1 year in us-east-1.
  const book = listPriceBook();
  const row = (purchase: string) =>
    book.byKey.get(`aws p5.48xlarge us-east-1 ${purchase}`)!.usdPerHour;

  it("come from the price book for every option that is used, as the share of the accelerators", () => {
    const { prices } = goodPool({
      "h100.replicas": "12",
      "h100.purchase": "{ reserved1y: 4, onDemand: 4, spot: rest }",
    });
    expect(prices.map(({ purchase, kind }) => [purchase, kind])).toEqual([
      ["reserved-1y", "list"],
      ["on-demand", "list"],
      ["spot", "spot-observed"],
    ]);
    for (const price of prices) {
      expect(price.usdPerReplicaHour).toBeCloseTo(row(price.purchase) / 4, 9);
      expect(price.usdPerNodeHour).toBe(row(price.purchase));
      expect(price.date).toMatch(/^2026-/);
    }
  });

  it("are what the scenario gives, where it does", () => {
    const { prices } = goodPool({ "h100.price": "$9.50", "h100.purchase": "{ spot: rest }" });
    expect(prices).toEqual([
      expect.objectContaining({
        purchase: "spot",
        kind: "given",
        usdPerReplicaHour: 9.5,
        usdPerNodeHour: undefined,
        date: undefined,
      }),
    ]);
  });

  it("are unknown for an accelerator without an instance type, and where the book has none", () => {
    const bare = goodPool({ "h100.instanceType": "null", "h100.accelerator": "h100-sxm-80gb" });
    expect(bare.prices).toEqual([]);
    expect(meanUsdPerReplicaHour(bare)).toBeUndefined();
    const block = goodPool({
      "h100.purchase": "{ reserved3y: rest }",
      "h100.instanceType": "p5e.48xlarge",
    });
    expect(block.prices).toEqual([]);
  });

  it("have a mean over the pool as it is bought, unknown as soon as one is", () => {
    const mixed = goodPool({
      "h100.replicas": "8",
      "h100.purchase": "{ onDemand: 4, spot: rest }",
    });
    expect(meanUsdPerReplicaHour(mixed)).toBeCloseTo((row("on-demand") + row("spot")) / 8, 9);
    expect(meanUsdPerReplicaHour({ ...mixed, prices: mixed.prices.slice(0, 1) })).toBeUndefined();
  });
});
