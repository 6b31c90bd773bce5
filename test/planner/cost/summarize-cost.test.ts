/** The cost of runs made by hand. Expected amounts are added up in the tests: prices × what is paid, over what was served. */
import { describe, expect, it } from "@jest/globals";
import { summarizeCost } from "../../../planner/cost/summarize-cost";
import type { PaidPart, RunRecord, WorkRecord } from "../../../planner/simulation/run-record";
import { pricedAt, resolvedPool, resolvedScenario, resolvedWorkload } from "../../support/resolved";
import { type CellByHand, cellByHand, recordByHand } from "../../support/run-records";

const onDemand = (replicas: number): PaidPart[] => [
  { purchase: "on-demand", replicas, nodes: replicas },
];

/** A run of 100 s of pools with so much paid each. */
function runOf(
  paid: readonly (readonly PaidPart[])[],
  cells: readonly CellByHand[] = [],
  work: readonly WorkRecord[] = [],
): RunRecord {
  const record = recordByHand(cells.map(cellByHand));
  const [pool] = record.pools;
  const pools = paid.map((parts) => ({
    ...pool!,
    paid: parts,
    paidReplicas: parts.reduce((sum, { replicas }) => sum + replicas, 0),
  }));
  return { ...record, pools, work };
}

/** The cost of a fleet of pools at these prices, in US dollars per replica and hour, in runs with so many paid. */
function costAt(
  prices: readonly (number | undefined)[],
  runs: readonly RunRecord[] = [runOf(prices.map(() => onDemand(1)))],
) {
  const pools = prices.map((usd, i) => resolvedPool({ name: `region/${i}`, ...pricedAt(usd) }));
  return summarizeCost(resolvedScenario({ pools, workloads: WORKLOADS }), runs);
}

const TENANTS = [
  { name: "a", share: 0.5 },
  { name: "b", share: 0.5 },
];
const WORKLOADS = [
  resolvedWorkload({ tenants: TENANTS }),
  resolvedWorkload({ name: "mail", tenants: TENANTS.slice(0, 1) }),
];

describe("summarizeCost", () => {
  it("is a lower bound exactly where some of what is paid has a price and some has none", () => {
    expect(costAt([2, 3])).toMatchObject({ usdPerHour: 5, isLowerBound: false });
    const partial = costAt([2, undefined]);
    expect(partial).toMatchObject({
      usdPerHour: 2,
      isLowerBound: true,
      unpricedPools: ["region/1"],
      total: { isLowerBound: true },
    });
    expect(partial.byPool["region/1"]).toMatchObject({
      usdPerHour: null,
      parts: [{ kind: "unknown", usdPerReplicaHour: null, replicas: 1 }],
    });
    expect(costAt([undefined])).toMatchObject({
      usdPerHour: null,
      usdPerMonth: null,
      usdPerThousandRequests: null,
      unallocatedUsdPerHour: null,
      isLowerBound: false,
      total: { usdPerMonth: null, isLowerBound: false },
    });
  });

  it("charges what was paid, mean over the replications, and misses no price of what was not", () => {
    // (2 × 2 + 3 × 1 + 2 × 3 + 3 × 0) / 2.
    const cost = costAt(
      [2, 3],
      [runOf([onDemand(2), onDemand(1)]), runOf([onDemand(3), onDemand(0)])],
    );
    expect(cost).toMatchObject({ usdPerHour: 6.5, usdPerMonth: 6.5 * 730 });
    expect(costAt([2, undefined], [runOf([onDemand(1), onDemand(0)])])).toMatchObject({
      unpricedPools: [],
      isLowerBound: false,
    });
    expect(costAt([2], [runOf([onDemand(0)])]).usdPerHour).toBe(0);
  });

  it("divides by what was served, and gives each workload and tenant its part", () => {
    const cell = (workload: number, tenant: number, tokens: number): CellByHand => ({
      counts: {
        workload,
        tenant,
        finishedInWindow: 10,
        inputTokensFinished: 4 * tokens,
        outputTokensFinished: tokens,
      },
    });
    const work = (workload: number, tenant: number, answerTokens: number): WorkRecord => ({
      workload,
      tenant,
      pool: 0,
      promptTokens: 4 * answerTokens,
      answerTokens,
    });
    const run = runOf(
      [onDemand(1)],
      [cell(0, 0, 1000), cell(0, 1, 2000), cell(1, 0, 5000)],
      [work(0, 0, 1000), work(0, 1, 2000), work(1, 0, 5000)],
    );
    const cost = costAt([8], [run]);
    // Prompts and answers are in one proportion everywhere: 1, 2 and 5 of $8.
    expect(cost.byWorkload["chat"]!.usdPerHour).toBeCloseTo(3, 9);
    expect(cost.byWorkload["mail"]!.usdPerHour).toBeCloseTo(5, 9);
    expect(cost.byTenant["a"]!.usdPerHour).toBeCloseTo(6, 9);
    expect(cost.byTenant["b"]!.usdPerHour).toBeCloseTo(2, 9);
    // 30 requests in 100 s are 1080 an hour; mail's ten are 360.
    expect(cost.usdPerThousandRequests).toBeCloseTo((8 / 1080) * 1000, 9);
    expect(cost.byWorkload["mail"]!.usdPerThousandRequests).toBeCloseTo((5 / 360) * 1000, 9);
    // 32,000 and 8,000 tokens in 100 s: 1.152 and 0.288 million an hour.
    const { usdPerMillionInputTokens: input, usdPerMillionOutputTokens: output } = cost;
    expect(1.152 * input! + 0.288 * output!).toBeCloseTo(8, 9);
    expect(output!).toBeGreaterThan(input!);
    // Busy for 50 s of 100.
    expect(cost.usageBased.utilization).toBeCloseTo(0.5, 9);
    expect(cost.usageBased.usdPerMillionOutputTokens).toBeCloseTo(output! / 2, 9);
  });

  it("has no cost of tokens or requests where none were served, and leaves the cost to nobody", () => {
    expect(costAt([8])).toMatchObject({
      usdPerMillionInputTokens: null,
      usdPerMillionOutputTokens: null,
      usdPerThousandRequests: null,
      usageBased: { usdPerMillionInputTokens: null, utilization: null },
      unallocatedUsdPerHour: 8,
    });
  });
});
