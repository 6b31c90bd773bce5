/** Negotiated prices over a book: which one holds, what they leave alone, and what is refused. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { checkPriceBook } from "../../../../planner/catalog/prices/check-price-book";
import { instancePrice } from "../../../../planner/catalog/prices/instance-price";
import { listPriceBook } from "../../../../planner/catalog/prices/list-price-book";
import type { PriceBook } from "../../../../planner/catalog/prices/price-book";
import {
  type PriceOverride,
  withOverrides,
} from "../../../../planner/catalog/prices/price-overrides";
import type { InstancePrice } from "../../../../planner/catalog/prices/price-rows";
import { describeProblem, PlannerError } from "../../../../planner/foundation/errors";
import { bookOf, p5, p5Spot } from "./price-fixture";

const reserved: InstancePrice = { ...p5, purchase: "reserved-1y", usdPerHour: 35 };
const block: InstancePrice = { ...p5, purchase: "capacity-block", usdPerHour: 42 };
const oregon: InstancePrice = { ...p5, region: "us-west-2" };
const a3: InstancePrice = {
  ...p5,
  cloud: "gcp",
  region: "us-central1",
  instanceType: "a3-highgpu-8g",
  usdPerHour: 88,
};
const book = bookOf(p5, p5Spot, reserved, block, oregon, a3);

/** US dollars of each row, in the order of the book above. */
function prices(changed: PriceBook): (number | undefined)[] {
  return [p5, p5Spot, reserved, block, oregon, a3].map(
    (row) => instancePrice(changed, row)?.usdPerHour,
  );
}

function problems(...overrides: PriceOverride[]): string[] {
  try {
    withOverrides(book, overrides);
  } catch (error) {
    if (error instanceof PlannerError) return error.problems.map(describeProblem);
    throw error;
  }
  return [];
}

describe("withOverrides", () => {
  it("of nothing is the book itself", () => {
    expect(withOverrides(book, [])).toBe(book);
  });

  it("sets a price, says so and whose it is", () => {
    const changed = withOverrides(book, [
      {
        region: "US-East-1",
        instanceType: "P5.48xlarge",
        purchase: "on-demand",
        usdPerHour: 40,
        source: "contract of March",
        date: "2026-03-01",
      },
    ]);
    expect(prices(changed)).toEqual([40, 16, 35, 42, 56, 88]);
    expect(instancePrice(changed, p5)).toEqual({
      cloud: "aws",
      region: "us-east-1",
      instanceType: "p5.48xlarge",
      purchase: "on-demand",
      usdPerHour: 40,
      kind: "override",
      terms: "negotiated",
      confidence: "high",
      source: "contract of March",
      date: "2026-03-01",
    });
    expect(changed.identity.id).toBe("test+overrides");
    expect(changed.identity.digest).not.toBe(book.identity.digest);
    expect(prices(book)).toEqual([56, 16, 35, 42, 56, 88]);
  });

  it("prices what the book does not", () => {
    const place = {
      region: "eu-west-1",
      instanceType: "p5e.48xlarge",
      purchase: "reserved-1y",
    } as const;
    const changed = withOverrides(book, [{ ...place, usdPerHour: 41 }]);
    const row = instancePrice(changed, { ...place, cloud: "aws" });
    expect(row).toMatchObject({ usdPerHour: 41, kind: "override", date: book.identity.date });
  });

  it("takes a discount off lists, not off markets unless it names them", () => {
    expect(prices(withOverrides(book, [{ cloud: "aws", discount: 0.25 }]))).toEqual([
      42, 16, 26.25, 42, 42, 88,
    ]);
    expect(prices(withOverrides(book, [{ discount: 0.5 }]))).toEqual([28, 16, 17.5, 42, 28, 44]);
    expect(prices(withOverrides(book, [{ purchase: "spot", discount: 0.25 }]))).toEqual([
      56, 12, 35, 42, 56, 88,
    ]);
    const row = instancePrice(withOverrides(book, [{ discount: 0.125 }]), reserved)!;
    expect(row.terms).toBe("on demand, less 12.5 %");
    expect(row.source).toBe("override on a list");
    expect(row.date).toBe("2026-07-20");
  });

  it("lets the override hold that says more, in any order", () => {
    const overrides: PriceOverride[] = [
      { discount: 0.5 },
      { cloud: "aws", discount: 0.25 },
      { instanceType: "p5.48xlarge", discount: 0.125 },
      { instanceType: "p5.48xlarge", region: "us-west-2", discount: 0.75 },
      { region: "us-east-1", instanceType: "p5.48xlarge", purchase: "on-demand", usdPerHour: 30 },
    ];
    const expected = withOverrides(book, overrides);
    expect(prices(expected)).toEqual([30, 16, 30.625, 42, 14, 44]);
    fc.assert(
      fc.property(fc.shuffledSubarray(overrides, { minLength: overrides.length }), (shuffled) => {
        expect(withOverrides(book, shuffled)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it("lets a third one decide between two that say as much, in any order", () => {
    const overrides: PriceOverride[] = [
      { instanceType: "p5.48xlarge", discount: 0.25 },
      { region: "us-east-1", discount: 0.5 },
      { instanceType: "p5.48xlarge", region: "us-east-1", discount: 0.75 },
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(overrides, { minLength: 3 }), (shuffled) => {
        expect(prices(withOverrides(book, shuffled))).toEqual([14, 16, 8.75, 42, 42, 88]);
      }),
      { numRuns: 10 },
    );
  });

  it("leaves the checks of the catalog's book in order", () => {
    const list = listPriceBook();
    const changed = withOverrides(list, [{ cloud: "gcp", discount: 0.6 }]);
    expect(checkPriceBook(changed)).toEqual([]);
    const count = changed.instances.filter((row) => row.kind === "override").length;
    const listed = list.instances.filter(
      (row) => row.cloud === "gcp" && !["spot", "capacity-block"].includes(row.purchase),
    );
    expect(count).toBe(listed.length);
  });
});

describe("what is refused", () => {
  it.each<[string, PriceOverride, string]>([
    ["neither", { region: "us-east-1" }, "prices.overrides[0]: give either discount or usdPerHour"],
    [
      "a discount in percent",
      { discount: 25 },
      "prices.overrides[0].discount: a discount is a share between 0 and 1, got 25",
    ],
    [
      "a discount of 0",
      { discount: 0 },
      "prices.overrides[0].discount: a discount is a share between 0 and 1, got 0",
    ],
    [
      "an unknown type",
      { instanceType: "p5.48xlrge", discount: 0.1 },
      'prices.overrides[0].instanceType: unknown name "p5.48xlrge"; did you mean "p5.48xlarge"?',
    ],
    [
      "an unknown region",
      { region: "us-est-1", discount: 0.1 },
      'prices.overrides[0].region: unknown name "us-est-1"; did you mean "us-east-1"?',
    ],
    [
      "two clouds",
      { region: "us-central1", instanceType: "p5.48xlarge", discount: 0.1 },
      "prices.overrides[0]: names more than one cloud: aws, gcp",
    ],
    [
      "a price of 0",
      { region: "us-east-1", instanceType: "p5.48xlarge", purchase: "spot", usdPerHour: 0 },
      "prices.overrides[0].usdPerHour: a price must be above 0, got 0",
    ],
    [
      "a price without a region",
      { instanceType: "p5.48xlarge", purchase: "spot", usdPerHour: 10 },
      "prices.overrides[0].region: is missing; a price in dollars is of one instance type, region and purchase option",
    ],
    [
      "a discount on a price that is not known",
      { region: "eu-west-1", instanceType: "p5.48xlarge", purchase: "spot", discount: 0.1 },
      "prices.overrides[0]: no spot price of p5.48xlarge in eu-west-1 is known; it has spot prices of this type in us-east-1; or give the price that you pay as an override",
    ],
    [
      "a discount on nothing",
      { region: "eu-west-1", discount: 0.1 },
      "prices.overrides[0]: there is no price in the book that this discount is on; give usdPerHour with region, instanceType and purchase",
    ],
  ])("%s", (_, override, text) => {
    expect(problems(override)).toEqual([text]);
  });

  it("a purchase option that is none", () => {
    const override = { purchase: "preemptible", discount: 0.1 } as unknown as PriceOverride;
    expect(problems(override)).toEqual([
      'prices.overrides[0].purchase: unknown purchase option "preemptible"; use one of on-demand, spot, reserved-1y, reserved-3y, capacity-block',
    ]);
  });

  it("discount and price at once", () => {
    const place = { region: "us-east-1", instanceType: "p5.48xlarge", purchase: "spot" } as const;
    expect(problems({ ...place, discount: 0.1, usdPerHour: 10 })).toEqual([
      "prices.overrides[0]: give either discount or usdPerHour",
    ]);
  });

  it("two that say as much about one price, once", () => {
    const found = problems(
      { instanceType: "p5.48xlarge", discount: 0.1 },
      { region: "us-east-1", discount: 0.2 },
    );
    expect(found).toEqual([
      expect.stringMatching(
        /^prices\.overrides\[1\]: says as much about the price of aws p5\.48xlarge us-east-1 \S+ as prices\.overrides\[0\]; only one can hold/,
      ),
    ]);
  });

  it("all mistakes at once", () => {
    expect(problems({ discount: 2 }, { region: "us-east-1" }).length).toBe(2);
  });
});
