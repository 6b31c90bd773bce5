/** Estimates: what they are made of, that they stay out of the book, and that their errors are those that were found. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { parse } from "csv-parse/sync";
import { quantile } from "simple-statistics";
import {
  estimatedServicePrice,
  estimatedSpotPrice,
  regionRatio,
  serviceEstimateError,
  spotEstimateError,
} from "../../../../planner/catalog/prices/estimate";
import { instancePrice } from "../../../../planner/catalog/prices/instance-price";
import { listPriceBook } from "../../../../planner/catalog/prices/list-price-book";
import { withOverrides } from "../../../../planner/catalog/prices/price-overrides";
import { servicePrice } from "../../../../planner/catalog/prices/service-price";
import { regions } from "../../../../planner/catalog/regions";
import { describeWithSharedData, sharedDataPath } from "../../../support/shared-data";

const book = listPriceBook();

describe("the estimate of a spot price", () => {
  it("is the on-demand price less the saving, with a range", () => {
    const place = { cloud: "aws", region: "us-east-1", instanceType: "g6e.xlarge" } as const;
    const onDemand = instancePrice(book, { ...place, purchase: "on-demand" })!.usdPerHour;
    const saving = book.spotSavings.find(
      (row) => row.instanceType === "g6e.xlarge" && row.region === "us-east-1",
    )!.share;
    const estimate = estimatedSpotPrice(book, place)!;
    expect(estimate.kind).toBe("estimated");
    expect(estimate.usd).toBeCloseTo(onDemand * (1 - saving), 12);
    expect(estimate.lowUsd).toBeCloseTo(estimate.usd * 0.99, 12);
    expect(estimate.highUsd).toBeCloseTo(estimate.usd * 1.34, 12);
    expect(estimate.date).toBe("2025-06-28");
  });

  it("is wide for what is newer, and never above the on-demand price", () => {
    const place = { cloud: "aws", region: "sa-east-1", instanceType: "p5.48xlarge" } as const;
    const estimate = estimatedSpotPrice(book, place)!;
    expect(estimate.highUsd / estimate.lowUsd).toBeCloseTo(2.13 / 0.33, 9);
    for (const { instanceType, region } of book.spotSavings) {
      const at = { cloud: "aws", region, instanceType } as const;
      const one = estimatedSpotPrice(book, at)!;
      const onDemand = instancePrice(book, { ...at, purchase: "on-demand" })!.usdPerHour;
      expect(one.lowUsd).toBeLessThan(one.usd);
      expect(one.usd).toBeLessThan(onDemand);
      expect(one.highUsd).toBeLessThanOrEqual(onDemand);
    }
  });

  it("is none where a price was seen, and where there is nothing to go by", () => {
    const p5 = { cloud: "aws", region: "us-east-1", instanceType: "p5.48xlarge" } as const;
    expect(estimatedSpotPrice(book, p5)).toBeUndefined();
    expect(estimatedSpotPrice(book, { ...p5, instanceType: "p6-b300.48xlarge" })).toBeUndefined();
    expect(estimatedSpotPrice(book, { ...p5, instanceType: "trn2.48xlarge" })).toBeUndefined();
  });
});

describe("the estimate of a service price", () => {
  it("is the home region's, times what instances cost more", () => {
    const item = { cloud: "aws", region: "sa-east-1", service: "nat-gateway" } as const;
    const estimate = estimatedServicePrice(book, item)!;
    expect(regionRatio(book, "aws", "sa-east-1")).toBeCloseTo(1.7, 3);
    expect(estimate.usd).toBeCloseTo(0.045 * regionRatio(book, "aws", "sa-east-1")!, 12);
    expect(estimate).toMatchObject({ kind: "estimated", unit: "hour" });
    expect(estimate.lowUsd).toBeLessThan(estimate.usd);
    expect(estimate.highUsd).toBeGreaterThan(estimate.usd);
  });

  it("is none where the price is known, or unknown at home too", () => {
    const at = (service: "disk" | "dns-zone" | "metrics", region: string) =>
      estimatedServicePrice(book, { cloud: "aws", region, service });
    expect(at("disk", "us-east-1")).toBeUndefined();
    expect(at("dns-zone", "eu-west-1")).toBeUndefined();
    expect(at("metrics", "eu-west-1")).toBeUndefined();
    const item = { cloud: "gcp", region: "europe-west4", service: "disk" } as const;
    expect(estimatedServicePrice(book, item)).toBeUndefined();
  });

  it("goes by list prices, not by what is negotiated", () => {
    const changed = withOverrides(book, [{ region: "sa-east-1", discount: 0.5 }]);
    expect(regionRatio(changed, "aws", "sa-east-1")).toBeUndefined();
  });

  it("errs by what it erred where several regions are known", () => {
    const errors = [
      ...book.services
        .filter((row) => row.cloud === "gcp" && !["global", "us-central1"].includes(row.region))
        .map((row) => {
          const home = servicePrice(book, { ...row, region: "us-central1" })!;
          return row.usd / home.usd / regionRatio(book, "gcp", row.region)!;
        }),
      ...regions
        .filter((row) => row.cloud === "aws" && row.name !== "us-east-1")
        .flatMap(({ name }) => {
          const row = book.egress.find((one) => one.from === name && one.to === "internet");
          return row === undefined
            ? []
            : [row.tiers[0]!.usd! / 0.09 / regionRatio(book, "aws", name)!];
        }),
    ];
    expect(errors.length).toBe(33);
    expect(Math.min(...errors)).toBeCloseTo(serviceEstimateError.low, 2);
    expect(Math.max(...errors)).toBeCloseTo(serviceEstimateError.high, 2);
  });
});

describeWithSharedData("the error of spot estimates, from Google's prices by month", () => {
  const path = sharedDataPath("prices/gcp_price_history.csv");
  const rows: readonly Readonly<Record<string, string>>[] =
    path === undefined ? [] : parse(readFileSync(path, "utf8"), { columns: true });

  /** Price that came to be over saving of 15 months before × on-demand price that came to be. */
  function ratios(family: RegExp): number[] {
    const places = new Set(
      rows
        .map((row) => `${row["instance_type"]} ${row["region"]}`)
        .filter((key) => family.test(key)),
    );
    return [...places].flatMap((place) => {
      const months = rows
        .filter((row) => `${row["instance_type"]} ${row["region"]}` === place)
        .sort((a, b) => (a["date"]! < b["date"]! ? -1 : 1))
        .map((row) => ({ spot: Number(row["spot_usd_h"]), list: Number(row["on_demand_usd_h"]) }));
      return months.slice(15).map(({ spot, list }, i) => {
        const before = months[i]!;
        return spot / (list * (before.spot / before.list));
      });
    });
  }

  it.each([
    [/^(a2|g2)-/, 171, spotEstimateError.upToAmpereAndAda],
    [/^a3-/, 48, spotEstimateError.newer],
  ])("%s", (family, count, { low, high }) => {
    const found = ratios(family);
    expect(found.length).toBe(count);
    expect(quantile(found, 0.1)).toBeCloseTo(low, 1);
    expect(quantile(found, 0.9)).toBeCloseTo(high, 1);
  });
});
