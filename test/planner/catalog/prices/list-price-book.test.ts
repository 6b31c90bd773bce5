/** The book that comes with the catalog: known prices, and every figure again from the price lists. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { parse } from "csv-parse/sync";
import { instanceTypes } from "../../../../planner/catalog/instance-types";
import { checkPriceBook } from "../../../../planner/catalog/prices/check-price-book";
import { instancePrice } from "../../../../planner/catalog/prices/instance-price";
import { listPriceBook } from "../../../../planner/catalog/prices/list-price-book";
import type {
  InstancePrice,
  PricedItem,
  PurchaseOption,
} from "../../../../planner/catalog/prices/price-rows";
import { regions } from "../../../../planner/catalog/regions";
import { catalogFigures } from "../../../bench/price-book-figures";
import { describeWithSharedData, sharedDataPath } from "../../../support/shared-data";

const book = listPriceBook();

function price(instanceType: string, region: string, purchase: PurchaseOption) {
  const cloud = instanceTypes.find((row) => row.name === instanceType)!.cloud;
  return instancePrice(book, { cloud, region, instanceType, purchase });
}

describe("the price book of the catalog", () => {
  it("passes its own checks", () => {
    expect(checkPriceBook(book)).toEqual([]);
  });

  it("says which book it is, and is the same book every time", () => {
    expect(book.identity.id).toBe("capplan-list");
    expect(book.identity.date).toBe("2026-09-27");
    expect(book.identity.digest).toMatch(/^[0-9a-f]{12}$/);
    expect(listPriceBook()).toBe(book);
  });

  // AWS price list of 2026-09-25 after the cuts of June 2025 (98.32 before); Google's page for accelerator-optimized
  // machines of 2026-09-27.
  it.each([
    ["p5.48xlarge", "us-east-1", "on-demand", 55.04, "2026-07-20"],
    ["p5.48xlarge", "us-east-1", "reserved-1y", 34.6752, "2026-09-27"],
    ["p5.48xlarge", "us-east-1", "reserved-3y", 23.77728, "2026-09-27"],
    ["p5.48xlarge", "us-east-1", "capacity-block", 41.528, "2026-09-27"],
    ["p4d.24xlarge", "us-east-1", "on-demand", 21.957642, "2026-07-20"],
    ["p6-b200.48xlarge", "us-east-1", "reserved-1y", 89.72208, "2026-09-27"],
    ["a3-highgpu-8g", "us-central1", "on-demand", 88.490000119, "2026-07-30"],
    ["a3-highgpu-8g", "us-central1", "reserved-3y", 38.864383195, "2026-07-30"],
    ["a3-highgpu-8g", "us-central1", "capacity-block", 41.6, "2026-09-27"],
    ["a2-ultragpu-1g", "us-central1", "reserved-1y", 4.199690411, "2026-09-27"],
    ["a4-highgpu-8g", "us-central1", "reserved-1y", 88.9272, "2026-09-27"],
  ] as const)("%s in %s, %s", (instanceType, region, purchase, usdPerHour, date) => {
    const row = price(instanceType, region, purchase)!;
    expect(row.usdPerHour).toBeCloseTo(usdPerHour, 5);
    expect(row.date).toBe(date);
    expect(row.kind).toBe("list");
  });

  it("prices a TPU machine by its chips", () => {
    // 2.70 per chip-hour of v6e in us-east5, 4.20 of v5p.
    expect(price("ct6e-standard-8t", "us-east5", "on-demand")?.usdPerHour).toBeCloseTo(21.6, 9);
    expect(price("ct5p-hightpu-4t", "us-east5", "on-demand")?.usdPerHour).toBeCloseTo(16.8, 9);
  });

  it("has observed spot prices with their date and range", () => {
    const aws = price("p5.48xlarge", "us-east-1", "spot")!;
    expect(aws).toMatchObject({ kind: "spot-observed", usdPerHour: 18.6838, date: "2026-01-01" });
    expect(aws.range).toMatchObject({ lowUsdPerHour: 16.9508, highUsdPerHour: undefined });
    // It went from 20.4 to 50.6 in seven rises.
    const gcp = price("a3-highgpu-8g", "us-central1", "spot")!;
    expect(gcp.range?.lowUsdPerHour).toBeCloseTo(20.3655, 4);
    expect(gcp.range?.highUsdPerHour).toBeCloseTo(gcp.usdPerHour, 4);
  });

  it("knows nothing of what no source showed", () => {
    // No on-demand sale; quoted by scripts only; sold by reservation; estimated from a saving.
    expect(price("p5e.48xlarge", "us-east-2", "on-demand")).toBeUndefined();
    expect(price("trn2.48xlarge", "us-east-2", "on-demand")).toBeUndefined();
    expect(price("a4-highgpu-8g", "us-central1", "on-demand")).toBeUndefined();
    expect(price("g6e.xlarge", "us-east-1", "spot")).toBeUndefined();
    // A region in which the type is not sold is not priced like its neighbour.
    expect(price("p5en.48xlarge", "eu-west-1", "on-demand")).toBeUndefined();
  });

  it("has a price of every type but those that no price list names", () => {
    const priced = new Set(book.instances.map((row) => row.instanceType));
    expect(instanceTypes.map((row) => row.name).filter((name) => !priced.has(name))).toEqual([
      "p6e-gb200.36xlarge",
      "trn2.3xlarge",
      "trn2.48xlarge",
      "n1-standard-8+t4",
      "n1-standard-16+t4x2",
      "n1-standard-32+t4x4",
      "n1-standard-8+v100",
      "n1-standard-96+v100x8",
      "a3-edgegpu-8g",
      "a4x-highgpu-4g",
      "a4x-maxgpu-4g-metal",
      "tpu7x-standard-4t",
    ]);
  });
});

type CsvRow = Readonly<Record<string, string>>;

/** Rows of a list; none when the data is not there and the suite is skipped. */
function csv(file: string): CsvRow[] {
  const path = sharedDataPath(`prices/${file}`);
  if (path === undefined) return [];
  return parse(readFileSync(path, "utf8"), { columns: true }) as CsvRow[];
}

describeWithSharedData("every figure against the price lists", () => {
  const lists = csv("prices.csv");
  const byPlace = new Map(lists.map((row) => [`${row["instance_type"]} ${row["region"]}`, row]));
  const others = csv("other_prices.csv");
  const types = new Set(instanceTypes.map((row) => row.name));
  const places = new Set(regions.map((row) => row.name));
  const columns: Readonly<Partial<Record<PurchaseOption, string>>> = {
    "on-demand": "on_demand_usd_h",
    spot: "spot_median_usd_h",
    "reserved-1y": "commit_1y_usd_h",
    "reserved-3y": "commit_3y_usd_h",
  };

  function isTpu(row: PricedItem): boolean {
    return /^ct[56]/.test(row.instanceType);
  }

  /** The figure of the lists for a row of the book, and undefined for none. */
  function listed(row: PricedItem): number | undefined {
    const column = columns[row.purchase];
    const text = byPlace.get(`${row.instanceType} ${row.region}`)?.[column ?? ""];
    return text === undefined || text === "" ? undefined : Number(text);
  }

  function isIn(rows: readonly CsvRow[], row: InstancePrice): boolean {
    return rows.some(
      (one) =>
        one["item"]!.startsWith(`${row.instanceType} `) &&
        one["region"] === row.region &&
        Math.abs(Number(one["price"]) - row.usdPerHour) < 1e-9,
    );
  }

  it("each row of the book is one of the lists, to the last digit", () => {
    const offers = others.filter((row) => /^(commitment|capacity-block)$/.test(row["category"]!));
    const wrong = book.instances.filter((row) => {
      if (isTpu(row)) return false;
      return listed(row) !== row.usdPerHour && !isIn(offers, row);
    });
    expect(wrong).toEqual([]);
  });

  it("each figure of the lists for the catalog's types and regions is in the book", () => {
    const missing: string[] = [];
    for (const row of lists) {
      const { instance_type: instanceType, region } = row as {
        instance_type: string;
        region: string;
      };
      if (!types.has(instanceType) || !places.has(region)) continue;
      const cloud = row["cloud"] as "aws" | "gcp";
      for (const [purchase, column] of Object.entries(columns) as [PurchaseOption, string][]) {
        const isEstimate = purchase === "spot" && row["spot_source"]!.startsWith("ESTIMATE");
        if (row[column] === "" || isEstimate) continue;
        if (instancePrice(book, { cloud, region, instanceType, purchase }) === undefined) {
          missing.push(`${instanceType} ${region} ${purchase}`);
        }
      }
    }
    expect(missing).toEqual([]);
  });

  it("TPU machines cost their chips", () => {
    const names = { ct6e: "tpu-v6e-1", ct5p: "tpu-v5p-per-chip", ct5l: "tpu-v5e-per-chip" };
    const rows = book.instances.filter(isTpu);
    expect(rows.length).toBeGreaterThan(80);
    for (const row of rows) {
      const name = names[row.instanceType.slice(0, 4) as keyof typeof names];
      const perChip = listed({ ...row, instanceType: name })!;
      const chips = Number(/(\d)t$/.exec(row.instanceType)![1]);
      expect(row.usdPerHour).toBeCloseTo(perChip * chips, 6);
    }
  });

  it("the savings are those that the estimates of the lists were made with", () => {
    const estimated = lists.filter(
      (row) =>
        row["spot_source"]!.startsWith("ESTIMATE") &&
        types.has(row["instance_type"]!) &&
        places.has(row["region"]!),
    );
    expect(book.spotSavings.length).toBe(estimated.length);
    for (const { instanceType, region, share } of book.spotSavings) {
      const row = byPlace.get(`${instanceType} ${region}`)!;
      const estimate = Number(row["on_demand_usd_h"]) * (1 - share);
      expect(Math.abs(estimate - Number(row["spot_median_usd_h"]))).toBeLessThan(1e-4);
    }
  });

  it("the sheets are what the script writes", () => {
    const key = (row: PricedItem): string =>
      [row.cloud, row.instanceType, row.region, row.purchase].join(" ");
    const derived = catalogFigures().map(({ head, lowest: _, ...figure }) => ({
      ...head,
      ...figure,
    }));
    const inBook = book.instances.map(({ range: _, ...row }) => row);
    const byKey = (a: PricedItem, b: PricedItem): number => (key(a) < key(b) ? -1 : 1);
    expect(inBook.sort(byKey)).toEqual(derived.sort(byKey));
  });

  it("ranges of Google's spot prices are the lowest and highest month of the last year", () => {
    const history = csv("gcp_price_history.csv").filter((row) => row["date"]! >= "2025-07-31");
    const ranged = book.instances.filter((row) => row.cloud === "gcp" && row.range !== undefined);
    expect(ranged.length).toBe(13);
    for (const row of ranged) {
      const months = history
        .filter((one) => one["instance_type"] === row.instanceType && one["region"] === row.region)
        .map((one) => Number(one["spot_usd_h"]));
      expect(months.length).toBe(13);
      expect(row.range!.lowUsdPerHour).toBeCloseTo(Math.min(...months), 6);
      expect(row.range!.highUsdPerHour).toBeCloseTo(Math.max(...months), 6);
    }
  });
});
