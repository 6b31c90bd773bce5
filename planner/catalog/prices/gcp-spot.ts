/**
 * Spot prices of Google Cloud, in US dollars per instance and hour: one price per region, set anew at most once a month,
 * and between which prices some types went over the last year. Written by test/bench/price-book.ts; do not edit by hand.
 */
import type { PriceSheet, SheetHead, SpotRanges } from "./price-sheet";

const sourceA: SheetHead = {
  cloud: "gcp",
  purchase: "spot",
  kind: "spot-observed",
  terms: "spot, one price per region",
  confidence: "high",
  source: "Cyclenerd/google-cloud-pricing-cost-calculator pricing.yml@fd66b26",
  date: "2026-07-30",
};
const sourceB: SheetHead = {
  cloud: "gcp",
  purchase: "spot",
  kind: "spot-observed",
  terms: "spot, per chip-hour times the chips of the machine",
  confidence: "low",
  source: "skypilot-org/skypilot-catalog v9 vms.csv@2c3d7ea, first half of 2026",
  date: "2026-01-01",
};

// biome-ignore format: one line per instance type, one figure per region
export const gcpSpot: readonly PriceSheet[] = [
  {
    ...sourceA,
    regions: ["us-central1", "us-east1", "us-east4", "us-west1", "us-west4", "northamerica-northeast1", "northamerica-northeast2", "europe-west1", "europe-west2", "europe-west3", "europe-west4", "europe-west6", "me-central2", "asia-east1", "asia-northeast1", "asia-northeast3", "asia-south1", "asia-southeast1"],
    lines: [
      ["g2-standard-4", 0.397336, 0.397336, 0.310596, 0.397336, 0.46244, 0.41044, 0.418544, 0.357456, 0.48288, 0.4998, 0.38986, 0.565076, 0.587508, 0.386852, 0.544596, 0.270872, 0.324484, 0.523272],
      ["g2-standard-8", 0.479872, 0.479872, 0.375092, 0.479872, 0.55848, 0.49568, 0.505488, 0.431712, 0.58316, 0.6036, 0.47082, 0.676452, 0.709516, 0.467204, 0.657692, 0.327144, 0.391868, 0.631944],
      ["g2-standard-12", 0.562408, 0.562408, 0.439588, 0.562408, 0.65452, 0.58092, 0.592432, 0.505968, 0.68344, 0.7074, 0.55178, 0.787828, 0.831524, 0.547556, 0.770788, 0.383416, 0.459252, 0.740616],
      ["g2-standard-16", 0.644944, 0.644944, 0.504084, 0.644944, 0.75056, 0.66616, 0.679376, 0.580224, 0.78372, 0.8112, 0.63274, 0.899204, 0.953532, 0.627908, 0.883884, 0.439688, 0.526636, 0.849288],
      ["g2-standard-24", 1.124816, 1.124816, 0.879176, 1.124816, 1.30904, 1.16184, 1.184864, 1.011936, 1.36688, 1.4148, 1.10356, 1.575656, 1.663048, 1.095112, 1.541576, 0.766832, 0.918504, 1.481232],
      ["g2-standard-32", 0.975088, 0.975088, 0.762068, 0.975088, 1.13472, 1.00712, 1.027152, 0.877248, 1.18484, 1.2264, 0.95658, 1.344708, 1.441564, 0.949316, 1.336268, 0.664776, 0.796172, 1.283976],
      ["g2-standard-48", 2.249632, 2.249632, 1.758352, 2.249632, 2.61808, 2.32368, 2.369728, 2.023872, 2.73376, 2.8296, 2.20712, 3.151312, 3.326096, 2.190224, 3.083152, 1.533664, 1.837008, 2.962464],
      ["g2-standard-96", 4.499264, 4.499264, 3.516704, 4.499264, 5.23616, 4.64736, 4.739456, 4.047744, 5.46752, 5.6592, 4.41424, 6.302624, 6.652192, 4.380448, 6.166304, 3.067328, 3.674016, 5.924928],
    ],
  },
  {
    ...sourceA,
    regions: ["us-central1", "us-east1", "us-east4", "us-east5", "us-south1", "us-west1", "us-west3", "us-west4", "europe-north1", "europe-west1", "europe-west2", "europe-west4", "europe-west8", "europe-west10", "me-central2", "asia-east1", "asia-south1", "asia-south2", "asia-southeast1", "asia-southeast2"],
    lines: [
      ["g4-standard-6", 0.223803, 0.223803, 0.223803, 0.246208, 0.223803, 0.223803, 0.246208, 0.246208, 0.246208, 0.246208, 0.268614, 0.246208, 0.268614, 0.268659, 0.26857, 0.291177, 0.290936, 0.290936, 0.268614, 0.300976],
      ["g4-standard-12", 0.449955, 0.449955, 0.449955, 0.495, 0.449955, 0.449955, 0.495, 0.495, 0.495, 0.495, 0.540045, 0.495, 0.540045, 0.540138, 0.539955, 0.585415, 0.584925, 0.584925, 0.540045, 0.60511],
      ["g4-standard-24", 0.89991, 0.89991, 0.89991, 0.99, 0.89991, 0.89991, 0.99, 0.99, 0.99, 0.99, 1.08009, 0.99, 1.08009, 1.080275, 1.07991, 1.17083, 1.16985, 1.16985, 1.08009, 1.21022],
      ["g4-standard-48", 1.79982, 1.79982, 1.79982, 1.98, 1.79982, 1.79982, 1.98, 1.98, 1.98, 1.98, 2.16018, 1.98, 2.16018, 2.16055, 2.15982, 2.34166, 2.3397, 2.3397, 2.16018, 2.42044],
      ["g4-standard-96", 3.59964, 3.59964, 3.59964, 3.96, 3.59964, 3.59964, 3.96, 3.96, 3.96, 3.96, 4.32036, 3.96, 4.32036, 4.3211, 4.31964, 4.68332, 4.6794, 4.6794, 4.32036, 4.84088],
      ["g4-standard-192", 7.19928, 7.19928, 7.19928, 7.92, 7.19928, 7.19928, 7.92, 7.92, 7.92, 7.92, 8.64072, 7.92, 8.64072, 8.6422, 8.63928, 9.36664, 9.3588, 9.3588, 8.64072, 9.68176],
      ["g4-standard-384", 14.39856, 14.39856, 14.39856, 15.84, 14.39856, 14.39856, 15.84, 15.84, 15.84, 15.84, 17.28144, 15.84, 17.28144, 17.2844, 17.27856, 18.73328, 18.7176, 18.7176, 17.28144, 19.36352],
    ],
  },
  {
    ...sourceA,
    regions: ["us-central1", "us-east1", "us-west1", "us-west3", "us-west4", "europe-west4", "me-west1", "asia-northeast1", "asia-northeast3", "asia-southeast1"],
    lines: [
      ["a2-highgpu-1g", 1.92802, 1.92802, 1.92802, 2.594965, 1.816835, 1.692835, 2.42438, 2.429675, 2.151475, 2.40826],
      ["a2-highgpu-2g", 3.85604, 3.85604, 3.85604, 5.18993, 3.63367, 3.38567, 4.84876, 4.85935, 4.30295, 4.81652],
      ["a2-highgpu-4g", 7.71208, 7.71208, 7.71208, 10.37986, 7.26734, 6.77134, 9.69752, 9.7187, 8.6059, 9.63304],
      ["a2-highgpu-8g", 15.42416, 15.42416, 15.42416, 20.75972, 14.53468, 13.54268, 19.39504, 19.4374, 17.2118, 19.26608],
    ],
  },
  {
    ...sourceA,
    regions: ["us-central1", "europe-west4", "asia-southeast1"],
    lines: [
      ["a2-megagpu-16g", 29.25568, 25.57624, 36.28576],
    ],
  },
  {
    ...sourceA,
    regions: ["us-central1", "us-east4", "us-east5", "europe-west4", "asia-southeast1"],
    lines: [
      ["a2-ultragpu-1g", 2.759546, 2.367253, 1.777848, 2.945207, 3.248728],
      ["a2-ultragpu-2g", 5.519093, 4.734507, 3.555695, 5.890413, 6.497455],
      ["a2-ultragpu-4g", 11.038185, 9.469013, 7.11139, 11.780827, 12.99491],
      ["a2-ultragpu-8g", 22.07637, 18.938026, 14.22278, 23.561654, 25.98982],
    ],
  },
  {
    ...sourceA,
    regions: ["us-central1", "us-east4", "us-east5", "us-west1", "us-west4", "europe-north1", "europe-west1", "europe-west3", "europe-west4", "europe-west9", "asia-east1", "asia-northeast1", "asia-northeast3", "asia-south1", "asia-south2", "asia-southeast1", "australia-southeast1", "australia-southeast2"],
    lines: [
      ["a3-highgpu-1g", 6.326193, 4.540105, 4.659763, 6.326193, 4.659455, 1.275685, 4.758275, 5.351861, 5.514847, 2.928978, 5.999789, 3.238754, 4.530007, 4.705564, 3.890029, 6.402333, 3.472569, 1.342876],
      ["a3-highgpu-2g", 12.652385, 9.080209, 9.319526, 12.652385, 9.31891, 2.551369, 9.516549, 10.703721, 11.029695, 5.857956, 11.999577, 6.477507, 9.060014, 9.411127, 7.780058, 12.804666, 6.945138, 2.685753],
      ["a3-highgpu-4g", 25.30477, 18.160418, 18.639052, 25.30477, 18.637819, 5.102738, 19.033098, 21.407442, 22.05939, 11.715911, 23.999154, 12.955014, 18.120028, 18.822255, 15.560116, 25.609332, 13.890276, 5.371506],
      ["a3-highgpu-8g", 50.609541, 36.320837, 37.278105, 50.609541, 37.275639, 10.205477, 38.066197, 42.814885, 44.118779, 23.431823, 47.998309, 25.910029, 36.240057, 37.64451, 31.120232, 51.218665, 27.780551, 10.743012],
    ],
  },
  {
    ...sourceA,
    regions: ["us-east4", "us-east5", "us-west4", "europe-west1", "europe-west3", "europe-west4", "asia-northeast1", "asia-southeast1", "australia-southeast1"],
    lines: [
      ["a3-megagpu-8g", 23.275237, 35.202905, 22.858839, 40.104597, 52.949285, 46.243579, 29.718029, 53.671465, 36.562151],
    ],
  },
  {
    ...sourceB,
    regions: ["us-central1", "us-east1", "us-east4", "us-east5", "us-south1", "us-west1", "europe-west4", "asia-northeast1", "asia-south1", "asia-southeast1"],
    lines: [
      ["ct6e-standard-1t", 0.59266, 0.59266, 0.34491, 1.27575, 1.21838, 0.59266, 1.782, 1.45707, 1.38895, 0.2673],
      ["ct6e-standard-4t", 2.37064, 2.37064, 1.37964, 5.103, 4.87352, 2.37064, 7.128, 5.82828, 5.5558, 1.0692],
      ["ct6e-standard-8t", 4.74128, 4.74128, 2.75928, 10.206, 9.74704, 4.74128, 14.256, 11.65656, 11.1116, 2.1384],
    ],
  },
];

/** Monthly prices from 2025-07-31 to 2026-07-30, both included. */
// biome-ignore format: one line per instance type and region
export const gcpSpotRanges: SpotRanges = {
  over: "months from 2025-07-31 to 2026-07-30",
  ranges: [
    ["g2-standard-48", "us-central1", 1.597232, 2.249632],
    ["g2-standard-48", "europe-west4", 1.583232, 2.20712],
    ["g2-standard-48", "asia-southeast1", 1.82288, 2.962464],
    ["a2-highgpu-8g", "us-central1", 11.54364, 15.42416],
    ["a2-highgpu-8g", "europe-west4", 11.89872, 13.54268],
    ["a2-highgpu-8g", "asia-southeast1", 12.8436, 19.26608],
    ["a2-ultragpu-8g", "us-central1", 16.171254, 22.07637],
    ["a2-ultragpu-8g", "us-east4", 17.778271, 19.109942],
    ["a2-ultragpu-8g", "europe-west4", 14.982043, 23.561654],
    ["a3-highgpu-8g", "us-central1", 20.365499, 50.609541],
    ["a3-highgpu-8g", "us-east4", 16.098435, 36.320837],
    ["a3-highgpu-8g", "europe-west4", 20.408515, 44.118779],
    ["a3-highgpu-8g", "asia-southeast1", 20.723891, 51.218665],
  ],
};
