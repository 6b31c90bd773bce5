/** Arguments of FailoverDns: what they mean, and what they are when left out. */
import type * as aws from "@pulumi/aws";
import type * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import type { Allocation } from "../foundation/allocation";
import type { Transform } from "../foundation/transform";
import type { FailoverPolicy } from "./failover-policy";

/** A load balancer of AWS, for an alias record. */
export interface AliasTargetArgs {
  readonly dnsName: pulumi.Input<string>;
  /** Hosted zone of that name. */
  readonly zoneId: pulumi.Input<string>;
}

/** An alarm of CloudWatch that takes a site out while it sounds. */
export interface SiteAlarmArgs {
  readonly alarmName: pulumi.Input<string>;
  readonly region: pulumi.Input<string>;
}

/** One place that answers clients. */
export interface FailoverSiteArgs {
  /** Known early. */
  readonly cloud: "aws" | "gcp";
  /** Region in the site's own cloud. Known early. */
  readonly region: string;
  /** Nearest region of AWS, for a site elsewhere that Route 53 chooses by latency. Known early. */
  readonly nearestAwsRegion?: string;
  /** Nearest region of Google Cloud, for a site elsewhere that Cloud DNS chooses by place. Known early. */
  readonly nearestGcpRegion?: string;
  /**
   * Fixed addresses, by zone or by another name that tells them apart. Names are known early. Needed without `alias`,
   * and by Cloud DNS. @default - none
   */
  readonly addresses?: Readonly<Record<string, pulumi.Input<string>>>;
  /** A load balancer that knows which of its own addresses are well; Route 53 only. @default - `addresses` */
  readonly alias?: AliasTargetArgs;
  /** Site that takes over, for the policy `latency` on Route 53. Known early. @default - the next by name */
  readonly peer?: string;
  /** By a name of their own, known early; each takes the site out on Route 53. @default - none */
  readonly alarms?: Readonly<Record<string, SiteAlarmArgs>>;
  /** Whether the site is taken for unhealthy, for a drill or for work on it. Known early. @default false */
  readonly isDrained?: boolean;
}

/** How sites are checked. Known early. */
export interface SiteHealthCheckArgs {
  /** 10 or 30 on Route 53, 30 to 300 on Cloud DNS. */
  readonly intervalSeconds: number;
  /** Failed checks in a row after which a site is unhealthy, 1 to 10. */
  readonly failureThreshold: number;
  /** Passed checks in a row after which it is healthy again. @default - `failureThreshold`, always on Route 53 */
  readonly successThreshold?: number;
  /** Answers 200 while the site can serve. @default "/healthz" */
  readonly path?: string;
  /** @default 443 */
  readonly port?: number;
}

/** The zone in Route 53. Its provider is in us-east-1, the only region that has metrics of health checks. */
export interface Route53Args {
  readonly zoneId: pulumi.Input<string>;
  /** SNS topics of us-east-1 that hear when a site is unhealthy. @default - nobody; the alarm shows in the console */
  readonly notify?: readonly pulumi.Input<string>[];
}

/** The zone in Cloud DNS. */
export interface CloudDnsArgs {
  /** Name of the managed zone. */
  readonly managedZone: pulumi.Input<string>;
  /** The regions of Google Cloud that check, exactly three; two of them decide. Known early. */
  readonly sourceRegions: readonly string[];
}

/** Changes to single resources, in the provider's words. */
export interface FailoverDnsTransforms {
  readonly healthCheck?: Transform<aws.route53.HealthCheckArgs>;
  readonly record?: Transform<aws.route53.RecordArgs>;
  readonly cloudHealthCheck?: Transform<gcp.compute.HealthCheckArgs>;
  readonly recordSet?: Transform<gcp.dns.RecordSetArgs>;
}

/** Arguments of FailoverDns. */
export interface FailoverDnsArgs {
  /** Name that clients ask for, without a final full stop. Known early. */
  readonly hostname: string;
  /** By name: lower case letters, digits and hyphens. Known early. */
  readonly sites: Readonly<Record<string, FailoverSiteArgs>>;
  readonly policy: FailoverPolicy;
  readonly healthCheck: SiteHealthCheckArgs;
  /** How long resolvers keep an answer, seconds. An alias of a load balancer is always kept for 60. Known early. */
  readonly ttlSeconds: number;
  /** @default - not in Route 53 */
  readonly route53?: Route53Args;
  /**
   * Beside Route 53, a second provider that answers alike: name servers of both then go to the registrar.
   * @default - not in Cloud DNS
   */
  readonly cloudDns?: CloudDnsArgs;
  /** Who pays. @default - nobody */
  readonly allocation?: Allocation;
  /** The hatch. @default - none */
  readonly transform?: FailoverDnsTransforms;
}

/** Arguments with their defaults. */
export interface ResolvedFailoverDns extends FailoverDnsArgs {
  readonly healthCheck: Required<SiteHealthCheckArgs>;
  readonly allocation: Allocation;
  readonly transform: FailoverDnsTransforms;
}

/** Arguments with everything that was left out. */
export function resolveFailoverDns(args: FailoverDnsArgs): ResolvedFailoverDns {
  const { failureThreshold } = args.healthCheck;
  return {
    ...args,
    healthCheck: {
      successThreshold: failureThreshold,
      path: "/healthz",
      port: 443,
      ...args.healthCheck,
    },
    allocation: args.allocation ?? {},
    transform: args.transform ?? {},
  };
}

/** Names of the sites, sorted. */
export function siteNames({ sites }: Pick<FailoverDnsArgs, "sites">): readonly string[] {
  return Object.keys(sites).sort();
}

/** Addresses of a site, in the order of their names. */
export function addressesOf({ addresses = {} }: FailoverSiteArgs): pulumi.Input<string>[] {
  return Object.keys(addresses)
    .sort()
    .map((name) => addresses[name]!);
}

/** The region by which Route 53 knows a site. */
export function awsRegionOf(site: FailoverSiteArgs): string | undefined {
  return site.cloud === "aws" ? site.region : site.nearestAwsRegion;
}

/** The region by which Cloud DNS knows a site. */
export function gcpLocationOf(site: FailoverSiteArgs): string | undefined {
  return site.cloud === "gcp" ? site.region : site.nearestGcpRegion;
}

/** Site that takes over from another. */
export function peerOf(args: Pick<FailoverDnsArgs, "sites">, site: string): string {
  const names = siteNames(args);
  const next = names[(names.indexOf(site) + 1) % names.length]!;
  return args.sites[site]?.peer ?? next;
}

/** Longest time from the loss of a site until clients that keep to the TTL go elsewhere. */
export function moveSecondsMax({ healthCheck, ttlSeconds }: FailoverDnsArgs): number {
  return healthCheck.intervalSeconds * healthCheck.failureThreshold + ttlSeconds;
}
