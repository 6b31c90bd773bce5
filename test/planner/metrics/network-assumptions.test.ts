import { describe, expect, it } from "@jest/globals";
import { networkAssumptions } from "../../../planner/metrics/network-assumptions";
import { parseScenario } from "../../../planner/scenario/parse-scenario";
import { resolveScenario } from "../../../planner/scenario/resolve-scenario";
import type { ResolvedScenario } from "../../../planner/scenario/resolved-scenario";

const TWO_REGIONS = `
workloads:
  chat:
    model: llama-3.1-8b-instruct
    arrivals: { rate: 2/s }
    tokens: { input: 500, output: 40 }
    origins: { us-east: 60%, eu-west: 40% }
fleet:
  regions:
    us-east-1: { pools: { h100: { model: llama-3.1-8b-instruct, accelerator: h100-sxm-80gb, replicas: 1 } } }
    eu-west-1: { pools: { b200: { model: llama-3.1-8b-instruct, accelerator: b200-sxm-180gb, replicas: 1 } } }
  routing: { regions: REGIONS }
`;

/** Round trips by hand: 10 ms to the region at home, 90 ms over the Atlantic; front ends 30 and 40 ms. */
function scenarioWith(regions: "nearest" | "any"): ResolvedScenario {
  const spec = parseScenario(TWO_REGIONS.replace("REGIONS", regions), {
    source: "test",
    overrides: [],
  });
  const scenario = resolveScenario(spec, { traces: new Map() });
  const { fleet } = scenario;
  const homes = ["us-east-1", "eu-west-1"];
  const roundTripSeconds = ["us-east", "eu-west"]
    .toSorted((a, b) => fleet.origins.indexOf(a) - fleet.origins.indexOf(b))
    .map((origin) =>
      fleet.regions.map(({ name }) =>
        homes.includes(name) && name.startsWith(origin) ? 0.01 : 0.09,
      ),
    );
  const pools = fleet.pools.map((pool) => {
    const frontEndSeconds = pool.name === "us-east-1/h100" ? 0.03 : 0.04;
    return { ...pool, coefficients: { ...pool.coefficients, frontEndSeconds } };
  });
  return { ...scenario, fleet: { ...fleet, roundTripSeconds, pools } };
}

describe("networkAssumptions", () => {
  it("takes the nearest region of each origin", () => {
    expect(networkAssumptions(scenarioWith("nearest"))).toEqual({
      roundTripMs: { min: 10, max: 10 },
      frontEndMs: { min: 30, max: 40 },
    });
  });

  it("takes every region when requests may go to any", () => {
    expect(networkAssumptions(scenarioWith("any"))).toEqual({
      roundTripMs: { min: 10, max: 90 },
      frontEndMs: { min: 30, max: 40 },
    });
  });

  it("leaves out regions that nobody's requests reach", () => {
    const scenario = scenarioWith("nearest");
    const [workload] = scenario.workloads;
    const atHome = workload!.origins.filter(
      ({ originIndex }) => scenario.fleet.origins[originIndex] === "us-east",
    );
    const narrowed = { ...scenario, workloads: [{ ...workload!, origins: atHome }] };
    expect(networkAssumptions(narrowed).frontEndMs).toEqual({ min: 30, max: 30 });
  });
});
