/**
 * Prepaid blocks of capacity, in US dollars per instance and hour, for the types and regions of the catalog.
 * Written by test/bench/price-book.ts; do not edit by hand.
 */
import type { PriceSheet, SheetHead } from "./price-sheet";

const sourceA: SheetHead = {
  cloud: "aws",
  purchase: "capacity-block",
  kind: "list",
  terms: "Capacity Block, prepaid, 1 to 182 days",
  confidence: "high",
  source: "AWS price list of 2026-09-25, in a published catalog of terms",
  date: "2026-09-27",
};
const sourceB: SheetHead = {
  cloud: "gcp",
  purchase: "capacity-block",
  kind: "list",
  terms: "Dynamic Workload Scheduler calendar mode, 1 to 90 days",
  confidence: "high",
  source: "cloud.google.com accelerator-optimized pricing, in a published catalog of terms",
  date: "2026-09-27",
};

// biome-ignore format: one line per instance type, one figure per region
export const capacityBlocks: readonly PriceSheet[] = [
  {
    ...sourceA,
    regions: ["us-east-1"],
    lines: [
      ["p4de.24xlarge", 17.712],
      ["p5.48xlarge", 41.528],
      ["p5en.48xlarge", 54.92],
      ["p6-b200.48xlarge", 98.84],
      ["p6-b300.48xlarge", 112.32],
    ],
  },
  {
    ...sourceB,
    regions: ["us-central1"],
    lines: [
      ["a3-highgpu-8g", 41.6],
      ["a3-ultragpu-8g", 59.36],
      ["a4-highgpu-8g", 90.22],
    ],
  },
];
