/**
 * One workload with its names looked up and its gaps filled: model or chain, lengths, prefixes, conversations, clients,
 * origins, tenants, objectives. Needs the fleet, because a workload's window and default origins come from its pools.
 */
import { findOrigin } from "../catalog";
import { canonicalModel } from "../fleet/names";
import { resolveDistribution } from "../fleet/resolve-distribution";
import type { ResolvedFleet } from "../fleet/resolved-fleet";
import type { Problem } from "../foundation/errors";
import { formatNumber } from "../foundation/format-units";
import { checkWorkload } from "./check-workload";
import { SCENARIO_DEFAULTS } from "./defaults";
import { resolveArrivals } from "./resolve-arrivals";
import { resolveChain } from "./resolve-chain";
import { resolveClient, resolveFallback } from "./resolve-client";
import { missingTokens, resolvePrefix, resolveTokens } from "./resolve-tokens";
import type { ResolvedModelStep, ResolvedStep } from "./resolved-client";
import type {
  Objective,
  ResolvedPrefix,
  ResolvedSessions,
  ResolvedTokens,
  ResolvedWorkload,
} from "./resolved-scenario";
import {
  checkModelServed,
  checkPriorityTaken,
  contextWindow,
  poolsServing,
  type ServedModels,
} from "./served-models";
import type { TracesRead } from "./trace-files";
import type { WorkloadSpec } from "./workload-spec";

/** How far shares may add up to something else than 1: rounding, no more. */
const SHARES_TOLERANCE = 1e-6;

export interface WorkloadContext extends ServedModels {
  readonly name: string;
  readonly requestsMax: number;
  readonly traces: TracesRead;
}

/** What a request asks for: one call of a model, or the steps of a chain. */
type Work = Pick<
  ResolvedWorkload,
  "model" | "tokens" | "prefix" | "chain" | "fallback" | "contextWindowTokens"
>;

/** The workload, or undefined after its problems were added to `problems`. */
export function resolveWorkload(
  spec: WorkloadSpec,
  context: WorkloadContext,
  problems: Problem[],
): ResolvedWorkload | undefined {
  const before = problems.length;
  const { name, fleet, requestsMax, traces } = context;
  const path = `workloads.${name}`;
  const priority = spec.priority ?? SCENARIO_DEFAULTS.priority.value;
  checkPriorityTaken(modelsOf(spec), priority, `${path}.priority`, fleet, problems);
  const arrivals = resolveArrivals(
    spec.arrivals,
    { path: `${path}.arrivals`, requestsMax, traces },
    problems,
  );
  const work =
    spec.chain === undefined
      ? resolveCall(spec, path, context, problems)
      : resolveSteps(spec.chain, spec, path, context, problems);
  const sessions = resolveSessions(spec, path, problems);
  const client = resolveClient(spec.client, `${path}.client`, problems);
  const origins = Object.entries(spec.origins ?? originsDefault(work?.model, fleet));
  checkShares(origins, `${path}.origins`, problems);
  const tenants = resolveTenants(spec.tenants);
  checkShares(
    tenants.map(({ name: tenant, share }) => [tenant, share] as const),
    `${path}.tenants`,
    problems,
  );
  checkWorkload(spec, path, work?.contextWindowTokens, problems);
  if (arrivals === undefined || work === undefined || problems.length > before) return undefined;
  return {
    name,
    ...work,
    arrivals,
    delivery: spec.delivery ?? SCENARIO_DEFAULTS.delivery.value,
    client,
    sessions,
    origins: origins
      .flatMap(([origin, share]) => placeOrigin(origin, share, fleet))
      .sort((a, b) => a.originIndex - b.originIndex),
    tenants,
    priority,
    slo: resolveObjectives(spec.slo),
  };
}

/** Every model that may answer, by its catalog name. */
function modelsOf({ model, chain = [], fallback }: WorkloadSpec): ReadonlySet<string> {
  const written = [model, fallback?.model];
  for (const step of chain) {
    if ("model" in step) written.push(step.model, step.fallback?.model);
  }
  return new Set(written.flatMap((one) => (one === undefined ? [] : canonicalModel(one))));
}

function resolveCall(
  spec: WorkloadSpec,
  path: string,
  context: WorkloadContext,
  problems: Problem[],
): Work | undefined {
  // The schema lets no workload through without a model or a chain.
  const written = spec.model ?? "";
  const model = canonicalModel(written);
  checkModelServed(written, `${path}.model`, context, problems);
  const fallback = resolveFallback(spec.fallback, model, `${path}.fallback`, context, problems);
  const tokens = tokensOfCall(spec, path, context, problems);
  if (tokens === undefined) return undefined;
  const models = fallback === undefined ? [model] : [model, fallback.model];
  return {
    model,
    tokens,
    prefix: resolvePrefix(spec.prefix),
    chain: undefined,
    fallback,
    contextWindowTokens: contextWindow(models, context.fleet),
  };
}

function tokensOfCall(
  { tokens, arrivals, sessions }: WorkloadSpec,
  path: string,
  { traces }: WorkloadContext,
  problems: Problem[],
): ResolvedTokens | undefined {
  if (tokens !== undefined) return resolveTokens(tokens, `${path}.tokens`, traces, problems);
  if (!("trace" in arrivals)) {
    missingTokens(`${path}.tokens`, problems);
    return undefined;
  }
  if (sessions === undefined) return { kind: "from-arrivals" };
  problems.push({
    code: "conflict",
    path: `${path}.sessions`,
    message: "lengths of a replayed trace cannot be spread over the turns of sessions",
    hint: "give tokens.input and tokens.output",
  });
  return undefined;
}

function resolveSteps(
  spec: NonNullable<WorkloadSpec["chain"]>,
  { arrivals }: WorkloadSpec,
  path: string,
  context: WorkloadContext,
  problems: Problem[],
): Work | undefined {
  const isReplay = "trace" in arrivals;
  const chain = resolveChain(spec, { ...context, path: `${path}.chain`, isReplay }, problems);
  const calls = chain?.filter(isModelStep) ?? [];
  const [first] = calls;
  const last = calls.at(-1);
  if (chain === undefined || first === undefined || last === undefined) return undefined;
  const { tokens, contextWindowTokens } = first;
  const prefix: ResolvedPrefix | undefined = first.prefix;
  return { model: last.model, tokens, prefix, chain, fallback: undefined, contextWindowTokens };
}

function isModelStep(step: ResolvedStep): step is ResolvedModelStep {
  return step.kind === "model";
}

/** The places that requests come from when the scenario does not say: beside the pools, in equal shares. */
function originsDefault(model: string | undefined, fleet: ResolvedFleet): Record<string, number> {
  const pools = model === undefined ? [] : poolsServing(model, fleet);
  const regions = [...new Set(pools.map(({ regionIndex }) => fleet.regions[regionIndex]!.name))];
  return Object.fromEntries(regions.map((region) => [region, 1 / regions.length]));
}

function resolveSessions(
  spec: WorkloadSpec,
  path: string,
  problems: Problem[],
): ResolvedSessions | undefined {
  if (spec.sessions === undefined) return undefined;
  const turns = resolveDistribution(spec.sessions.turns, `${path}.sessions.turns`, problems);
  const thinkSeconds = resolveDistribution(spec.sessions.think, `${path}.sessions.think`, problems);
  const { overflow = SCENARIO_DEFAULTS.overflow.value } = spec.sessions;
  return (
    turns &&
    thinkSeconds && {
      turns,
      thinkSeconds,
      overflow:
        typeof overflow === "string"
          ? { kind: overflow }
          : { kind: "summarise", summaryTokens: overflow.summarise },
    }
  );
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
