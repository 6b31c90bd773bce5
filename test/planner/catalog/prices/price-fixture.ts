/** Rows and small books for tests of prices. */
import { createPriceBook, type PriceBook } from "../../../../planner/catalog/prices/price-book";
import type { InstancePrice } from "../../../../planner/catalog/prices/price-rows";

/** An on-demand price of p5.48xlarge in us-east-1, 8 accelerators. */
export const p5: InstancePrice = {
  cloud: "aws",
  region: "us-east-1",
  instanceType: "p5.48xlarge",
  purchase: "on-demand",
  usdPerHour: 56,
  kind: "list",
  terms: "on demand",
  confidence: "high",
  source: "a list",
  date: "2026-07-20",
};

export const p5Spot: InstancePrice = {
  ...p5,
  purchase: "spot",
  usdPerHour: 16,
  kind: "spot-observed",
};

export function bookOf(...instances: InstancePrice[]): PriceBook {
  return createPriceBook("test", { instances, services: [], egress: [], spotSavings: [] });
}
