/** Identity of a book, and how sheets become rows. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { listPriceBook } from "../../../../planner/catalog/prices/list-price-book";
import { createPriceBook } from "../../../../planner/catalog/prices/price-book";
import { quoteRows, sheetRows, withRanges } from "../../../../planner/catalog/prices/price-sheet";
import { InvariantViolation } from "../../../../planner/foundation/errors";
import { bookOf, p5, p5Spot } from "./price-fixture";

const list = listPriceBook();
const head = {
  cloud: "aws",
  purchase: "spot",
  kind: "spot-observed",
  terms: "spot",
  confidence: "medium",
  source: "a market",
  date: "2026-01-01",
} as const;

describe("the identity of a book", () => {
  it("does not depend on the order of rows, nor of their fields", () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...list.instances.slice(0, 40)], { minLength: 40 }),
        (rows) => {
          const turned = rows.map(
            (row) => Object.fromEntries(Object.entries(row).reverse()) as unknown as typeof row,
          );
          const tables = { ...list, instances: turned };
          const book = createPriceBook("x", tables);
          const ordered = createPriceBook("x", { ...list, instances: list.instances.slice(0, 40) });
          expect(book.identity).toEqual(ordered.identity);
          expect(book.instances).toEqual(ordered.instances);
        },
      ),
      { numRuns: 20 },
    );
  });

  it("changes with any figure, source, date, range, service, rate or saving", () => {
    const { services, egress, spotSavings } = list;
    const [row] = list.instances;
    const tables = { instances: [row!], services, egress, spotSavings };
    const [service] = services;
    const [transfer] = egress;
    const [saving] = spotSavings;
    const variants = [
      tables,
      { ...tables, instances: [{ ...row!, usdPerHour: row!.usdPerHour + 1e-6 }] },
      { ...tables, instances: [{ ...row!, source: "another" }] },
      { ...tables, instances: [{ ...row!, date: "2020-01-01" }] },
      {
        ...tables,
        instances: [
          { ...row!, range: { lowUsdPerHour: 1, highUsdPerHour: undefined, over: "zones" } },
        ],
      },
      {
        ...tables,
        instances: [
          { ...row!, range: { lowUsdPerHour: 2, highUsdPerHour: undefined, over: "zones" } },
        ],
      },
      { ...tables, services: [{ ...service!, usd: service!.usd + 1 }] },
      { ...tables, egress: [{ ...transfer!, tiers: [{ from: 0, usd: 1 }] }] },
      { ...tables, egress: [{ ...transfer!, tiers: [{ from: 0, usd: 2 }] }] },
      { ...tables, spotSavings: [{ ...saving!, share: 0.123 }] },
    ];
    const digests = variants.map((variant) => createPriceBook("x", variant).identity.digest);
    expect(new Set(digests).size).toBe(variants.length);
  });

  it("has the date of the newest price, overrides apart", () => {
    const newer = { ...p5Spot, date: "2026-08-01" };
    const override = { ...p5, region: "us-west-2", kind: "override", date: "2030-01-01" } as const;
    expect(bookOf(p5, newer, override).identity.date).toBe("2026-08-01");
  });
});

describe("a sheet", () => {
  const sheet = {
    ...head,
    regions: ["us-east-1", "us-west-2"],
    lines: [
      ["p5.48xlarge", 16, 17],
      ["p5.4xlarge", 2, 3],
    ],
  } as const;

  it("is one row for each type and region", () => {
    expect(sheetRows(sheet)).toEqual([
      { ...head, instanceType: "p5.48xlarge", region: "us-east-1", usdPerHour: 16 },
      { ...head, instanceType: "p5.48xlarge", region: "us-west-2", usdPerHour: 17 },
      { ...head, instanceType: "p5.4xlarge", region: "us-east-1", usdPerHour: 2 },
      { ...head, instanceType: "p5.4xlarge", region: "us-west-2", usdPerHour: 3 },
    ]);
  });

  it("has no line with a figure too few or too many", () => {
    for (const line of [["p5.48xlarge", 16] as const, ["p5.48xlarge", 16, 17, 18] as const]) {
      expect(() => sheetRows({ ...sheet, lines: [line] })).toThrow(InvariantViolation);
    }
  });

  it("of quotes per zone keeps the lowest zone as the low end", () => {
    const [row] = quoteRows({ ...head, quotes: [["p5.48xlarge", "us-east-1", 16, 9]] });
    expect(row).toMatchObject({ usdPerHour: 16, range: { lowUsdPerHour: 9 } });
  });

  it("gets ranges for the types and regions that have one", () => {
    const rows = withRanges(sheetRows(sheet), {
      over: "a year",
      ranges: [["p5.4xlarge", "us-west-2", 1, 4]],
    });
    expect(rows.map((row) => row.range)).toEqual([
      undefined,
      undefined,
      undefined,
      { lowUsdPerHour: 1, highUsdPerHour: 4, over: "a year" },
    ]);
  });
});
