/** Sites of both clouds, policies over them, and the program that makes their DNS. */
import * as aws from "@pulumi/aws";
import * as gcp from "@pulumi/gcp";
import { FailoverDns, type FailoverDnsArgs, type FailoverPolicy } from "../../../components/dns";
import type { DnsWorld } from "../../support/dns/dns-world";

export const HOST = "api.example.com";

/** By name; each has an endpoint that says whose it is. */
export const allSites = {
  ash: {
    cloud: "aws",
    region: "us-east-1",
    nearestGcpRegion: "us-east4",
    addresses: { "us-east-1a": "192.0.2.1", "us-east-1b": "192.0.2.2" },
  },
  birch: {
    cloud: "gcp",
    region: "europe-west4",
    nearestAwsRegion: "eu-central-1",
    addresses: { global: "198.51.100.1" },
  },
  cedar: {
    cloud: "aws",
    region: "ap-southeast-1",
    nearestGcpRegion: "asia-southeast1",
    addresses: { "ap-southeast-1a": "203.0.113.1" },
    alias: { dnsName: "cedar.elb.example", zoneId: "elb-zone" },
  },
} as const satisfies FailoverDnsArgs["sites"];

/** The name of a site. */
export type SiteName = keyof typeof allSites;

export const siteNames = Object.keys(allSites) as SiteName[];

/** Whose an answer is. */
export function siteOf(answer: readonly string[]): SiteName | undefined {
  return siteNames.find((name) => {
    const site = allSites[name];
    const endpoints: readonly string[] = [
      ...Object.values(site.addresses),
      ...("alias" in site ? [site.alias.dnsName] : []),
    ];
    return answer.length > 0 && answer.every((one) => endpoints.includes(one));
  });
}

/** Policies of every kind over two or three sites. */
export function policyOf(kind: FailoverPolicy["kind"], names: readonly string[]): FailoverPolicy {
  switch (kind) {
    case "latency":
      return { kind };
    case "weighted":
      return { kind, weights: Object.fromEntries(names.map((name, index) => [name, index + 1])) };
    case "primary-backup":
      // Not the order of their names.
      return { kind, order: [...names].reverse() };
    case "geo": {
      const [first, second, third = first] = names as [string, string, string?];
      return { kind, areas: { NA: first, EU: second, AS: third! }, otherwise: first };
    }
  }
}

/** Who owns the name. */
export type Owner = "route53" | "cloud-dns" | "both";

export const route53 = { zoneId: "zone-probe" };
export const cloudDns = {
  managedZone: "probe",
  sourceRegions: ["us-east1", "europe-west1", "asia-east1"],
};

/** Arguments over the first so many sites. */
export function dnsArgs(
  kind: FailoverPolicy["kind"],
  siteCount: number,
  owner: Owner,
): FailoverDnsArgs {
  const names = siteNames.slice(0, siteCount);
  return {
    hostname: HOST,
    sites: Object.fromEntries(names.map((name) => [name, allSites[name]])),
    policy: policyOf(kind, names),
    healthCheck: { intervalSeconds: 30, failureThreshold: 3 },
    ttlSeconds: 60,
    ...(owner === "cloud-dns" ? {} : { route53 }),
    ...(owner === "route53" ? {} : { cloudDns }),
    allocation: { workload: "support" },
  };
}

/** Makes the DNS with a provider of each cloud. */
export function dnsProgram(args: FailoverDnsArgs) {
  return (): Record<string, unknown> => {
    const providers = {
      aws: new aws.Provider("us-east-1", { region: "us-east-1" }),
      gcp: new gcp.Provider("global", { project: "probe" }),
    };
    const made = new FailoverDns("api", args, { providers });
    return { hostname: made.hostname, moveSecondsMax: made.moveSecondsMax };
  };
}

/** Regions of both clouds, roughly from where each continent's clients are. */
const DISTANCES_MS: Readonly<Record<string, Readonly<Record<SiteName, number>>>> = {
  NA: { ash: 20, birch: 90, cedar: 220 },
  EU: { ash: 90, birch: 15, cedar: 170 },
  AS: { ash: 220, birch: 170, cedar: 20 },
  AF: { ash: 150, birch: 100, cedar: 180 },
};

/** Where clients are. */
export const clientContinents = Object.keys(DISTANCES_MS);

const SITE_OF_REGION: Readonly<Record<string, SiteName>> = {
  "us-east-1": "ash",
  "us-east4": "ash",
  "us-central1": "ash",
  "europe-west4": "birch",
  "europe-west1": "birch",
  "eu-central-1": "birch",
  "ap-southeast-1": "cedar",
  "asia-southeast1": "cedar",
};

/** What a client sees while some sites are healthy. */
export function worldOf(continent: string, healthy: readonly SiteName[], draw = 0.5): DnsWorld {
  return {
    isHealthy: (endpoint) => {
      const site = siteOf([endpoint]);
      if (site === undefined) throw new Error(`nobody's endpoint: ${endpoint}`);
      return healthy.includes(site);
    },
    distanceMs: (region) => {
      const site = SITE_OF_REGION[region];
      // The places of other continents stand for nobody's region; they are far from everybody.
      return site === undefined ? 1000 : DISTANCES_MS[continent]![site];
    },
    continent,
    draw,
  };
}
