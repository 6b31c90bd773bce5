/** One region of a plan as derivations see it: its pools, its zones by name, and who pays for it. */
import type { Allocation } from "../../components/foundation/allocation";
import type { StreamLengths } from "../../components/gateway";
import type { Problem, ResolvedPool, ResolvedRegion } from "../../planner/plan/fleet-of-plan";
import type { Derived } from "./derived";
import { deriveLengths, type FleetContext } from "./fleet-context";
import { placeName } from "./names";

/** A region with everything that its layers need to know of it. */
export interface PlaceContext extends FleetContext {
  /** Name of the components of the region. */
  readonly name: string;
  readonly region: ResolvedRegion;
  readonly cloud: "aws" | "gcp";
  /** Zones with GPU nodes, by the cloud's names. */
  readonly poolZones: readonly string[];
  /** Zones of the network; on AWS two at least, which EKS needs. */
  readonly zones: readonly string[];
  readonly pools: readonly ResolvedPool[];
  readonly lengths: StreamLengths;
  readonly allocation: Allocation;
}

/** What of a stack's configuration a place depends on. */
export interface PlaceSettings {
  /** Region of the stack. */
  readonly place: string;
  /** @default - the first zones of the region */
  readonly zones?: readonly string[] | undefined;
}

const ZONES_OF_EKS = 2;
/** Zones of a region, in order. */
const LETTERS = "abcdef";
/**
 * Regions whose zones have other letters (cloud.google.com/compute/docs/regions-zones; on AWS as accounts see them that
 * were made in the last years, docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html).
 */
const OTHER_LETTERS: Readonly<Record<string, string>> = {
  "us-east1": "bcd",
  "europe-west1": "bcd",
  "us-central1": "abcf",
  "us-west-1": "ac",
  "ca-central-1": "abd",
  "ap-northeast-1": "acd",
};

/** The place of a stack; a problem when the plan has no such region, or another number of zones. */
export function derivePlace(
  context: FleetContext,
  { place, zones }: PlaceSettings,
): Derived<PlaceContext | undefined> {
  const { fleet, plan } = context;
  const index = fleet.regions.findIndex(({ name }) => name === place);
  const region = fleet.regions[index];
  if (region === undefined) {
    const names = fleet.regions.map(({ name }) => name).join(", ");
    const problem: Problem = {
      code: "unknown-name",
      path: "capplan:place",
      message: `the plan has no region "${place}"; it has ${names}`,
      hint: "write the stack files again: capplan stacks",
    };
    return { args: undefined, derivations: [], problems: [problem] };
  }
  const { cloud } = region.spec;
  const problems: Problem[] = [];
  if (zones !== undefined && zones.length !== region.zones) {
    problems.push({
      code: "conflict",
      path: "capplan:zones",
      message: `the replicas were spread over ${region.zones} zones in the simulation, got ${zones.length}`,
      hint: `name ${region.zones}, or set fleet.regions.${place}.zones and size again`,
    });
  }
  const named = (count: number) => firstZones(place, cloud, count);
  const poolZones = zones ?? named(region.zones);
  if (zones === undefined && poolZones.length < region.zones) {
    problems.push({
      code: "does-not-fit",
      path: `fleet.regions.${place}.zones`,
      message: `the replicas were spread over ${region.zones} zones, and ${place} is known to have ${poolZones.length}`,
      hint: "name the zones in capplan:zones, or use fewer and size again",
    });
  }
  const least = cloud === "aws" ? ZONES_OF_EKS : 1;
  const all = [...new Set([...poolZones, ...named(least + 1)])];
  const lengths = deriveLengths(context);
  return {
    args: {
      ...context,
      name: placeName(plan.scenario.name, place),
      region,
      cloud,
      poolZones,
      zones: all.slice(0, Math.max(least, poolZones.length)),
      pools: fleet.pools.filter(({ regionIndex }) => regionIndex === index),
      lengths: lengths.args,
      allocation: { ...fleetAllocation(context), region: place },
    },
    derivations: [
      {
        what: "zones",
        value: poolZones,
        because:
          zones === undefined
            ? `the first ${region.zones} of the region, as many as the replicas were spread over`
            : "capplan:zones of the stack",
      },
      ...lengths.derivations,
    ],
    problems: [...problems, ...lengths.problems],
  };
}

function firstZones(region: string, cloud: "aws" | "gcp", count: number): readonly string[] {
  const separator = cloud === "aws" ? "" : "-";
  const letters = [...(OTHER_LETTERS[region] ?? LETTERS).slice(0, count)];
  return letters.map((letter) => `${region}${separator}${letter}`);
}

/** Who pays for what the whole fleet shares: what there is only one of is named. */
export function fleetAllocation({ plan }: Pick<FleetContext, "plan">): Allocation {
  const onlyOf = (values: readonly string[]): string | undefined => {
    const distinct = [...new Set(values)];
    return distinct.length === 1 ? distinct[0] : undefined;
  };
  const workload = onlyOf(plan.workloads.map(({ name }) => name));
  const model = onlyOf(plan.workloads.map((one) => one.model));
  const tenant = onlyOf(plan.workloads.flatMap(({ tenants }) => tenants.map(({ name }) => name)));
  return {
    ...(workload === undefined ? {} : { workload }),
    ...(model === undefined ? {} : { model }),
    ...(tenant === undefined ? {} : { tenant }),
    planDigest: plan.digest.slice(0, PLAN_DIGEST_LENGTH),
  };
}

/** Enough to find the plan, and short enough for a label. */
const PLAN_DIGEST_LENGTH = 12;
