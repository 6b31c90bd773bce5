/** Scenarios and records of a few regions, made by hand, for tests of what is derived from them. */
import type { ResolvedPool } from "../../../planner/fleet/resolved-fleet";
import { NO_POLICIES, type ResolvedPolicies } from "../../../planner/fleet/resolved-policies";
import type {
  ResolvedScenario,
  ResolvedWorkload,
} from "../../../planner/scenario/resolved-scenario";
import type { TraceTable } from "../../../planner/scenario/trace-table";
import type { LoadOfPool } from "../../../planner/stress/pool-loads";
import { resolvedPool, resolvedScenario, resolvedWorkload } from "../../support/resolved";

export const MINUTE = 60;
export const HOUR = 3600;

/** Detection 10 s × 3, TTL 60 s. */
export const FAILOVER: NonNullable<ResolvedPolicies["failover"]> = {
  policy: { kind: "latency" },
  healthCheck: {
    intervalSeconds: 10,
    failureThreshold: 3,
    successThreshold: 2,
    minHealthyShare: 0.5,
  },
  ttlSeconds: 60,
  ignoringTtl: { share: 0, holdSeconds: 0 },
};

/** A pool in each region that `pools` names, in order; by default two regions with 4 and 2 replicas. */
export function fleetScenario(
  options: {
    readonly pools?: readonly Partial<ResolvedPool>[];
    readonly workloads?: readonly ResolvedWorkload[];
    readonly policies?: Partial<ResolvedPolicies>;
    readonly durationSeconds?: number;
    readonly warmUpSeconds?: number;
    readonly regions?: "nearest" | "any";
  } = {},
): ResolvedScenario {
  const pools = (options.pools ?? [{ replicas: 4 }, { regionIndex: 1, replicas: 2 }]).map(
    (changes) => {
      const { regionIndex = 0, replicas = 1 } = changes;
      return {
        ...resolvedPool({ name: `region-${regionIndex}/pool`, regionIndex, replicas }),
        ...changes,
      };
    },
  );
  const base = resolvedScenario({
    pools,
    durationSeconds: options.durationSeconds ?? HOUR,
    warmUpSeconds: options.warmUpSeconds ?? 0,
    policies: { ...NO_POLICIES, ...options.policies },
    ...(options.workloads === undefined ? {} : { workloads: options.workloads }),
    ...(options.regions === undefined ? {} : { routing: { regions: options.regions } }),
  });
  const regions = 1 + Math.max(...pools.map(({ regionIndex }) => regionIndex));
  const [region] = base.fleet.regions;
  return {
    ...base,
    fleet: {
      ...base.fleet,
      regions: Array.from({ length: regions }, (_, index) => ({
        ...region!,
        name: `region-${index}`,
      })),
      roundTripSeconds: [Array.from({ length: regions }, (_, index) => index * 0.01)],
    },
  };
}

/** An open-loop workload whose rate is `factor` times its mean at the given times, in straight lines between. */
export function profiled(
  points: readonly { readonly atSeconds: number; readonly factor: number }[],
): ResolvedWorkload {
  return resolvedWorkload({
    arrivals: {
      kind: "open",
      requestsPerSecond: 10,
      process: { kind: "poisson" },
      profile: { kind: "points", points, repeatSeconds: undefined },
      requestsMax: Number.POSITIVE_INFINITY,
    },
  });
}

export function traceOf(
  rows: readonly (readonly [arrivalSeconds: number, input: number, output: number])[],
  prefixBlocks?: TraceTable["prefixBlocks"],
): TraceTable {
  return {
    source: "by hand",
    requests: rows.length,
    hasArrivals: true,
    arrivalSeconds: Float64Array.from(rows, ([seconds]) => seconds),
    inputTokens: Int32Array.from(rows, ([, input]) => input),
    outputTokens: Int32Array.from(rows, ([, , output]) => output),
    ...(prefixBlocks === undefined ? {} : { prefixBlocks }),
  };
}

/** Ten attempts a second, 1,000 tokens a second that a replica could do: what is not given. */
export function loadOf(changes: Partial<LoadOfPool> = {}): LoadOfPool {
  const readyReplicas = changes.readyReplicas ?? 1;
  return {
    readyReplicas,
    paidReplicas: readyReplicas,
    attemptsPerSecond: 10,
    possiblePerReplica: 1000,
    demand: 500,
    ...changes,
  };
}
