/** A run whose requests are counted: its fleet is measured as long as they are, whatever comes after the last of them. */
import { describe, expect, it } from "@jest/globals";
import { parseScenario } from "../../../planner/scenario/parse-scenario";
import { resolveScenario } from "../../../planner/scenario/resolve-scenario";
import { simulate } from "../../../planner/simulation/simulate";

const HORIZON = "{ duration: 30 min, warmUp: 0 s, requests: 200 }";
/** Long after the last of 200 requests at 20/s. */
const LATER = "[{ at: 3 min, lose: { pool: us-east-1/h100 } }]";

function poolOf(faults: string) {
  const text = `
version: 1
horizon: ${HORIZON}
workloads:
  chat: { model: llama-3.1-8b-instruct, arrivals: { rate: 20/s }, tokens: { input: 1000, output: 200 } }
fleet:
  regions:
    us-east-1:
      pools: { h100: { model: llama-3.1-8b-instruct, accelerator: h100-sxm-80gb, replicas: 2, price: $7 } }
faults: ${faults}
`;
  return simulate(resolveScenario(parseScenario(text, {}), { traces: new Map() }), 1);
}

describe("a run whose requests are counted", () => {
  it("has the replicas, the payment and the KV of the time in which there were requests", () => {
    const { pools, windowEndSeconds } = poolOf(LATER);
    expect(windowEndSeconds).toBeLessThan(60);
    const [pool] = pools;
    // Two replicas, as long as there was anything to do.
    expect(pool!.readyReplicas).toBeCloseTo(2, 9);
    expect(pool!.paidReplicas).toBeCloseTo(2, 9);
    expect(pool!.paid.reduce((sum, { replicas }) => sum + replicas, 0)).toBeCloseTo(2, 9);
    expect(pool!.kvUtilization).toBeGreaterThan(0);
    expect(pool!.kvUtilization).toBeLessThan(1);
  });

  it("is the same whatever happens after its last request", () => {
    expect(poolOf(LATER).pools).toEqual(poolOf("[]").pools);
  });
});
