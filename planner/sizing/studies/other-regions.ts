/**
 * A scenario in other regions: those that stay keep what is written of them, and every rule that names a region is
 * limited to those that there are.
 */
import { findRegion } from "../../catalog";
import { PlannerError, type Problem } from "../../foundation/errors";
import type { ScenarioSpec } from "../../scenario/scenario-spec";
import { fleetWith } from "../evaluated-scenario";

/**
 * @param names canonical
 * @throws PlannerError when an origin could be served nowhere
 */
export function withRegions(
  spec: ScenarioSpec,
  names: readonly string[],
): Pick<ScenarioSpec, "fleet" | "search"> {
  const { fleet, search } = spec;
  const kept = fleetWith(fleet, Object.fromEntries(names.map((name) => [name, {}])), false);
  refuseHomeless(kept.residency ?? {}, names);
  const quotas = Object.entries(search?.quotas ?? {}).filter(([name]) =>
    names.includes(canonicalRegion(name)),
  );
  const { spot, autoscaling } = fleet;
  return {
    fleet: {
      ...kept,
      ...(spot === undefined ? {} : { spot }),
      ...(autoscaling === undefined ? {} : { autoscaling }),
    },
    ...(search === undefined
      ? {}
      : {
          search: {
            ...withoutQuotas(search),
            ...(quotas.length === 0 ? {} : { quotas: Object.fromEntries(quotas) }),
          },
        }),
  };
}

function withoutQuotas(search: NonNullable<ScenarioSpec["search"]>): typeof search {
  const { quotas: _, ...rest } = search;
  return rest;
}

function refuseHomeless(
  residency: Readonly<Record<string, readonly string[]>>,
  names: readonly string[],
): void {
  const problems = Object.entries(residency).flatMap(([origin, regions]): Problem[] =>
    regions.length > 0
      ? []
      : [
          {
            code: "conflict",
            path: `fleet.residency.${origin}`,
            message: `none of the regions in which ${origin} may be served is among ${names.join(", ")}`,
            hint: "add one of them",
          },
        ],
  );
  if (problems.length > 0) throw new PlannerError(problems);
}

function canonicalRegion(name: string): string {
  const lookup = findRegion(name);
  return lookup.found ? lookup.row.name : name;
}
