/** Where the search takes requests to go, against where gateways and DNS of the simulator send them. */
import { describe, expect, it } from "@jest/globals";
import { parseScenario } from "../../../planner/scenario/parse-scenario";
import { resolveScenario } from "../../../planner/scenario/resolve-scenario";
import { simulate } from "../../../planner/simulation/simulate";
import { evaluatedScenario } from "../../../planner/sizing/evaluated-scenario";
import { regionOf, regionReach } from "../../../planner/sizing/region-reach";

const REGIONS = ["eu-west-1", "us-east-1", "us-west-2"] as const;
const ORIGINS = ["us-east", "us-west", "eu-west"] as const;

const POLICIES = [
  '"latency"',
  "{ geo: { us-east: us-west-2, us-west: us-west-2, eu-west: us-east-1 } }",
  "{ primaryBackup: [us-west-2, eu-west-1, us-east-1] }",
  "{ primaryBackup: [eu-west-1, us-west-2] }",
] as const;

const POOL = { model: "llama-3.1-8b-instruct", instanceType: "p5.4xlarge", replicas: 1 };

function specOf(policy: string, origin: string, residency: string) {
  return parseScenario(`
version: 1
name: reach
horizon: { duration: 4 min, warmUp: 2 min }
workloads:
  chat:
    model: llama-3.1-8b-instruct
    arrivals: { rate: 1/s }
    tokens: { input: 50, output: 5 }
    origins: { ${origin}: 1 }
fleet:
  regions: { ${REGIONS.map((name) => `${name}: {}`).join(", ")} }
  failover: { policy: ${policy}, healthCheck: { interval: 10 s, failureThreshold: 2 }, ttl: 20 s }
  ${residency}
`);
}

const poolsIn = (regions: readonly string[]) =>
  Object.fromEntries(regions.map((name) => [name, { only: POOL }]));

describe("where requests go", () => {
  const subsets = [1, 2, 3, 4, 5, 6, 7].map((bits) =>
    REGIONS.filter((_, place) => (bits >> place) % 2 === 1),
  );

  it.each(POLICIES)("is the same in the search and in the simulator: %s", (policy) => {
    for (const origin of ORIGINS) {
      for (const residency of ["", `residency: { ${origin}: [us-east-1, us-west-2] }`]) {
        const spec = specOf(policy, origin, residency);
        const all = resolveScenario(evaluatedScenario(spec, { pools: poolsIn(REGIONS) }), {
          traces: new Map(),
        });
        const reach = regionReach(all);
        if (reach.kind !== "ordered") throw new Error("regions are ordered");
        const order = reach.orders[0]!;
        const named = order.map((region) => all.fleet.regions[region]!.name);
        if (residency !== "") expect(named).not.toContain("eu-west-1");
        for (const open of subsets) {
          const expected = regionOf(order, (region) =>
            (open as string[]).includes(all.fleet.regions[region]!.name),
          );
          if (expected === undefined) continue;
          const name = all.fleet.regions[expected]!.name;
          const label = `${policy} ${origin} ${residency} open: ${open.join(", ")}`;
          // Built without the others, and built with them when they are lost.
          expect([label, servingRegions(spec, open, [])]).toEqual([label, [name]]);
          const lost = REGIONS.filter((region) => !open.includes(region));
          if (lost.length === 0) continue;
          expect([`${label}, lost`, servingRegions(spec, REGIONS, lost)]).toEqual([
            `${label}, lost`,
            [name],
          ]);
        }
      }
    }
  });

  it("is anywhere where a gateway sends to all regions", () => {
    const spec = specOf('"latency"', "us-east", "");
    const { failover: _, ...fleet } = spec.fleet;
    const pooled = { ...spec, fleet: { ...fleet, routing: { regions: "any" as const } } };
    const scenario = resolveScenario(evaluatedScenario(pooled, { pools: poolsIn(REGIONS) }), {
      traces: new Map(),
    });
    expect(regionReach(scenario)).toEqual({ kind: "pooled" });
  });
});

/** Regions whose pools answered requests of the measured window. */
function servingRegions(
  spec: ReturnType<typeof specOf>,
  built: readonly string[],
  lost: readonly string[],
): string[] {
  const scenario = resolveScenario(
    evaluatedScenario(spec, {
      pools: poolsIn(built),
      ...(lost.length === 0 ? {} : { loss: lost.map((region) => ({ region })) }),
    }),
    { traces: new Map() },
  );
  const { cells } = simulate(scenario, 1);
  const served = cells.filter(({ completed }) => completed > 0);
  return served.map(
    ({ pool }) => scenario.fleet.regions[scenario.fleet.pools[pool]!.regionIndex]!.name,
  );
}
