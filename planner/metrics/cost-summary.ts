/**
 * What the fleet costs at the prices that the scenario gives per replica and hour. A pool without a price
 * stays out of the totals and is named, so that they read "at least".
 */
import type { ResolvedFleet } from "../fleet/resolved-fleet";
import type { CostSummary, Throughput } from "./simulation-summary";

/** Hours of a month in every price of this project: 365 · 24 / 12. */
const HOURS_PER_MONTH = 730;
const SECONDS_PER_HOUR = 3600;

export function summarizeCost(fleet: ResolvedFleet, throughput: Throughput): CostSummary {
  const unpricedPools = fleet.pools
    .filter((pool) => pool.usdPerReplicaHour === undefined && pool.replicas > 0)
    .map((pool) => pool.name);
  const priced = fleet.pools.filter((pool) => pool.usdPerReplicaHour !== undefined);
  if (priced.length === 0) {
    return {
      usdPerHour: null,
      usdPerMonth: null,
      usdPerMillionOutputTokens: null,
      usdPerThousandRequests: null,
      unpricedPools,
      isLowerBound: false,
    };
  }
  const usdPerHour = priced.reduce((sum, pool) => sum + pool.usdPerReplicaHour! * pool.replicas, 0);
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
