/** What faults are called: as the scenario says, or by number, kind and target, such as `1-lose-us-east-1`. */
import type { FaultSpec, PartFaultSpec, TargetSpec } from "./faults-spec";

/** The name of each fault, in their order. A given name may be that of another: `resolve-faults.ts` refuses that. */
export function faultNames(faults: readonly FaultSpec[]): string[] {
  return faults.map((fault, index) => fault.name ?? `${index + 1}-${describe(fault)}`);
}

function describe(fault: FaultSpec): string {
  if ("poison" in fault) return `poison-${fault.poison.workload}`;
  if ("spotReclaim" in fault) {
    const { pools = "all" } = fault.spotReclaim;
    return `spot-reclaim-${pools === "all" ? "all" : several(pools)}`;
  }
  const kind = "coldCache" in fault ? "cold-cache" : effectKey(fault);
  return `${kind}-${several(targetsOf(fault).map(({ target }) => labelOf(target)))}`;
}

/** The key that says what happens. */
export function effectKey(
  fault: PartFaultSpec,
): "lose" | "partition" | "slow" | "delay" | "coldCache" {
  if ("lose" in fault) return "lose";
  if ("partition" in fault) return "partition";
  if ("slow" in fault) return "slow";
  return "delay" in fault ? "delay" : "coldCache";
}

/** A target as written, and where, from the fault on: `lose`, `lose[1]`, `slow.targets[0]`. */
export interface WrittenTarget {
  readonly target: TargetSpec;
  readonly path: string;
}

/** What a fault strikes, one by one. */
export function targetsOf(fault: PartFaultSpec): readonly WrittenTarget[] {
  if ("lose" in fault) return listed(fault.lose, "lose");
  if ("partition" in fault) return listed(fault.partition, "partition");
  if ("coldCache" in fault) return listed(fault.coldCache, "coldCache");
  const [written, path] =
    "slow" in fault ? ([fault.slow, "slow"] as const) : ([fault.delay, "delay"] as const);
  if ("targets" in written) return listed(written.targets, `${path}.targets`);
  return [{ target: written, path }];
}

function listed(targets: TargetSpec | readonly TargetSpec[], path: string): WrittenTarget[] {
  if (!isList(targets)) return [{ target: targets, path }];
  return targets.map((target, index) => ({ target, path: `${path}[${index}]` }));
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}

function several(labels: readonly string[]): string {
  const [first, ...more] = labels;
  return more.length === 0 ? `${first}` : `${first}-and-${more.length}-more`;
}

function labelOf(target: TargetSpec): string {
  if (target === "fleet") return "fleet";
  if ("each" in target) return `each-${target.each}-of-${target.of ?? "fleet"}`;
  if ("node" in target) return numbered(target.node, "node");
  if ("replica" in target) return numbered(target.replica, "replica");
  if ("gateway" in target) return numbered(target.gateway, "gateway");
  if ("zone" in target) return numbered(target.zone, "zone");
  if ("healthChecker" in target) return `${target.healthChecker}/health-checker`;
  if ("queue" in target) return `${target.queue}/queue`;
  if ("region" in target) return target.region;
  return "pool" in target ? target.pool : target.cloud;
}

/** `us-east-1/h100/2` → `us-east-1/h100/node-2`, as parts of a fleet are called in reports. */
function numbered(path: string, what: string): string {
  const slash = path.lastIndexOf("/");
  return `${path.slice(0, slash + 1)}${what}-${path.slice(slash + 1)}`;
}
