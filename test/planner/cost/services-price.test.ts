/** Cost of services and of data that leaves a place. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { estimatedServicePrice } from "../../../planner/catalog/prices/estimate";
import { listPriceBook } from "../../../planner/catalog/prices/list-price-book";
import { egressCost, servicesCost } from "../../../planner/cost/services-price";
import type { SurroundingUse } from "../../../planner/cost/surroundings";

const book = listPriceBook();
const USES = [
  ["control-plane", 1],
  ["nat-gateway", 3],
  ["nat-data", 200],
  ["kms-key", 2],
  ["queue-requests", 5],
] as const;

function usesIn(
  region: string,
  uses: readonly (readonly [SurroundingUse["service"], number])[] = USES,
): SurroundingUse[] {
  return uses.map(([service, quantity]) => ({
    cloud: "aws",
    region,
    service,
    quantity,
    assumption: "so many",
  }));
}

describe("servicesCost", () => {
  it("counts hours for what exists, amounts for what is used, and data step by step", () => {
    const cost = servicesCost(book, usesIn("us-east-1", [...USES, ["egress", 20_000]]), {
      estimate: false,
    });
    // 0.10 × 730, 3 × 0.045 × 730, 200 × 0.045, 2 × 1, 5 × 0.40; 10,240 GB at 0.09 and the rest at 0.085.
    expect(cost.lines.map((line) => line.usdPerMonth)).toEqual([
      73,
      expect.closeTo(98.55, 9),
      9,
      2,
      2,
      expect.closeTo(921.6 + 829.6, 9),
    ]);
    expect(cost.usdPerMonth).toBeCloseTo(184.55 + 1751.2, 9);
    expect(cost).toMatchObject({ unpriced: [], estimatedUsdPerMonth: 0 });
  });

  it("names what has no price in a region, and estimates it only when asked", () => {
    const uses = usesIn("sa-east-1", [...USES, ["dns-zone", 1], ["metrics", 1]]);
    const known = servicesCost(book, uses, { estimate: false });
    expect(known.usdPerMonth).toBe(0.5);
    const unknown = [...USES.map(([service]) => service), "metrics"];
    expect(known.unpriced).toEqual(unknown.map((service) => `sa-east-1 ${service}`));
    expect(known.lines[0]).toMatchObject({ usdPerMonth: null, kind: "unknown", source: null });

    const estimated = servicesCost(book, uses, { estimate: true });
    expect(estimated.unpriced).toEqual(["sa-east-1 metrics"]);
    const place = { cloud: "aws", region: "sa-east-1" } as const;
    const nat = estimatedServicePrice(book, { ...place, service: "nat-gateway" })!;
    expect(estimated.lines[1]).toMatchObject({
      usdPerMonth: 3 * nat.usd * 730,
      kind: "estimated",
      unit: "hour",
    });
    expect(estimated.usdPerMonth! - estimated.estimatedUsdPerMonth!).toBeCloseTo(0.5, 9);
  });

  it("is unknown where nothing is priced, and 0 where nothing is used", () => {
    const unknown = servicesCost(book, usesIn("eu-west-1"), { estimate: false });
    expect(unknown).toMatchObject({ usdPerMonth: null, estimatedUsdPerMonth: null });
    expect(servicesCost(book, [], { estimate: false }).usdPerMonth).toBe(0);
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
