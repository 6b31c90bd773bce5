/**
 * An instance type that has the accelerators of a cheaper one is no choice, until the cheaper one is not enough: a
 * quota leaves none of it, one pool must survive the loss of the other, or the dearer one is there already. What is
 * cheapest then is known without a search: there are two instance types, and one node of each serves the load.
 */
import { describe, expect, it } from "@jest/globals";
import { resolveScenario } from "../../../planner/scenario/resolve-scenario";
import { type SizingOptions, sizeFleet } from "../../../planner/sizing/size-fleet";
import type { SizedFleet } from "../../../planner/sizing/sizing-result";
import { sizingContext, sizingTools } from "../../support/small-sizing";

const TWINS = `
version: 1
name: twins
horizon: { duration: 4 min, warmUp: 30 s }
workloads:
  chat:
    model: qwen3-8b
    arrivals: { rate: 12/s }
    tokens: { input: 600, output: 20 }
    slo: { e2e: { p95: 2 s } }
fleet: { regions: { us-east-1: {} } }
search:
  hardware: [g6e.xlarge, g6e.2xlarge]
  engine: { quantization: [fp8], tensorParallel: [1], maxContext: 16k }
`;

async function size(
  changes: readonly string[],
  existing?: SizingOptions["existing"],
): Promise<SizedFleet> {
  const { solver, evaluations } = await sizingTools();
  const context = sizingContext(TWINS, changes);
  const result = await sizeFleet(context, {
    solver,
    executor: evaluations.executorFor(context),
    watch: {},
    ...(existing === undefined ? {} : { existing }),
  });
  if (result.kind !== "sized") throw new Error("there is a fleet");
  return result;
}

function hardwareOf({ pools }: SizedFleet): string[] {
  return pools.map(({ instanceType, replicas }) => `${replicas} x ${instanceType}`).sort();
}

const ONLY_DEARER = "search.hardware=[g6e.2xlarge]";

describe("a dearer instance type with the same accelerators", () => {
  it("is left out where the cheaper one is all that is needed", async () => {
    const fleet = await size([]);
    expect(hardwareOf(fleet)).toEqual(["1 x g6e.xlarge"]);
    expect(fleet.leftOut.map(({ why }) => why)).toContain("dearer-twin");
  }, 60_000);

  it("is bought where a quota leaves none of the cheaper one", async () => {
    const fleet = await size(["search.quotas={us-east-1: {g6e.xlarge: 0}}"]);
    const alone = await size([ONLY_DEARER]);
    expect(hardwareOf(fleet)).toEqual(["1 x g6e.2xlarge"]);
    expect(fleet.usdPerHour).toBe(alone.usdPerHour);
    expect(fleet.lowerBound.usdPerHour!).toBeLessThanOrEqual(alone.usdPerHour + 1e-6);
  }, 60_000);

  it("stands beside the cheaper one where any pool may be lost", async () => {
    const fleet = await size(["survive=[any-pool]"]);
    expect(hardwareOf(fleet)).toEqual(["1 x g6e.2xlarge", "1 x g6e.xlarge"]);
    expect(fleet.verdict).toBe("PASS");
  }, 60_000);

  it("stays where it is and a change costs more than it saves", async () => {
    const before = await size([ONLY_DEARER]);
    const { fleet } = resolveScenario(before.spec, { traces: new Map() });
    const pools = fleet.pools.map((pool) => ({
      region: fleet.regions[pool.regionIndex]!.name,
      name: before.pools[0]!.name,
      replicas: pool.replicas,
      pool,
    }));
    expect(hardwareOf(await size([], { pools, usdPerHour: 10 }))).toEqual(["1 x g6e.2xlarge"]);
    expect(hardwareOf(await size([], { pools, usdPerHour: 0 }))).toEqual(["1 x g6e.xlarge"]);
  }, 60_000);
});
