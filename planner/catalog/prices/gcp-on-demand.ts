/**
 * On-demand prices of Google Cloud, in US dollars per instance and hour, for the types and regions of the catalog.
 * Written by test/bench/price-book.ts; do not edit by hand.
 */
import type { PriceSheet, SheetHead } from "./price-sheet";

const sourceA: SheetHead = {
  cloud: "gcp",
  purchase: "on-demand",
  kind: "list",
  terms: "on demand",
  confidence: "high",
  source: "Cyclenerd/google-cloud-pricing-cost-calculator pricing.yml@fd66b26",
  date: "2026-07-30",
};
const sourceB: SheetHead = {
  cloud: "gcp",
  purchase: "on-demand",
  kind: "list",
  terms: "on demand",
  confidence: "medium",
  source: "cloud.google.com accelerator-optimized pricing, in a published catalog of terms",
  date: "2026-09-27",
};
const sourceC: SheetHead = {
  cloud: "gcp",
  purchase: "on-demand",
  kind: "list",
  terms: "on demand, per chip-hour times the chips of the machine",
  confidence: "medium",
  source: "dstackai/gpuhunt tpu_pricing.json@3584151, kept by hand",
  date: "2026-08-19",
};
const sourceD: SheetHead = {
  cloud: "gcp",
  purchase: "on-demand",
  kind: "list",
  terms: "on demand, per chip-hour times the chips of the machine",
  confidence: "medium",
  source: "skypilot-org/skypilot-catalog v9 vms.csv@2c3d7ea, first half of 2026",
  date: "2026-01-01",
};

// biome-ignore format: one line per instance type, one figure per region
export const gcpOnDemand: readonly PriceSheet[] = [
  {
    ...sourceA,
    regions: ["us-central1", "us-east1", "us-east4", "us-west1", "us-west4", "northamerica-northeast1", "northamerica-northeast2", "europe-west1", "europe-west2", "europe-west3", "europe-west4", "europe-west6", "me-central2", "asia-east1", "asia-northeast1", "asia-northeast3", "asia-south1", "asia-southeast1"],
    lines: [
      ["g2-standard-4", 0.706832, 0.706832, 0.704518, 0.706832, 0.796105, 0.778293, 0.778293, 0.778293, 0.804789, 0.833028, 0.742916, 0.975748, 1.130932, 0.818441, 0.907714, 0.907714, 0.735779, 0.872019],
      ["g2-standard-8", 0.853624, 0.853624, 0.850829, 0.853624, 0.961437, 0.939926, 0.939926, 0.939926, 0.971925, 1.006027, 0.897202, 1.168056, 1.365799, 0.988412, 1.096224, 1.096224, 0.888583, 1.053116],
      ["g2-standard-12", 1.000416, 1.000416, 0.997141, 1.000416, 1.126769, 1.101558, 1.101558, 1.101558, 1.13906, 1.179027, 1.051488, 1.360364, 1.600666, 1.158382, 1.284735, 1.284735, 1.041387, 1.234214],
      ["g2-standard-16", 1.147208, 1.147208, 1.143452, 1.147208, 1.292101, 1.263191, 1.263191, 1.263191, 1.306195, 1.352027, 1.205773, 1.552671, 1.835533, 1.328353, 1.473245, 1.473245, 1.19419, 1.415311],
      ["g2-standard-24", 2.000833, 2.000833, 1.994281, 2.000833, 2.253538, 2.203117, 2.203117, 2.203117, 2.27812, 2.358054, 2.102975, 2.720727, 3.201332, 2.316764, 2.569469, 2.569469, 2.082773, 2.468427],
      ["g2-standard-32", 1.734376, 1.734376, 1.728697, 1.734376, 1.953428, 1.909722, 1.909722, 1.909722, 1.974737, 2.044026, 1.822916, 2.321903, 2.775002, 2.008235, 2.227286, 2.227286, 1.805405, 2.1397],
      ["g2-standard-48", 4.001665, 4.001665, 3.988562, 4.001665, 4.507075, 4.406234, 4.406234, 4.406234, 4.55624, 4.716108, 4.20595, 5.441455, 6.402665, 4.633528, 5.138938, 5.138938, 4.165547, 4.936854],
      ["g2-standard-96", 8.00333, 8.00333, 7.977124, 8.00333, 9.014151, 8.812467, 8.812467, 8.812467, 9.11248, 9.432216, 8.411901, 10.882909, 12.805329, 9.267057, 10.277877, 10.277877, 8.331093, 9.873709],
    ],
  },
  {
    ...sourceA,
    regions: ["us-central1", "us-east1", "us-east4", "us-east5", "us-south1", "us-west1", "us-west3", "us-west4", "europe-north1", "europe-west1", "europe-west2", "europe-west4", "europe-west8", "europe-west10", "me-central2", "asia-east1", "asia-south1", "asia-south2", "asia-southeast1", "asia-southeast2"],
    lines: [
      ["g4-standard-6", 0.559556, 0.559556, 0.559556, 0.615512, 0.559556, 0.559556, 0.615512, 0.615512, 0.615512, 0.615512, 0.671467, 0.615512, 0.671467, 0.671368, 0.671368, 0.727423, 0.727384, 0.727423, 0.671467, 0.752435],
      ["g4-standard-12", 1.124982, 1.124982, 1.124982, 1.237481, 1.124982, 1.124982, 1.237481, 1.237481, 1.237481, 1.237481, 1.349979, 1.237481, 1.349979, 1.349775, 1.349775, 1.462477, 1.462398, 1.462477, 1.349979, 1.512764],
      ["g4-standard-24", 2.249965, 2.249965, 2.249965, 2.474962, 2.249965, 2.249965, 2.474962, 2.474962, 2.474962, 2.474962, 2.699958, 2.474962, 2.699958, 2.69955, 2.69955, 2.924955, 2.924795, 2.924955, 2.699958, 3.025529],
      ["g4-standard-48", 4.49993, 4.49993, 4.49993, 4.949923, 4.49993, 4.49993, 4.949923, 4.949923, 4.949923, 4.949923, 5.399916, 4.949923, 5.399916, 5.3991, 5.3991, 5.849909, 5.84959, 5.849909, 5.399916, 6.051057],
      ["g4-standard-96", 8.99986, 8.99986, 8.99986, 9.899846, 8.99986, 8.99986, 9.899846, 9.899846, 9.899846, 9.899846, 10.799832, 9.899846, 10.799832, 10.7982, 10.7982, 11.699818, 11.69918, 11.699818, 10.799832, 12.102114],
      ["g4-standard-192", 17.99972, 17.99972, 17.99972, 19.799692, 17.99972, 17.99972, 19.799692, 19.799692, 19.799692, 19.799692, 21.599664, 19.799692, 21.599664, 21.5964, 21.5964, 23.399636, 23.39836, 23.399636, 21.599664, 24.204229],
      ["g4-standard-384", 35.99944, 35.99944, 35.99944, 39.599384, 35.99944, 35.99944, 39.599384, 39.599384, 39.599384, 39.599384, 43.199328, 39.599384, 43.199328, 43.1928, 43.1928, 46.799272, 46.79672, 46.799272, 43.199328, 48.408457],
    ],
  },
  {
    ...sourceA,
    regions: ["us-central1", "us-east1", "us-west1", "us-west3", "us-west4", "europe-west4", "me-west1", "asia-northeast1", "asia-northeast3", "asia-southeast1"],
    lines: [
      ["a2-highgpu-1g", 3.673385, 3.673385, 3.673385, 4.325069, 3.934355, 3.747972, 4.040724, 4.049591, 4.049591, 4.013758],
      ["a2-highgpu-2g", 7.34677, 7.34677, 7.34677, 8.650137, 7.86871, 7.495944, 8.081447, 8.099182, 8.099182, 8.027516],
      ["a2-highgpu-4g", 14.69354, 14.69354, 14.69354, 17.300275, 15.73742, 14.991888, 16.162895, 16.198364, 16.198364, 16.055032],
      ["a2-highgpu-8g", 29.38708, 29.38708, 29.38708, 34.600549, 31.474839, 29.983776, 32.32579, 32.396727, 32.396727, 32.110063],
    ],
  },
  {
    ...sourceA,
    regions: ["us-central1", "europe-west4", "asia-southeast1"],
    lines: [
      ["a2-megagpu-16g", 55.739504, 56.62656, 60.476223],
    ],
  },
  {
    ...sourceA,
    regions: ["us-central1", "us-east4", "us-east5", "europe-west4", "asia-southeast1"],
    lines: [
      ["a2-ultragpu-1g", 5.068798, 5.707732, 5.564915, 5.580918, 6.247685],
      ["a2-ultragpu-2g", 10.137596, 11.415465, 11.12983, 11.161837, 12.495371],
      ["a2-ultragpu-4g", 20.275192, 22.83093, 22.25966, 22.323674, 24.990742],
      ["a2-ultragpu-8g", 40.550383, 45.66186, 44.519319, 44.647348, 49.981484],
    ],
  },
  {
    ...sourceA,
    regions: ["us-central1", "us-east4", "us-east5", "us-west1", "us-west4", "europe-north1", "europe-west1", "europe-west3", "europe-west4", "europe-west9", "asia-east1", "asia-northeast1", "asia-northeast3", "asia-south1", "asia-south2", "asia-southeast1", "australia-southeast1", "australia-southeast2"],
    lines: [
      ["a3-highgpu-1g", 11.06125, 11.06947, 12.4479, 11.06125, 12.456119, 12.17945, 12.171231, 13.053919, 14.06756, 12.831051, 12.794848, 15.830424, 14.206156, 11.516848, 13.28558, 14.284787, 13.834783, 14.383739],
      ["a3-highgpu-2g", 22.1225, 22.138939, 24.8958, 22.1225, 24.912239, 24.3589, 24.342462, 26.107838, 28.13512, 25.662102, 25.589695, 31.660848, 28.412312, 23.033696, 26.57116, 28.569573, 27.669567, 28.767477],
      ["a3-highgpu-4g", 44.245, 44.277878, 49.791601, 44.245, 49.824477, 48.7178, 48.684923, 52.215676, 56.27024, 51.324205, 51.17939, 63.321695, 56.824623, 46.067392, 53.14232, 57.139146, 55.339133, 57.534955],
      ["a3-highgpu-8g", 88.49, 88.555756, 99.583201, 88.49, 99.648954, 97.4356, 97.369847, 104.431352, 112.540479, 102.648409, 102.35878, 126.643391, 113.649247, 92.134785, 106.284639, 114.278293, 110.678267, 115.06991],
    ],
  },
  {
    ...sourceA,
    regions: ["us-east4", "us-east5", "us-west4", "europe-west1", "europe-west3", "europe-west4", "asia-northeast1", "asia-southeast1", "australia-southeast1"],
    lines: [
      ["a3-megagpu-8g", 92.937588, 94.066641, 104.584234, 102.194647, 109.601912, 118.236831, 119.276367, 119.974645, 116.155467],
    ],
  },
  {
    ...sourceB,
    regions: ["us-central1"],
    lines: [
      ["a3-ultragpu-8g", 84.806908],
    ],
  },
  {
    ...sourceC,
    regions: ["us-central1", "us-east5", "us-south1", "us-west1", "us-west4", "europe-west1", "europe-west4", "asia-southeast1"],
    lines: [
      ["ct5lp-hightpu-1t", 1.2, 1.2, 1.416, 1.2, 1.2, 1.3213, 1.56, 1.56],
      ["ct5lp-hightpu-4t", 4.8, 4.8, 5.664, 4.8, 4.8, 5.2852, 6.24, 6.24],
      ["ct5lp-hightpu-8t", 9.6, 9.6, 11.328, 9.6, 9.6, 10.5704, 12.48, 12.48],
    ],
  },
  {
    ...sourceC,
    regions: ["us-east1", "us-east5"],
    lines: [
      ["ct5p-hightpu-4t", 16.8, 16.8],
    ],
  },
  {
    ...sourceD,
    regions: ["us-central1", "us-east1", "us-east4", "us-east5", "us-south1", "us-west1", "southamerica-west1", "europe-west4", "asia-northeast1", "asia-south1", "asia-southeast1"],
    lines: [
      ["ct6e-standard-1t", 2.7, 2.7, 2.7, 2.7, 2.7, 2.7, 2.7, 2.97, 3.24, 3.24, 2.97],
      ["ct6e-standard-4t", 10.8, 10.8, 10.8, 10.8, 10.8, 10.8, 10.8, 11.88, 12.96, 12.96, 11.88],
      ["ct6e-standard-8t", 21.6, 21.6, 21.6, 21.6, 21.6, 21.6, 21.6, 23.76, 25.92, 25.92, 23.76],
    ],
  },
];
