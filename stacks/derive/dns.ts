/**
 * Failover DNS of each model: its sites are the regions that serve it, checked and chosen among as was simulated. Every
 * model has a host of its own, because a region may be well for one model and not for another.
 */
import {
  checkFailoverDns,
  type FailoverDnsArgs,
  type FailoverSiteArgs,
  type SiteHealthCheckArgs,
} from "../../components/dns";
import type { Problem, ResolvedFailover } from "../../planner/plan/fleet-of-plan";
import { nearestOf, nearestRegion } from "../../planner/plan/places";
import type { Derivation, Derived } from "./derived";
import { deriveFailoverPolicy } from "./failover-policy";
import type { FleetContext } from "./fleet-context";
import { modelHost } from "./names";
import { HEALTH_PATH } from "./traffic-policy";
import { type PathTable, translateProblems } from "./translate-problems";

/** What of a stack's configuration DNS depends on. */
export interface DnsSettings {
  readonly domain: string;
  /** Zone in Route 53. */
  readonly route53ZoneId?: string | undefined;
  /** Zone in Cloud DNS, and the three regions that check for it. */
  readonly managedZone?: string | undefined;
  readonly sourceRegions?: readonly string[] | undefined;
  /** Regions that are taken for unhealthy: a drill. */
  readonly drained?: readonly string[] | undefined;
}

/** A site without what its serving stack knows of it. */
export type PlannedSite = Omit<FailoverSiteArgs, "addresses" | "alias">;

/** The name of a model, before its addresses are known. */
export interface ModelDns {
  readonly model: string;
  readonly hostname: string;
  readonly sites: Readonly<Record<string, PlannedSite>>;
  /** Undefined for a model of one region, which fails over nowhere. */
  readonly failover:
    | (Pick<FailoverDnsArgs, "policy" | "healthCheck" | "ttlSeconds"> & {
        /** Whether Route 53 answers with what the load balancers of AWS know of their own addresses. */
        readonly hasAliases: boolean;
      })
    | undefined;
}

const PATHS: PathTable = {
  hostname: "capplan:domain",
  route53: "capplan:route53ZoneId",
  "cloudDns.sourceRegions": "capplan:sourceRegions",
  "healthCheck.intervalSeconds": "fleet.failover.healthCheck.interval",
  "healthCheck.failureThreshold": "fleet.failover.healthCheck.failureThreshold",
  "healthCheck.successThreshold": "fleet.failover.healthCheck.successThreshold",
  ttlSeconds: "fleet.failover.ttl",
  "policy.weights": "fleet.failover.policy.weighted",
  "policy.order": "fleet.failover.policy.primaryBackup",
  "policy.areas": "fleet.failover.policy.geo",
  sites: "capplan:drained",
};

/** What Route 53 keeps an alias of a load balancer for. */
const ALIAS_TTL_SECONDS = 60;
/** Where Cloud DNS looks the model's name up again when it is not in a policy: as Route 53's aliases. */
export const PLAIN_TTL_SECONDS = 60;

/** The names of all models that a client calls, in the order of the models' names. */
export function deriveDns(
  context: FleetContext,
  settings: DnsSettings,
): Derived<readonly ModelDns[]> {
  const { fleet, plan } = context;
  const called = plan.workloads.filter(({ delivery }) => delivery === "direct");
  const models = fleet.pools
    .map(({ model }) => model.name)
    .filter((name) => called.length > 0 && isCalled(context, name));
  const problems: Problem[] = [...ofZones(context, settings)];
  const derivations: Derivation[] = [];
  const args = [...new Set(models)].toSorted().map((model) => {
    const one = modelDns(context, settings, model, problems);
    derivations.push(...describe(one));
    return one;
  });
  const seen = new Set<string>();
  const distinct = problems.filter((problem) => {
    const key = `${problem.path} ${problem.message}`;
    return !seen.has(key) && seen.add(key);
  });
  return { args, derivations, problems: distinct };
}

/** A model that only a queue is for has no name. A chain names models that no workload is of: those are called too. */
function isCalled({ plan }: FleetContext, model: string): boolean {
  const workloads = plan.workloads.filter((one) => one.model === model);
  return workloads.length === 0 || workloads.some(({ delivery }) => delivery === "direct");
}

function modelDns(
  context: FleetContext,
  settings: DnsSettings,
  model: string,
  problems: Problem[],
): ModelDns {
  const { fleet } = context;
  const regions = fleet.regions.filter((_, index) =>
    fleet.pools.some((pool) => pool.model.name === model && pool.regionIndex === index),
  );
  const names = regions.map(({ name }) => name);
  const hostname = modelHost(model, settings.domain);
  const sites = Object.fromEntries(
    regions.map(({ name, spec }) => {
      const others = names.filter((other) => other !== name);
      const peer = nearestOf(name, others);
      const aws = nearestRegion(name, "aws");
      const gcp = nearestRegion(name, "gcp");
      const site: PlannedSite = {
        cloud: spec.cloud,
        region: name,
        ...(spec.cloud === "aws" || aws === undefined ? {} : { nearestAwsRegion: aws }),
        ...(spec.cloud === "gcp" || gcp === undefined ? {} : { nearestGcpRegion: gcp }),
        ...(peer === undefined ? {} : { peer }),
        isDrained: settings.drained?.includes(name) ?? false,
      };
      return [name, site];
    }),
  );
  const { failover } = fleet.policies;
  if (failover === undefined || names.length < 2) {
    return { model, hostname, sites, failover: undefined };
  }
  checkShare(context, model, failover, problems);
  const policy = deriveFailoverPolicy(context, failover, names, problems);
  if (policy === undefined) return { model, hostname, sites, failover: undefined };
  const { intervalSeconds, failureThreshold, successThreshold } = failover.healthCheck;
  const healthCheck: SiteHealthCheckArgs = {
    intervalSeconds,
    failureThreshold,
    successThreshold,
    path: HEALTH_PATH,
  };
  const { ttlSeconds } = failover;
  const hasAliases = ttlSeconds === ALIAS_TTL_SECONDS && settings.managedZone === undefined;
  const found = checkFailoverDns({
    hostname,
    sites: withPlaceholders(sites),
    policy,
    healthCheck,
    ttlSeconds,
    ...(settings.route53ZoneId === undefined
      ? {}
      : { route53: { zoneId: settings.route53ZoneId } }),
    ...(settings.managedZone === undefined
      ? {}
      : {
          cloudDns: {
            managedZone: settings.managedZone,
            sourceRegions: settings.sourceRegions ?? [],
          },
        }),
  });
  problems.push(
    ...translateProblems(
      // Without any zone that is said once, below.
      found.filter(({ path, got }) => !(path === "route53" && got === undefined)),
      PATHS,
      "fleet.failover",
    ),
  );
  return { model, hostname, sites, failover: { policy, healthCheck, ttlSeconds, hasAliases } };
}

/** Addresses come from the serving stacks; that there are some is certain. */
function withPlaceholders(
  sites: Readonly<Record<string, PlannedSite>>,
): Readonly<Record<string, FailoverSiteArgs>> {
  return Object.fromEntries(
    Object.entries(sites).map(([name, site]) => [name, { ...site, addresses: { a: "" } }]),
  );
}

/** The check asks a replica through the gateway, so it passes while one is ready. */
function checkShare(
  { fleet }: FleetContext,
  model: string,
  { healthCheck: { minHealthyShare } }: ResolvedFailover,
  problems: Problem[],
): void {
  const most = fleet.pools
    .filter((pool) => pool.model.name === model)
    .reduce((max, { replicasMax }) => Math.max(max, replicasMax), 0);
  if (Math.ceil(minHealthyShare * most) <= 1) return;
  problems.push({
    code: "conflict",
    path: "fleet.failover.healthCheck.minHealthyShare",
    message: `must be at most ${1 / most}, one of ${most} replicas, because DNS asks the gateway, which answers while one replica is ready; got ${minHealthyShare}`,
    hint: "use less and size again",
  });
}

/** Route 53 for a fleet with a region on AWS, Cloud DNS for one on Google Cloud alone, as was simulated. */
function ofZones({ fleet }: FleetContext, settings: DnsSettings): readonly Problem[] {
  const hasAws = fleet.regions.some(({ spec }) => spec.cloud === "aws");
  const [path, value] = hasAws
    ? (["capplan:route53ZoneId", settings.route53ZoneId] as const)
    : (["capplan:managedZone", settings.managedZone] as const);
  const missing = (at: string, what: string): Problem => ({
    code: "missing",
    path: at,
    message: `${what} is missing`,
    hint: `pulumi config set ${at} …`,
  });
  return [
    ...(value === undefined ? [missing(path, `the zone of ${settings.domain}`)] : []),
    ...(settings.managedZone !== undefined && settings.sourceRegions === undefined
      ? [missing("capplan:sourceRegions", "from where Cloud DNS checks, three regions,")]
      : []),
    ...(settings.drained ?? []).flatMap((name) =>
      fleet.regions.some((region) => region.name === name)
        ? []
        : [
            {
              code: "unknown-name" as const,
              path: "capplan:drained",
              message: `the plan has no region "${name}"`,
            },
          ],
    ),
  ];
}

function describe(dns: ModelDns): readonly Derivation[] {
  const { model, hostname, sites, failover } = dns;
  const what = `dns.${model}`;
  const names = Object.keys(sites);
  const common = [
    { what: `${what}.hostname`, value: hostname, because: "the model, below capplan:domain" },
    { what: `${what}.sites`, value: names, because: "the regions that serve the model" },
  ];
  if (failover === undefined) {
    const because = "one region serves the model, so there is nowhere to go";
    return [...common, { what: `${what}.policy`, value: "none", because }];
  }
  const { policy, healthCheck, ttlSeconds, hasAliases } = failover;
  const simulated = "which is simulated";
  const isLatency = policy.kind === "latency" && names.length > 2;
  return [
    ...common,
    {
      what: `${what}.policy`,
      value: policy.kind,
      because: `failover.policy, ${simulated}`,
      ...(isLatency
        ? {
            deviation:
              "the region that takes over is the nearest to the lost one, where the nearest to each client was simulated",
          }
        : {}),
    },
    ...(policy.kind === "weighted"
      ? Object.entries(policy.weights).map(([site, value]) => ({
          what: `${what}.policy.weights.${site}`,
          value,
          because: "failover.policy.weighted, in proportion, as whole numbers",
        }))
      : []),
    ...(policy.kind === "primary-backup"
      ? [
          {
            what: `${what}.policy.order`,
            value: policy.order,
            because: "failover.policy.primaryBackup",
          },
        ]
      : []),
    ...(policy.kind === "geo"
      ? Object.entries(policy.areas).map(([area, site]) => ({
          what: `${what}.policy.areas.${area}`,
          value: site,
          because: "failover.policy.geo, by the continent of each origin",
        }))
      : []),
    ...names.flatMap((name) => {
      const { peer } = sites[name]!;
      return peer === undefined
        ? []
        : [
            {
              what: `${what}.sites.${name}.peer`,
              value: peer,
              because: "the nearest other region that serves the model",
            },
          ];
    }),
    {
      what: `${what}.healthCheck.intervalSeconds`,
      value: healthCheck.intervalSeconds,
      because: `failover.healthCheck.interval, ${simulated}`,
    },
    {
      what: `${what}.healthCheck.failureThreshold`,
      value: healthCheck.failureThreshold,
      because: `failover.healthCheck.failureThreshold, ${simulated}`,
    },
    {
      what: `${what}.healthCheck.successThreshold`,
      value: healthCheck.successThreshold ?? healthCheck.failureThreshold,
      because: `failover.healthCheck.successThreshold, ${simulated}`,
    },
    {
      what: `${what}.healthCheck.path`,
      value: HEALTH_PATH,
      because: "a replica answers it through the gateway, so it passes while one is ready",
    },
    {
      what: `${what}.ttlSeconds`,
      value: ttlSeconds,
      because: `failover.ttl, ${simulated}`,
    },
    {
      what: `${what}.hasAliases`,
      value: hasAliases,
      because: hasAliases
        ? "Route 53 keeps aliases for 60 s, which is the TTL; load balancers of AWS leave out a lost zone"
        : "Route 53 keeps aliases for 60 s, so that another TTL, or a second provider, needs addresses",
    },
  ];
}
