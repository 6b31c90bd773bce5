import { describe, expect, it } from "@jest/globals";
import { models } from "../../../planner/catalog/models";
import type { ResolvedFailover } from "../../../planner/fleet/resolved-policies";
import { networkAssumptions } from "../../../planner/metrics/network-assumptions";
import { parseScenario } from "../../../planner/scenario/parse-scenario";
import { resolveScenario } from "../../../planner/scenario/resolve-scenario";
import type { ResolvedStep } from "../../../planner/scenario/resolved-client";
import type {
  ResolvedScenario,
  ResolvedWorkload,
} from "../../../planner/scenario/resolved-scenario";

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

  it("takes every region when failover may send requests there", () => {
    const scenario = scenarioWith("nearest");
    const failover: ResolvedFailover = {
      policy: { kind: "latency" },
      healthCheck: {
        intervalSeconds: 10,
        failureThreshold: 3,
        successThreshold: 3,
        minHealthyShare: 0.5,
      },
      ttlSeconds: 60,
      ignoringTtl: { share: 0, holdSeconds: 0 },
    };
    const policies = { ...scenario.fleet.policies, failover };
    expect(
      networkAssumptions({ ...scenario, fleet: { ...scenario.fleet, policies } }).roundTripMs,
    ).toEqual({ min: 10, max: 90 });
  });

  it("takes the pools of every model that a request may be sent to: steps and fallbacks too", () => {
    const scenario = scenarioWith("nearest");
    const [workload] = scenario.workloads;
    const [first, second] = scenario.fleet.pools;
    const other = models.find((model) => model.name === "qwen3-8b")!;
    const pools = [first!, { ...second!, model: other }];
    const frontEndsOf = (changes: Partial<ResolvedWorkload>) =>
      networkAssumptions({
        ...scenario,
        workloads: [{ ...workload!, ...changes }],
        fleet: { ...scenario.fleet, pools },
      }).frontEndMs;
    const served = first!.coefficients.frontEndSeconds * 1e3;
    expect(frontEndsOf({ model: first!.model.name })).toEqual({ min: served, max: served });
    const both = { min: 30, max: 40 };
    const on = ["failed"] as const;
    expect(frontEndsOf({ fallback: { model: other.name, on } })).toEqual(both);
    const step: ResolvedStep = {
      kind: "model",
      name: "draft",
      model: first!.model.name,
      tokens: {
        kind: "distributions",
        input: { kind: "constant", value: 1 },
        output: { kind: "constant", value: 1 },
        rankCorrelation: 0,
      },
      prefix: undefined,
      timeoutSeconds: Number.POSITIVE_INFINITY,
      fallback: undefined,
      contextWindowTokens: 8192,
    };
    expect(frontEndsOf({ chain: [{ ...step, model: other.name }, step] })).toEqual(both);
    expect(frontEndsOf({ chain: [{ ...step, fallback: { model: other.name, on } }] })).toEqual(
      both,
    );
  });
});
