/** The summary of random fleets: every grouping is the same requests, cut in another way. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import type { GroupSummary, SimulationSummary } from "../../../planner/metrics/simulation-summary";
import { summarize } from "../../../planner/metrics/summarize";
import type { ResolvedScenario } from "../../../planner/scenario/resolved-scenario";
import { simulate } from "../../../planner/simulation/simulate";
import { type FleetCase, fleetCase, lawSettings } from "../../support/random-fleet";
import { observe } from "../../support/rows";

const CAMPAIGN = { seed: 20_261_122, numRuns: 40 };
const GROUPINGS = ["workloads", "tenants", "models", "regions", "pools"] as const;

/** Pools whose KV can hold the longest request, as the capacity that the summary derives demands. */
function feasible(scenario: ResolvedScenario): ResolvedScenario {
  const pools = scenario.fleet.pools.map((pool) => {
    const kvBlocks = Math.max(60, pool.engine.kvBlocks!);
    return { ...pool, engine: { ...pool.engine, kvBlocks, maxContextTokens: 800 } };
  });
  return { ...scenario, fleet: { ...scenario.fleet, pools } };
}

function summaryOf({ scenario, seed }: FleetCase, replications: number): SimulationSummary {
  const feasibleScenario = feasible(scenario);
  const records = Array.from({ length: replications }, (_, i) =>
    simulate(feasibleScenario, seed + i, { engineSettingsFor: lawSettings, timelineBuckets: 4 }),
  );
  return summarize(feasibleScenario, records, { seed, replications });
}

function sumOver(
  groups: Readonly<Record<string, GroupSummary>>,
  of: (group: GroupSummary) => number,
): number {
  return Object.values(groups).reduce((sum, group) => sum + of(group), 0);
}

/** A decode pool shows the requests of the prefill pools before it, which show them too. */
function withoutDecodePools<Group>(
  groups: Readonly<Record<string, Group>>,
  { fleet }: ResolvedScenario,
): Record<string, Group> {
  const decoding = fleet.pools.filter((pool) => pool.role === "decode").map((pool) => pool.name);
  return Object.fromEntries(Object.entries(groups).filter(([name]) => !decoding.includes(name)));
}

describe("summarize", () => {
  it("for all fleets, workloads, tenants, models, regions and pools each add up to the whole", () => {
    const law = fc.property(fleetCase(), fc.integer({ min: 1, max: 3 }), (one, replications) => {
      const summary = summaryOf(one, replications);
      for (const grouping of GROUPINGS) {
        const groups = withoutDecodePools(summary[grouping], one.scenario);
        for (const key of ["offered", "completed", "rejected", "inFlight"] as const) {
          const whole = summary.requests[key];
          expect([grouping, key, sumOver(groups, (group) => group.requests[key])]).toEqual([
            grouping,
            key,
            expect.closeTo(whole, 6),
          ]);
        }
        for (const key of [
          "requestsPerSecond",
          "inputTokensPerSecond",
          "outputTokensPerSecond",
        ] as const) {
          expect(sumOver(groups, (group) => group.throughput[key])).toBeCloseTo(
            summary.throughput[key],
            6,
          );
        }
        const answered = sumOver(groups, (group) => group.latency.tpotMs?.count ?? 0);
        if (summary.latency.tpotMs !== null) expect(answered).toBe(summary.latency.tpotMs.count);
      }
    });
    fc.assert(law, CAMPAIGN);
  });

  it("for all fleets, goodput is unknown exactly where no request can be judged", () => {
    fc.assert(
      fc.property(fleetCase(), (one) => {
        const summary = summaryOf(one, 1);
        for (const grouping of GROUPINGS) {
          for (const group of Object.values<GroupSummary>(summary[grouping])) {
            expect(group.throughput.goodputRps === null).toBe(group.sloAttainment === null);
          }
        }
      }),
      CAMPAIGN,
    );
  });

  it("for all fleets, offered is the sum of the outcomes", () => {
    const law = fc.property(fleetCase(), (one) => {
      const { requests } = summaryOf(one, 2);
      const { offered, completed, rejected, timedOut, failed, inFlight } = requests;
      expect(completed + rejected + timedOut + failed + inFlight).toBeCloseTo(offered, 9);
    });
    fc.assert(law, CAMPAIGN);
  });

  it("for all fleets, no quantile is below a smaller one, and the mean is between the extremes", () => {
    const law = fc.property(fleetCase(), (one) => {
      const summary = summaryOf(one, 1);
      const groups = [summary, ...GROUPINGS.flatMap((name) => Object.values(summary[name]))];
      for (const { latency } of groups) {
        for (const block of Object.values(latency)) {
          if (block === null) continue;
          const ranks = [block.p50, block.p90, block.p95, block.p99, block.p999];
          expect([...ranks].sort((a, b) => a - b)).toEqual(ranks);
          expect(block.count).toBeGreaterThan(0);
        }
      }
    });
    fc.assert(law, CAMPAIGN);
  });

  it("for all fleets, shares are shares: utilisation, KV use, attainment and hit rate", () => {
    const law = fc.property(fleetCase(), (one) => {
      const summary = summaryOf(one, 1);
      for (const pool of Object.values(summary.pools)) {
        for (const share of [pool.utilization, pool.kvUtilization, pool.prefixHitRate ?? 0]) {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1 + 1e-9);
        }
      }
      for (const { attainment } of summary.slo) {
        expect(attainment ?? 0).toBeGreaterThanOrEqual(0);
        expect(attainment ?? 0).toBeLessThanOrEqual(1);
      }
      for (const workload of Object.values(summary.workloads)) {
        expect(workload.throughput.goodputRps ?? 0).toBeLessThanOrEqual(
          workload.throughput.requestsPerSecond,
        );
      }
    });
    fc.assert(law, CAMPAIGN);
  });

  it("for all fleets, the figures are those of the single requests", () => {
    const law = fc.property(fleetCase({ drain: true }), (one) => {
      const scenario = feasible({
        ...one.scenario,
        horizon: { startSeconds: 0, durationSeconds: 1e4, warmUpSeconds: 0, drain: true },
      });
      const { record, rows } = observe(scenario, one.seed, lawSettings);
      const summary = summarize(scenario, [record], { seed: one.seed, replications: 1 });
      for (const [index, workload] of scenario.workloads.entries()) {
        const own = rows.filter((row) => row.workloadIndex === index && row.outcomeIndex === 0);
        const group = summary.workloads[workload.name]!;
        expect(group.requests.completed).toBe(own.length);
        const e2e = group.latency.e2eMs;
        if (e2e === null) continue;
        const mean = own.reduce((sum, row) => sum + row.e2eSeconds, 0) / own.length;
        expect(e2e.mean).toBeCloseTo(mean * 1e3, 6);
        const sorted = own.map((row) => row.e2eSeconds * 1e3).sort((a, b) => a - b);
        const exact = sorted[Math.floor(0.95 * (sorted.length - 1))]!;
        expect(Math.abs(e2e.p95 - exact) / exact).toBeLessThan(0.0051);
        const met = own.filter((row) => row.sloMet === 1).length;
        if (workload.slo.length > 0) {
          expect(group.sloAttainment).toBeCloseTo(met / group.requests.offered, 9);
        }
      }
    });
    fc.assert(law, CAMPAIGN);
  });
});
