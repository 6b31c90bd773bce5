/**
 * `search` and `survive` of a scenario: names become catalog rows, gaps become defaults, and what contradicts itself
 * is refused. Whether any fleet keeps its promises within them is for the search itself to find out.
 */
import { findAccelerator, findInstanceType, instanceTypes } from "../catalog";
import type { InstanceTypeSpec } from "../catalog/specs";
import type { FleetSpec } from "../fleet/fleet-spec";
import { canonicalModel, unknown } from "../fleet/names";
import type { Problem } from "../foundation/errors";
import { SEARCH_DEFAULTS } from "./defaults";
import { placeOf } from "./fleet-places";
import { resolveSurvive } from "./resolve-survive";
import type { Quota, ResolvedSearch } from "./resolved-search";
import type { ScenarioSpec } from "./scenario-spec";
import type { SearchSpec } from "./search-spec";

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
