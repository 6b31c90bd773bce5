/**
 * Policies of the gateway that contradict each other, or that could never do anything: a limit that cannot be shared
 * among the processes, a timeout that always comes after another, ejection from a pool too small for it.
 */
import type { Problem } from "../foundation/errors";
import { formatDuration, formatNumber, formatRate, formatShare } from "../foundation/format-units";
import type { FleetSpec } from "./fleet-spec";
import { canonicalModel } from "./names";
import {
  type Followed,
  healthCheckOf,
  type PlacedPool,
  placedPools,
  replicaBounds,
} from "./placed-pools";
import type { AdmissionSpec, CircuitBreakerSpec, HealthCheckSpec } from "./policies-spec";
import {
  ADMISSION_DEFAULTS,
  maxEjectionTimeDefault,
  maxIntervalDefault,
  PASSIVE_DEFAULTS,
  RETRY_DEFAULTS,
} from "./policy-defaults";
import { PRIORITIES } from "./priority";
import { rateLimitsOf } from "./resolve-policies";
import { NO_POLICIES } from "./resolved-policies";
import { listWords } from "./schema-kit";

/** Adds the problems of what the gateway does. */
export function checkGateway(spec: FleetSpec, problems: Problem[]): void {
  const pools = placedPools(spec);
  const report = new Reporter(problems);
  checkDecodePools(pools, report);
  for (const breaker of written("circuitBreaker", spec.circuitBreaker, pools))
    checkCircuitBreaker(breaker, spec, report);
  for (const check of written("healthCheck", spec.healthCheck, pools)) {
    const following = pools.filter((pool) => healthCheckOf(spec, pool)?.path === check.path);
    checkHealthCheck(check, following, report);
  }
  checkTimeouts(spec, report);
  checkRetry(spec, report);
  checkHedging(spec, pools, report);
  if (spec.admission !== undefined) checkAdmission(spec.admission, spec, report);
}

class Reporter {
  private readonly problems: Problem[];

  constructor(problems: Problem[]) {
    this.problems = problems;
  }

  conflict(path: string, message: string, hint: string): void {
    this.problems.push({ code: "conflict", path, message, hint });
  }

  empty(path: string, keys: readonly string[]): void {
    this.problems.push({
      code: "empty",
      path,
      message: `needs at least one of ${keys.join(", ")}`,
    });
  }
}

/** Every place where a policy is given: the fleet's, and those of pools. */
function written<Key extends "circuitBreaker" | "healthCheck">(
  key: Key,
  fleets: FleetSpec[Key],
  pools: readonly PlacedPool[],
): Followed<NonNullable<FleetSpec[Key]>>[] {
  const places = pools.flatMap(({ path, pool }) => {
    const own = pool[key];
    return own === undefined || own === "none"
      ? []
      : [{ policy: own as NonNullable<FleetSpec[Key]>, path: `${path}.${key}` }];
  });
  return fleets === undefined ? places : [{ policy: fleets, path: `fleet.${key}` }, ...places];
}

function checkDecodePools(pools: readonly PlacedPool[], report: Reporter): void {
  for (const { path, pool } of pools) {
    if (pool.role !== "decode") continue;
    for (const key of ["circuitBreaker", "healthCheck"] as const) {
      if (pool[key] === undefined || pool[key] === "none") continue;
      report.conflict(
        `${path}.${key}`,
        "a decode pool gets its requests from prefill pools, not from the gateway",
        "give it to the prefill pool",
      );
    }
  }
}

function gatewayReplicas(spec: FleetSpec): number {
  return spec.gateway?.replicas ?? NO_POLICIES.gateway.replicas;
}

/** Each process gets a whole share of a limit, and a share of one at least. */
function checkShare(path: string, limit: unknown, spec: FleetSpec, report: Reporter): void {
  const processes = gatewayReplicas(spec);
  if (typeof limit !== "number" || limit === 0 || limit >= processes) return;
  report.conflict(
    path,
    `${limit} cannot be shared by ${processes} gateway replicas, each of which counts for itself`,
    `use ${processes} or more, or fewer gateway replicas`,
  );
}

function checkCircuitBreaker(
  { policy, path }: Followed<CircuitBreakerSpec>,
  spec: FleetSpec,
  report: Reporter,
): void {
  const { retryBudget, maxParallelRetries } = policy;
  for (const key of [
    "maxConnections",
    "maxPendingRequests",
    "maxParallelRequests",
    "maxParallelRetries",
  ] as const)
    checkShare(`${path}.${key}`, policy[key], spec, report);
  if (retryBudget !== undefined && maxParallelRetries !== undefined) {
    report.conflict(
      `${path}.maxParallelRetries`,
      "does nothing beside a retryBudget, which takes its place",
      "leave one of the two out",
    );
  } else if (spec.retry === undefined) {
    const given = retryBudget === undefined ? "maxParallelRetries" : "retryBudget";
    if (retryBudget === undefined && maxParallelRetries === undefined) return;
    report.conflict(
      `${path}.${given}`,
      "limits retries by the gateway, which makes none",
      `add fleet.retry, or leave ${given} out; budgets of clients are in their workload`,
    );
  }
}

function checkHealthCheck(
  { policy, path }: Followed<HealthCheckSpec>,
  pools: readonly PlacedPool[],
  report: Reporter,
): void {
  const { passive, active } = policy;
  if (passive === undefined && active === undefined) {
    report.empty(path, ["passive", "active"]);
    return;
  }
  if (passive === undefined) return;
  const base = passive.baseEjectionTime ?? PASSIVE_DEFAULTS.baseEjectionTime.value;
  const longest = passive.maxEjectionTime ?? maxEjectionTimeDefault(base).value;
  if (longest < base) {
    report.conflict(
      `${path}.passive.maxEjectionTime`,
      `${formatDuration(longest)} is shorter than baseEjectionTime (${formatDuration(base)})`,
      `use ${formatDuration(base)} or more`,
    );
  }
  const share = passive.maxEjectionPercent ?? PASSIVE_DEFAULTS.maxEjectionPercent.value;
  if (passive.alwaysEjectOneEndpoint ?? PASSIVE_DEFAULTS.alwaysEjectOneEndpoint.value) return;
  checkEjection(path, share, pools, report);
}

/**
 * Envoy ejects a replica while those ejected, itself included, are no more than the share: none, then, from a pool in
 * which one replica is more. A pool of one has nothing to go to and is not counted.
 */
function checkEjection(
  path: string,
  share: number,
  pools: readonly PlacedPool[],
  report: Reporter,
): void {
  const inert = pools
    .map(({ name, pool }) => ({ name, replicas: replicaBounds(pool.replicas).max }))
    .filter(({ replicas }) => replicas > 1 && share * replicas < 1 - 1e-9);
  if (inert.length === 0) return;
  const names = inert.map(({ name, replicas }) => `${name} (${replicas})`);
  const fewest = Math.min(...inert.map(({ replicas }) => replicas));
  report.conflict(
    `${path}.passive.maxEjectionPercent`,
    `${formatShare(share)} of the replicas is less than one, so that none is ever ejected from ${listWords(names).replace(" or ", " and ")}`,
    `use ${Math.ceil(100 / fewest)}% or more, or alwaysEjectOneEndpoint: true`,
  );
}

/** The two that wait for less must come before the two that end everything. */
function checkTimeouts({ timeout }: FleetSpec, report: Reporter): void {
  for (const part of ["connectTimeout", "streamIdleTimeout"] as const) {
    const seconds = timeout?.[part];
    if (seconds === undefined) continue;
    const whole = (["requestTimeout", "maxStreamDuration"] as const).find(
      (name) => (timeout?.[name] ?? Number.POSITIVE_INFINITY) <= seconds,
    );
    if (whole === undefined) continue;
    const end = formatDuration(timeout?.[whole] ?? 0);
    report.conflict(
      `fleet.timeout.${part}`,
      `${formatDuration(seconds)} never comes before ${whole} (${end})`,
      `use less than ${end}, or a longer ${whole}`,
    );
  }
}

/** The first of the timeouts that ends an attempt anyway, of those that come no later than `seconds`. */
function endsBefore(
  seconds: number,
  { timeout }: FleetSpec,
  names: readonly ("requestTimeout" | "streamIdleTimeout" | "maxStreamDuration")[],
): string | undefined {
  const found = names.find((name) => (timeout?.[name] ?? Number.POSITIVE_INFINITY) <= seconds);
  return found === undefined
    ? undefined
    : `${["fleet", "timeout", found].join(".")} (${formatDuration(timeout?.[found] ?? 0)})`;
}

function checkRetry(spec: FleetSpec, report: Reporter): void {
  const { timeout, backOff } = spec.retry?.perRetry ?? {};
  const at = "fleet.retry.perRetry";
  if (timeout !== undefined) {
    const first = endsBefore(timeout, spec, ["requestTimeout", "maxStreamDuration"]);
    if (first !== undefined) {
      report.conflict(
        `${at}.timeout`,
        `${formatDuration(timeout)} never comes before ${first}, so that nothing is tried again for it`,
        "use a shorter one, or leave it out",
      );
    }
  }
  if (backOff === undefined) return;
  const base = backOff.baseInterval ?? RETRY_DEFAULTS.baseInterval.value;
  const longest = backOff.maxInterval ?? maxIntervalDefault(base).value;
  if (longest >= base) return;
  report.conflict(
    `${at}.backOff.maxInterval`,
    `${formatDuration(longest)} is shorter than baseInterval (${formatDuration(base)})`,
    `use ${formatDuration(base)} or more`,
  );
}

function checkHedging(spec: FleetSpec, pools: readonly PlacedPool[], report: Reporter): void {
  const { hedging } = spec;
  if (hedging === undefined) return;
  const first = endsBefore(hedging.after, spec, [
    "streamIdleTimeout",
    "requestTimeout",
    "maxStreamDuration",
  ]);
  if (first !== undefined) {
    report.conflict(
      "fleet.hedging.after",
      `${formatDuration(hedging.after)} never comes before ${first}`,
      "use a shorter one, or leave hedging out",
    );
  }
  // A hedge goes to another replica of the same model within the gateway's reach.
  const replicas = new Map<string, number>();
  for (const { region, pool } of pools) {
    if (pool.role === "decode") continue;
    const reach = spec.routing?.regions === "any" ? "" : region;
    const key = `${reach} ${canonicalModel(pool.model)}`;
    replicas.set(key, (replicas.get(key) ?? 0) + replicaBounds(pool.replicas).max);
  }
  if ([...replicas.values()].some((count) => count > 1)) return;
  report.conflict(
    "fleet.hedging",
    "no model has a second replica for its gateway to hedge with",
    "add replicas, or leave hedging out",
  );
}

function checkAdmission(admission: AdmissionSpec, spec: FleetSpec, report: Reporter): void {
  const at = "fleet.admission";
  const { concurrency, deadlineAware, admissionControl, priorityShedding, queue } = admission;
  for (const [key, given] of Object.entries({ priorityShedding, queue })) {
    if (given === undefined || concurrency !== undefined) continue;
    report.conflict(
      `${at}.${key}`,
      "needs a concurrency that can be used up, and there is none",
      "add concurrency: …",
    );
  }
  const limits = rateLimitsOf(admission);
  const refuses =
    limits.length > 0 ||
    concurrency !== undefined ||
    deadlineAware === true ||
    admissionControl !== undefined;
  if (!refuses && priorityShedding === undefined && queue === undefined)
    report.empty(at, ["rateLimit", "concurrency", "deadlineAware: true", "admissionControl"]);
  checkShare(`${at}.concurrency`, concurrency, spec, report);
  checkShare(`${at}.queue.limit`, queue?.limit, spec, report);
  checkRateLimits(admission, report);
  checkShedding(priorityShedding, report);
  if (queue === undefined) return;
  const first = endsBefore(queue.timeout, spec, ["requestTimeout"]);
  if (first === undefined) return;
  report.conflict(
    `${at}.queue.timeout`,
    `${formatDuration(queue.timeout)} never comes before ${first}`,
    "use a shorter one",
  );
}

function checkRateLimits(admission: AdmissionSpec, report: Reporter): void {
  const isList = Array.isArray(admission.rateLimit);
  for (const [index, limit] of rateLimitsOf(admission).entries()) {
    const at = `fleet.admission.rateLimit${isList ? `[${index}]` : ""}`;
    if (limit.requests === undefined && limit.inputTokens === undefined) {
      report.empty(at, ["requests", "inputTokens"]);
      continue;
    }
    const burst = limit.burst ?? ADMISSION_DEFAULTS.burst.value;
    for (const key of ["requests", "inputTokens"] as const) {
      const perSecond = limit[key];
      if (perSecond === undefined || perSecond * burst >= 1 - 1e-9) continue;
      const one = key === "requests" ? "request" : "token";
      report.conflict(
        `${at}.burst`,
        `a bucket of ${formatDuration(burst)} at ${formatRate(perSecond)} holds ${formatNumber(perSecond * burst, 3)} ${one}s, so that none is ever let in`,
        `use a burst of ${formatDuration(Math.ceil(1 / perSecond))} or more`,
      );
    }
  }
}

/** The less urgent go first. */
function checkShedding(shares: AdmissionSpec["priorityShedding"], report: Reporter): void {
  if (shares === undefined) return;
  const shareOf = (priority: (typeof PRIORITIES)[number]) =>
    shares[priority] ?? ADMISSION_DEFAULTS.priorityShedding.value;
  for (const [index, less] of PRIORITIES.entries()) {
    const more = PRIORITIES[index - 1];
    if (more === undefined || shareOf(less) <= shareOf(more)) continue;
    report.conflict(
      `fleet.admission.priorityShedding.${more}`,
      `${more} would be refused above ${formatShare(shareOf(more))}, before ${less} (${formatShare(shareOf(less))}), which is less urgent`,
      `use ${formatShare(shareOf(more))} or less for ${less}`,
    );
  }
}
