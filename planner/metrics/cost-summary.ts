/**
 * What the fleet costs at the prices that the scenario gives per replica and hour, for the replicas that ran. A pool
 * without a price stays out of the totals and is named, so that they read "at least".
 */
import type { ResolvedFleet } from "../fleet/resolved-fleet";
import type { CostSummary, Throughput } from "./simulation-summary";

/** Hours of a month in every price of this project: 365 · 24 / 12. */
const HOURS_PER_MONTH = 730;
const SECONDS_PER_HOUR = 3600;

/** @param paidReplicas by pool: the mean number paid for, those that start or drain included */
export function summarizeCost(
  { pools }: Pick<ResolvedFleet, "pools">,
  paidReplicas: readonly number[],
  throughput: Throughput,
): CostSummary {
  const unpricedPools = pools
    .filter((pool, index) => pool.usdPerReplicaHour === undefined && paidReplicas[index]! > 0)
    .map((pool) => pool.name);
  if (pools.every((pool) => pool.usdPerReplicaHour === undefined)) {
    return {
      usdPerHour: null,
      usdPerMonth: null,
      usdPerMillionOutputTokens: null,
      usdPerThousandRequests: null,
      unpricedPools,
      isLowerBound: false,
    };
  }
  const usdPerHour = pools.reduce(
    (sum, pool, index) => sum + (pool.usdPerReplicaHour ?? 0) * paidReplicas[index]!,
    0,
  );
  return {
    usdPerHour,
    usdPerMonth: usdPerHour * HOURS_PER_MONTH,
    usdPerMillionOutputTokens: perHourly(usdPerHour, throughput.outputTokensPerSecond, 1e6),
    usdPerThousandRequests: perHourly(usdPerHour, throughput.requestsPerSecond, 1e3),
    unpricedPools,
    isLowerBound: unpricedPools.length > 0,
  };
}

function perHourly(usdPerHour: number, perSecond: number, units: number): number | null {
  return perSecond > 0 ? (usdPerHour / (perSecond * SECONDS_PER_HOUR)) * units : null;
}
