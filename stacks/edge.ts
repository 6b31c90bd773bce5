/** The edge of a fleet: a name for each model that fails over between regions, and the budgets of its clouds. */
import * as aws from "@pulumi/aws";
import * as gcp from "@pulumi/gcp";
import { FailoverDns, type FailoverSiteArgs } from "../components/dns";
import type { Problem } from "../planner/plan/fleet-of-plan";
import { deriveBudgets } from "./derive/budgets";
import { deriveDns, type ModelDns } from "./derive/dns";
import type { FleetContext } from "./derive/fleet-context";
import { modelComponentName } from "./derive/names";
import { fleetAllocation } from "./derive/place-context";
import { budgetProblems, createBudgets } from "./edge-budgets";
import { createPlainNames } from "./edge-plain-names";
import { edgeProblems } from "./edge-problems";
import { addressOf, type EdgeProviders, type Site, siteOf } from "./edge-sites";
import { commonExports, settled } from "./layer-exports";
import type { StackExports } from "./stack-exports";
import type { CloudSettings, EdgeSettings } from "./stack-settings";

/** Registers the edge. @throws PlannerError with everything that cannot be deployed */
export function edgeStack(
  context: FleetContext,
  settings: EdgeSettings,
  cloud: CloudSettings,
  problems: readonly Problem[],
): StackExports {
  const { plan, fleet } = context;
  const dns = deriveDns(context, settings);
  const budgets = deriveBudgets(context);
  const all = settled(
    [dns, budgets],
    [
      ...problems,
      ...edgeProblems(context, settings, cloud),
      ...budgetProblems(context, budgets.args, settings),
    ],
  );

  const providers = createProviders(context, settings, cloud);
  const sites = new Map(
    fleet.regions.map((region, index) => [
      region.name,
      siteOf(context, region, settings, settings.serving[index]!),
    ]),
  );
  const names = dns.args.map((one) => createName(one, sites, settings, providers, context));
  createBudgets(context, budgets.args, settings, providers);

  return {
    ...commonExports(plan, all),
    hosts: Object.fromEntries(dns.args.map(({ model, hostname }) => [model, hostname])),
    moveSecondsMax: Object.fromEntries(
      names.flatMap((name) =>
        name === undefined ? [] : [[name.hostname, name.moveSecondsMax] as const],
      ),
    ),
    drained: settings.drained ?? [],
  };
}

function createProviders(
  { fleet }: FleetContext,
  { route53ZoneId, managedZone }: EdgeSettings,
  { gcpProject, gcpRegion }: CloudSettings,
): EdgeProviders {
  const has = (cloud: "aws" | "gcp") => fleet.regions.some(({ spec }) => spec.cloud === cloud);
  const needsAws = has("aws") || route53ZoneId !== undefined;
  const needsGcp = has("gcp") || managedZone !== undefined;
  const googleRegion = gcpRegion ?? fleet.regions.find(({ spec }) => spec.cloud === "gcp")?.name;
  return {
    aws: needsAws ? new aws.Provider("us-east-1", { region: "us-east-1" }) : undefined,
    gcp: needsGcp
      ? new gcp.Provider("google", {
          project: gcpProject!,
          ...(googleRegion === undefined ? {} : { region: googleRegion }),
        })
      : undefined,
  };
}

function createName(
  dns: ModelDns,
  sites: ReadonlyMap<string, Site>,
  settings: EdgeSettings,
  providers: EdgeProviders,
  context: FleetContext,
): FailoverDns | undefined {
  const allocation = { ...fleetAllocation(context), model: dns.model };
  const { failover } = dns;
  if (failover === undefined) {
    createPlainNames(dns, sites, settings, providers);
    return undefined;
  }
  const { hasAliases, ...policy } = failover;
  const { route53ZoneId: zoneId, managedZone, sourceRegions = [], notify } = settings;
  return new FailoverDns(
    modelComponentName(dns.model),
    {
      hostname: dns.hostname,
      ...policy,
      sites: Object.fromEntries(
        Object.entries(dns.sites).map(([name, planned]) => {
          const site = sites.get(name)!;
          const isAlias = hasAliases && planned.cloud === "aws";
          const args: FailoverSiteArgs = {
            ...planned,
            addresses: Object.fromEntries(
              site.addressNames.map((address) => [address, addressOf(site, address)]),
            ),
            ...(isAlias
              ? {
                  alias: {
                    dnsName: site.handover.apply(({ alias }) => alias!.dnsName),
                    zoneId: site.handover.apply(({ alias }) => alias!.zoneId),
                  },
                }
              : {}),
          };
          return [name, args];
        }),
      ),
      ...(zoneId === undefined
        ? {}
        : { route53: { zoneId, ...(notify === undefined ? {} : { notify }) } }),
      ...(managedZone === undefined ? {} : { cloudDns: { managedZone, sourceRegions } }),
      allocation,
    },
    { providers: [providers.aws, providers.gcp].filter((one) => one !== undefined) },
  );
}
