/**
 * What the search of a plan may still ask for: its fleet has only the regions that are used, so that quotas and losses
 * of others say nothing any more.
 */
import { findRegion } from "../catalog";
import type { ScenarioSpec } from "../scenario/scenario-spec";

/** The scenario of a plan with a search in its own regions; `left` are the paths of what was taken out of it. */
export function withinItsRegions(spec: ScenarioSpec): {
  readonly spec: ScenarioSpec;
  readonly left: readonly string[];
} {
  const names = new Set(Object.keys(spec.fleet.regions).map(canonical));
  const clouds = new Set([...names].flatMap((name) => cloudOf(name) ?? []));
  const left: string[] = [];
  const keep = (path: string, isThere: boolean): boolean => {
    if (!isThere) left.push(path);
    return isThere;
  };
  const survive = spec.survive?.filter((rule, index) => {
    const path = `survive[${index}]`;
    if (typeof rule === "string") return true;
    if ("cloud" in rule) return keep(path, clouds.has(rule.cloud));
    const region = "region" in rule ? rule.region : rule.zone.split("/")[0]!;
    return keep(path, names.has(canonical(region)));
  });
  const quotas = Object.entries(spec.search?.quotas ?? {}).filter(([region]) =>
    keep(`search.quotas.${region}`, names.has(canonical(region))),
  );
  const { quotas: _, ...search } = spec.search ?? {};
  return {
    spec: {
      ...spec,
      ...(survive === undefined ? {} : { survive }),
      ...(spec.search === undefined
        ? {}
        : {
            search:
              quotas.length === 0 ? search : { ...search, quotas: Object.fromEntries(quotas) },
          }),
    },
    left,
  };
}

function canonical(region: string): string {
  const lookup = findRegion(region);
  return lookup.found ? lookup.row.name : region;
}

function cloudOf(region: string): string | undefined {
  const lookup = findRegion(region);
  return lookup.found ? lookup.row.cloud : undefined;
}
