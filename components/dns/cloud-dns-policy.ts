/**
 * The policy as a routing policy of one record set of Cloud DNS, as plain data. Cloud DNS has one level: the health of
 * the addresses decides within the policy. A site that is drained is left out.
 */
import type * as pulumi from "@pulumi/pulumi";
import { addressesOf, type FailoverDnsArgs, gcpLocationOf, siteNames } from "./failover-dns-args";
import { continents, gcpRegionOf } from "./failover-policy";

type Addresses = pulumi.Input<string>[];

interface Checked {
  readonly healthCheckedTargets: { readonly externalEndpoints: Addresses };
}

/** Part of `routingPolicy`, without its health check. */
export type CloudDnsPolicy =
  | { readonly geos: (Checked & { readonly location: string })[] }
  | { readonly wrrs: (Checked & { readonly weight: number })[] }
  | {
      readonly primaryBackup: {
        readonly primary: { readonly externalEndpoints: Addresses };
        readonly backupGeos: (Checked & { readonly location: string })[];
      };
    };

/** The policy. */
export function cloudDnsPolicy(args: Pick<FailoverDnsArgs, "sites" | "policy">): CloudDnsPolicy {
  const { sites, policy } = args;
  const isUsed = (site: string): boolean => sites[site]!.isDrained !== true;
  const used = siteNames(args).filter(isUsed);
  const checked = (site: string): Checked => ({
    healthCheckedTargets: { externalEndpoints: addressesOf(sites[site]!) },
  });
  const atPlace = (site: string) => ({ location: gcpLocationOf(sites[site]!)!, ...checked(site) });
  switch (policy.kind) {
    case "latency":
      return { geos: used.map(atPlace) };
    case "weighted":
      return {
        wrrs: used.map((site) => ({ weight: policy.weights[site]!, ...checked(site) })),
      };
    case "primary-backup": {
      const [primary, ...backups] = policy.order.filter(isUsed);
      // Of two sites with one drained, the other is all there is.
      if (backups.length === 0) return { geos: [atPlace(primary!)] };
      return {
        primaryBackup: {
          primary: checked(primary!).healthCheckedTargets,
          backupGeos: backups.map(atPlace),
        },
      };
    }
    case "geo": {
      const geos = continents.flatMap((continent) => {
        if (continent === "AN") return [];
        const site = policy.areas[continent] ?? policy.otherwise;
        // Clients of a drained site go to the nearest of the others.
        return isUsed(site) ? [{ location: gcpRegionOf[continent], ...checked(site) }] : [];
      });
      return { geos };
    }
  }
}
