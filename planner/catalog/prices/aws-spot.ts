/**
 * Spot prices of AWS that were seen, in US dollars per instance and hour: instance type, region, median and lowest of
 * the zones that quote one. Other types have none here, not even an estimate (aws-spot-savings.ts, estimate.ts).
 * Written by test/bench/price-book.ts; do not edit by hand.
 */
import type { SheetHead, ZoneQuotes } from "./price-sheet";

const sourceA: SheetHead = {
  cloud: "aws",
  purchase: "spot",
  kind: "spot-observed",
  terms: "spot, median over zones",
  confidence: "medium",
  source: "skypilot-org/skypilot-catalog v9 vms.csv@2c3d7ea, first half of 2026",
  date: "2026-01-01",
};
const sourceB: SheetHead = {
  cloud: "aws",
  purchase: "spot",
  kind: "spot-observed",
  terms: "spot, median over zones; near the on-demand price: hardly any to be had",
  confidence: "low",
  source: "skypilot-org/skypilot-catalog v9 vms.csv@2c3d7ea, first half of 2026",
  date: "2026-01-01",
};

// biome-ignore format: one line per instance type and region
export const awsSpot: readonly ZoneQuotes[] = [
  {
    ...sourceA,
    quotes: [
      ["p4d.24xlarge", "us-east-1", 9.8979, 6.5323],
      ["p4d.24xlarge", "us-east-2", 12.7109, 10.6163],
      ["p4d.24xlarge", "us-west-2", 13.2415, 10.6942],
      ["p4d.24xlarge", "eu-west-1", 14.5352, 14.5352],
      ["p4d.24xlarge", "eu-west-2", 21.7232, 15.1873],
      ["p4d.24xlarge", "eu-north-1", 7.2928, 7.2928],
      ["p4de.24xlarge", "us-east-1", 17.1927, 14.2574],
      ["p4de.24xlarge", "us-west-2", 18.5543, 15.0545],
      ["p4de.24xlarge", "eu-central-1", 17.9686, 12.9989],
      ["p4de.24xlarge", "ap-northeast-1", 13.2454, 12.546],
      ["p5.4xlarge", "us-east-2", 2.8064, 2.8064],
      ["p5.4xlarge", "us-west-2", 5.2874, 4.8202],
      ["p5.4xlarge", "eu-west-2", 2.1102, 2.1102],
      ["p5.4xlarge", "ap-south-1", 5.17, 5.0416],
      ["p5.4xlarge", "ap-northeast-1", 3.2415, 3.2415],
      ["p5.48xlarge", "us-east-1", 18.6838, 16.9508],
      ["p5.48xlarge", "us-east-2", 14.0818, 13.4628],
      ["p5.48xlarge", "us-west-1", 16.1978, 16.1978],
      ["p5.48xlarge", "us-west-2", 17.8468, 9.3722],
      ["p5.48xlarge", "eu-west-2", 14.0899, 12.4269],
      ["p5.48xlarge", "eu-north-1", 10.5722, 10.5722],
      ["p5.48xlarge", "ap-south-1", 28.7252, 23.6899],
      ["p5.48xlarge", "ap-northeast-1", 16.7152, 9.8505],
      ["p5e.48xlarge", "us-east-2", 14.8034, 14.0291],
      ["p5e.48xlarge", "us-west-2", 17.7513, 17.7513],
      ["p5e.48xlarge", "eu-north-1", 12.9925, 12.9925],
      ["p5e.48xlarge", "ap-southeast-2", 44.8171, 44.8171],
      ["p5e.48xlarge", "ap-southeast-3", 33.1396, 10.0644],
      ["p5en.48xlarge", "us-east-1", 15.8566, 14.8209],
      ["p5en.48xlarge", "us-east-2", 11.759, 9.3944],
      ["p5en.48xlarge", "us-west-1", 38.2566, 38.2566],
      ["p5en.48xlarge", "us-west-2", 18.5721, 17.8226],
      ["p5en.48xlarge", "eu-north-1", 16.4397, 16.3775],
      ["p5en.48xlarge", "eu-south-2", 12.5565, 8.6583],
      ["p5en.48xlarge", "ap-south-1", 23.1097, 21.1418],
      ["p5en.48xlarge", "ap-southeast-3", 30.8611, 18.6807],
      ["p5en.48xlarge", "ap-northeast-1", 19.0969, 19.0969],
      ["p5en.48xlarge", "ap-northeast-2", 12.5232, 12.5232],
      ["p6-b200.48xlarge", "us-east-1", 24.1202, 23.8385],
      ["p6-b200.48xlarge", "us-east-2", 23.956, 11.3933],
      ["p6-b200.48xlarge", "us-west-2", 26.0114, 25.4876],
      ["p6-b300.48xlarge", "us-west-2", 15.9815, 15.9815],
    ],
  },
  {
    ...sourceB,
    quotes: [
      ["p4d.24xlarge", "eu-central-1", 26.9177, 26.4025],
      ["p4de.24xlarge", "ap-southeast-1", 32.9365, 32.9365],
      ["p5.4xlarge", "us-east-1", 6.6034, 5.4046],
      ["p5.4xlarge", "ap-southeast-3", 9.4944, 9.4944],
      ["p5.48xlarge", "ca-central-1", 63.296, 63.296],
      ["p5.48xlarge", "ap-southeast-2", 68.4102, 28.0115],
      ["p5.48xlarge", "ap-southeast-3", 75.9552, 75.9552],
    ],
  },
];
