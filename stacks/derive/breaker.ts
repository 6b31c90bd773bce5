/** The circuit breaker of a route: limits of one process towards the pools of a model. */
import type { CircuitBreakerArgs } from "../../components/gateway";
import type { Problem, ResolvedPool } from "../../planner/plan/fleet-of-plan";
import type { LimitName } from "../../planner/plan/limit-names";
import { ENVOY_UNLIMITED } from "../../planner/plan/pool-limits";
import type { Derivation, Derived } from "./derived";
import { type FleetContext, limitValue, poolPath } from "./fleet-context";
import { percentOf } from "./percent";

/** What Envoy counts otherwise where a model has several pools. */
const TOGETHER =
  "Envoy counts all pools of the model together, where each was counted by itself in the simulation";

/** The breaker. @param what path of it in the stack */
export function deriveBreaker(
  context: FleetContext,
  pools: readonly ResolvedPool[],
  what: string,
): Derived<CircuitBreakerArgs> {
  const problems: Problem[] = differingBudgets(pools);
  const derivations: Derivation[] = [];
  const limit = (name: LimitName, key: string): number => {
    const limits = pools.map((pool) => limitValue(context, pool.name, name, problems));
    const value = Math.min(
      ENVOY_UNLIMITED,
      limits.reduce((sum, one) => sum + one.value, 0),
    );
    const isSum = limits.length > 1 && value !== ENVOY_UNLIMITED;
    derivations.push({
      what: `${what}.${key}`,
      value,
      because: isSum
        ? `sum over ${pools.map((pool) => pool.name).join(" and ")}: ${limits.map((one) => one.value).join(" + ")}`
        : limits[0]!.derivation,
      ...(isSum ? { deviation: TOGETHER } : {}),
    });
    return value;
  };
  const args = {
    maxConnections: limit("maxConnectionsPerProcess", "maxConnections"),
    maxPendingRequests: limit("maxPendingRequestsPerProcess", "maxPendingRequests"),
    maxParallelRequests: limit("maxParallelRequestsPerProcess", "maxParallelRequests"),
  };
  const budget = pools[0]?.circuitBreaker?.retryBudget;
  if (budget === undefined) {
    const maxParallelRetries = limit("maxParallelRetriesPerProcess", "maxParallelRetries");
    return { args: { ...args, maxParallelRetries }, derivations, problems };
  }
  const percent = percentOf(budget.share);
  derivations.push({
    what: `${what}.retryBudget.percent`,
    value: percent,
    because: "circuitBreaker.retryBudget.percent; a share needs no division",
  });
  const minRetryConcurrency = limit(
    "minRetryConcurrencyPerProcess",
    "retryBudget.minRetryConcurrency",
  );
  return {
    args: { ...args, retryBudget: { percent, minRetryConcurrency } },
    derivations,
    problems,
  };
}

/** One route has one budget for retries. */
function differingBudgets(pools: readonly ResolvedPool[]): Problem[] {
  const [first, ...others] = pools;
  const share = first?.circuitBreaker?.retryBudget?.share;
  return others
    .filter((pool) => pool.circuitBreaker?.retryBudget?.share !== share)
    .map((pool) => ({
      code: "conflict",
      path: `${poolPath(pool)}.circuitBreaker.retryBudget`,
      message: `differs from that of ${first!.name}, and one route has one for all pools of a model`,
      hint: "use the same and size again",
    }));
}
