/**
 * A /16 out of 10.0.0.0/8 for each region, so that networks of any two can be joined. A region's place in its list is
 * its block: a list only ever grows at its end, since a moved block replaces a network and everything in it.
 */

// biome-ignore format: many short words
const AWS_REGIONS = [
  "us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1", "eu-west-1",
  "eu-west-2", "eu-west-3", "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1",
  "eu-south-2", "il-central-1", "me-south-1", "me-central-1", "af-south-1", "ap-south-1",
  "ap-south-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-5",
  "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-east-1",
];

// biome-ignore format: many short words
const GCP_REGIONS = [
  "us-central1", "us-central2", "us-east1", "us-east4", "us-east5", "us-south1", "us-west1",
  "us-west2", "us-west3", "us-west4", "northamerica-northeast1", "northamerica-northeast2",
  "southamerica-east1", "southamerica-west1", "europe-north1", "europe-west1", "europe-west2",
  "europe-west3", "europe-west4", "europe-west6", "europe-west8", "europe-west9", "europe-west10",
  "me-west1", "me-central2", "asia-east1", "asia-northeast1", "asia-northeast3", "asia-south1",
  "asia-south2", "asia-southeast1", "asia-southeast2", "australia-southeast1",
  "australia-southeast2",
];

/** AWS has the lower half of 10.0.0.0/8, Google Cloud the upper. */
const GCP_OFFSET = 128;

/**
 * The block of a region.
 *
 * @example networkBlock("us-east-2") // "10.1.0.0/16"
 */
export function networkBlock(region: string): string {
  const aws = AWS_REGIONS.indexOf(region);
  const block = aws >= 0 ? aws : GCP_OFFSET + GCP_REGIONS.indexOf(region);
  return `10.${block}.0.0/16`;
}
