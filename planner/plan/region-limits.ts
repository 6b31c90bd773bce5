/** Limits of one region: the quotas to ask for, by accelerator or instance family and by the way of buying. */
import type { ResolvedFleet } from "../fleet/resolved-fleet";
import { type RegionLimitName, unitOf } from "./limit-names";
import type { PlanLimit } from "./plan-spec";
import { nodesOf } from "./pool-limits";

/**
 * How nodes are bought, as quotas count them. Reserved nodes are on-demand ones with a discount on the bill; capacity
 * blocks have quotas of their own.
 */
type Counted = "on-demand" | "spot" | "capacity-block";

/** What a quota has to allow, of one subject in one region. */
interface Need {
  readonly name: RegionLimitName;
  readonly subject: string;
  /** By pool. */
  readonly inputs: Record<string, number>;
}

/** Every quota of a region, by subject. */
export function regionLimits(fleet: ResolvedFleet, regionIndex: number): PlanLimit[] {
  const needs = new Map<string, Need>();
  const add = (name: RegionLimitName, subject: string, pool: string, value: number): void => {
    if (value === 0) return;
    const key = `${name} ${subject}`;
    const need = needs.get(key) ?? { name, subject, inputs: {} };
    need.inputs[pool] = value;
    needs.set(key, need);
  };
  for (const pool of fleet.pools.filter((one) => one.regionIndex === regionIndex)) {
    const { acceleratorsPerNode, ...nodesBy } = nodesOf(pool);
    const counted: readonly (readonly [Counted, number])[] = [
      ["on-demand", nodesBy.reserved + nodesBy.onDemandMax],
      ["spot", nodesBy.spotMax],
      ["capacity-block", nodesBy.capacityBlock],
    ];
    for (const [purchase, nodes] of counted) {
      const accelerators = nodes * acceleratorsPerNode;
      add("acceleratorQuota", `${pool.accelerator.name} ${purchase}`, pool.name, accelerators);
      const { instanceType } = pool;
      if (instanceType?.cloud !== "aws" || instanceType.vcpus === undefined) continue;
      const subject = `${familyOf(instanceType.name)} instances ${purchase}`;
      add("vcpuQuota", subject, pool.name, nodes * instanceType.vcpus);
    }
  }
  return [...needs.values()]
    .toSorted((a, b) => (`${a.name} ${a.subject}` < `${b.name} ${b.subject}` ? -1 : 1))
    .map(({ name, subject, inputs }) => ({
      of: fleet.regions[regionIndex]!.name,
      name,
      subject,
      value: Object.values(inputs).reduce((sum, value) => sum + value, 0),
      unit: unitOf(name),
      derivation:
        "sum over the pools of the region, each with all of its nodes for the most replicas",
      inputs,
    }));
}

/** `p5.48xlarge` → `P`: the letters of the family, by which AWS counts. */
function familyOf(instanceType: string): string {
  return (/^[a-z]+/.exec(instanceType)?.[0] ?? instanceType).toUpperCase();
}
