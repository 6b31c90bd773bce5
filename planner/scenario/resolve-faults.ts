/**
 * What goes wrong, with its targets looked up, its names made and its times checked against the run. Which replicas
 * a target holds is `fleet/failure-domains.ts`; when random faults strike is drawn by the simulation.
 */
import { didYouMean } from "../catalog/suggest";
import { nameOfTarget } from "../fleet/failure-domains";
import type { FaultTarget } from "../fleet/fault-target";
import type { FleetSpec } from "../fleet/fleet-spec";
import { resolveDistribution } from "../fleet/resolve-distribution";
import type { ResolvedFleet } from "../fleet/resolved-fleet";
import { listWords } from "../fleet/schema-kit";
import { type Distribution, meanOf } from "../foundation/distributions";
import type { Problem } from "../foundation/errors";
import { formatDuration } from "../foundation/format-units";
import { SCENARIO_DEFAULTS as DEFAULTS } from "./defaults";
import { effectKey, faultNames, targetsOf } from "./fault-names";
import type { FaultSpec, PartFaultSpec } from "./faults-spec";
import { FleetNames, resolveTarget } from "./resolve-targets";
import type {
  FaultEffect,
  FaultWhen,
  ResolvedFault,
  ResolvedFaults,
  ResolvedPoison,
} from "./resolved-faults";

type SpotWave = ResolvedFaults["spotWaves"][number];

export interface FaultContext {
  /** As written, and as resolved. */
  readonly fleetSpec: FleetSpec;
  readonly fleet: ResolvedFleet;
  /** Names of the workloads in the order of the resolved ones. */
  readonly workloads: readonly string[];
  readonly durationSeconds: number;
}

/** One fault on its way: what is the same for all kinds. */
interface Draft {
  readonly name: string;
  readonly path: string;
  readonly context: FaultContext;
  readonly names: FleetNames;
  readonly problems: Problem[];
}

/** More strikes than this in a run are a typing error: the run would not end. */
const STRIKES_MAX = 100_000;

/** All faults; those with problems are left out, after these were added to `problems`. */
export function resolveFaults(
  specs: readonly FaultSpec[],
  context: FaultContext,
  problems: Problem[],
): ResolvedFaults {
  const fleetNames = new FleetNames(context.fleetSpec, context.fleet);
  const faults: ResolvedFault[] = [];
  const poison: ResolvedPoison[] = [];
  const spotWaves: SpotWave[] = [];
  const names = faultNames(specs);
  for (const [index, spec] of specs.entries()) {
    const name = names[index]!;
    const path = `faults[${index}]`;
    const draft = { name, path, context, names: fleetNames, problems };
    checkName(name, names.indexOf(name), index, draft);
    if ("poison" in spec) poison.push(...resolvePoison(spec, draft));
    else if ("spotReclaim" in spec) spotWaves.push(...resolveWave(spec, draft));
    else faults.push(...resolvePartFault(spec, draft));
  }
  return { faults, poison, spotWaves };
}

function checkName(name: string, first: number, index: number, { path, problems }: Draft): void {
  if (first === index) return;
  const message = `is the name of faults[${first}] as well: "${name}"`;
  problems.push({ code: "conflict", path: `${path}.name`, message });
}

function resolvePartFault(spec: PartFaultSpec, draft: Draft): ResolvedFault[] {
  const before = draft.problems.length;
  const targets = allTargets(spec, draft);
  const when = whenOf(spec, draft);
  if (when?.kind === "random") checkStrikes(when, targets.length, draft);
  if (when === undefined || targets.length === 0 || draft.problems.length > before) return [];
  return [{ name: draft.name, targets, effect: effectOf(spec), when }];
}

/** What is struck, each part once. */
function allTargets(spec: PartFaultSpec, { path, context, names, problems }: Draft): FaultTarget[] {
  const known = new Set<string>();
  return targetsOf(spec).flatMap(({ target, path: at }) => {
    const parts = resolveTarget(target, `${path}.${at}`, names, problems);
    // Parts of one target are of one kind.
    if (parts[0] !== undefined) checkEffect(spec, parts[0], `${path}.${at}`, problems);
    // The kind stands beside the name, as a pool may be called `queue`.
    const keys = parts.map((part) => `${part.kind} ${nameOfTarget(context.fleet, part)}`);
    const twice = keys.find((key) => known.has(key));
    if (twice !== undefined) {
      const message = `strikes the ${twice} twice`;
      problems.push({ code: "conflict", path: `${path}.${at}`, message });
    }
    for (const key of keys) known.add(key);
    return parts;
  });
}

/** What can happen to parts without replicas; everything can happen to the others. */
const EFFECTS_WITHOUT_REPLICAS: Partial<Record<FaultTarget["kind"], readonly string[]>> = {
  gateway: ["lose", "partition"],
  "health-checker": ["lose"],
  queue: ["lose"],
};

function checkEffect(
  spec: PartFaultSpec,
  { kind }: FaultTarget,
  path: string,
  problems: Problem[],
): void {
  const allowed = EFFECTS_WITHOUT_REPLICAS[kind];
  const effect = effectKey(spec);
  if (allowed === undefined || allowed.includes(effect)) return;
  const what = kind === "gateway" ? "a process of a gateway" : `a ${kind.replace("-", " ")}`;
  problems.push({
    code: "conflict",
    path,
    message: `${effect} has no meaning for ${what}`,
    hint: `use ${listWords(allowed)}`,
  });
}

function effectOf(spec: PartFaultSpec): FaultEffect {
  if ("slow" in spec) return { kind: "slow", factor: spec.slow.factor };
  if ("delay" in spec) return { kind: "delay", addedSeconds: spec.delay.added };
  const key = effectKey(spec);
  if (key === "coldCache") return { kind: "cold-cache" };
  return { kind: key === "partition" ? "partition" : "lose" };
}

function whenOf(spec: PartFaultSpec, draft: Draft): FaultWhen | undefined {
  const { path, problems } = draft;
  const refuse = (key: string, message: string, hint: string): void => {
    problems.push({ code: "conflict", path: `${path}.${key}`, message, hint });
  };
  const isInstant = "coldCache" in spec;
  if (isInstant && (spec.for !== undefined || spec.repair !== undefined)) {
    const key = spec.for === undefined ? "repair" : "for";
    refuse(key, "emptied caches fill again by themselves", "leave it out");
  }
  if (spec.at !== undefined && spec.mtbf !== undefined) {
    refuse("mtbf", "a fault is at a time or random", "give at or mtbf");
    return undefined;
  }
  if (spec.mtbf === undefined) {
    if (spec.repair !== undefined && !isInstant) {
      refuse("repair", "is read with mtbf only", "use for: with at, or give mtbf");
    }
    return scheduled(spec.at, isInstant ? 0 : spec.for, draft);
  }
  if (spec.for !== undefined && !isInstant) {
    refuse("for", "a random fault lasts as long as its repair", "use repair");
  }
  const repairSeconds = repairOf(spec, isInstant, draft);
  return repairSeconds && { kind: "random", mtbfSeconds: spec.mtbf, repairSeconds };
}

function scheduled(
  at: number | undefined,
  seconds: number = DEFAULTS.faultSeconds.value,
  draft: Draft,
): FaultWhen | undefined {
  const startSeconds = startOf(at, draft, "at or mtbf");
  return startSeconds === undefined
    ? undefined
    : { kind: "at", startSeconds, durationSeconds: seconds };
}

/** A start within the run. */
function startOf(
  at: number | undefined,
  { path, context, problems }: Draft,
  wanted = "at",
): number | undefined {
  if (at === undefined) {
    problems.push({
      code: "missing",
      path: `${path}.at`,
      message: `is missing; give ${wanted}`,
      hint: "for example at: 10 min, from the start of the run",
    });
    return undefined;
  }
  if (at < context.durationSeconds) return at;
  problems.push({
    code: "conflict",
    path: `${path}.at`,
    message: `must be before the end of the run (${formatDuration(context.durationSeconds)}), got ${formatDuration(at)}`,
    hint: "times count from the start of the run; lengthen horizon.duration or move the fault",
  });
  return undefined;
}

function repairOf(
  { repair }: PartFaultSpec,
  isInstant: boolean,
  { path, problems }: Draft,
): Distribution | undefined {
  if (isInstant) return { kind: "constant", value: 0 };
  if (repair !== undefined) return resolveDistribution(repair, `${path}.repair`, problems);
  problems.push({
    code: "missing",
    path: `${path}.repair`,
    message: "is missing; a random fault is repaired, and strikes again",
    hint: "for example repair: 2 h",
  });
  return undefined;
}

function checkStrikes(
  when: Extract<FaultWhen, { kind: "random" }>,
  targets: number,
  { path, context, problems }: Draft,
): void {
  const cycleSeconds = when.mtbfSeconds + meanOf(when.repairSeconds);
  const strikes = (targets * context.durationSeconds) / cycleSeconds;
  if (strikes <= STRIKES_MAX) return;
  problems.push({
    code: "conflict",
    path: `${path}.mtbf`,
    message: `would strike about ${Math.round(strikes)} times in the run, over ${targets} targets`,
    hint: `at most ${STRIKES_MAX} are simulated: lengthen mtbf`,
  });
}

function resolvePoison(
  spec: Extract<FaultSpec, { poison: unknown }>,
  draft: Draft,
): ResolvedPoison[] {
  const { name, path, context, problems } = draft;
  const { workloads } = context;
  const workload = workloads.indexOf(spec.poison.workload);
  if (workload < 0) {
    problems.push({
      code: "unknown-name",
      path: `${path}.poison.workload`,
      message: `no workload "${spec.poison.workload}" in the scenario`,
      hint: didYouMean(spec.poison.workload, workloads) ?? `use ${listWords(workloads)}`,
    });
  }
  const startSeconds = startOf(spec.at, draft);
  if (workload < 0 || startSeconds === undefined) return [];
  const seconds = spec.for ?? DEFAULTS.faultSeconds.value;
  const { share } = spec.poison;
  return [{ name, workload, share, startSeconds, endSeconds: startSeconds + seconds }];
}

function resolveWave(spec: Extract<FaultSpec, { spotReclaim: unknown }>, draft: Draft): SpotWave[] {
  const { name, context } = draft;
  const { pools: written = DEFAULTS.spotPools.value, share, unavailable } = spec.spotReclaim;
  const pools = wavePools(written, draft);
  const atSeconds = startOf(spec.at, draft);
  if (atSeconds === undefined || pools.length === 0) return [];
  return [
    {
      name,
      atSeconds,
      pools,
      share: share ?? DEFAULTS.spotShare.value,
      unavailableSeconds: unavailable ?? unavailableDefault(pools, context.fleet),
    },
  ];
}

/** Indexes of the pools of a wave, sorted; none after problems. */
function wavePools(
  written: "all" | readonly string[],
  { path, context, names, problems }: Draft,
): readonly number[] {
  const { pools } = context.fleet;
  const isSpot = (pool: number) => pools[pool]?.purchase.spot !== undefined;
  if (written === "all") {
    const spot = [...pools.keys()].filter(isSpot);
    if (spot.length === 0 && pools.length > 0) {
      problems.push({
        code: "conflict",
        path: `${path}.spotReclaim`,
        message: "no pool has spot replicas",
        hint: "give a pool purchase: { onDemand: 1, spot: rest }",
      });
    }
    return spot;
  }
  const chosen = written.flatMap((one, index) => {
    const at = `${path}.spotReclaim.pools[${index}]`;
    const pool = names.pool(one, at, problems);
    if (pool === undefined) return [];
    if (isSpot(pool)) return [pool];
    problems.push({
      code: "conflict",
      path: at,
      message: `${one} has no spot replicas`,
      hint: "give it purchase: { onDemand: 1, spot: rest }",
    });
    return [];
  });
  return [...new Set(chosen)].sort((a, b) => a - b);
}

/** As long as the cloud usually takes to offer the capacity again: the longest mean of the pools. */
export function unavailableDefault(pools: readonly number[], fleet: ResolvedFleet): number {
  const means = pools.map((pool) => {
    const { spot } = fleet.pools[pool]!.purchase;
    return spot === undefined ? 0 : meanOf(spot.unavailableSeconds);
  });
  return Math.max(...means);
}
