/** Who may serve whom: models, nearest regions, and decode pools behind prefill pools. */
import { describe, expect, it } from "@jest/globals";
import type { ResolvedPool } from "../../../planner/fleet/resolved-fleet";
import { RandomStream } from "../../../planner/foundation/random";
import type { ResolvedScenario } from "../../../planner/scenario/resolved-scenario";
import type { RoutedRequest } from "../../../planner/simulation/router";
import { RoutingTable } from "../../../planner/simulation/routing-table";
import { resolvedPool, resolvedScenario, resolvedWorkload } from "../../support/resolved";

const LLAMA = "llama-3.1-8b-instruct";
const QWEN = "qwen2.5-7b-instruct";
const REQUEST: RoutedRequest = { inputTokens: 10, priority: "standard", prefix: undefined };

/** Regions 0 and 1, origins 0 and 1; each origin is near the region of its number. */
function scenarioOf(
  pools: readonly ResolvedPool[],
  regions: "nearest" | "any",
  policy: "round-robin" | "least-outstanding" = "round-robin",
): ResolvedScenario {
  const scenario = resolvedScenario({
    pools,
    routing: { regions, policy },
    workloads: [
      resolvedWorkload({ model: LLAMA }),
      resolvedWorkload({ name: "code", model: QWEN }),
    ],
  });
  const region = scenario.fleet.regions[0]!;
  return {
    ...scenario,
    fleet: {
      ...scenario.fleet,
      regions: [region, { ...region, name: "eu-west-1" }],
      origins: ["us-east", "eu-west"],
      roundTripSeconds: [
        [0.01, 0.08],
        [0.09, 0.02],
      ],
    },
  };
}

/** The replicas that take turns for a workload and an origin. */
function served(scenario: ResolvedScenario, workload: number, origin: number): number[] {
  const poolOfReplica = scenario.fleet.pools.flatMap((pool, i) =>
    Array<number>(pool.replicas).fill(i),
  );
  const table = new RoutingTable(scenario, poolOfReplica, new RandomStream(1, "router"));
  const chosen = Array.from({ length: 20 }, () => table.choose(workload, origin, REQUEST));
  return [...new Set(chosen)].sort((a, b) => a - b);
}

const pools = [
  resolvedPool({ name: "a/llama", regionIndex: 0, modelName: LLAMA, replicas: 2 }),
  resolvedPool({ name: "a/qwen", regionIndex: 0, modelName: QWEN, replicas: 1 }),
  resolvedPool({ name: "b/llama", regionIndex: 1, modelName: LLAMA, replicas: 3 }),
];

describe("RoutingTable", () => {
  it("sends a request to replicas of its model in the nearest region that has one", () => {
    const scenario = scenarioOf(pools, "nearest");
    expect(served(scenario, 0, 0)).toEqual([0, 1]);
    expect(served(scenario, 0, 1)).toEqual([3, 4, 5]);
    expect(served(scenario, 1, 1)).toEqual([2]);
  });

  it("pools the regions when they are one", () => {
    const scenario = scenarioOf(pools, "any");
    expect(served(scenario, 0, 0)).toEqual([0, 1, 3, 4, 5]);
    expect(served(scenario, 0, 1)).toEqual([0, 1, 3, 4, 5]);
    expect(served(scenario, 1, 0)).toEqual([2]);
  });

  it("passes over a pool without replicas", () => {
    const empty = pools.map((pool, i) => (i === 2 ? { ...pool, replicas: 0 } : pool));
    expect(served(scenarioOf(empty, "nearest"), 0, 1)).toEqual([0, 1]);
  });

  it("never sends a new request to a decode pool, and a prefilled one only to those of its region and model", () => {
    const split = [
      resolvedPool({ name: "a/decode", regionIndex: 0, role: "decode", replicas: 2 }),
      resolvedPool({ name: "a/prefill", regionIndex: 0, role: "prefill", replicas: 1 }),
      resolvedPool({ name: "a/qwen-decode", regionIndex: 0, role: "decode", modelName: QWEN }),
      resolvedPool({ name: "a/qwen", regionIndex: 0, modelName: QWEN }),
      resolvedPool({ name: "b/decode", regionIndex: 1, role: "decode", replicas: 2 }),
      resolvedPool({ name: "b/prefill", regionIndex: 1, role: "prefill", replicas: 1 }),
    ];
    const scenario = scenarioOf(split, "any");
    expect(served(scenario, 0, 0)).toEqual([2, 7]);
    const table = new RoutingTable(
      scenario,
      [0, 0, 1, 2, 3, 4, 4, 5],
      new RandomStream(1, "router"),
    );
    const decode = (pool: number): number[] =>
      Array.from({ length: 4 }, () => table.chooseDecode(pool, REQUEST));
    expect(decode(1)).toEqual([0, 1, 0, 1]);
    expect(decode(5)).toEqual([5, 6, 5, 6]);
  });

  it("keeps one count of outstanding requests for all workloads and origins that share replicas", () => {
    const scenario = scenarioOf(pools, "any", "least-outstanding");
    const table = new RoutingTable(scenario, [0, 0, 1, 2, 2, 2], new RandomStream(1, "router"));
    table.setOutstanding(0, 4);
    table.setOutstanding(1, 4);
    expect(table.choose(0, 0, REQUEST)).toBe(3);
    expect(table.choose(0, 1, REQUEST)).toBe(3);
  });

  it("knows the round trip from an origin to the region of a pool", () => {
    const table = new RoutingTable(
      scenarioOf(pools, "any"),
      [0, 0, 1, 2, 2, 2],
      new RandomStream(1, "r"),
    );
    expect(table.roundTripSeconds(0, 2)).toBe(0.08);
    expect(table.roundTripSeconds(1, 0)).toBe(0.09);
  });
});
