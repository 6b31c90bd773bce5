/** Envoy's back-off by its bounds and its distribution. */
import { describe, expect, it } from "@jest/globals";
import type { ResolvedGatewayRetry } from "../../../../planner/fleet/resolved-policies";
import { RandomStream } from "../../../../planner/foundation/random";
import { backoffSeconds } from "../../../../planner/simulation/gateway/gateway-retry";
import { KS_LIMIT, kolmogorovSmirnov, meanOfSample } from "../../../support/statistics";

/** Envoy's defaults: 25 ms, and ten times that at most. */
const POLICY: ResolvedGatewayRetry = {
  numRetries: 6,
  retryOn: ["connect-failure"],
  perRetryTimeoutSeconds: Number.POSITIVE_INFINITY,
  baseIntervalSeconds: 0.025,
  maxIntervalSeconds: 0.25,
};

function sample(retry: number, policy = POLICY): number[] {
  const random = new RandomStream(3, `retry-${retry}`);
  return Array.from({ length: 4000 }, () => backoffSeconds(policy, retry, random));
}

describe("backoffSeconds", () => {
  // next_interval_ of JitteredExponentialBackOffStrategy: doubled until doubling would pass the maximum
  it.each([
    { retry: 1, interval: 0.025 },
    { retry: 2, interval: 0.05 },
    { retry: 3, interval: 0.1 },
    { retry: 4, interval: 0.2 },
    { retry: 5, interval: 0.25 },
    { retry: 6, interval: 0.25 },
  ])("is uniform below $interval s before retry $retry", ({ retry, interval }) => {
    const drawn = sample(retry);
    expect(Math.min(...drawn)).toBeGreaterThan(0);
    expect(Math.max(...drawn)).toBeLessThan(interval);
    expect(kolmogorovSmirnov(drawn, (value) => value / interval)).toBeLessThan(KS_LIMIT);
    // Half the interval; the standard deviation of a uniform mean is interval / √(12 n), 4.9 of them for 1e-6
    const slack = (4.9 * interval) / Math.sqrt(12 * drawn.length);
    expect(Math.abs(meanOfSample(drawn) - interval / 2)).toBeLessThan(slack);
  });

  it("never waits longer than the longest interval, however many retries there were", () => {
    expect(Math.max(...sample(5000))).toBeLessThan(0.25);
  });
});
