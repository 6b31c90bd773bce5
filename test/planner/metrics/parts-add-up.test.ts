/** What a region's gateway refuses while all replicas behind it are gone is that region's, and the regions add up. */
import { describe, expect, it } from "@jest/globals";
import { summarize } from "../../../planner/metrics/summarize";
import { parseScenario } from "../../../planner/scenario/parse-scenario";
import { resolveScenario } from "../../../planner/scenario/resolve-scenario";
import { simulate } from "../../../planner/simulation/simulate";

const POOL = "{ model: llama-3.1-8b-instruct, accelerator: h100-sxm-80gb, replicas: 1, price: $7 }";
const TEXT = `
version: 1
horizon: { duration: 5 min, warmUp: 0 s }
workloads:
  chat:
    model: llama-3.1-8b-instruct
    arrivals: { rate: 5/s }
    tokens: { input: 200, output: 50 }
    origins: { us-east-1: 50%, eu-west-1: 50% }
    slo: { ttft: { p95: 1 s } }
fleet:
  regions:
    us-east-1: { pools: { a: ${POOL} } }
    eu-west-1: { pools: { a: ${POOL} } }
faults: [{ at: 1 min, lose: { pool: us-east-1/a }, for: 3 min }]
`;

describe("a region whose replicas are gone", () => {
  const scenario = resolveScenario(parseScenario(TEXT, {}), { traces: new Map() });
  const summary = summarize(scenario, [simulate(scenario, 1)], {
    seed: 1,
    replications: 1,
  });
  const regions = Object.values(summary.regions);
  const all = summary.workloads["chat"]!;

  it("has the requests that its gateway refused", () => {
    const { requests } = summary.regions["us-east-1"]!;
    // 3 of 5 minutes are lost, with what it takes to start again.
    expect(requests.rejected / requests.offered).toBeGreaterThan(0.5);
    expect(summary.regions["eu-west-1"]!.requests.rejected).toBe(0);
  });

  it("adds up with the others to all requests, however they ended", () => {
    for (const count of ["offered", "completed", "rejected"] as const) {
      const sum = regions.reduce((total, { requests }) => total + requests[count], 0);
      expect([count, sum]).toEqual([count, all.requests[count]]);
    }
  });
});
