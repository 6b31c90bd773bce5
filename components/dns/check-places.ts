/** The check of the regions by which the providers of DNS know sites. */
import type { InputProblem } from "../foundation/input-problem";
import { type FailoverDnsArgs, type FailoverSiteArgs, siteNames } from "./failover-dns-args";

/** Two sites may not be known by one region: the second would never be chosen. */
export function checkPlaces(
  { sites }: FailoverDnsArgs,
  field: "nearestAwsRegion" | "nearestGcpRegion",
  placeOf: (site: FailoverSiteArgs) => string | undefined,
): readonly InputProblem[] {
  const seen = new Map<string, string>();
  return siteNames({ sites }).flatMap((name): InputProblem[] => {
    const place = placeOf(sites[name]!);
    const path = `sites.${name}.${field}`;
    if (place === undefined) {
      const must = "be given for a site of another cloud, which has to be near somewhere";
      return [{ path, must, got: place }];
    }
    const other = seen.get(place);
    if (other === undefined) {
      seen.set(place, name);
      return [];
    }
    return [{ path, must: `be another region than that of ${other}`, got: place }];
  });
}
