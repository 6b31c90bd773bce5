/** The records of a tree on Route 53. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { childName } from "../foundation/child-name";
import { transformed } from "../foundation/transform";
import { addressesOf, type ResolvedFailoverDns } from "./failover-dns-args";
import type { SiteHealthChecks } from "./route53-health";
import { type PlannedRecord, type RecordRouting, route53Tree } from "./route53-tree";

/** Makes the records, each after those that it refers to. */
export function createRecords(
  name: string,
  settings: ResolvedFailoverDns,
  checks: SiteHealthChecks,
  opts: pulumi.CustomResourceOptions,
): readonly aws.route53.Record[] {
  const { hostname, route53, transform } = settings;
  const byName = new Map<string, aws.route53.Record[]>();
  return route53Tree(settings).map((planned) => {
    const { target, setIdentifier } = planned;
    const label = planned.name === hostname ? "top" : planned.name.slice(0, -hostname.length - 1);
    const dependsOn = target.kind === "name" ? (byName.get(target.name) ?? []) : [];
    const record = new aws.route53.Record(
      ...transformed<aws.route53.RecordArgs>(
        transform.record,
        childName(name, label, setIdentifier),
        {
          zoneId: route53!.zoneId,
          name: planned.name,
          type: "A",
          setIdentifier,
          ...routingArgs(planned.routing),
          ...answerArgs(planned, settings, checks),
        },
        { ...opts, dependsOn },
      ),
    );
    byName.set(planned.name, [...(byName.get(planned.name) ?? []), record]);
    return record;
  });
}

function routingArgs(routing: RecordRouting): Partial<aws.route53.RecordArgs> {
  switch (routing.kind) {
    case "latency":
      return { latencyRoutingPolicies: [{ region: routing.region }] };
    case "weighted":
      return { weightedRoutingPolicies: [{ weight: routing.weight }] };
    case "failover":
      return { failoverRoutingPolicies: [{ type: routing.role }] };
    case "geolocation":
      return {
        geolocationRoutingPolicies: [
          routing.area === "*" ? { country: "*" } : { continent: routing.area },
        ],
      };
  }
}

/** A site has a check of its own, and a load balancer is asked for its targets as well; a name inherits. */
function answerArgs(
  { target }: PlannedRecord,
  { sites, route53, ttlSeconds }: ResolvedFailoverDns,
  checks: SiteHealthChecks,
): Partial<aws.route53.RecordArgs> {
  if (target.kind === "name") {
    const { zoneId } = route53!;
    return { aliases: [{ name: target.name, zoneId, evaluateTargetHealth: true }] };
  }
  const site = sites[target.site]!;
  const { alias } = site;
  const healthCheckId = checks[target.site]!.id;
  if (alias === undefined) return { records: addressesOf(site), ttl: ttlSeconds, healthCheckId };
  return {
    aliases: [{ name: alias.dnsName, zoneId: alias.zoneId, evaluateTargetHealth: true }],
    healthCheckId,
  };
}
