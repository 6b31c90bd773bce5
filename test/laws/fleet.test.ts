/**
 * Laws of whole fleets: names and order mean nothing, identical hardware is interchangeable, a change of
 * policy changes no traffic, no replica idles next to its own queue, and more replicas never hurt.
 */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import type { RoutingPolicy } from "../../planner/fleet/resolved-fleet";
import type { ResolvedScenario } from "../../planner/scenario/resolved-scenario";
import type { FinishedRequest } from "../../planner/simulation/observer";
import { simulate } from "../../planner/simulation/simulate";
import { fleetCase, lawSettings } from "../support/random-fleet";
import { pricedAt, resolvedPool, resolvedScenario, resolvedWorkload } from "../support/resolved";
import { observe } from "../support/rows";
import { meanOfSample, varianceOfSample } from "../support/statistics";

const CAMPAIGN = { seed: 20_261_122, numRuns: Number(process.env["LAW_CASES"] ?? 60) };
const POLICIES: readonly RoutingPolicy[] = [
  "round-robin",
  "random",
  "least-outstanding",
  "least-kv",
  "power-of-two",
  "prefix-affinity",
  "cheapest-first",
];

/** What a client sees of a request, whatever the fleet calls its parts. */
function seenByClient(row: FinishedRequest): unknown {
  const { ttftSeconds, e2eSeconds, queueTimeSeconds, cachedTokens, preemptions } = row;
  const { arrivalSeconds, inputTokens, outputTokens, outcomeIndex } = row;
  return [
    arrivalSeconds,
    inputTokens,
    outputTokens,
    outcomeIndex,
    queueTimeSeconds,
    ttftSeconds,
    e2eSeconds,
    cachedTokens,
    preemptions,
  ];
}

function openOnly(scenario: ResolvedScenario): ResolvedScenario {
  const workloads = scenario.workloads.map((workload) => ({
    ...workload,
    sessions: undefined,
    arrivals: resolvedWorkload().arrivals,
  }));
  return { ...scenario, workloads };
}

describe("relabelling", () => {
  it("for all fleets, new names of regions, pools and tenants change no request", () => {
    const law = fc.property(fleetCase(), ({ scenario, seed }) => {
      const renamed: ResolvedScenario = {
        ...scenario,
        name: "renamed",
        fleet: {
          ...scenario.fleet,
          regions: scenario.fleet.regions.map((region, i) => ({ ...region, name: `zz-${9 - i}` })),
          pools: scenario.fleet.pools.map((pool, i) => ({ ...pool, name: `zz/${9 - i}` })),
        },
      };
      const before = observe(scenario, seed, lawSettings).rows;
      const after = observe(renamed, seed, lawSettings).rows;
      expect(after).toEqual(before);
    });
    fc.assert(law, CAMPAIGN);
  });

  it("for all fleets, the order of workloads with Poisson arrivals changes no request", () => {
    const law = fc.property(fleetCase(), ({ scenario, seed }) => {
      const forward = openOnly(scenario);
      const backward = { ...forward, workloads: [...forward.workloads].reverse() };
      const before = observe(forward, seed, lawSettings).rows;
      const after = observe(backward, seed, lawSettings).rows;
      expect(after.map(seenByClient)).toEqual(before.map(seenByClient));
    });
    fc.assert(law, CAMPAIGN);
  });

  it("for all policies, cutting a pool of identical replicas in two changes no request", () => {
    const law = fc.property(
      fc.constantFrom(...POLICIES.filter((policy) => policy !== "cheapest-first")),
      fc.integer({ min: 1, max: 1000 }),
      fc.integer({ min: 1, max: 4 }),
      (policy, seed, first) => {
        const engine = { kvBlocks: 120, maxSequences: 6, prefixCaching: true };
        const workloads = [busyWorkload(60)];
        const scenarioOf = (replicas: readonly number[]): ResolvedScenario =>
          resolvedScenario({
            workloads,
            durationSeconds: 8,
            routing: { policy },
            pools: replicas.map((count, i) =>
              resolvedPool({ name: `region/pool-${i}`, replicas: count, engine }),
            ),
          });
        const whole = observe(scenarioOf([5]), seed, lawSettings).rows;
        const cut = observe(scenarioOf([first, 5 - first]), seed, lawSettings).rows;
        expect(cut.map(seenByClient)).toEqual(whole.map(seenByClient));
      },
    );
    fc.assert(law, { ...CAMPAIGN, numRuns: 30 });
  });

  it("for all orders of two identical pools, clients see the same", () => {
    const law = fc.property(fc.integer({ min: 1, max: 1000 }), (seed) => {
      const pools = ["a", "b", "c"].map((name, i) =>
        resolvedPool({
          name: `region/${name}`,
          replicas: 2,
          ...pricedAt(i),
          engine: { kvBlocks: 200 },
        }),
      );
      const scenarioOf = (order: readonly number[]): ResolvedScenario =>
        resolvedScenario({
          workloads: [busyWorkload(80)],
          durationSeconds: 8,
          pools: order.map((i) => pools[i]!),
        });
      const forward = observe(scenarioOf([0, 1, 2]), seed, lawSettings).rows;
      const backward = observe(scenarioOf([2, 1, 0]), seed, lawSettings).rows;
      expect(backward.map(seenByClient)).toEqual(forward.map(seenByClient));
    });
    fc.assert(law, { ...CAMPAIGN, numRuns: 10 });
  });
});

function busyWorkload(requestsPerSecond: number) {
  return resolvedWorkload({
    arrivals: {
      kind: "open",
      requestsPerSecond,
      process: { kind: "poisson" },
      profile: { kind: "constant" },
      requestsMax: Number.POSITIVE_INFINITY,
    },
    tokens: {
      kind: "distributions",
      input: { kind: "uniform", min: 1, max: 300 },
      output: { kind: "uniform", min: 1, max: 60 },
      rankCorrelation: 0,
    },
    prefix: { sharedTokens: 120, groups: 6, share: 0.7, skew: 1 },
  });
}

describe("common random numbers", () => {
  it("for all fleets, a change of policy or of replicas changes no arrival and no length of open traffic", () => {
    const policy = fc.constantFrom(...POLICIES);
    const law = fc.property(fleetCase(), policy, ({ scenario, seed }, other) => {
      const open = openOnly(scenario);
      const changed = {
        ...open,
        fleet: {
          ...open.fleet,
          routing: { ...open.fleet.routing, policy: other },
          pools: open.fleet.pools.map((pool) => ({ ...pool, replicas: pool.replicas + 1 })),
        },
      };
      const drawn = (row: FinishedRequest): unknown => [
        row.arrivalSeconds,
        row.inputTokens,
        row.outputTokens,
        row.originIndex,
        row.tenantIndex,
        row.workloadIndex,
      ];
      const before = observe(open, seed, lawSettings).rows.map(drawn);
      const after = observe(changed, seed, lawSettings).rows.map(drawn);
      expect(after).toEqual(before);
    });
    fc.assert(law, CAMPAIGN);
  });
});

describe("work conservation", () => {
  it("for all drained fleets, a unified replica is idle only while it has no request", () => {
    let gaps = 0;
    const law = fc.property(fleetCase({ drain: true, roundTripSeconds: 0 }), (one) => {
      const { rows, steps } = observe(one.scenario, one.seed, lawSettings);
      const pools = one.scenario.fleet.pools;
      const replicas = new Set(
        steps.flatMap((step) => (pools[step.pool]!.role === "unified" ? [step.replica] : [])),
      );
      for (const replica of replicas) {
        const own = rows.filter((row) => row.replicaIndex === replica && row.outcomeIndex === 0);
        let end = 0;
        for (const step of steps.filter((candidate) => candidate.replica === replica)) {
          if (step.startSeconds > end) {
            gaps++;
            const present = own.filter(
              (row) =>
                row.arrivalSeconds < step.startSeconds &&
                row.arrivalSeconds + row.e2eSeconds > end + 1e-9,
            );
            expect(present).toEqual([]);
            expect(own.some((row) => row.arrivalSeconds === step.startSeconds)).toBe(true);
          }
          end = step.endSeconds;
        }
      }
    });
    fc.assert(law, CAMPAIGN);
    expect(gaps).toBeGreaterThan(100);
  });
});

describe("more replicas", () => {
  it("never raise the P99 TTFT beyond noise", () => {
    // Paired by seed: a harmful replica would show as a mean difference of more than 4 standard errors
    // (t with 7 degrees of freedom: a correct simulator fails with probability 3e-3 for new seeds).
    const p99 = (replicas: number, seed: number): number => {
      const scenario = resolvedScenario({
        workloads: [busyWorkload(45)],
        durationSeconds: 60,
        pools: [resolvedPool({ replicas, engine: { kvBlocks: 250, maxSequences: 12 } })],
      });
      const record = simulate(scenario, seed, { engineSettingsFor: lawSettings });
      return record.cells[0]!.ttftSeconds.quantile(0.99);
    };
    const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
    const byReplicas = [2, 3, 4, 6, 9].map((replicas) => seeds.map((seed) => p99(replicas, seed)));
    for (let i = 1; i < byReplicas.length; i++) {
      const rises = byReplicas[i]!.map((value, k) => value - byReplicas[i - 1]![k]!);
      const noise = 4 * Math.sqrt(varianceOfSample(rises) / rises.length);
      const sketch = 0.01 * meanOfSample(byReplicas[i]!);
      expect(meanOfSample(rises)).toBeLessThanOrEqual(noise + sketch);
    }
    // And they do help where it is tight.
    expect(meanOfSample(byReplicas[4]!)).toBeLessThan(0.5 * meanOfSample(byReplicas[0]!));
  });
});
