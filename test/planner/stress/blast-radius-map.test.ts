/** What is left without each part of the fleet: closed forms by hand, and laws over random fleets. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import type { ResolvedScenario } from "../../../planner/scenario/resolved-scenario";
import { blastRadiusMap } from "../../../planner/stress/blast-radius-map";
import { headroomOf } from "../../../planner/stress/headroom";
import type { LoadOfPool } from "../../../planner/stress/pool-loads";
import type { DomainImpact } from "../../../planner/stress/stress-report";
import { pricedAt, resolvedPool } from "../../support/resolved";
import { FAILOVER, fleetScenario, loadOf } from "./stress-fixture";

function mapOf({ fleet }: ResolvedScenario, pools: readonly LoadOfPool[]) {
  return blastRadiusMap(fleet, { fromSeconds: 0, toSeconds: 100, isPeak: true, pools });
}

function without(
  scenario: ResolvedScenario,
  pools: readonly LoadOfPool[],
  name: string,
): DomainImpact {
  const found = mapOf(scenario, pools).domains.find((domain) => domain.name === name);
  if (found === undefined) throw new Error(`no domain ${name}`);
  return found;
}

/** 4 and 2 replicas of 1,000 tokens/s; 2,000 and 500 tokens/s are asked for. */
const LOADS = [
  loadOf({ readyReplicas: 4, demand: 2000, attemptsPerSecond: 30 }),
  loadOf({ readyReplicas: 2, demand: 500, attemptsPerSecond: 10 }),
];
const failing = fleetScenario({ policies: { failover: FAILOVER } });

describe("blastRadiusMap", () => {
  it("loads what is left in the region while there is something", () => {
    expect(without(failing, LOADS, "region-0/pool/replica-0")).toEqual({
      kind: "replica",
      name: "region-0/pool/replica-0",
      replicas: 1,
      trafficShare: 30 / 4 / 40,
      capacityLeftShare: 3 / 4,
      utilizationAfter: 2000 / 3000,
      isOverloaded: false,
      unserved: [],
    });
    // Four nodes over three zones: zone a has two of them.
    const zone = without(failing, LOADS, "region-0/zone-a");
    expect(zone).toMatchObject({ replicas: 2, utilizationAfter: 1, isOverloaded: false });
  });

  it("loads the other regions when a region is gone, and flags what is more than they have", () => {
    expect(without(failing, LOADS, "region-0")).toMatchObject({
      replicas: 4,
      trafficShare: 0.75,
      capacityLeftShare: 2 / 6,
      utilizationAfter: 2500 / 2000,
      isOverloaded: true,
    });
    expect(without(failing, LOADS, "region-1")).toMatchObject({
      capacityLeftShare: 4 / 6,
      utilizationAfter: 2500 / 4000,
      isOverloaded: false,
    });
  });

  it("has nothing left without failover, or without the last of a model", () => {
    const alone = {
      capacityLeftShare: 0,
      utilizationAfter: null,
      isOverloaded: true,
      unserved: ["llama-3.1-8b-instruct"],
    };
    expect(without(fleetScenario(), LOADS, "region-0")).toMatchObject(alone);
    expect(without(failing, LOADS, "aws")).toMatchObject(alone);
  });

  it("takes a gateway that routes to any region for one place", () => {
    const any = fleetScenario({ regions: "any" });
    expect(without(any, LOADS, "region-0/pool/replica-0")).toMatchObject({
      capacityLeftShare: 5 / 6,
      utilizationAfter: 2500 / 5000,
    });
    expect(without(any, LOADS, "region-0")).toMatchObject({ utilizationAfter: 2500 / 2000 });
  });

  it("keeps models and stages of work apart", () => {
    const other = resolvedPool({ modelName: "qwen2.5-7b-instruct" }).model;
    const pools = [
      { name: "region-0/a", replicas: 2 },
      { name: "region-0/b", replicas: 2, model: other },
      { name: "region-0/c", replicas: 2, role: "prefill" as const },
    ];
    const scenario = fleetScenario({ pools });
    const loads = pools.map(() => loadOf({ readyReplicas: 2 }));
    expect(without(scenario, loads, "region-0/b")).toMatchObject({
      unserved: ["qwen2.5-7b-instruct"],
      trafficShare: 1 / 3,
    });
    expect(without(scenario, loads, "region-0/c").unserved).toEqual(["llama-3.1-8b-instruct"]);
    expect(without(scenario, loads, "region-0/a/node-0")).toMatchObject({
      utilizationAfter: 500 / 1000,
    });
  });

  it("weighs pools by what their replicas can do, and takes an idle one for an average one", () => {
    const pools = [
      { name: "region-0/fast", replicas: 1 },
      { name: "region-0/slow", replicas: 1 },
      { name: "region-0/idle", replicas: 1 },
    ];
    const scenario = fleetScenario({ pools });
    const loads = [
      loadOf({ possiblePerReplica: 3000, demand: 1000 }),
      loadOf({ possiblePerReplica: 1000, demand: 200 }),
      loadOf({ possiblePerReplica: null, demand: null, attemptsPerSecond: 0 }),
    ];
    // 3,000 + 1,000 + their mean 2,000 = 6,000; 1,200 are asked for.
    expect(without(scenario, loads, "region-0/fast").utilizationAfter).toBeCloseTo(1200 / 3000, 12);
    expect(without(scenario, loads, "region-0/slow").utilizationAfter).toBeCloseTo(1200 / 5000, 12);
    expect(without(scenario, loads, "region-0/idle").utilizationAfter).toBeCloseTo(1200 / 4000, 12);
    expect(mapOf(scenario, loads).pools.map(({ utilization }) => utilization)).toEqual([
      1000 / 3000,
      200 / 1000,
      null,
    ]);
  });

  it("counts replicas that run, not the places for them", () => {
    const scenario = fleetScenario({
      pools: [{ replicas: 2, replicasMin: 1, replicasMax: 8 }],
      policies: { failover: FAILOVER },
    });
    const loads = [loadOf({ readyReplicas: 2.5, demand: 1000 })];
    const replicas = (slot: number): number =>
      without(scenario, loads, `region-0/pool/replica-${slot}`).replicas;
    expect([0, 1, 2, 3, 7].map(replicas)).toEqual([1, 1, 0.5, 0, 0]);
    expect(without(scenario, loads, "region-0/pool/replica-3")).toMatchObject({
      trafficShare: 0,
      capacityLeftShare: 1,
      utilizationAfter: null,
      isOverloaded: false,
    });
  });

  it("parts all traffic among the domains of each kind, and never leaves less load than before", () => {
    const shapes = fc.array(
      fc.record({
        replicas: fc.integer({ min: 1, max: 9 }),
        demand: fc.integer({ min: 0, max: 9000 }),
      }),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(shapes, fc.boolean(), (regions, hasFailover) => {
        const scenario = fleetScenario({
          pools: regions.map(({ replicas }, regionIndex) => ({ replicas, regionIndex })),
          policies: hasFailover ? { failover: FAILOVER } : {},
        });
        const loads = regions.map(({ replicas, demand }) =>
          loadOf({ readyReplicas: replicas, demand, attemptsPerSecond: 1 + demand / 100 }),
        );
        const { domains, pools } = mapOf(scenario, loads);
        const shares = new Map<string, number>();
        const replicas = new Map<string, number>();
        for (const domain of domains) {
          shares.set(domain.kind, (shares.get(domain.kind) ?? 0) + domain.trafficShare!);
          replicas.set(domain.kind, (replicas.get(domain.kind) ?? 0) + domain.replicas);
          const here = pools.filter(({ pool }) => domain.name.startsWith(pool.split("/")[0]!));
          const before = Math.min(...here.map(({ utilization }) => utilization!));
          if (
            domain.utilizationAfter !== null &&
            domain.kind !== "cloud" &&
            hasFailover === false
          ) {
            expect(domain.utilizationAfter).toBeGreaterThanOrEqual(before - 1e-9);
          }
          expect(domain.isOverloaded).toBe(
            domain.unserved.length > 0 || (domain.utilizationAfter ?? 0) > 1,
          );
        }
        const all = regions.reduce((sum, region) => sum + region.replicas, 0);
        for (const kind of shares.keys()) {
          expect(shares.get(kind)).toBeCloseTo(1, 9);
          expect(replicas.get(kind)).toBeCloseTo(all, 9);
        }
      }),
    );
  });
});

describe("headroomOf", () => {
  const pools = [
    { name: "region-0/a", replicas: 4, ...pricedAt(10) },
    { name: "region-0/b", replicas: 2, ...pricedAt(5) },
  ];

  it("is what is paid for less what is asked for, in dollars", () => {
    // 4 · $10 + 2 · $5 = $50; needed are 2 · $10 and 0.5 · $5.
    expect(headroomOf(fleetScenario({ pools }).fleet, LOADS)).toEqual({
      idleShare: 27.5 / 50,
      usdPerHour: 50,
      idleUsdPerHour: 27.5,
      leftOut: [],
    });
  });

  it("leaves out what has no price or no load to tell by, and says so", () => {
    const [a, b] = pools;
    const noPrice = fleetScenario({ pools: [a!, { ...b!, ...pricedAt(undefined) }] });
    expect(headroomOf(noPrice.fleet, LOADS)).toEqual({
      idleShare: 0.5,
      usdPerHour: 40,
      idleUsdPerHour: 20,
      leftOut: ["region-0/b"],
    });
    const idle = [LOADS[0]!, loadOf({ readyReplicas: 2, demand: null, possiblePerReplica: null })];
    expect(headroomOf(fleetScenario({ pools }).fleet, idle).leftOut).toEqual(["region-0/b"]);
  });

  it("counts replicas where nothing has a price, and never pays for less than nothing", () => {
    const scenario = fleetScenario();
    expect(headroomOf(scenario.fleet, LOADS)).toMatchObject({
      idleShare: 3.5 / 6,
      usdPerHour: null,
      idleUsdPerHour: null,
    });
    const overloaded = [loadOf({ readyReplicas: 4, demand: 9000 }), LOADS[1]!];
    expect(headroomOf(scenario.fleet, overloaded).idleShare).toBeCloseTo(1.5 / 6, 12);
    const unknown = LOADS.map((load) => ({ ...load, demand: null }));
    expect(headroomOf(scenario.fleet, unknown).idleShare).toBeNull();
  });
});
