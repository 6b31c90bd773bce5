/** How fast traffic leaves what is struck, and what is struck as a whole, on runs made by hand. */
import { describe, expect, it } from "@jest/globals";
import type { FaultTarget } from "../../../planner/fleet/fault-target";
import { struckBy } from "../../../planner/metrics/struck-parts";
import type { FaultWhen, ResolvedFaults } from "../../../planner/scenario/resolved-faults";
import type { ResolvedScenario } from "../../../planner/scenario/resolved-scenario";
import { assess, only, run, SCENARIO } from "./resilience-fixture";

const AT: FaultWhen = { kind: "at", startSeconds: 100, durationSeconds: 50 };
const RANDOM: FaultWhen = {
  kind: "random",
  mtbfSeconds: 1000,
  repairSeconds: { kind: "constant", value: 10 },
};

function withFaults(faults: Partial<ResolvedFaults>): ResolvedScenario {
  return { ...SCENARIO, faults: { ...SCENARIO.faults, ...faults } };
}

function striking(targets: readonly FaultTarget[], when = AT): ResolvedScenario {
  return withFaults({ faults: [{ name: "east", targets, effect: { kind: "lose" }, when }] });
}

describe("shiftSeconds", () => {
  it("is null when the traffic stays, or only a part of the pool is struck", () => {
    expect(only(run([[12, 15, { poolAttempts: [3, 97] }]])).shiftSeconds).toBeNull();
    const left = run([[12, 15, { poolAttempts: [2, 98] }]]);
    expect(only(left).shiftSeconds).toBe(20);
    const scenario = striking([{ kind: "replica", pool: 0, replica: 1 }]);
    expect(assess([left], undefined, scenario)[0]!.shiftSeconds).toBeNull();
  });

  it("is null when there was no traffic to leave", () => {
    expect(only(run([[0, 30, { poolAttempts: [0, 100] }]])).shiftSeconds).toBeNull();
  });

  it("wants as many buckets as would have had 20 attempts", () => {
    // 8 in a bucket: three would have had 24, of which 5 % are 1.2; one attempt in 13 … 15 is allowed.
    const usual = [0, 30, { poolAttempts: [8, 92] }] as const;
    const record = run([
      usual,
      [13, 16, { poolAttempts: [0, 100] }],
      [15, 16, { poolAttempts: [1, 99] }],
    ]);
    expect(only(record).shiftSeconds).toBe(30);
    const brief = run([usual, [13, 15, { poolAttempts: [0, 100] }]]);
    expect(only(brief).shiftSeconds).toBeNull();
  });

  it("compares with the same bucket of the baseline", () => {
    // From bucket 12 on little is sent there anyway.
    const evening = [12, 30, { poolAttempts: [25, 75] }] as const;
    const stays = run([evening, [12, 30, { poolAttempts: [2, 98] }]]);
    expect(only(stays, run([evening], [])).shiftSeconds).toBeNull();
    expect(only(stays).shiftSeconds).toBe(20);
  });
});

describe("struckBy", () => {
  const struck = (scenario: ResolvedScenario, fault = "east") => {
    const { pools, wholePools, regions } = struckBy(scenario, fault);
    return { pools: [...pools], whole: [...wholePools], regions: [...regions] };
  };

  it("takes a pool for whole when all of its replicas are struck at once", () => {
    const both: FaultTarget[] = [0, 1].map((replica) => ({ kind: "replica", pool: 0, replica }));
    expect(struck(striking(both))).toEqual({ pools: [0], whole: [0], regions: [0] });
    expect(struck(striking(both.slice(1)))).toEqual({ pools: [0], whole: [], regions: [0] });
    // At random, each target on its own.
    expect(struck(striking(both, RANDOM))).toEqual({ pools: [0], whole: [], regions: [0] });
    expect(struck(striking([{ kind: "pool", pool: 1 }], RANDOM)).whole).toEqual([1]);
    const pools: FaultTarget[] = [0, 1].map((pool) => ({ kind: "pool", pool }));
    expect(struck(striking(pools, RANDOM)).whole).toEqual([]);
    expect(struck(striking([{ kind: "fleet" }]))).toEqual({
      pools: [0, 1],
      whole: [0, 1],
      regions: [0, 1],
    });
  });

  it("knows the region of what holds no replicas", () => {
    const gateway = striking([{ kind: "gateway", region: 1, process: 0 }]);
    expect(struck(gateway)).toEqual({ pools: [], whole: [], regions: [1] });
  });

  it("knows the pools of spot interruptions, reclaim waves and poison", () => {
    const wave = { name: "wave", atSeconds: 10, pools: [1], share: 1, unavailableSeconds: 60 };
    const poison = { name: "poison", workload: 0, share: 0.1, startSeconds: 0, endSeconds: 10 };
    const scenario = withFaults({ spotWaves: [wave], poison: [poison] });
    expect(struck(scenario, "wave")).toEqual({ pools: [1], whole: [], regions: [1] });
    expect(struck(scenario, "poison")).toEqual({ pools: [0, 1], whole: [], regions: [0, 1] });
    expect(struck(scenario, "spot east/pool")).toEqual({ pools: [0], whole: [], regions: [0] });
    expect(struck(scenario, "unknown")).toEqual({ pools: [], whole: [], regions: [] });
  });
});
