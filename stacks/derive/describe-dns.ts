/** Where each value of a model's name comes from. */
import type { Derivation } from "./derived";
import type { ModelDns } from "./model-dns";
import { HEALTH_PATH } from "./traffic-policy";

/** The derivations of a name. */
export function describeDns(dns: ModelDns): readonly Derivation[] {
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
