/**
 * What a fault strikes: parts of the fleet by their names (`us-east-1/h100/2`) or by kind (`each`), looked up. Names of
 * parts that have problems of their own are passed over here, so that one mistake is one problem.
 */
import { findRegion } from "../catalog";
import { didYouMean } from "../catalog/suggest";
import { nodesOf } from "../fleet/failure-domains";
import type { FaultTarget } from "../fleet/fault-target";
import type { FleetSpec } from "../fleet/fleet-spec";
import type { ResolvedFleet } from "../fleet/resolved-fleet";
import { listWords } from "../fleet/schema-kit";
import type { Problem } from "../foundation/errors";
import type { TargetSpec } from "./faults-spec";

/** Parts of a fleet by name. */
export class FleetNames {
  /** Regions and pools that the scenario names, whether or not they were resolved. */
  private readonly regionNames: readonly string[];
  private readonly poolNames: readonly string[];

  constructor(
    spec: FleetSpec,
    readonly fleet: ResolvedFleet,
  ) {
    const regions = Object.entries(spec.regions).map(
      ([name, region]) => [canonicalRegion(name), region] as const,
    );
    this.regionNames = regions.map(([name]) => name).sort();
    this.poolNames = regions
      .flatMap(([region, { pools }]) => Object.keys(pools).map((pool) => `${region}/${pool}`))
      .sort();
  }

  /** Index of a region; undefined after a problem, here or of the region itself. */
  region(written: string, path: string, problems: Problem[]): number | undefined {
    const name = canonicalRegion(written);
    if (this.regionNames.includes(name)) {
      return found(this.fleet.regions.findIndex((region) => region.name === name));
    }
    problems.push(notThere("region", written, path, this.regionNames));
    return undefined;
  }

  /** Index of a pool, from `region/pool`; undefined after a problem, here or of the pool itself. */
  pool(written: string, path: string, problems: Problem[]): number | undefined {
    const slash = written.indexOf("/");
    if (slash < 0) {
      const message = `expected region/pool such as ${this.poolNames[0]}, got "${written}"`;
      problems.push({ code: "invalid-value", path, message });
      return undefined;
    }
    const name = `${canonicalRegion(written.slice(0, slash))}${written.slice(slash)}`;
    if (this.poolNames.includes(name)) {
      return found(this.fleet.pools.findIndex((pool) => pool.name === name));
    }
    problems.push(notThere("pool", written, path, this.poolNames));
    return undefined;
  }

  /** The clouds of the fleet. */
  get clouds(): readonly string[] {
    return [...new Set(this.fleet.regions.map(({ spec }) => spec.cloud))].sort();
  }

  isRegion(written: string): boolean {
    return this.regionNames.includes(canonicalRegion(written));
  }
}

function canonicalRegion(name: string): string {
  const region = findRegion(name);
  return region.found ? region.row.name : name;
}

function found(index: number): number | undefined {
  return index < 0 ? undefined : index;
}

function notThere(what: string, name: string, path: string, names: readonly string[]): Problem {
  return {
    code: "unknown-name",
    path,
    message: `no ${what} "${name}" in the fleet`,
    hint: didYouMean(name, names) ?? `the fleet has ${listWords(names.slice(0, 12))}`,
  };
}

/** The parts that a target stands for; none after problems. */
export function resolveTarget(
  target: TargetSpec,
  path: string,
  names: FleetNames,
  problems: Problem[],
): readonly FaultTarget[] {
  if (target === "fleet") return [{ kind: "fleet" }];
  if ("each" in target) return resolveEach(target, path, names, problems);
  if ("cloud" in target) return resolveCloud(target.cloud, `${path}.cloud`, names, problems);
  if ("pool" in target) {
    const pool = names.pool(target.pool, `${path}.pool`, problems);
    return pool === undefined ? [] : [{ kind: "pool", pool }];
  }
  if ("region" in target) {
    return ofRegion(target.region, `${path}.region`, names, problems, "region");
  }
  if ("healthChecker" in target) {
    const at = `${path}.healthChecker`;
    return ofRegion(target.healthChecker, at, names, problems, "health-checker");
  }
  if ("queue" in target) return ofRegion(target.queue, `${path}.queue`, names, problems, "queue");
  return resolveNumbered(target, path, names, problems);
}

function ofRegion(
  written: string,
  path: string,
  names: FleetNames,
  problems: Problem[],
  kind: "region" | "health-checker" | "queue",
): readonly FaultTarget[] {
  const region = names.region(written, path, problems);
  return region === undefined ? [] : [{ kind, region }];
}

function resolveCloud(
  cloud: string,
  path: string,
  names: FleetNames,
  problems: Problem[],
): readonly FaultTarget[] {
  const { clouds } = names;
  if (clouds.includes(cloud)) return [{ kind: "cloud", cloud }];
  // Without regions, every cloud is missing because every region has a problem.
  if (clouds.length > 0) problems.push(notThere("cloud", cloud, path, clouds));
  return [];
}

type Numbered = Extract<
  TargetSpec,
  { zone: string } | { node: string } | { replica: string } | { gateway: string }
>;

/** A part that is told by where it is and a number or letter: `us-east-1/h100/2`, `us-east-1/a`. */
function resolveNumbered(
  target: Numbered,
  path: string,
  names: FleetNames,
  problems: Problem[],
): readonly FaultTarget[] {
  const { fleet } = names;
  if ("zone" in target) {
    const part = split(target.zone, "region/zone", "us-east-1/a", `${path}.zone`, problems);
    if (part === undefined) return [];
    const region = names.region(part.place, part.path, problems);
    if (region === undefined) return [];
    const zones = letters(fleet.regions[region]!.zones);
    const zone = zones.indexOf(part.last);
    if (zone >= 0) return [{ kind: "zone", region, zone }];
    const hint = `${part.place} has ${zones.length === 1 ? "zone a" : `zones a to ${zones.at(-1)}`}`;
    problems.push(unknownPart("zone", part, hint));
    return [];
  }
  if ("gateway" in target) {
    const example = ["region/process", "us-east-1/0"] as const;
    const part = split(target.gateway, ...example, `${path}.gateway`, problems);
    if (part === undefined) return [];
    const region = names.region(part.place, part.path, problems);
    if (region === undefined) return [];
    const process = numberBelow(fleet.policies.gateway.replicas, "gateway", part, problems);
    return process === undefined ? [] : [{ kind: "gateway", region, process }];
  }
  const kind = "node" in target ? "node" : "replica";
  const written = "node" in target ? target.node : target.replica;
  const part = split(
    written,
    `region/pool/${kind}`,
    "us-east-1/h100/2",
    `${path}.${kind}`,
    problems,
  );
  if (part === undefined) return [];
  const pool = names.pool(part.place, part.path, problems);
  const resolved = pool === undefined ? undefined : fleet.pools[pool];
  if (pool === undefined || resolved === undefined) return [];
  const count = kind === "node" ? nodesOf(resolved) : resolved.replicasMax;
  const number = numberBelow(count, kind, part, problems);
  if (number === undefined) return [];
  return kind === "node" ? [{ kind, pool, node: number }] : [{ kind, pool, replica: number }];
}

/** `us-east-1/h100/2` → the place `us-east-1/h100` and `2`. */
interface Part {
  readonly place: string;
  readonly last: string;
  readonly path: string;
}

function split(
  written: string,
  form: string,
  example: string,
  path: string,
  problems: Problem[],
): Part | undefined {
  const slashes = form.split("/").length - 1;
  if (written.split("/").length - 1 !== slashes || /^\/|\/$/.test(written)) {
    const message = `expected ${form} such as ${example}, got "${written}"`;
    problems.push({ code: "invalid-value", path, message });
    return undefined;
  }
  const last = written.lastIndexOf("/");
  return { place: written.slice(0, last), last: written.slice(last + 1), path };
}

function numberBelow(
  count: number,
  what: string,
  part: Part,
  problems: Problem[],
): number | undefined {
  const number = /^[0-9]{1,9}$/.test(part.last) ? Number(part.last) : Number.NaN;
  if (number < count) return number;
  const range = count === 1 ? `${what} 0 only` : `${what}s 0 to ${count - 1}`;
  problems.push(unknownPart(what, part, `${part.place} has ${range}`));
  return undefined;
}

function unknownPart(what: string, { place, last, path }: Part, hint: string): Problem {
  return { code: "unknown-name", path, message: `no ${what} "${last}" in ${place}`, hint };
}

/** `a`, `b`, `c` … */
function letters(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String.fromCharCode(97 + index));
}

type EachSpec = Extract<TargetSpec, { each: string }>;

/** Regions and pools that `of` covers. */
interface Scope {
  readonly regions: readonly number[];
  readonly pools: readonly number[];
  readonly isOnePool: boolean;
}

/** Every part of a kind within a scope. */
function resolveEach(
  { each, of = "fleet" }: EachSpec,
  path: string,
  names: FleetNames,
  problems: Problem[],
): readonly FaultTarget[] {
  const scope = scopeOf(of, `${path}.of`, names, problems);
  if (scope === undefined) return [];
  const { fleet } = names;
  const ofPools = (expand: (pool: number) => FaultTarget[]) => scope.pools.flatMap(expand);
  const ofRegions = (expand: (region: number) => FaultTarget[]) => scope.regions.flatMap(expand);
  switch (each) {
    case "replica":
      return ofPools((pool) =>
        below(fleet.pools[pool]!.replicasMax, (replica) => ({ kind: each, pool, replica })),
      );
    case "node":
      return ofPools((pool) =>
        below(nodesOf(fleet.pools[pool]!), (node) => ({ kind: each, pool, node })),
      );
    case "pool":
      return ofPools((pool) => [{ kind: each, pool }]);
    default:
      break;
  }
  if (scope.isOnePool) {
    problems.push({
      code: "conflict",
      path,
      message: `a pool has no ${each}s of its own, got each: ${each} of ${of}`,
      hint: "use of: with a region, or each: node",
    });
    return [];
  }
  switch (each) {
    case "zone":
      return ofRegions((region) =>
        below(fleet.regions[region]!.zones, (zone) => ({ kind: each, region, zone })),
      );
    case "gateway":
      return ofRegions((region) =>
        below(fleet.policies.gateway.replicas, (process) => ({ kind: each, region, process })),
      );
    case "region":
      return ofRegions((region) => [{ kind: each, region }]);
  }
}

function below(count: number, make: (index: number) => FaultTarget): FaultTarget[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function scopeOf(
  of: string,
  path: string,
  names: FleetNames,
  problems: Problem[],
): Scope | undefined {
  const { regions, pools } = names.fleet;
  const within = (isInside: (region: number) => boolean): Scope => ({
    regions: [...regions.keys()].filter(isInside),
    pools: [...pools.keys()].filter((pool) => isInside(pools[pool]!.regionIndex)),
    isOnePool: false,
  });
  if (of === "fleet") return within(() => true);
  if (names.clouds.includes(of)) return within((region) => regions[region]!.spec.cloud === of);
  if (of.includes("/")) {
    const pool = names.pool(of, path, problems);
    if (pool === undefined) return undefined;
    return { regions: [pools[pool]!.regionIndex], pools: [pool], isOnePool: true };
  }
  const region = names.region(of, path, problems);
  return region === undefined ? undefined : within((index) => index === region);
}
