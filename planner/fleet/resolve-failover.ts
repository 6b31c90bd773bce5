/**
 * Failover between regions: names of regions and origins become indexes, gaps become defaults, and what DNS could
 * not be set up to do is refused.
 */
import { findOrigin, findRegion } from "../catalog";
import { didYouMean } from "../catalog/suggest";
import type { Problem } from "../foundation/errors";
import { formatDuration } from "../foundation/format-units";
import type { FleetSpec } from "./fleet-spec";
import { canonicalModel, unknown } from "./names";
import type { FailoverSpec } from "./policies-spec";
import { FAILOVER_DEFAULTS, successThresholdDefault } from "./policy-defaults";
import type { ResolvedRegion } from "./resolved-fleet";
import type { ResolvedFailover, ResolvedFailoverPolicy } from "./resolved-policies";
import { listWords } from "./schema-kit";

export interface FailoverContext {
  readonly fleet: FleetSpec;
  readonly regions: readonly ResolvedRegion[];
  readonly origins: readonly string[];
}

const PATH = "fleet.failover";

/** The policy; problems with it are added to `problems`. */
export function resolveFailover(
  spec: FailoverSpec,
  context: FailoverContext,
  problems: Problem[],
): ResolvedFailover {
  const defaults = FAILOVER_DEFAULTS;
  const check = spec.healthCheck ?? {};
  const failureThreshold = check.failureThreshold ?? defaults.failureThreshold.value;
  const ttlSeconds = spec.ttl ?? defaults.ttl.value;
  const ignoring = spec.resolversIgnoringTtl;
  checkReach(context, problems);
  checkInterval(check.interval ?? defaults.interval.value, context, problems);
  if (ignoring !== undefined && ignoring.hold <= ttlSeconds) {
    problems.push({
      code: "conflict",
      path: `${PATH}.resolversIgnoringTtl.hold`,
      message: `${formatDuration(ignoring.hold)} is no longer than the TTL (${formatDuration(ttlSeconds)}), so that these resolvers would not ignore it`,
      hint: `use more than ${formatDuration(ttlSeconds)}`,
    });
  }
  return {
    policy: resolvePolicy(spec.policy ?? defaults.policy.value, context, problems),
    healthCheck: {
      intervalSeconds: check.interval ?? defaults.interval.value,
      failureThreshold,
      successThreshold: check.successThreshold ?? successThresholdDefault(failureThreshold).value,
      minHealthyShare: check.minHealthyShare ?? defaults.minHealthyShare.value,
    },
    ttlSeconds,
    ignoringTtl: {
      share: ignoring?.share ?? defaults.resolversIgnoringTtl.value,
      holdSeconds: ignoring?.hold ?? ttlSeconds,
    },
  };
}

/** DNS must have regions to choose from. */
function checkReach({ fleet, regions }: FailoverContext, problems: Problem[]): void {
  if (fleet.routing?.regions === "any") {
    problems.push({
      code: "conflict",
      path: PATH,
      message:
        "routing.regions: any sends requests to every region through one gateway, so that DNS has nothing to choose",
      hint: "use routing.regions: nearest, or leave failover out",
    });
  } else if (Object.keys(fleet.regions).length < 2 && regions.length === 1) {
    problems.push({
      code: "conflict",
      path: PATH,
      message: `${regions[0]?.name} is the only region, so that there is nowhere to go`,
      hint: "add a region, or leave failover out",
    });
  }
}

const ROUTE_53_INTERVALS: readonly number[] = [10, 30];
const CLOUD_DNS_INTERVAL_MIN = 30;

/** Route 53 checks a fleet with a region on AWS, Cloud DNS one that is on Google Cloud alone. */
function checkInterval(seconds: number, { regions }: FailoverContext, problems: Problem[]): void {
  const path = `${PATH}.healthCheck.interval`;
  const got = `got ${formatDuration(seconds)}`;
  if (regions.some(({ spec }) => spec.cloud === "aws")) {
    if (ROUTE_53_INTERVALS.includes(seconds)) return;
    const message = `Route 53 checks every 10 s or 30 s, ${got}`;
    problems.push({ code: "invalid-value", path, message, hint: "use 10 s or 30 s" });
  } else if (regions.length > 0 && seconds < CLOUD_DNS_INTERVAL_MIN) {
    const message = `Cloud DNS checks every 30 s at most, ${got}`;
    problems.push({ code: "invalid-value", path, message, hint: "use 30 s or more" });
  }
}

function resolvePolicy(
  spec: NonNullable<FailoverSpec["policy"]>,
  context: FailoverContext,
  problems: Problem[],
): ResolvedFailoverPolicy {
  if (spec === "latency") return { kind: "latency" };
  if ("weighted" in spec) return resolveWeighted(spec.weighted, context, problems);
  if ("primaryBackup" in spec) return resolveOrder(spec.primaryBackup, context, problems);
  return resolveGeo(spec.geo, context, problems);
}

function resolveWeighted(
  spec: Readonly<Record<string, number>>,
  context: FailoverContext,
  problems: Problem[],
): ResolvedFailoverPolicy {
  const path = `${PATH}.policy.weighted`;
  const before = problems.length;
  const weights = context.regions.map(() => 0);
  const names = new Map<number, string>();
  for (const [name, weight] of sortedEntries(spec)) {
    const at = `${path}.${name}`;
    const region = regionIndex(name, at, context, problems);
    if (region === undefined) continue;
    refuseTwin("region", at, names.get(region), problems);
    names.set(region, name);
    weights[region] = weight;
  }
  if (problems.length > before) return { kind: "weighted", weights };
  if (weights.every((weight) => weight === 0)) {
    const message = "every weight is 0, so that no region would be used";
    problems.push({ code: "conflict", path, message, hint: "give a region a weight above 0" });
  } else {
    checkModels(path, (region) => weights[region]! > 0, "has a weight", context, problems);
  }
  return { kind: "weighted", weights };
}

function resolveOrder(
  spec: readonly string[],
  context: FailoverContext,
  problems: Problem[],
): ResolvedFailoverPolicy {
  const path = `${PATH}.policy.primaryBackup`;
  const before = problems.length;
  const order: number[] = [];
  for (const [index, name] of spec.entries()) {
    const at = `${path}[${index}]`;
    const region = regionIndex(name, at, context, problems);
    if (region === undefined) continue;
    if (order.includes(region)) {
      const message = `${name} is named twice`;
      problems.push({ code: "conflict", path: at, message, hint: "name each region once" });
    } else order.push(region);
  }
  if (problems.length === before)
    checkModels(path, (region) => order.includes(region), "is named", context, problems);
  return { kind: "primary-backup", order };
}

function resolveGeo(
  spec: Readonly<Record<string, string>>,
  context: FailoverContext,
  problems: Problem[],
): ResolvedFailoverPolicy {
  const path = `${PATH}.policy.geo`;
  const { origins } = context;
  const regionOfOrigin = new Map<string, number>();
  const names = new Map<string, string>();
  const before = problems.length;
  let otherwise: number | undefined;
  for (const [name, regionName] of sortedEntries(spec)) {
    const at = `${path}.${name}`;
    const region = regionIndex(regionName, at, context, problems) ?? 0;
    if (name === DEFAULT_ORIGIN) {
      otherwise = region;
      continue;
    }
    const origin = findOrigin(name);
    if (!origin.found) {
      problems.push(unknown(at, "origin", name, origin.hint, "origins"));
      continue;
    }
    refuseTwin("origin", at, names.get(origin.row.name), problems);
    names.set(origin.row.name, name);
    regionOfOrigin.set(origin.row.name, region);
  }
  const missing =
    otherwise === undefined ? origins.filter((origin) => !regionOfOrigin.has(origin)) : [];
  if (missing.length > 0 && problems.length === before) {
    problems.push({
      code: "missing",
      path,
      message: `says nothing of ${listWords(missing).replace(" or ", " and ")}, where requests come from`,
      hint: "add it, or `default` for all others",
    });
  }
  return {
    kind: "geo",
    regionOfOrigin: origins.map((name) => regionOfOrigin.get(name) ?? otherwise ?? 0),
  };
}

/** By name, so that the order in the file changes nothing. */
function sortedEntries<T>(map: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** Two names for one thing would contradict each other. */
function refuseTwin(
  what: "region" | "origin",
  path: string,
  twin: string | undefined,
  problems: Problem[],
): void {
  if (twin === undefined) return;
  const message = `is the same ${what} as ${twin}`;
  problems.push({ code: "conflict", path, message, hint: "use one name for it" });
}

/** The key of a geo policy for origins that it does not name. */
const DEFAULT_ORIGIN = "default";

/** Index of a region of the fleet by any of its names; undefined after a problem, if it is a new one. */
function regionIndex(
  name: string,
  path: string,
  { fleet, regions }: FailoverContext,
  problems: Problem[],
): number | undefined {
  const lookup = findRegion(name);
  const canonical = lookup.found ? lookup.row.name : name;
  const index = regions.findIndex((region) => region.name === canonical);
  if (index >= 0) return index;
  // A name that the fleet has too was already refused there.
  if (Object.hasOwn(fleet.regions, name)) return undefined;
  const names = regions.map((region) => region.name);
  const hint =
    didYouMean(name, names) ?? `the fleet has ${listWords(names).replace(" or ", " and ")}`;
  problems.push(
    lookup.found
      ? { code: "conflict", path, message: `${name} is not a region of this fleet`, hint }
      : { code: "unknown-name", path, message: `unknown region "${name}"`, hint },
  );
  return undefined;
}

/** Every model must be in some region that the policy uses. */
function checkModels(
  path: string,
  uses: (region: number) => boolean,
  says: string,
  { fleet, regions }: FailoverContext,
  problems: Problem[],
): void {
  const used = new Map<string, boolean>();
  for (const [key, { pools }] of Object.entries(fleet.regions)) {
    const lookup = findRegion(key);
    const index = regions.findIndex(({ name }) => lookup.found && name === lookup.row.name);
    if (index < 0) continue;
    for (const pool of Object.values(pools)) {
      const model = canonicalModel(pool.model);
      used.set(model, (used.get(model) ?? false) || uses(index));
    }
  }
  for (const [model, isUsed] of [...used].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (isUsed) continue;
    const message = `no region that serves ${model} ${says}, so that its requests could go nowhere`;
    problems.push({ code: "conflict", path, message, hint: "add a region with the model" });
  }
}
