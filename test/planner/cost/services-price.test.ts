/** Cost of services and of data that leaves a place. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { estimatedServicePrice } from "../../../planner/catalog/prices/estimate";
import { listPriceBook } from "../../../planner/catalog/prices/list-price-book";
import { egressCost, type ServiceUse, servicesCost } from "../../../planner/cost/services-price";

const book = listPriceBook();
const uses: readonly ServiceUse[] = [
  { service: "control-plane", quantity: 1 },
  { service: "nat-gateway", quantity: 3 },
  { service: "nat-data", quantity: 200 },
  { service: "kms-key", quantity: 2 },
  { service: "queue-requests", quantity: 5 },
];

describe("servicesCost", () => {
  it("counts hours for what exists, and amounts for what is used", () => {
    const cost = servicesCost(book, { cloud: "aws", region: "us-east-1" }, uses);
    // 0.10 × 730, 3 × 0.045 × 730, 200 × 0.045, 2 × 1, 5 × 0.40.
    expect(cost.lines.map((line) => line.usdPerMonth)).toEqual([
      73,
      expect.closeTo(98.55, 9),
      9,
      2,
      2,
    ]);
    expect(cost.usdPerMonth).toBeCloseTo(184.55, 9);
    expect(cost).toMatchObject({ unpriced: [], estimatedUsdPerMonth: 0, isLowerBound: false });
  });

  it("names what has no price in a region, and estimates it only when asked", () => {
    const place = { cloud: "aws", region: "sa-east-1" } as const;
    const withZone = [
      ...uses,
      { service: "dns-zone", quantity: 1 },
      { service: "metrics", quantity: 1 },
    ] as const;
    const known = servicesCost(book, place, withZone);
    expect(known.usdPerMonth).toBe(0.5);
    expect(known.unpriced).toEqual([...uses.map((use) => use.service), "metrics"]);
    expect(known.isLowerBound).toBe(true);

    const estimated = servicesCost(book, place, withZone, { estimate: true });
    expect(estimated.unpriced).toEqual(["metrics"]);
    const nat = estimatedServicePrice(book, { ...place, service: "nat-gateway" })!;
    expect(estimated.lines[1]).toEqual({
      service: "nat-gateway",
      quantity: 3,
      price: nat,
      usdPerMonth: 3 * nat.usd * 730,
    });
    expect(estimated.usdPerMonth! - estimated.estimatedUsdPerMonth).toBeCloseTo(0.5, 9);
    expect(estimated.isLowerBound).toBe(true);
  });

  it("is unknown where nothing is priced, and 0 where nothing is used", () => {
    const place = { cloud: "aws", region: "eu-west-1" } as const;
    expect(servicesCost(book, place, uses).usdPerMonth).toBeUndefined();
    expect(servicesCost(book, place, uses).isLowerBound).toBe(false);
    expect(servicesCost(book, place, []).usdPerMonth).toBe(0);
  });
});

describe("egressCost", () => {
  const internet = { cloud: "aws", from: "us-west-2", to: "internet" } as const;
  const usd = (amount: number): number => egressCost(book, internet, amount)!.usdPerMonth;

  it("prices each step of the amount at its rate", () => {
    // 10 TB at 0.09, 40 TB at 0.085, 100 TB at 0.07, the rest at 0.05; 1 TB is 1,024 GB.
    expect(usd(0)).toBe(0);
    expect(usd(100)).toBeCloseTo(9, 9);
    expect(usd(10_240)).toBeCloseTo(921.6, 9);
    expect(usd(51_200)).toBeCloseTo(921.6 + 40_960 * 0.085, 6);
    expect(usd(200_000)).toBeCloseTo(921.6 + 40_960 * 0.085 + 102_400 * 0.07 + 46_400 * 0.05, 6);
  });

  it("rises with the amount, without a jump", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 3e5, noNaN: true }), (amount) => {
        const more = usd(amount + 1) - usd(amount);
        expect(more).toBeGreaterThan(0.05 - 1e-6);
        expect(more).toBeLessThan(0.09 + 1e-6);
      }),
    );
  });

  it("is unknown where a step has no rate, and where no source shows the way", () => {
    const east = { ...internet, from: "us-east-1" };
    expect(egressCost(book, east, 153_600)?.usdPerMonth).toBeCloseTo(921.6 + 3481.6 + 7168, 6);
    expect(egressCost(book, east, 153_601)).toBeUndefined();
    expect(
      egressCost(book, { cloud: "gcp", from: "us-central1", to: "europe-west4" }, 1),
    ).toBeUndefined();
  });

  it("of one rate is the amount times the rate", () => {
    const cost = egressCost(book, { cloud: "aws", from: "us-east-1", to: "us-west-2" }, 50)!;
    expect(cost.usdPerMonth).toBeCloseTo(1, 12);
    expect(cost.price.date).toBe("2024-07-01");
  });
});
