/** Listings and their filters. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type CatalogKind, catalogKinds, listCatalog } from "../../../planner/catalog/list";
import { listPriceBook } from "../../../planner/catalog/prices/list-price-book";
import { PlannerError } from "../../../planner/foundation/errors";

/** Names in the first column of a filtered table. */
function names(kind: string, ...filters: string[]): string[] {
  return listCatalog(kind, filters).rows.map((row) => String(row[0]));
}

function problems(run: () => unknown): PlannerError["problems"] {
  try {
    run();
  } catch (error) {
    if (error instanceof PlannerError) return error.problems;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** Of tables whose rows have no name of their own. */
const FIRST_COLUMNS: Readonly<Partial<Record<CatalogKind, string>>> = {
  "round-trips": "origin",
  prices: "instanceType",
  "service-prices": "service",
  "egress-prices": "from",
};

describe("listCatalog", () => {
  it("has a cell for every column, of the column's type or null", () => {
    for (const kind of catalogKinds) {
      const { columns, rows, total } = listCatalog(kind);
      expect(rows.length).toBe(total);
      expect(columns[0]?.key).toBe(FIRST_COLUMNS[kind] ?? "name");
      for (const row of rows) {
        expect(row.length).toBe(columns.length);
        row.forEach((cell, i) => {
          if (cell !== null) expect(typeof cell === "number").toBe(columns[i]!.numeric);
        });
      }
    }
  });

  it("filters by number and by text", () => {
    const large = names("accelerators", "memoryGb>=80", "vendor=nvidia");
    expect(large).toContain("h100-sxm-80gb");
    expect(large).not.toContain("l40s-48gb");
    expect(large).not.toContain("mi300x-192gb");
    expect(names("instance-types", "cloud=aws", "count=8", "accelerator=h100-sxm-80gb")).toEqual([
      "p5.48xlarge",
    ]);
    expect(names("models", "MLA", "activeBillion<30")).toEqual(["deepseek-v2-lite"]);
    expect(names("regions", "continent!=europe", "cloud=gcp", "utcOffsetHours=-4")).toEqual([
      "southamerica-west1",
    ]);
    expect(names("profiles", "azure")).toEqual(["azure-conversation-2023", "azure-code-2023"]);
  });

  it("has every price of the book, with what it is for one accelerator", () => {
    const book = listPriceBook();
    expect(listCatalog("prices").total).toBe(book.instances.length);
    expect(listCatalog("service-prices").total).toBe(book.services.length);
    expect(listCatalog("egress-prices").total).toBe(book.egress.length);
    const filters = ["instanceType=p5.48xlarge", "region=us-east-1", "purchase=on-demand"];
    const { columns, rows } = listCatalog("prices", filters);
    const row = Object.fromEntries(columns.map(({ key }, i) => [key, rows[0]![i]]));
    expect(rows.length).toBe(1);
    // AWS's list price since June 2025, and an eighth of it.
    expect(row).toMatchObject({
      usdPerHour: 55.04,
      usdPerAcceleratorHour: 6.88,
      accelerator: "h100-sxm-80gb",
      kind: "list",
    });
    // A step whose rate no source shows.
    const steps = listCatalog("egress-prices", ["from=us-east-1", "to=internet"]);
    expect(steps.rows[0]!.find((cell) => String(cell).includes("unknown"))).toBe(
      "0.09; from 10240: 0.085; from 51200: 0.07; from 153600: unknown",
    );
  });

  it("searches aliases, and takes keys and text in any case", () => {
    expect(names("accelerators", "Trillium")).toEqual(["tpu-v6e"]);
    expect(names("accelerators", "MEMORYGB=141", "Vendor=NVIDIA").length).toBe(2);
  });

  it("leaves out rows whose figure is not known, whatever the comparison", () => {
    const { total } = listCatalog("accelerators");
    const known = names("accelerators", "tdpWatts>=0").length;
    expect(known).toBeLessThan(total);
    expect(names("accelerators", "tdpWatts<0")).toEqual([]);
  });

  it("shows no correlation that is only assumed", () => {
    const { columns, rows } = listCatalog("profiles", ["servegen"]);
    const column = columns.findIndex(({ key }) => key === "rankCorrelation");
    expect(rows.map((row) => row[column])).toEqual([null, null, null, null]);
  });

  it("gives with every filter more a part of what it gave before, for all limits", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 0, max: 10000 }),
        (gb, speed) => {
          const one = names("accelerators", `memoryGb>${gb}`);
          const both = names("accelerators", `memoryGb>${gb}`, `bandwidthGBps<=${speed}`);
          expect(one).toEqual(expect.arrayContaining(both));
          expect(one.length + names("accelerators", `memoryGb<=${gb}`).length).toBe(
            listCatalog("accelerators").total,
          );
        },
      ),
      { seed: 20261122, numRuns: 100 },
    );
  });
});

describe("fails when", () => {
  it("the kind is not known, with a suggestion or the list of kinds", () => {
    expect(problems(() => listCatalog("acelerators"))).toEqual([
      {
        code: "unknown-name",
        path: "catalog",
        message: 'unknown kind "acelerators"',
        hint: 'did you mean "accelerators"?',
      },
    ]);
    expect(problems(() => listCatalog("qqqqqq"))[0]?.hint).toContain("instance-types");
  });

  it("columns are not known or compared with what they are not, all at once", () => {
    const found = problems(() =>
      listCatalog("accelerators", ["vendr=amd", "memoryGb>=big", "vendor>3"]),
    );
    expect(found.map((problem) => problem.code)).toEqual([
      "unknown-key",
      "invalid-value",
      "invalid-value",
    ]);
    expect(found[0]?.hint).toBe('did you mean "vendor"?');
    for (const { message } of found) expect(message).toMatch(/^[a-zA-Z].*[^.]$/);
  });
});
