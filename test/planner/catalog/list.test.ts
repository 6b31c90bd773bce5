/** Listings and their filters. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { catalogKinds, listCatalog } from "../../../planner/catalog/list";
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

describe("listCatalog", () => {
  it("has a cell for every column, of the column's type or null", () => {
    for (const kind of catalogKinds) {
      const { columns, rows, total } = listCatalog(kind);
      expect(rows.length).toBe(total);
      expect(columns[0]?.key).toBe(kind === "round-trips" ? "origin" : "name");
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
