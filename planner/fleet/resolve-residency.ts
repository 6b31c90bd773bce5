/**
 * Where requests may be served: names of origins and regions become a matrix. That every origin still finds its
 * models is checked where the workloads are known, in `scenario/check-residency.ts`.
 */
import { findOrigin, findRegion } from "../catalog";
import type { Problem } from "../foundation/errors";
import type { FleetSpec } from "./fleet-spec";
import { unknown } from "./names";
import type { ResolvedFleet, ResolvedRegion } from "./resolved-fleet";
import { listWords } from "./schema-kit";

export interface ResidencyContext {
  readonly fleet: FleetSpec;
  readonly regions: readonly ResolvedRegion[];
  readonly origins: readonly string[];
}

const PATH = "fleet.residency";

/** @returns [origin][region]: whether requests from there may be served here */
export function resolveResidency(
  spec: NonNullable<FleetSpec["residency"]>,
  { fleet, regions, origins }: ResidencyContext,
  problems: Problem[],
): NonNullable<ResolvedFleet["residency"]> {
  refuseRouting(fleet, problems);
  const allowed = new Map<string, Set<string>>();
  for (const [name, places] of Object.entries(spec)) {
    const origin = findOrigin(name);
    if (!origin.found) {
      problems.push(unknown(`${PATH}.${name}`, "origin", name, origin.hint, "origins"));
      continue;
    }
    const names = places.flatMap((place, index) => {
      const lookup = findRegion(place);
      const path = `${PATH}.${name}[${index}]`;
      if (!lookup.found) {
        problems.push(unknown(path, "region", place, lookup.hint, "regions"));
        return [];
      }
      if (regions.some((region) => region.name === lookup.row.name)) return [lookup.row.name];
      const has = regions.map((region) => region.name);
      problems.push({
        code: "conflict",
        path,
        message: `${place} is not a region of this fleet`,
        hint: `the fleet has ${listWords(has).replace(" or ", " and ")}`,
      });
      return [];
    });
    allowed.set(origin.row.name, new Set(names));
  }
  return origins.map((origin) =>
    regions.map((region) => allowed.get(origin)?.has(region.name) ?? true),
  );
}

/** Neither one gateway over all regions nor weighted DNS answers can keep requests in a place. */
function refuseRouting({ routing, failover }: FleetSpec, problems: Problem[]): void {
  const { policy } = failover ?? {};
  const isWeighted = typeof policy === "object" && "weighted" in policy;
  if (routing?.regions !== "any" && !isWeighted) return;
  const by =
    routing?.regions === "any"
      ? "routing.regions: any sends requests to every region"
      : "weighted DNS answers do not look at where a client is";
  problems.push({
    code: "conflict",
    path: PATH,
    message: `cannot be kept: ${by}`,
    hint: "use routing.regions: nearest with failover policy latency, geo or primaryBackup",
  });
}
