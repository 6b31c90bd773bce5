/** The services around a fleet. Expected quantities are worked out by hand from the assumptions that each line states. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type RegionTraffic, surroundings } from "../../../planner/cost/surroundings";
import { goodFleet } from "../fleet/small-fleet";

const NO_TRAFFIC: RegionTraffic = {
  requestsPerSecond: 0,
  inputTokensPerSecond: 0,
  streamedTokensPerSecond: 0,
  messagesPerSecond: 0,
  messageInputTokensPerSecond: 0,
  messageTokensPerSecond: 0,
  instances: 2,
};
const MONTH = 730 * 3600;

function linesOf(
  traffic: Partial<RegionTraffic>,
  changes: Readonly<Record<string, string>> = {},
): Record<string, number> {
  const fleet = goodFleet(changes);
  const lines = surroundings(
    fleet,
    fleet.regions.map(() => ({ ...NO_TRAFFIC, ...traffic })),
  );
  return Object.fromEntries(
    lines.map(({ region, service, quantity }) => [`${region} ${service}`, quantity]),
  );
}

describe("surroundings", () => {
  it("are a control plane, a load balancer and NAT in each region, whatever the traffic", () => {
    expect(linesOf({}, { "regions.us-east-1.zones": "2" })).toEqual({
      "eu-west-1 control-plane": 1,
      "eu-west-1 application-load-balancer": 1,
      "eu-west-1 nat-gateway": 3,
      "eu-west-1 public-ipv4": 6,
      "us-east-1 control-plane": 1,
      "us-east-1 application-load-balancer": 1,
      "us-east-1 nat-gateway": 2,
      "us-east-1 public-ipv4": 4,
    });
  });

  it("carry the traffic: streamed answers, messages, logs", () => {
    const lines = linesOf({
      requestsPerSecond: 50,
      inputTokensPerSecond: 1000,
      streamedTokensPerSecond: 1000,
      messagesPerSecond: 10,
      messageTokensPerSecond: 1000,
    });
    // 50 requests of a connection each are two capacity units; 0.34 GB an hour is less.
    expect(lines["us-east-1 application-load-balancer-capacity"]).toBe(2);
    expect(lines["us-east-1 queue-requests"]).toBeCloseTo((30 * MONTH) / 1e6, 9);
    expect(lines["us-east-1 logs"]).toBeCloseTo((50_000 * MONTH) / 1e9, 9);
    // 4.5 bytes a token, 20 times that where it is streamed.
    expect(lines["us-east-1 egress"]).toBeCloseTo(((90_000 + 4500) * MONTH) / 1e9, 9);
  });

  it("are Google Cloud's own there", () => {
    const gcp = {
      "regions.us-east-1": "null",
      "regions.us-central1":
        "{ pools: { h100: { model: llama-3.1-8b-instruct, instanceType: a3-highgpu-1g, replicas: 4 } } }",
      "regions.eu-west-1": "null",
    };
    const lines = linesOf({ messagesPerSecond: 1, messageInputTokensPerSecond: 1000 }, gcp);
    expect(Object.keys(lines)).toEqual([
      "us-central1 control-plane",
      "us-central1 forwarding-rules",
      "us-central1 nat-gateway",
      "us-central1 public-ipv4",
      "us-central1 queue-data",
    ]);
    // Two machines of the 32 that a gateway's price is of; a message is counted twice.
    expect(lines["us-central1 nat-gateway"]).toBe(2 / 32);
    expect(lines["us-central1 queue-data"]).toBeCloseTo((2 * 4500 * MONTH) / 2 ** 30, 9);
  });

  it("check every region and answer for all where DNS fails over", () => {
    const failover = {
      failover: "{ policy: latency, healthCheck: { interval: 10 s }, ttl: 60 s }",
    };
    const lines = linesOf({ requestsPerSecond: 10 }, failover);
    expect(lines).toMatchObject({
      "global dns-zone": 1,
      "global dns-health-check": 2,
      "global dns-health-check-option": 2,
      "global dns-policy-queries": (20 * MONTH) / 1e6,
    });
    const slow = { failover: "{ policy: latency, healthCheck: { interval: 30 s }, ttl: 60 s }" };
    expect(linesOf({}, slow)).not.toHaveProperty(["global dns-health-check-option"]);
    expect(linesOf({})).not.toHaveProperty(["global dns-zone"]);
  });

  it("for all traffic, are never less with more of it, and none of them is of nothing", () => {
    const figure = fc.double({ min: 0, max: 1e5, noNaN: true });
    const traffic = fc.record({
      requestsPerSecond: figure,
      inputTokensPerSecond: figure,
      streamedTokensPerSecond: figure,
      messagesPerSecond: figure,
      messageInputTokensPerSecond: figure,
      messageTokensPerSecond: figure,
    });
    const law = fc.property(traffic, fc.double({ min: 1, max: 5, noNaN: true }), (one, factor) => {
      const less = linesOf(one);
      const more = linesOf(
        Object.fromEntries(Object.entries(one).map(([key, value]) => [key, value * factor])),
      );
      for (const [line, quantity] of Object.entries(less)) {
        expect(quantity).toBeGreaterThan(0);
        expect(more[line]!).toBeGreaterThanOrEqual(quantity);
      }
    });
    fc.assert(law, { seed: 5, numRuns: 40 });
  });
});
