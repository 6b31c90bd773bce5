/**
 * One workload with its names looked up and its gaps filled: model, lengths, prefixes, conversations, origins,
 * tenants, objectives. Needs the fleet, because a workload's window and default origins come from its pools.
 */
import { findModel, findOrigin, findTrafficProfile } from "../catalog";
import { canonicalModel, unknown } from "../fleet/names";
import type { ResolvedFleet, ResolvedPool } from "../fleet/resolved-fleet";
import type { Problem } from "../foundation/errors";
import { formatNumber } from "../foundation/format-units";
import { SCENARIO_DEFAULTS } from "./defaults";
import { resolveArrivals } from "./resolve-arrivals";
import { resolveDistribution } from "./resolve-distribution";
import type {
  Objective,
  ResolvedPrefix,
  ResolvedSessions,
  ResolvedTokens,
  ResolvedWorkload,
} from "./resolved-scenario";
import { type TracesRead, traceOf } from "./trace-files";
import type { WorkloadSpec } from "./workload-spec";

/** How far shares may add up to something else than 1: rounding, no more. */
const SHARES_TOLERANCE = 1e-6;

export interface WorkloadContext {
  readonly name: string;
  readonly fleet: ResolvedFleet;
  /** Models that some pool of the scenario names, also pools that have problems of their own. */
  readonly modelsNamed: ReadonlySet<string>;
  readonly requestsMax: number;
  readonly traces: TracesRead;
}

/** The workload, or undefined after its problems were added to `problems`. */
export function resolveWorkload(
  spec: WorkloadSpec,
  context: WorkloadContext,
  problems: Problem[],
): ResolvedWorkload | undefined {
  const before = problems.length;
  const { name, fleet, requestsMax, traces } = context;
  const path = `workloads.${name}`;
  const model = canonicalModel(spec.model);
  const pools = poolsServing(model, fleet);
  checkModelServed(spec, path, context, problems);
  const arrivals = resolveArrivals(
    spec.arrivals,
    { path: `${path}.arrivals`, requestsMax, traces },
    problems,
  );
  const tokens = resolveTokens(spec, path, traces, problems);
  const sessions = resolveSessions(spec, path, problems);
  const origins = Object.entries(spec.origins ?? originsDefault(pools, fleet));
  checkShares(origins, `${path}.origins`, problems);
  const tenants = resolveTenants(spec.tenants);
  checkShares(
    tenants.map(({ name: tenant, share }) => [tenant, share] as const),
    `${path}.tenants`,
    problems,
  );
  if (arrivals === undefined || tokens === undefined || problems.length > before) return undefined;
  return {
    name,
    model,
    arrivals,
    tokens,
    prefix: resolvePrefix(spec.prefix),
    sessions,
    origins: origins
      .flatMap(([origin, share]) => placeOrigin(origin, share, fleet))
      .sort((a, b) => a.originIndex - b.originIndex),
    tenants,
    priority: spec.priority ?? SCENARIO_DEFAULTS.priority.value,
    slo: resolveObjectives(spec.slo),
    contextWindowTokens: contextWindow(pools, fleet),
  };
}

function poolsServing(model: string, fleet: ResolvedFleet): readonly ResolvedPool[] {
  return fleet.pools.filter((pool) => pool.model.name === model);
}

/** The places that requests come from when the scenario does not say: beside the pools, in equal shares. */
function originsDefault(
  pools: readonly ResolvedPool[],
  fleet: ResolvedFleet,
): Record<string, number> {
  const regions = [...new Set(pools.map(({ regionIndex }) => fleet.regions[regionIndex]!.name))];
  return Object.fromEntries(regions.map((region) => [region, 1 / regions.length]));
}

function checkModelServed(
  spec: WorkloadSpec,
  path: string,
  { fleet, modelsNamed }: WorkloadContext,
  problems: Problem[],
): void {
  const model = findModel(spec.model);
  if (!model.found) {
    problems.push(unknown(`${path}.model`, "model", spec.model, model.hint, "models"));
    return;
  }
  const { name } = model.row;
  // A misspelt model of a pool is a problem of its own, and may be the one that is missing here.
  if ([...modelsNamed].some((named) => !findModel(named).found)) return;
  if (!modelsNamed.has(name)) {
    problems.push({
      code: "conflict",
      path: `${path}.model`,
      message: `no pool serves ${name}; pools serve ${[...modelsNamed].toSorted().join(", ")}`,
      hint: `add a pool with model: ${name}`,
    });
    return;
  }
  if (fleet.routing.policy !== "by-priority") return;
  const priority = spec.priority ?? SCENARIO_DEFAULTS.priority.value;
  const pools = poolsServing(name, fleet);
  const takes = (pool: ResolvedPool) =>
    pool.priorities.length === 0 || pool.priorities.includes(priority);
  if (pools.length === 0 || pools.some(takes)) return;
  problems.push({
    code: "conflict",
    path: `${path}.priority`,
    message: `no pool of ${name} takes priority ${priority}, and routing is by-priority`,
    hint: "add it to the priorities of a pool",
  });
}

function resolveTokens(
  spec: WorkloadSpec,
  path: string,
  traces: TracesRead,
  problems: Problem[],
): ResolvedTokens | undefined {
  const at = `${path}.tokens`;
  const { tokens, arrivals, sessions } = spec;
  if (tokens === undefined) {
    if (!("trace" in arrivals)) {
      const message = "is missing; give a profile, input and output, or a trace";
      problems.push({
        code: "missing",
        path: at,
        message,
        hint: "for example tokens: { profile: azure-conversation-2023 }",
      });
      return undefined;
    }
    if (sessions === undefined) return { kind: "from-arrivals" };
    const message = "lengths of a replayed trace cannot be spread over the turns of sessions";
    problems.push({
      code: "conflict",
      path: `${path}.sessions`,
      message,
      hint: "give tokens.input and tokens.output",
    });
    return undefined;
  }
  if ("profile" in tokens) return tokensOfProfile(tokens.profile, `${at}.profile`, problems);
  if ("trace" in tokens) {
    const trace = traceOf(tokens, `${at}.trace`, traces, problems);
    return trace && { kind: "pairs", trace };
  }
  const input = resolveDistribution(tokens.input, `${at}.input`, problems);
  const output = resolveDistribution(tokens.output, `${at}.output`, problems);
  const rankCorrelation = tokens.correlation ?? SCENARIO_DEFAULTS.correlation.value;
  return input && output && { kind: "distributions", input, output, rankCorrelation };
}

function tokensOfProfile(
  name: string,
  path: string,
  problems: Problem[],
): ResolvedTokens | undefined {
  const profile = findTrafficProfile(name);
  if (!profile.found) {
    problems.push(unknown(path, "traffic profile", name, profile.hint, "profiles"));
    return undefined;
  }
  const { probabilities, inputTokens, outputTokens, rankCorrelation } = profile.row;
  return {
    kind: "distributions",
    input: { kind: "quantiles", probabilities, values: inputTokens },
    output: { kind: "quantiles", probabilities, values: outputTokens },
    rankCorrelation,
  };
}

function resolvePrefix(spec: WorkloadSpec["prefix"]): ResolvedPrefix | undefined {
  if (spec === undefined) return undefined;
  return {
    sharedTokens: spec.shared,
    groups: spec.groups ?? SCENARIO_DEFAULTS.prefixGroups.value,
    share: spec.share ?? SCENARIO_DEFAULTS.prefixShare.value,
    skew: spec.skew ?? SCENARIO_DEFAULTS.prefixSkew.value,
  };
}

function resolveSessions(
  spec: WorkloadSpec,
  path: string,
  problems: Problem[],
): ResolvedSessions | undefined {
  if (spec.sessions === undefined) return undefined;
  const turns = resolveDistribution(spec.sessions.turns, `${path}.sessions.turns`, problems);
  const thinkSeconds = resolveDistribution(spec.sessions.think, `${path}.sessions.think`, problems);
  return turns && thinkSeconds && { turns, thinkSeconds };
}

function resolveTenants(spec: WorkloadSpec["tenants"]): ResolvedWorkload["tenants"] {
  if (spec === undefined) return [{ name: SCENARIO_DEFAULTS.tenant.value, share: 1 }];
  if (!isTenantCount(spec)) {
    return Object.entries(spec)
      .map(([name, share]) => ({ name, share }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }
  const digits = String(spec.count).length;
  return Array.from({ length: spec.count }, (_, index) => ({
    name: `tenant-${String(index + 1).padStart(digits, "0")}`,
    share: 1 / spec.count,
  }));
}

/** `count` is no tenant's name: a map with it says how many there are. */
function isTenantCount(
  spec: NonNullable<WorkloadSpec["tenants"]>,
): spec is Extract<NonNullable<WorkloadSpec["tenants"]>, { count: number }> {
  return Object.hasOwn(spec, "count");
}

function checkShares(
  shares: readonly (readonly [string, number])[],
  path: string,
  problems: Problem[],
): void {
  const total = shares.reduce((sum, [, share]) => sum + share, 0);
  if (shares.length === 0 || Math.abs(total - 1) <= SHARES_TOLERANCE) return;
  problems.push({
    code: "conflict",
    path,
    message: `shares must add up to 1 (100%), got ${formatNumber(total)}`,
  });
}

function placeOrigin(
  name: string,
  share: number,
  fleet: ResolvedFleet,
): ResolvedWorkload["origins"] {
  const origin = findOrigin(name);
  if (!origin.found) return [];
  const originIndex = fleet.origins.indexOf(origin.row.name);
  return [{ originIndex, share, utcOffsetHours: origin.row.utcOffsetHours }];
}

function resolveObjectives(spec: WorkloadSpec["slo"]): Objective[] {
  return Object.entries(spec ?? {}).flatMap(([metric, limits]) =>
    Object.entries(limits ?? {}).flatMap(([statistic, limitSeconds]) =>
      limitSeconds === undefined
        ? []
        : [
            {
              metric: metric as Objective["metric"],
              statistic: statistic as Objective["statistic"],
              limitSeconds,
            },
          ],
    ),
  );
}

/**
 * Longest request that is sent unclipped: what every pool can take, or under by-length routing, which keeps
 * long requests from short pools, what any pool can take.
 */
function contextWindow(pools: readonly ResolvedPool[], fleet: ResolvedFleet): number {
  const windows = pools.map((pool) => pool.engine.maxContextTokens);
  return fleet.routing.policy === "by-length" ? Math.max(...windows) : Math.min(...windows);
}
