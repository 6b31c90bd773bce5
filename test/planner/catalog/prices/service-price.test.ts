/** Services and egress: where a price holds, and the figures again from the price lists. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { parse } from "csv-parse/sync";
import { listPriceBook } from "../../../../planner/catalog/prices/list-price-book";
import type { Cloud, ServiceName } from "../../../../planner/catalog/prices/price-rows";
import { egressPrice, servicePrice } from "../../../../planner/catalog/prices/service-price";
import { describeWithSharedData, sharedDataPath } from "../../../support/shared-data";

const book = listPriceBook();

/** Rows of a list; none when the data is not there and the suite is skipped. */
function csv(file: string): Readonly<Record<string, string>>[] {
  const path = sharedDataPath(`prices/${file}`);
  if (path === undefined) return [];
  return parse(readFileSync(path, "utf8"), { columns: true });
}

describe("servicePrice", () => {
  it("is the region's own, else what holds everywhere, else none", () => {
    const usd = (cloud: Cloud, region: string, service: ServiceName) =>
      servicePrice(book, { cloud, region, service })?.usd;
    expect(usd("gcp", "europe-west4", "disk")).toBe(0.11);
    expect(usd("gcp", "europe-west4", "control-plane")).toBe(0.1);
    expect(usd("gcp", "europe-west4", "nat-gateway")).toBeUndefined();
    expect(usd("aws", "us-east-1", "control-plane")).toBe(0.1);
    expect(usd("aws", "eu-west-1", "control-plane")).toBeUndefined();
    expect(usd("aws", "eu-west-1", "dns-health-check")).toBe(0.5);
    expect(usd("aws", "us-east-1", "metrics")).toBeUndefined();
  });
});

describe("egressPrice", () => {
  const rate = (cloud: Cloud, from: string, to: string) =>
    egressPrice(book, { cloud, from, to })?.tiers[0]?.usd;

  it("is of the pair of regions, else of any other region", () => {
    expect(rate("aws", "us-east-1", "us-east-2")).toBe(0.01);
    expect(rate("aws", "us-east-1", "us-west-2")).toBe(0.02);
    expect(rate("aws", "sa-east-1", "us-east-1")).toBe(0.138);
    expect(rate("aws", "sa-east-1", "internet")).toBe(0.15);
    expect(rate("aws", "us-west-2", "other-zone")).toBe(0.02);
  });

  it("is none where no source of these years shows it", () => {
    expect(rate("gcp", "us-central1", "europe-west4")).toBeUndefined();
    expect(rate("gcp", "europe-west4", "internet")).toBeUndefined();
    expect(rate("aws", "eu-central-2", "other-zone")).toBeUndefined();
    expect(rate("gcp", "europe-west4", "other-zone")).toBe(0.01);
  });
});

describeWithSharedData("figures against the price lists", () => {
  const rows = csv("other_prices.csv");

  function listed(cloud: Cloud, item: string, region?: string): Readonly<Record<string, string>> {
    const found = rows.filter(
      (row) =>
        row["cloud"] === cloud &&
        row["item"] === item &&
        (region === undefined || row["region"] === region),
    );
    if (found.length !== 1) throw new Error(`${found.length} rows for ${cloud} ${item}`);
    return found[0]!;
  }

  /** Service, the name it has in the list, the list's price of its unit over the book's. */
  const named: readonly (readonly [Cloud, string, ServiceName, string, number])[] = [
    ["aws", "us-east-1", "control-plane", "EKS cluster (standard support)", 1],
    ["aws", "us-east-1", "control-plane-extended-support", "EKS cluster (extended support)", 1],
    ["aws", "us-east-1", "application-load-balancer", "ALB", 1],
    ["aws", "us-east-1", "application-load-balancer-capacity", "ALB LCU", 1],
    ["aws", "us-east-1", "network-load-balancer", "NLB", 1],
    ["aws", "us-east-1", "network-load-balancer-capacity", "NLB NLCU", 1],
    ["aws", "us-east-1", "nat-gateway", "NAT gateway", 1],
    ["aws", "us-east-1", "nat-data", "NAT gateway data processed", 1],
    ["aws", "us-east-1", "public-ipv4", "Idle/in-use public IPv4", 1],
    ["aws", "us-east-1", "private-endpoint", "VPC interface endpoint", 1],
    ["aws", "us-east-1", "private-endpoint-data", "VPC interface endpoint data (first 1 PB)", 1],
    ["aws", "us-east-1", "queue-requests", "SQS standard requests", 1],
    ["aws", "us-east-1", "queue-fifo-requests", "SQS FIFO requests", 1],
    ["aws", "us-east-1", "disk", "EBS gp3", 1],
    ["aws", "us-east-1", "disk-throughput", "EBS gp3 throughput over 125 MB/s", 1],
    ["aws", "us-east-1", "fast-disk", "EBS io2", 1],
    ["aws", "us-east-1", "object-storage", "S3 Standard", 1],
    ["aws", "us-east-1", "object-writes", "S3 PUT/LIST", 1 / 1000],
    ["aws", "us-east-1", "object-reads", "S3 GET", 1 / 1000],
    ["aws", "us-east-1", "image-registry", "ECR storage", 1],
    ["aws", "us-east-1", "logs", "CloudWatch Logs ingested", 1],
    ["aws", "us-east-1", "log-storage", "CloudWatch Logs archived", 1],
    ["aws", "us-east-1", "alarm", "CloudWatch alarm standard", 1],
    ["aws", "us-east-1", "dns-zone", "Route 53 hosted zone", 1],
    ["aws", "us-east-1", "dns-queries", "Route 53 standard queries (first 1B)", 1],
    ["aws", "us-east-1", "dns-policy-queries", "Route 53 latency-based queries", 1],
    ["aws", "us-east-1", "dns-health-check", "Route 53 health check (AWS endpoint)", 1],
    ["aws", "us-east-1", "dns-health-check-outside", "Route 53 health check (non-AWS endpoint)", 1],
    [
      "aws",
      "us-east-1",
      "dns-health-check-option",
      "Route 53 health check optional feature (AWS / non-AWS)",
      1,
    ],
    ["gcp", "us-central1", "control-plane", "GKE cluster management fee", 1],
    ["gcp", "us-central1", "nat-gateway", "Cloud NAT gateway (>=32 VMs)", 1],
    ["gcp", "us-central1", "nat-data", "Cloud NAT data", 1],
    ["gcp", "us-central1", "public-ipv4", "External IP in use by VM", 1],
    ["gcp", "us-central1", "load-balancer-data", "LB data processed", 1],
    ["gcp", "us-central1", "dns-queries", "Cloud DNS queries", 1],
    ["gcp", "us-central1", "queue-data", "Pub/Sub message delivery (throughput)", 1024],
    ["gcp", "us-central1", "metrics", "Cloud Monitoring metrics ingested, 0-100000 MiB", 1 / 1024],
    // An hour of a month of 730.
    ["gcp", "us-central1", "dns-zone", "Cloud DNS zone", 730],
  ];

  it.each(named)("%s %s %s", (cloud, region, service, item, unit) => {
    const row = servicePrice(book, { cloud, region, service })!;
    expect(row.usd * unit).toBeCloseTo(Number(listed(cloud, item)["price"]), 6);
  });

  it.each(["us-central1", "europe-west4", "asia-southeast1"])("storage in %s", (region) => {
    const items = { disk: "PD balanced", "fast-disk": "PD SSD", "object-storage": "GCS standard" };
    for (const [service, item] of Object.entries(items) as [ServiceName, string][]) {
      const row = servicePrice(book, { cloud: "gcp", region, service })!;
      expect(row.region).toBe(region);
      expect(row.usd).toBe(Number(listed("gcp", item, region)["price"]));
    }
  });

  it("all services are held against a list but those that a page shows", () => {
    const elsewhere = ["kms-key", "kms-requests", "forwarding-rules"];
    const ofGcp = ["logs", "log-storage", "dns-policy-queries", "dns-health-check-outside"];
    const storage = ["disk", "fast-disk", "object-storage"];
    const held = new Set(named.map(([cloud, , service]) => `${cloud} ${service}`));
    const rest = book.services.filter((row) => {
      const isElsewhere =
        elsewhere.includes(row.service) ||
        (row.cloud === "gcp" && [...ofGcp, ...storage].includes(row.service));
      return !isElsewhere && !held.has(`${row.cloud} ${row.service}`);
    });
    expect(rest).toEqual([]);
  });

  it("data out of each region of AWS", () => {
    const steps = ["first 10TB", "next 40TB", "next 100TB", "over 150TB"];
    const places = new Set(book.egress.filter((row) => row.cloud === "aws").map((row) => row.from));
    let held = 0;
    for (const region of places) {
      const own = rows.filter((row) => row["category"] === "egress" && row["region"] === region);
      if (own.length === 0) continue;
      held++;
      const usd = (text: string): number | undefined => {
        const price = own.find((row) => row["item"]!.includes(text))?.["price"];
        return price === undefined ? undefined : Number(price);
      };
      const internet = egressPrice(book, { cloud: "aws", from: region, to: "internet" })!;
      expect(internet.tiers.map((tier) => tier.usd)).toEqual(steps.map(usd));
      const regions = egressPrice(book, { cloud: "aws", from: region, to: "other-regions" })!;
      expect(regions.tiers[0]!.usd).toBe(usd("to other regions"));
      const zone = egressPrice(book, { cloud: "aws", from: region, to: "other-zone" })!;
      expect(zone.tiers[0]!.usd).toBe(2 * usd("Intra-region")!);
    }
    expect(held).toBe(24);
  });

  it("data out of regions that opened late, and between the two in the east", () => {
    const matrix = csv("aws_egress_matrix.csv");
    const usd = (from: string, to: string): number =>
      Number(matrix.find((row) => row["src"] === from && row["dst"] === to)!["cost"]);
    for (const from of ["eu-central-2", "eu-south-2", "me-central-1", "ap-southeast-3"]) {
      for (const to of ["internet", "us-east-1", "ap-south-1"]) {
        const price = egressPrice(book, { cloud: "aws", from, to })!;
        expect(price.tiers).toEqual([{ from: 0, usd: usd(from, to) }]);
      }
    }
    for (const [from, to] of [
      ["us-east-1", "us-east-2"],
      ["us-east-2", "us-east-1"],
    ] as const) {
      expect(egressPrice(book, { cloud: "aws", from, to })!.tiers[0]!.usd).toBe(usd(from, to));
    }
  });
});
