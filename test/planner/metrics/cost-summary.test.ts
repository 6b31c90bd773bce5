import { describe, expect, it } from "@jest/globals";
import { summarizeCost } from "../../../planner/metrics/cost-summary";
import { resolvedPool, resolvedScenario } from "../../support/resolved";

const THROUGHPUT = {
  requestsPerSecond: 1,
  inputTokensPerSecond: 10,
  outputTokensPerSecond: 10,
  goodputRps: null,
};

/** The cost of a fleet with a pool of one replica for each price, in US dollars per replica and hour. */
function costAt(...prices: readonly (number | undefined)[]) {
  const { fleet } = resolvedScenario({});
  const pools = prices.map((usdPerReplicaHour) => ({ ...resolvedPool(), usdPerReplicaHour }));
  return summarizeCost({ ...fleet, pools }, THROUGHPUT);
}

describe("summarizeCost", () => {
  it("is a lower bound exactly where some pool has a price and another has none", () => {
    expect(costAt(2, 3)).toMatchObject({ usdPerHour: 5, isLowerBound: false });
    expect(costAt(2, undefined)).toMatchObject({ usdPerHour: 2, isLowerBound: true });
    expect(costAt(undefined)).toMatchObject({ usdPerHour: null, isLowerBound: false });
  });
});
