/**
 * `search` and `survive` of a scenario: names become catalog rows, gaps become defaults, and what contradicts itself
 * is refused. Whether any fleet keeps its promises within them is for the search itself to find out.
 */
import { findAccelerator, findInstanceType, findRegion, instanceTypes } from "../catalog";
import type { InstanceTypeSpec } from "../catalog/specs";
import type { FleetSpec } from "../fleet/fleet-spec";
import { canonicalModel, unknown } from "../fleet/names";
import type { Problem } from "../foundation/errors";
import { SEARCH_DEFAULTS } from "./defaults";
import type { Quota, ResolvedSearch, SurviveRule } from "./resolved-search";
import type { ScenarioSpec } from "./scenario-spec";
import type { SearchSpec, SurviveSpec } from "./search-spec";

/** The search of a scenario; problems with it are added to `problems`. */
export function resolveSearch(spec: ScenarioSpec, problems: Problem[]): ResolvedSearch {
  const search: SearchSpec = spec.search ?? {};
  const filled = <Key extends keyof typeof SEARCH_DEFAULTS>(key: Key) =>
    (search[key] ?? SEARCH_DEFAULTS[key].value) as NonNullable<SearchSpec[Key]>;
  const served = servedModels(spec);
  for (const name of Object.keys(search.models ?? {})) {
    if (served.has(canonicalModel(name))) continue;
    const path = `search.models.${name}`;
    const message = `no workload asks for ${name}`;
    problems.push({
      code: "conflict",
      path,
      message,
      hint: `use one of ${[...served].join(", ")}`,
    });
  }
  const engines = Object.entries(search.models ?? {}).map(
    ([name, choices]) => [canonicalModel(name), { ...search.engine, ...choices }] as const,
  );
  const purchase = filled("purchase");
  if (search.spotShareMax !== undefined && !purchase.includes("spot")) {
    const message = "limits spot capacity, and search.purchase does not allow any";
    problems.push({ code: "conflict", path: "search.spotShareMax", message });
  }
  return {
    hardware: resolveHardware(search.hardware, problems),
    engines: new Map(engines),
    otherwise: search.engine ?? {},
    purchase: [...new Set(purchase)],
    spotShareMax: filled("spotShareMax"),
    quotas: resolveQuotas(search.quotas ?? {}, spec.fleet, problems),
    replicasMin: filled("replicasMin"),
    regionsMin: regionsMin(filled("regionsMin"), spec.fleet, problems),
    gap: filled("gap"),
    evaluationsMax: filled("evaluationsMax"),
    requestsPerRun: filled("requestsPerRun"),
    survive: resolveSurvive(spec.survive ?? [], spec.fleet, problems),
  };
}

/** Canonical names of every model that a workload calls, fallbacks included. */
export function servedModels({ workloads }: ScenarioSpec): ReadonlySet<string> {
  const names = Object.values(workloads).flatMap(({ model, chain = [], fallback }) => [
    ...(model === undefined ? [] : [model]),
    ...(fallback === undefined ? [] : [fallback.model]),
    ...chain.flatMap((step) =>
      "model" in step
        ? [step.model, ...(step.fallback === undefined ? [] : [step.fallback.model])]
        : [],
    ),
  ]);
  return new Set(names.map(canonicalModel).toSorted());
}

/** Instance types by name, and those of accelerators by name; whole accelerators only. */
function resolveHardware(
  names: readonly string[] | undefined,
  problems: Problem[],
): readonly InstanceTypeSpec[] {
  if (names === undefined)
    return instanceTypes.filter(({ acceleratorCount }) => acceleratorCount >= 1);
  const chosen = new Set<InstanceTypeSpec>();
  for (const [index, name] of names.entries()) {
    const path = `search.hardware[${index}]`;
    const type = findInstanceType(name);
    if (type.found) {
      chosen.add(type.row);
      continue;
    }
    const accelerator = findAccelerator(name);
    if (!accelerator.found) {
      const hint = type.hint ?? accelerator.hint;
      problems.push(unknown(path, "instance type or accelerator", name, hint, "instance-types"));
      continue;
    }
    const types = instanceTypes.filter(
      (row) => row.accelerator === accelerator.row.name && row.acceleratorCount >= 1,
    );
    if (types.length === 0) {
      const message = `no instance type of the catalog has ${accelerator.row.name}`;
      problems.push({ code: "conflict", path, message });
    }
    for (const row of types) chosen.add(row);
  }
  return [...chosen].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function resolveQuotas(
  spec: NonNullable<SearchSpec["quotas"]>,
  fleet: FleetSpec,
  problems: Problem[],
): Quota[] {
  return Object.entries(spec).flatMap(([written, limits]) => {
    const region = placeOf(written, `search.quotas.${written}`, fleet, problems);
    if (region === undefined) return [];
    return Object.entries(limits).flatMap(([name, max]): Quota[] => {
      const path = `search.quotas.${written}.${name}`;
      const type = findInstanceType(name);
      if (type.found) return [{ path, region, of: "instance-type", name: type.row.name, max }];
      const accelerator = findAccelerator(name);
      if (accelerator.found) {
        return [{ path, region, of: "accelerator", name: accelerator.row.name, max }];
      }
      const hint = type.hint ?? accelerator.hint;
      problems.push(unknown(path, "instance type or accelerator", name, hint, "instance-types"));
      return [];
    });
  });
}

/** Canonical name of a region of the fleet; undefined after a problem. */
function placeOf(
  written: string,
  path: string,
  fleet: FleetSpec,
  problems: Problem[],
): string | undefined {
  const lookup = findRegion(written);
  if (!lookup.found) {
    problems.push(unknown(path, "region", written, lookup.hint, "regions"));
    return undefined;
  }
  if (regionsOf(fleet).includes(lookup.row.name)) return lookup.row.name;
  const message = `${written} is not a region of this fleet`;
  problems.push({ code: "conflict", path, message, hint: "add it to fleet.regions" });
  return undefined;
}

function regionsOf({ regions }: FleetSpec): string[] {
  return Object.keys(regions).map((name) => {
    const lookup = findRegion(name);
    return lookup.found ? lookup.row.name : name;
  });
}

function regionsMin(value: number, fleet: FleetSpec, problems: Problem[]): number {
  const has = Object.keys(fleet.regions).length;
  if (value > has) {
    const message = `the fleet has ${has} regions, got ${value}`;
    problems.push({
      code: "conflict",
      path: "search.regionsMin",
      message,
      hint: `use ${has} or less`,
    });
  }
  return value;
}

function resolveSurvive(
  spec: SurviveSpec,
  fleet: FleetSpec,
  problems: Problem[],
): readonly SurviveRule[] {
  return spec.flatMap((rule, index): SurviveRule[] => {
    const path = `survive[${index}]`;
    if (typeof rule === "string") {
      refuseLastOfKind(rule, path, fleet, problems);
      return [{ kind: rule }];
    }
    if ("region" in rule) {
      const name = placeOf(rule.region, `${path}.region`, fleet, problems);
      return name === undefined ? [] : [{ kind: "region", name }];
    }
    if ("cloud" in rule) return [{ kind: "cloud", name: rule.cloud }];
    const [place = "", zone = ""] = rule.zone.split("/");
    const region = placeOf(place, `${path}.zone`, fleet, problems);
    return region === undefined ? [] : [{ kind: "zone", name: `${region}/${zone}` }];
  });
}

/** Losing the only one of a kind leaves nothing; and without failover clients would not go elsewhere. */
function refuseLastOfKind(
  kind: "any-pool" | "any-zone" | "any-region" | "any-cloud",
  path: string,
  fleet: FleetSpec,
  problems: Problem[],
): void {
  if (kind !== "any-region" && kind !== "any-cloud") return;
  const clouds = regionsOf(fleet).map((name) => {
    const lookup = findRegion(name);
    return lookup.found ? lookup.row.cloud : name;
  });
  const parts = kind === "any-region" ? clouds.length : new Set(clouds).size;
  const what = kind === "any-region" ? "region" : "cloud";
  if (parts < 2) {
    problems.push({
      code: "conflict",
      path,
      message: `${kind} cannot be survived: the fleet has one ${what}`,
      hint: `add a region${what === "cloud" ? " of another cloud" : ""} to fleet.regions`,
    });
  } else if (fleet.failover === undefined && fleet.routing?.regions !== "any") {
    problems.push({
      code: "conflict",
      path,
      message: `${kind} needs a way for clients to go elsewhere, and there is none`,
      hint: "add fleet.failover, or routing.regions: any",
    });
  }
}
