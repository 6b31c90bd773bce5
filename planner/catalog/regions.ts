/**
 * Regions of AWS and Google Cloud in which the price lists sell accelerators. Coordinates are those
 * of the city or county that the provider names, to about 30 km; offsets are standard time, without
 * daylight saving.
 */
import type { RegionSpec } from "./specs";

const aws = {
  cloud: "aws",
  source: "docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html",
  date: "2026-11-22",
} as const;
const gcp = {
  cloud: "gcp",
  source: "docs.cloud.google.com/compute/docs/regions-zones",
  date: "2026-11-22",
} as const;

/** One line per region: name, place, latitude, longitude, continent, hours from UTC. */
type Line = readonly [string, string, number, number, RegionSpec["continent"], number];

// biome-ignore format: one line per region
const awsLines: readonly Line[] = [
  ["us-east-1", "Northern Virginia", 39.04, -77.49, "north-america", -5],
  ["us-east-2", "Columbus, Ohio", 39.96, -83, "north-america", -5],
  ["us-west-1", "San Francisco Bay, California", 37.35, -121.96, "north-america", -8],
  ["us-west-2", "Boardman, Oregon", 45.84, -119.7, "north-america", -8],
  ["ca-central-1", "Montreal", 45.5, -73.57, "north-america", -5],
  ["sa-east-1", "São Paulo", -23.55, -46.63, "south-america", -3],
  ["eu-west-1", "Dublin", 53.35, -6.26, "europe", 0],
  ["eu-west-2", "London", 51.51, -0.13, "europe", 0],
  ["eu-west-3", "Paris", 48.86, 2.35, "europe", 1],
  ["eu-central-1", "Frankfurt", 50.11, 8.68, "europe", 1],
  ["eu-central-2", "Zurich", 47.38, 8.54, "europe", 1],
  ["eu-north-1", "Stockholm", 59.33, 18.07, "europe", 1],
  ["eu-south-1", "Milan", 45.46, 9.19, "europe", 1],
  ["eu-south-2", "Zaragoza", 41.65, -0.88, "europe", 1],
  ["il-central-1", "Tel Aviv", 32.09, 34.78, "middle-east", 2],
  ["me-south-1", "Bahrain", 26.07, 50.56, "middle-east", 3],
  ["me-central-1", "Dubai", 25.2, 55.27, "middle-east", 4],
  ["af-south-1", "Cape Town", -33.92, 18.42, "africa", 2],
  ["ap-south-1", "Mumbai", 19.08, 72.88, "asia", 5.5],
  ["ap-south-2", "Hyderabad", 17.39, 78.49, "asia", 5.5],
  ["ap-southeast-1", "Singapore", 1.35, 103.82, "asia", 8],
  ["ap-southeast-2", "Sydney", -33.87, 151.21, "oceania", 10],
  ["ap-southeast-3", "Jakarta", -6.21, 106.85, "asia", 7],
  ["ap-southeast-5", "Kuala Lumpur", 3.14, 101.69, "asia", 8],
  ["ap-northeast-1", "Tokyo", 35.68, 139.69, "asia", 9],
  ["ap-northeast-2", "Seoul", 37.57, 126.98, "asia", 9],
  ["ap-northeast-3", "Osaka", 34.69, 135.5, "asia", 9],
  ["ap-east-1", "Hong Kong", 22.32, 114.17, "asia", 8],
];

// biome-ignore format: one line per region
const gcpLines: readonly Line[] = [
  ["us-central1", "Council Bluffs, Iowa", 41.26, -95.86, "north-america", -6],
  ["us-central2", "Pryor, Oklahoma", 36.31, -95.32, "north-america", -6],
  ["us-east1", "Moncks Corner, South Carolina", 33.2, -80.01, "north-america", -5],
  ["us-east4", "Ashburn, Virginia", 39.04, -77.49, "north-america", -5],
  ["us-east5", "Columbus, Ohio", 39.96, -83, "north-america", -5],
  ["us-south1", "Dallas, Texas", 32.78, -96.8, "north-america", -6],
  ["us-west1", "The Dalles, Oregon", 45.59, -121.18, "north-america", -8],
  ["us-west2", "Los Angeles, California", 34.05, -118.24, "north-america", -8],
  ["us-west3", "Salt Lake City, Utah", 40.76, -111.89, "north-america", -7],
  ["us-west4", "Las Vegas, Nevada", 36.17, -115.14, "north-america", -8],
  ["northamerica-northeast1", "Montreal", 45.5, -73.57, "north-america", -5],
  ["northamerica-northeast2", "Toronto", 43.65, -79.38, "north-america", -5],
  ["southamerica-east1", "São Paulo", -23.55, -46.63, "south-america", -3],
  ["southamerica-west1", "Santiago", -33.45, -70.67, "south-america", -4],
  ["europe-north1", "Hamina, Finland", 60.57, 27.2, "europe", 2],
  ["europe-west1", "Saint-Ghislain, Belgium", 50.45, 3.82, "europe", 1],
  ["europe-west2", "London", 51.51, -0.13, "europe", 0],
  ["europe-west3", "Frankfurt", 50.11, 8.68, "europe", 1],
  ["europe-west4", "Eemshaven, Netherlands", 53.44, 6.83, "europe", 1],
  ["europe-west6", "Zurich", 47.38, 8.54, "europe", 1],
  ["europe-west8", "Milan", 45.46, 9.19, "europe", 1],
  ["europe-west9", "Paris", 48.86, 2.35, "europe", 1],
  ["europe-west10", "Berlin", 52.52, 13.4, "europe", 1],
  ["me-west1", "Tel Aviv", 32.09, 34.78, "middle-east", 2],
  ["me-central2", "Dammam", 26.43, 50.1, "middle-east", 3],
  ["asia-east1", "Changhua County, Taiwan", 24.05, 120.52, "asia", 8],
  ["asia-northeast1", "Tokyo", 35.68, 139.69, "asia", 9],
  ["asia-northeast3", "Seoul", 37.57, 126.98, "asia", 9],
  ["asia-south1", "Mumbai", 19.08, 72.88, "asia", 5.5],
  ["asia-south2", "Delhi", 28.61, 77.21, "asia", 5.5],
  ["asia-southeast1", "Jurong West, Singapore", 1.35, 103.71, "asia", 8],
  ["asia-southeast2", "Jakarta", -6.21, 106.85, "asia", 7],
  ["australia-southeast1", "Sydney", -33.87, 151.21, "oceania", 10],
  ["australia-southeast2", "Melbourne", -37.81, 144.96, "oceania", 10],
];

export const regions: readonly RegionSpec[] = [
  ...awsLines.map((line) => ({ ...spec(line), ...aws })),
  ...gcpLines.map((line) => ({ ...spec(line), ...gcp })),
];

function spec([name, place, latitude, longitude, continent, utcOffsetHours]: Line) {
  return { name, place, latitude, longitude, continent, utcOffsetHours };
}
