/** Look-up of a price, what is said when there is none, and the price of a replica. */
import { describe, expect, it } from "@jest/globals";
import { instancePrice, missingPrice } from "../../../../planner/catalog/prices/instance-price";
import { listPriceBook } from "../../../../planner/catalog/prices/list-price-book";
import { priceKey } from "../../../../planner/catalog/prices/price-book";
import { describeProblem } from "../../../../planner/foundation/errors";
import { bookOf, p5, p5Spot } from "./price-fixture";

describe("instancePrice", () => {
  it("finds each row of a book by what it is the price of", () => {
    const book = listPriceBook();
    for (const row of book.instances) expect(instancePrice(book, row)).toBe(row);
    expect(new Set(book.instances.map(priceKey)).size).toBe(book.instances.length);
  });

  it("finds nothing in another region, option or cloud", () => {
    const book = bookOf(p5);
    expect(instancePrice(book, { ...p5, region: "us-west-2" })).toBeUndefined();
    expect(instancePrice(book, { ...p5, purchase: "spot" })).toBeUndefined();
    expect(instancePrice(book, { ...p5, cloud: "gcp" })).toBeUndefined();
  });
});

describe("missingPrice", () => {
  const book = bookOf(p5, p5Spot, { ...p5, region: "us-west-2" });
  const say = (change: object): string =>
    describeProblem(missingPrice(book, { ...p5, ...change }, "pools.h100"));

  it.each([
    [
      "a misspelt type",
      { instanceType: "p5.48xlrge" },
      'pools.h100: unknown type "p5.48xlrge"; did you mean "p5.48xlarge"?',
    ],
    [
      "a name like no other",
      { instanceType: "?" },
      'pools.h100: unknown type "?"; `capplan catalog instance-types` lists them',
    ],
    [
      "a misspelt region",
      { region: "us-est-1" },
      'pools.h100: unknown region "us-est-1"; did you mean "us-east-1"?',
    ],
    [
      "a region of the other cloud",
      { region: "us-central1" },
      "pools.h100: p5.48xlarge is sold by aws, but us-central1 is a region of gcp",
    ],
    [
      "an option that the region has not",
      { purchase: "reserved-3y" },
      "pools.h100: no reserved-3y price of p5.48xlarge in us-east-1 is known; there it has on-demand, spot; or give the price that you pay as an override",
    ],
    [
      "a region without any",
      { region: "eu-west-1" },
      "pools.h100: no on-demand price of p5.48xlarge in eu-west-1 is known; it has on-demand prices of this type in us-east-1, us-west-2; or give the price that you pay as an override",
    ],
    [
      "a region and an option without any",
      { region: "eu-west-1", purchase: "capacity-block" },
      "pools.h100: no capacity-block price of p5.48xlarge in eu-west-1 is known; it has prices of other options of this type in us-east-1, us-west-2; or give the price that you pay as an override",
    ],
    [
      "a type without any",
      { instanceType: "p5e.48xlarge" },
      "pools.h100: no on-demand price of p5e.48xlarge in us-east-1 is known; it has no price of this type at all; or give the price that you pay as an override",
    ],
  ])("of %s", (_, change, text) => {
    expect(say(change)).toBe(text);
  });

  it("names a few places and counts the rest", () => {
    const list = listPriceBook();
    const item = { ...p5, instanceType: "g5.xlarge", region: "eu-central-2" };
    expect(missingPrice(list, item, "").hint).toMatch(/^it has on-demand prices .* and \d+ more;/);
  });
});
