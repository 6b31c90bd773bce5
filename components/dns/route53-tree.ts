/**
 * The policy as records of Route 53: a tree of names, as plain data. Leaves are sites with a health check; a name inside
 * the tree is healthy while one of its own records is. Names point downwards only, so no answer goes in circles; when all
 * is unhealthy, Route 53 answers as if all were healthy, so there always is one.
 */
import { awsRegionOf, type FailoverDnsArgs, peerOf, siteNames } from "./failover-dns-args";
import { type Continent, continents } from "./failover-policy";

/** First label of the name at which the nearest healthy site answers. */
export const NEAREST = "nearest";

/** How Route 53 chooses among the records of one name. */
export type RecordRouting =
  | { readonly kind: "latency"; readonly region: string }
  | { readonly kind: "weighted"; readonly weight: number }
  | { readonly kind: "failover"; readonly role: "PRIMARY" | "SECONDARY" }
  /** `*` is every other place. */
  | { readonly kind: "geolocation"; readonly area: Continent | "*" };

/** What a record answers: a site, or what another name of the tree answers. */
export type RecordTarget =
  | { readonly kind: "site"; readonly site: string }
  | { readonly kind: "name"; readonly name: string };

/** One record. */
export interface PlannedRecord {
  readonly name: string;
  /** Tells it from the others of its name; the site or the place that it is for. */
  readonly setIdentifier: string;
  readonly routing: RecordRouting;
  readonly target: RecordTarget;
}

type TreeArgs = Pick<FailoverDnsArgs, "hostname" | "sites" | "policy">;

const atSite = (site: string): RecordTarget => ({ kind: "site", site });

/** The records of a policy, leaves first: a record may refer only to names that are there. */
export function route53Tree(args: TreeArgs): readonly PlannedRecord[] {
  const { hostname, policy } = args;
  const sites = siteNames(args);
  switch (policy.kind) {
    case "weighted":
      return sites.map((site) => ({
        name: hostname,
        setIdentifier: site,
        routing: { kind: "weighted", weight: policy.weights[site] ?? 0 },
        target: atSite(site),
      }));
    case "latency":
      return [
        ...sites.flatMap((site) => pair(args, site, atSite(peerOf(args, site)))),
        ...sites.map((site) => ({
          name: hostname,
          setIdentifier: site,
          routing: latencyOf(args, site),
          target: nameOf(args, site),
        })),
      ];
    case "primary-backup":
      return chain(args, policy.order);
    case "geo":
      return [
        ...sites.map((site) => ({
          name: `${NEAREST}.${hostname}`,
          setIdentifier: site,
          routing: latencyOf(args, site),
          target: atSite(site),
        })),
        ...sites.flatMap((site) =>
          pair(args, site, { kind: "name", name: `${NEAREST}.${hostname}` }),
        ),
        ...[...continents, "*" as const].flatMap((area): PlannedRecord[] => {
          const site = area === "*" ? policy.otherwise : policy.areas[area];
          if (site === undefined) return [];
          const target = nameOf(args, site);
          const setIdentifier = area === "*" ? "otherwise" : area.toLowerCase();
          return [
            { name: hostname, setIdentifier, routing: { kind: "geolocation", area }, target },
          ];
        }),
      ];
  }
}

function nameOf({ hostname }: TreeArgs, site: string): RecordTarget & { readonly kind: "name" } {
  return { kind: "name", name: `${site}.${hostname}` };
}

function latencyOf({ sites }: TreeArgs, site: string): RecordRouting {
  return { kind: "latency", region: awsRegionOf(sites[site]!)! };
}

/** The name of a site: the site itself, and when it is unhealthy something else. */
function pair(args: TreeArgs, site: string, secondary: RecordTarget): PlannedRecord[] {
  return failoverPair(nameOf(args, site).name, site, secondary);
}

function failoverPair(name: string, site: string, secondary: RecordTarget): PlannedRecord[] {
  return [
    {
      name,
      setIdentifier: "primary",
      routing: { kind: "failover", role: "PRIMARY" },
      target: atSite(site),
    },
    {
      name,
      setIdentifier: "secondary",
      routing: { kind: "failover", role: "SECONDARY" },
      target: secondary,
    },
  ];
}

/** Route 53 knows a primary and one secondary, so what comes after the second is a pair of its own. */
function chain(args: TreeArgs, order: readonly string[]): PlannedRecord[] {
  const levels = order.slice(0, -1).map((site, index) => {
    const name = index === 0 ? args.hostname : nameOf(args, site).name;
    const next = order[index + 1]!;
    const isLast = index === order.length - 2;
    return failoverPair(name, site, isLast ? atSite(next) : nameOf(args, next));
  });
  return levels.reverse().flat();
}
