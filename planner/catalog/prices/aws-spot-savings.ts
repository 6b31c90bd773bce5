/**
 * By how many percent the spot price of an AWS type lay below its on-demand price, on average over a month, as the Spot
 * Advisor showed it in June 2025: the base of an estimate, not a price. Only where no spot price was seen (aws-spot.ts).
 * Written by test/bench/price-book.ts; do not edit by hand.
 */
import type { Provenance } from "../specs";
import type { PriceLine } from "./price-sheet";

export const spotSavingProvenance: Provenance = {
  source: "AWS Spot Advisor in alexei-led/spotinfo spot-advisor-data.json",
  date: "2025-06-28",
};

// biome-ignore format: one line per instance type, one percentage per region
export const awsSpotSavings: readonly {
  readonly regions: readonly string[];
  readonly lines: readonly PriceLine[];
}[] = [
  {
    regions: ["us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1", "eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-north-1", "eu-south-1", "me-south-1", "af-south-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-east-1"],
    lines: [
      ["g4dn.xlarge", 64, 64, 59, 64, 65, 88, 54, 66, 69, 62, 65, 64, 73, 63, 69, 68, 70, 67, 64, 64, 88],
      ["g4dn.2xlarge", 61, 68, 55, 63, 65, 89, 55, 65, 69, 71, 72, 63, 72, 74, 71, 72, 69, 60, 67, 64, 73],
      ["g4dn.4xlarge", 68, 60, 55, 70, 65, 87, 56, 64, 67, 67, 70, 64, 72, 74, 70, 68, 77, 69, 64, 65, 86],
      ["g4dn.8xlarge", 63, 64, 75, 67, 65, 89, 56, 66, 68, 64, 81, 64, 72, 86, 81, 79, 83, 67, 73, 65, 90],
      ["g4dn.12xlarge", 64, 65, 73, 63, 64, 66, 56, 66, 67, 72, 57, 52, 72, 87, 65, 64, 67, 57, 51, 63, 49],
      ["g4dn.16xlarge", 76, 79, 82, 71, 64, 89, 57, 64, 69, 76, 89, 69, 72, 90, 90, 86, 85, 69, 71, 64, 90],
      ["g4dn.metal", 51, 56, 70, 58, 65, 68, 54, 64, 68, 73, 61, 54, 68, 83, 56, 82, 58, 51, 62, 64, 42],
    ],
  },
  {
    regions: ["us-east-1", "us-east-2", "us-west-2", "ca-central-1", "eu-west-1", "eu-west-2", "eu-central-1", "ap-northeast-1"],
    lines: [
      ["g4ad.xlarge", 67, 71, 62, 65, 54, 65, 68, 60],
      ["g4ad.2xlarge", 53, 74, 62, 64, 55, 62, 60, 57],
      ["g4ad.4xlarge", 57, 70, 58, 64, 53, 60, 56, 55],
      ["g4ad.8xlarge", 58, 73, 65, 65, 56, 65, 58, 57],
      ["g4ad.16xlarge", 54, 78, 64, 65, 56, 65, 78, 61],
    ],
  },
  {
    regions: ["us-east-1", "us-east-2", "us-west-2", "ca-central-1", "sa-east-1", "eu-west-1", "eu-west-2", "eu-central-1", "eu-north-1", "il-central-1", "me-central-1", "ap-south-1", "ap-southeast-2", "ap-southeast-3", "ap-northeast-1", "ap-northeast-2"],
    lines: [
      ["g5.xlarge", 59, 58, 63, 61, 82, 56, 66, 59, 72, 61, 62, 69, 71, 76, 51, 48],
      ["g5.2xlarge", 58, 57, 59, 64, 66, 54, 65, 66, 63, 53, 61, 69, 62, 87, 61, 56],
      ["g5.4xlarge", 60, 57, 70, 62, 58, 56, 66, 69, 73, 49, 69, 88, 69, 88, 66, 44],
      ["g5.8xlarge", 59, 58, 70, 64, 84, 55, 65, 74, 66, 60, 75, 84, 79, 88, 62, 68],
      ["g5.12xlarge", 58, 63, 70, 64, 82, 56, 67, 80, 76, 62, 76, 68, 83, 89, 69, 56],
      ["g5.16xlarge", 61, 66, 69, 64, 87, 55, 66, 78, 67, 51, 76, 89, 87, 90, 68, 67],
      ["g5.24xlarge", 57, 64, 70, 51, 71, 56, 66, 74, 88, 62, 73, 85, 89, 89, 69, 27],
      ["g5.48xlarge", 71, 77, 72, 44, 43, 57, 64, 54, 87, 16, 9, 89, 80, 89, 67, 16],
    ],
  },
  {
    regions: ["us-east-1", "us-west-2", "eu-central-1", "eu-south-2", "ap-southeast-1", "ap-northeast-1", "ap-northeast-2"],
    lines: [
      ["g5g.xlarge", 67, 68, 65, 65, 68, 68, 72],
      ["g5g.2xlarge", 48, 63, 70, 78, 66, 64, 68],
      ["g5g.4xlarge", 63, 56, 69, 78, 65, 70, 71],
      ["g5g.8xlarge", 58, 67, 78, 75, 58, 69, 77],
      ["g5g.16xlarge", 78, 72, 90, 76, 84, 68, 78],
      ["g5g.metal", 78, 72, 90, 90, 83, 69, 78],
    ],
  },
  {
    regions: ["us-east-1", "us-east-2", "us-west-2", "ca-central-1", "sa-east-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-2", "ap-south-1", "ap-southeast-2", "ap-southeast-5", "ap-northeast-1", "ap-northeast-2"],
    lines: [
      ["g6.xlarge", 49, 58, 47, 61, 86, 64, 59, 64, 69, 69, 60, 76, 68, 51, 56, 71],
      ["g6.2xlarge", 58, 61, 54, 62, 60, 65, 60, 72, 70, 62, 64, 75, 69, 36, 60, 69],
      ["g6.4xlarge", 57, 65, 63, 64, 80, 64, 59, 67, 71, 72, 71, 90, 71, 51, 63, 72],
      ["g6.8xlarge", 56, 61, 63, 66, 89, 66, 64, 69, 70, 72, 72, 84, 72, 51, 65, 76],
      ["g6.12xlarge", 59, 60, 62, 65, 89, 65, 56, 65, 68, 74, 66, 89, 71, 35, 62, 76],
      ["g6.16xlarge", 64, 66, 66, 64, 86, 64, 70, 71, 69, 80, 70, 88, 73, 50, 64, 78],
      ["g6.24xlarge", 56, 64, 60, 65, 89, 65, 71, 84, 69, 87, 50, 89, 80, 34, 67, 76],
      ["g6.48xlarge", 69, 78, 72, 64, 89, 65, 72, 89, 69, 88, 48, 89, 88, 38, 69, 69],
      ["gr6.4xlarge", 57, 76, 67, 65, 84, 64, 70, 69, 70, 81, 70, 87, 72, 52, 65, 72],
      ["gr6.8xlarge", 59, 76, 60, 64, 89, 66, 70, 70, 71, 88, 69, 90, 74, 34, 69, 76],
    ],
  },
  {
    regions: ["us-east-1", "us-east-2", "us-west-2", "eu-central-1", "eu-north-1", "eu-south-2", "ap-northeast-1", "ap-northeast-2"],
    lines: [
      ["g6e.xlarge", 58, 65, 50, 68, 63, 77, 65, 55],
      ["g6e.2xlarge", 63, 52, 32, 59, 52, 72, 60, 61],
      ["g6e.4xlarge", 62, 58, 52, 67, 59, 77, 64, 70],
      ["g6e.8xlarge", 66, 63, 70, 71, 70, 54, 68, 75],
      ["g6e.12xlarge", 56, 57, 54, 59, 70, 62, 60, 61],
      ["g6e.16xlarge", 66, 71, 69, 75, 71, 75, 65, 75],
      ["g6e.24xlarge", 74, 63, 69, 76, 67, 64, 69, 55],
      ["g6e.48xlarge", 68, 79, 66, 78, 79, 62, 69, 71],
    ],
  },
  {
    regions: ["us-east-1", "us-east-2", "us-west-2", "ca-central-1", "eu-west-1", "eu-west-2", "eu-central-1", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "ap-northeast-2"],
    lines: [
      ["p3.2xlarge", 80, 85, 71, 65, 56, 65, 90, 87, 88, 69, 61],
      ["p3.8xlarge", 86, 80, 66, 67, 54, 57, 88, 83, 88, 68, 45],
      ["p3.16xlarge", 83, 76, 68, 54, 55, 16, 60, 73, 87, 69, 57],
    ],
  },
  {
    regions: ["us-east-1", "us-west-2", "eu-west-1", "ap-northeast-1"],
    lines: [
      ["p3dn.24xlarge", 87, 71, 51, 68],
    ],
  },
  {
    regions: ["sa-east-1", "ap-south-1", "ap-southeast-2", "ap-northeast-1", "ap-northeast-2"],
    lines: [
      ["p4d.24xlarge", 90, 90, 79, 54, 57],
    ],
  },
  {
    regions: ["il-central-1"],
    lines: [
      ["p4de.24xlarge", 90],
    ],
  },
  {
    regions: ["sa-east-1"],
    lines: [
      ["p5.48xlarge", 83],
    ],
  },
  {
    regions: ["us-east-1", "us-east-2", "us-west-2"],
    lines: [
      ["trn1.2xlarge", 74, 87, 72],
      ["trn1.32xlarge", 79, 90, 69],
      ["trn1n.32xlarge", 75, 90, 70],
    ],
  },
  {
    regions: ["us-east-1", "us-east-2", "us-west-2", "sa-east-1", "eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-north-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1"],
    lines: [
      ["inf2.xlarge", 78, 87, 72, 89, 56, 65, 69, 80, 69, 85, 81, 85, 67],
      ["inf2.8xlarge", 70, 74, 70, 89, 56, 64, 69, 76, 49, 86, 80, 72, 67],
      ["inf2.24xlarge", 79, 83, 72, 89, 56, 66, 69, 85, 43, 90, 89, 81, 66],
      ["inf2.48xlarge", 86, 86, 72, 90, 55, 66, 68, 87, 73, 90, 89, 88, 67],
    ],
  },
  {
    regions: ["us-east-1"],
    lines: [
      ["dl1.24xlarge", 88],
    ],
  },
];
