import { describe, expect, it } from "@jest/globals";
import { summarizeCost } from "../../../planner/metrics/cost-summary";
import { resolvedPool } from "../../support/resolved";

const THROUGHPUT = {
  requestsPerSecond: 1,
  inputTokensPerSecond: 10,
  outputTokensPerSecond: 10,
  goodputRps: null,
};

/** The cost of a fleet of pools at these prices, in US dollars per replica and hour, each with so many replicas paid. */
function costAt(prices: readonly (number | undefined)[], paidReplicas = prices.map(() => 1)) {
  const pools = prices.map((usdPerReplicaHour) => ({ ...resolvedPool(), usdPerReplicaHour }));
  return summarizeCost({ pools }, paidReplicas, THROUGHPUT);
}

describe("summarizeCost", () => {
  it("is a lower bound exactly where some pool has a price and another has none", () => {
    expect(costAt([2, 3])).toMatchObject({ usdPerHour: 5, isLowerBound: false });
    expect(costAt([2, undefined])).toMatchObject({ usdPerHour: 2, isLowerBound: true });
    expect(costAt([undefined])).toMatchObject({ usdPerHour: null, isLowerBound: false });
  });

  it("charges the replicas that were paid for, whatever the pool started with", () => {
    // 2 × 2.5 + 3 × 0.5; 10 output tokens a second are 36,000 an hour.
    const cost = costAt([2, 3], [2.5, 0.5]);
    expect(cost.usdPerHour).toBe(6.5);
    expect(cost.usdPerMonth).toBe(6.5 * 730);
    expect(cost.usdPerMillionOutputTokens).toBeCloseTo((6.5 / 36_000) * 1e6, 9);
    expect(costAt([2], [0]).usdPerHour).toBe(0);
  });

  it("does not miss the price of a pool of which no replica was paid for", () => {
    expect(costAt([2, undefined], [1, 0])).toMatchObject({
      unpricedPools: [],
      isLowerBound: false,
    });
  });
});
