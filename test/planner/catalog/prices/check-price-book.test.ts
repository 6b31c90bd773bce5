/** Each check of a price book catches the row that it is there for, and only that. */
import { describe, expect, it } from "@jest/globals";
import { checkPriceBook } from "../../../../planner/catalog/prices/check-price-book";
import { createPriceBook } from "../../../../planner/catalog/prices/price-book";
import type {
  EgressPrice,
  InstancePrice,
  ServicePrice,
} from "../../../../planner/catalog/prices/price-rows";
import { bookOf, p5, p5Spot } from "./price-fixture";

/** Messages of what is wrong with a book of these rows. */
function wrong(...rows: InstancePrice[]): string[] {
  return checkPriceBook(bookOf(...rows)).map(({ path, message }) => `${path}: ${message}`);
}

const reserved: InstancePrice = { ...p5, purchase: "reserved-1y", usdPerHour: 35 };

describe("one row", () => {
  it("in order is no problem", () => {
    expect(wrong(p5, p5Spot, reserved)).toEqual([]);
  });

  // 700 per TPU chip and 0 stood in published lists where a price was not known.
  it.each([
    ["a price of 0", { usdPerHour: 0 }, /must be above 0, got 0; what is unknown has no row/],
    ["a negative price", { usdPerHour: -1 }, /must be above 0/],
    ["not a number", { usdPerHour: Number.NaN }, /must be above 0/],
    ["infinity", { usdPerHour: Number.POSITIVE_INFINITY }, /must be above 0/],
    ["9999", { usdPerHour: 9999 }, /looks like a placeholder/],
    ["99.99", { usdPerHour: 99.99 }, /looks like a placeholder/],
    [
      "700 an accelerator",
      { usdPerHour: 700, instanceType: "p5.4xlarge" },
      /looks like a placeholder/,
    ],
    ["a price in thousands", { usdPerHour: 0.05504 }, /looks like a placeholder/],
    ["no source", { source: " " }, /has no source/],
    ["no date", { date: "" }, /date must be a day/],
    ["a month for a date", { date: "2026-07" }, /date must be a day/],
    ["a day that is none", { date: "2026-02-30" }, /date must be a day/],
    ["an unknown type", { instanceType: "p5.47xlarge" }, /aws has no instance type "p5.47xlarge"/],
    ["a name in other letters", { instanceType: "P5.48xlarge" }, /no instance type/],
    ["a type of the other cloud", { instanceType: "a3-highgpu-8g" }, /aws has no instance type/],
    ["an unknown region", { region: "us-east-9" }, /aws has no region "us-east-9"/],
    ["a region of the other cloud", { region: "us-east4" }, /aws has no region "us-east4"/],
    [
      "a range that the price is above",
      { range: { lowUsdPerHour: 10, highUsdPerHour: 20, over: "zones" } },
      /the price 56 is not in its range from 10 to 20/,
    ],
    [
      "a range that the price is below",
      { range: { lowUsdPerHour: 60, highUsdPerHour: undefined, over: "zones" } },
      /is not in its range/,
    ],
  ])("with %s", (_, change, message) => {
    const problems = wrong({ ...p5, ...change });
    expect(problems).toEqual([expect.stringMatching(message)]);
  });

  it("given twice", () => {
    expect(wrong(p5, { ...p5, usdPerHour: 57 })).toEqual([
      "aws p5.48xlarge us-east-1 on-demand: has more than one price",
    ]);
  });
});

describe("options of one type and region", () => {
  it.each([
    ["spot", "on-demand", p5Spot, p5],
    ["reserved-1y", "on-demand", reserved, p5],
    ["reserved-3y", "on-demand", { ...reserved, purchase: "reserved-3y" }, p5],
    ["reserved-3y", "reserved-1y", { ...reserved, purchase: "reserved-3y" }, reserved],
    ["capacity-block", "on-demand", { ...p5, purchase: "capacity-block" }, p5],
  ] as const)("%s above %s", (option, other, row, limit) => {
    const above = { ...row, usdPerHour: limit.usdPerHour * 1.001 };
    expect(wrong(above, limit)).toEqual([
      expect.stringContaining(`is above the ${other} price of ${limit.usdPerHour}`),
    ]);
    expect(wrong(above, limit)[0]).toContain(option);
    // Lists round: what is equal may be above by the last decimal.
    expect(wrong({ ...row, usdPerHour: limit.usdPerHour * 1.000001 }, limit)).toEqual([]);
  });

  it("in another region are not compared", () => {
    expect(wrong({ ...p5Spot, region: "us-west-2", usdPerHour: 57 }, p5)).toEqual([]);
  });

  it("that are negotiated may lie below what the market asks", () => {
    expect(wrong({ ...p5, kind: "override", usdPerHour: 12 }, p5Spot, reserved)).toEqual([]);
  });
});

describe("regions of one type and option", () => {
  it.each([
    ["us-west-2", 2.01, 1],
    ["us-west-2", 0.94, 1],
    ["us-west-2", 1.99, 0],
    ["us-west-2", 0.96, 0],
  ])("%s at %f × the home region: %d problems", (region, ratio, count) => {
    const problems = wrong(p5, { ...p5, region, usdPerHour: p5.usdPerHour * ratio });
    expect(problems.length).toBe(count);
    if (count > 0) expect(problems[0]).toContain(`${ratio} × the price in us-east-1`);
  });

  it("without a price in the home region are held against the cheapest", () => {
    const rows = ["us-west-2", "eu-west-1", "sa-east-1"].map((region, i) => ({
      ...p5,
      region,
      usdPerHour: 56 * (1 + i),
    }));
    expect(wrong(...rows)).toEqual([expect.stringContaining("sa-east-1 on-demand: is 3.00 ×")]);
  });

  it("of spot markets and capacity blocks may differ by more", () => {
    expect(wrong(p5Spot, { ...p5Spot, region: "us-west-2", usdPerHour: 40 })).toEqual([]);
    const block = { ...p5, purchase: "capacity-block" } as const;
    expect(wrong(block, { ...block, region: "us-west-2", usdPerHour: 20 })).toEqual([]);
  });
});

describe("services, egress and savings", () => {
  const service: ServicePrice = {
    cloud: "aws",
    region: "us-east-1",
    service: "nat-gateway",
    usd: 0.045,
    unit: "hour",
    confidence: "high",
    source: "a list",
    date: "2024-07-01",
  };
  const transfer: EgressPrice = {
    cloud: "aws",
    from: "us-east-1",
    to: "internet",
    unit: "GB",
    tiers: [{ from: 0, usd: 0.09 }],
    confidence: "high",
    source: "a list",
    date: "2024-07-01",
  };
  const none = { instances: [], services: [], egress: [], spotSavings: [] };
  const messages = (tables: Partial<Parameters<typeof createPriceBook>[1]>): string[] =>
    checkPriceBook(createPriceBook("test", { ...none, ...tables })).map(({ message }) => message);

  it.each([
    [[service], undefined],
    [[{ ...service, region: "global" }], undefined],
    [[{ ...service, usd: 0 }], /above 0/],
    [[{ ...service, usd: 999 }], /above 0/],
    [[{ ...service, source: "" }], /no source/],
    [[{ ...service, region: "us-central1" }], /no region/],
    [[service, service], /more than one price/],
  ])("service %#", (services, message) => {
    const expected = message === undefined ? [] : [expect.stringMatching(message)];
    expect(messages({ services })).toEqual(expected);
  });

  it.each([
    [{ ...transfer, to: "us-west-2" }, undefined],
    [{ ...transfer, tiers: [...transfer.tiers, { from: 10, usd: undefined }] }, undefined],
    [{ ...transfer, to: "mars" }, /no region "mars"/],
    [{ ...transfer, tiers: [] }, /must rise from 0/],
    [{ ...transfer, tiers: [{ from: 5, usd: 0.09 }] }, /must rise from 0/],
    [{ ...transfer, tiers: [...transfer.tiers, ...transfer.tiers] }, /must rise from 0, got 0, 0/],
    [{ ...transfer, tiers: [{ from: 0, usd: 0 }] }, /above 0/],
    [{ ...transfer, date: "July" }, /date must be a day/],
  ])("egress %#", (row, message) => {
    const expected = message === undefined ? [] : [expect.stringMatching(message)];
    expect(messages({ egress: [row] })).toEqual(expected);
  });

  it.each([
    [{ instanceType: "g6e.xlarge", region: "us-east-1", share: 0.58 }, undefined],
    [
      { instanceType: "g6e.xlarge", region: "us-east-1", share: 58 },
      /share between 0 and 1, got 58/,
    ],
    [{ instanceType: "g6e.huge", region: "us-east-1", share: 0.58 }, /unknown type/],
    [{ instanceType: "g6e.xlarge", region: "us-east4", share: 0.58 }, /no region/],
  ])("saving %#", (saving, message) => {
    const expected = message === undefined ? [] : [expect.stringMatching(message)];
    expect(messages({ spotSavings: [saving] })).toEqual(expected);
  });
});
