/** Order, numbering and independence of all that goes wrong, and the availability that random faults leave. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import type { ResolvedFleet } from "../../../../planner/fleet/resolved-fleet";
import { InvariantViolation } from "../../../../planner/foundation/errors";
import type { ResolvedFault, ResolvedFaults } from "../../../../planner/scenario/resolved-faults";
import { FaultSchedule } from "../../../../planner/simulation/faults/fault-schedule";
import type { FaultTransition } from "../../../../planner/simulation/faults/fault-transition";
import {
  faultyScenario,
  fleetOf,
  poolOf,
  randomFault,
  scheduledFault,
  takeAll,
} from "./fault-fixture";

const SPOT = {
  committed: [],
  onDemandReplicas: 1,
  spot: {
    interruptionsPerHour: 0.5,
    noticeSeconds: 120,
    unavailableSeconds: { kind: "exponential", mean: 1800 },
  },
} as const;
const fleet = fleetOf(
  [{ name: "us-east-1", zones: 2 }],
  [poolOf("us-east-1/h100", 0, 4, { purchase: SPOT }), poolOf("us-east-1/l4", 0, 2)],
);
const replicas = (count: number) =>
  Array.from({ length: count }, (_, replica) => ({ kind: "replica", pool: 0, replica }) as const);

function times(transitions: readonly FaultTransition[], name: string): number[] {
  return transitions.filter((one) => one.name === name).map(({ seconds }) => seconds);
}

const wave = (name: string, atSeconds: number): ResolvedFaults["spotWaves"][number] => ({
  name,
  atSeconds,
  pools: [0],
  share: 0.5,
  unavailableSeconds: 600,
});
const MIXED: ResolvedFaults = {
  faults: [
    scheduledFault("region down", 7200, 1800, [{ kind: "region", region: 0 }]),
    scheduledFault("for good", 10_000, Number.POSITIVE_INFINITY),
    randomFault("gpu", 5000, 300, replicas(4)),
    randomFault("link", 9000, 60, [{ kind: "zone", region: 0, zone: 1 }]),
  ],
  poison: [],
  spotWaves: [wave("crunch", 7200), wave("crunch again", 20_000)],
};

describe("order and numbers", () => {
  it("is in order of time, and the same for the same seed", () => {
    const scenario = faultyScenario(fleet, MIXED);
    const taken = takeAll(scenario, 100_000);
    const seconds = taken.map((one) => one.seconds);
    expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
    expect(taken.length).toBeGreaterThan(100);
    expect(takeAll(scenario, 100_000)).toEqual(taken);
    expect(takeAll(scenario, 100_000, 2)).not.toEqual(taken);
  });

  it("numbers occurrences as they begin; their transitions share number, name and what is struck", () => {
    const taken = takeAll(faultyScenario(fleet, MIXED), 100_000);
    const under = new Map<number, FaultTransition[]>();
    for (const one of taken) {
      if (!under.has(one.fault)) expect(one.fault).toBe(under.size);
      under.set(one.fault, [...(under.get(one.fault) ?? []), one]);
    }
    const struck = (one: FaultTransition) =>
      one.kind === "effect" ? one.targets : [one.pool, one.node, one.replicas];
    for (const occurrence of under.values()) {
      const phases = occurrence.map((one) =>
        one.kind === "effect" ? (one.isStart ? "start" : "end") : one.kind,
      );
      const whole =
        occurrence[0]!.kind === "effect"
          ? ["start", "end"]
          : ["spot-notice", "spot-reclaim", "spot-return"];
      expect(phases).toEqual(whole.slice(0, phases.length));
      for (const one of occurrence) {
        expect(one.name).toBe(occurrence[0]!.name);
        expect(struck(one)).toEqual(struck(occurrence[0]!));
      }
    }
  });

  it("is drawn as it is taken: an endless schedule, cut anywhere, is the shorter one", () => {
    const scenario = faultyScenario(fleet, MIXED);
    const endless = new FaultSchedule(scenario, 1, Number.POSITIVE_INFINITY);
    for (const one of takeAll(scenario, 200_000)) expect(endless.take()).toEqual(one);
    expect(endless.peekSeconds).toBeGreaterThan(200_000);
    expect(endless.peekSeconds).toBeLessThan(Number.POSITIVE_INFINITY);
  });

  it("a fault over several targets strikes all at once; without an end it has none", () => {
    const targets = replicas(3);
    const scenario = faultyScenario(fleetOf([{ name: "r" }], [poolOf("r/p", 0, 3)]), {
      faults: [
        scheduledFault("rack", 10, 5, targets),
        scheduledFault("for good", 12, Number.POSITIVE_INFINITY),
      ],
    });
    const effect = { kind: "lose" };
    const fleetTarget = [{ kind: "fleet" }];
    expect(takeAll(scenario, 1e9)).toEqual([
      { kind: "effect", seconds: 10, fault: 0, name: "rack", isStart: true, effect, targets },
      {
        kind: "effect",
        seconds: 12,
        fault: 1,
        name: "for good",
        isStart: true,
        effect,
        targets: fleetTarget,
      },
      { kind: "effect", seconds: 15, fault: 0, name: "rack", isStart: false, effect, targets },
    ]);
  });

  it("transitions at the very end count, those after it do not", () => {
    const scenario = faultyScenario(fleet, { faults: [scheduledFault("down", 10, 5)] });
    const quiet = { ...scenario, fleet: { ...fleet, pools: [fleet.pools[1]!] } };
    expect(takeAll(quiet, 9)).toHaveLength(0);
    expect(takeAll(quiet, 10)).toHaveLength(1);
    expect(takeAll(quiet, 14.9)).toHaveLength(1);
    expect(takeAll(quiet, 15)).toHaveLength(2);
  });

  it("a bug shows: taking when there is nothing", () => {
    const quiet = faultyScenario(fleetOf([{ name: "r" }], [poolOf("r/p", 0, 1)]), {});
    const schedule = new FaultSchedule(quiet, 1, 1000);
    expect(schedule.peekSeconds).toBe(Number.POSITIVE_INFINITY);
    expect(() => schedule.take()).toThrow(InvariantViolation);
  });
});

describe("independence", () => {
  const at = (given: Partial<ResolvedFaults>, of: ResolvedFleet = fleet) =>
    takeAll(faultyScenario(of, given), 300_000);

  it("the order of faults and waves in the file changes nothing, not even at equal times", () => {
    const faults = [...MIXED.faults, scheduledFault("as the wave", 7200, 1800)];
    const same = at({ ...MIXED, faults });
    fc.assert(
      fc.property(
        fc.shuffledSubarray(faults, { minLength: faults.length }),
        fc.shuffledSubarray([...MIXED.spotWaves], { minLength: MIXED.spotWaves.length }),
        (shuffled, spotWaves) => {
          expect(at({ faults: shuffled, spotWaves })).toEqual(same);
        },
      ),
      { numRuns: 20 },
    );
  });

  it("a fault more, fewer, or renamed moves no other", () => {
    const before = at(MIXED);
    const [first, ...rest] = MIXED.faults;
    const renamed: ResolvedFault = { ...MIXED.faults[2]!, name: "board" };
    const others = [
      [...MIXED.faults, randomFault("one more", 1000, 10, replicas(4))],
      rest,
      [first!, MIXED.faults[1]!, renamed, MIXED.faults[3]!],
    ];
    for (const faults of others) {
      const after = at({ ...MIXED, faults });
      for (const name of ["gpu", "link", "spot us-east-1/h100", "crunch", "crunch again"]) {
        if (!faults.some((fault) => fault.name === "gpu") && name === "gpu") continue;
        expect(times(after, name)).toEqual(times(before, name));
      }
    }
    // A renamed fault is another one.
    expect(times(at({ ...MIXED, faults: [renamed] }), "board")).not.toEqual(times(before, "gpu"));
  });

  it("a target more moves no other target of the fault", () => {
    const timesOf = (count: number, replica: number) =>
      at({ faults: [randomFault("gpu", 5000, 300, replicas(count))] })
        .filter(
          (one) =>
            one.kind === "effect" &&
            one.targets.some((t) => "replica" in t && t.replica === replica),
        )
        .map(({ seconds }) => seconds);
    expect(timesOf(4, 0)).toEqual(timesOf(1, 0));
    expect(timesOf(4, 1)).not.toEqual(timesOf(4, 0));
  });

  it("another place in the fleet moves nothing: streams go by name, not by index", () => {
    const wider = {
      ...fleet,
      pools: [poolOf("us-east-1/a10g", 0, 2, { purchase: SPOT }), ...fleet.pools],
    };
    const shifted = MIXED.faults.map((fault) => ({
      ...fault,
      targets: fault.targets.map((t) => ("pool" in t ? { ...t, pool: t.pool + 1 } : t)),
    }));
    const spotWaves = MIXED.spotWaves.map((one) => ({ ...one, pools: [1] }));
    const [before, after] = [at(MIXED), at({ ...MIXED, faults: shifted, spotWaves }, wider)];
    for (const name of new Set(before.map((one) => one.name))) {
      expect(times(after, name)).toEqual(times(before, name));
    }
  });

  it("two random faults of one name do not strike at the same times", () => {
    const twice = [1, 2].map(() => randomFault("gpu", 5000, 300, replicas(1)));
    const seconds = at({ faults: twice }).flatMap((one) =>
      one.name === "gpu" ? [one.seconds] : [],
    );
    expect(new Set(seconds).size).toBe(seconds.length);
  });
});

describe("availability under random faults", () => {
  const CYCLES = 20_000;

  /** Time during which at least `needed` of the pool's replicas are up, over the length of the run. */
  function shareUp(count: number, needed: number, endSeconds: number, mtbf: number, mttr: number) {
    const quiet = fleetOf([{ name: "r" }], [poolOf("r/p", 0, count)]);
    const faults = [randomFault("gpu", mtbf, mttr, replicas(count))];
    let [up, since, time] = [count, 0, 0];
    for (const one of takeAll(faultyScenario(quiet, { faults }), endSeconds)) {
      if (one.kind !== "effect") throw new Error(one.kind);
      if (up >= needed) time += one.seconds - since;
      since = one.seconds;
      up += one.isStart ? -1 : 1;
    }
    if (up >= needed) time += endSeconds - since;
    return time / endSeconds;
  }

  it.each([
    [3600, 600],
    [1000, 1000],
    [86_400, 300],
  ])(
    "one component of MTBF %d and MTTR %d is up MTBF / (MTBF + MTTR) of the time",
    (mtbf, mttr) => {
      // Asymptotic variance of a renewal-reward average with exponential up and down times:
      // ((1 − A)² mtbf² + A² mttr²) / ((mtbf + mttr)² cycles).
      const cycle = mtbf + mttr;
      const expected = mtbf / cycle;
      const error =
        Math.hypot((1 - expected) * mtbf, expected * mttr) / (cycle * Math.sqrt(CYCLES));
      const seen = shareUp(1, 1, CYCLES * cycle, mtbf, mttr);
      expect(Math.abs(seen - expected)).toBeLessThan(5 * error);
    },
  );

  it.each([
    [4, 4],
    [5, 4],
    [6, 4],
  ])("of %d independent replicas at least %d are up: the tail of a binomial", (count, needed) => {
    const [mtbf, mttr] = [4000, 1000];
    const a = mtbf / (mtbf + mttr);
    let expected = 0;
    for (let up = needed, ways = 1; up <= count; up++) {
      ways = Array.from({ length: up }, (_, i) => (count - i) / (up - i)).reduce((p, x) => p * x);
      expected += ways * a ** up * (1 - a) ** (count - up);
    }
    // The replicas are a reversible chain with spectral gap 1/mtbf + 1/mttr, in which a time average over T has a
    // variance of at most 2 · p (1 − p) / (gap · T) (Aldous and Fill, Reversible Markov Chains, chapter 4).
    const forget = 1 / (1 / mtbf + 1 / mttr);
    const end = CYCLES * (mtbf + mttr);
    const error = Math.sqrt((expected * (1 - expected) * 2 * forget) / end);
    const seen = shareUp(count, needed, end, mtbf, mttr);
    expect(Math.abs(seen - expected)).toBeLessThan(5 * error);
  });

  it("repairs follow the distribution that is given", () => {
    const quiet = fleetOf([{ name: "r" }], [poolOf("r/p", 0, 1)]);
    const fault = randomFault("gpu", 1000, 0, replicas(1));
    const repairSeconds = { kind: "uniform", min: 50, max: 60 } as const;
    const faults = [
      { ...fault, when: { kind: "random", mtbfSeconds: 1000, repairSeconds } as const },
    ];
    const seconds = takeAll(faultyScenario(quiet, { faults }), 1e6).map((one) => one.seconds);
    for (let i = 0; i + 1 < seconds.length; i += 2) {
      expect(seconds[i + 1]! - seconds[i]!).toBeGreaterThanOrEqual(50 - 1e-6);
      expect(seconds[i + 1]! - seconds[i]!).toBeLessThanOrEqual(60 + 1e-6);
    }
    expect(seconds.length).toBeGreaterThan(1000);
  });

  it("the first fault is as far away as any other: an exponential time, not time 0", () => {
    const quiet = fleetOf([{ name: "r" }], [poolOf("r/p", 0, 1)]);
    const faults = [randomFault("gpu", 1000, 100, replicas(1))];
    const scenario = faultyScenario(quiet, { faults });
    const runs = 4000;
    let sum = 0;
    for (let seed = 0; seed < runs; seed++) {
      sum += new FaultSchedule(scenario, seed, Number.POSITIVE_INFINITY).peekSeconds;
    }
    // Mean 1000, standard deviation 1000.
    expect(Math.abs(sum / runs - 1000)).toBeLessThan((5 * 1000) / Math.sqrt(runs));
  });
});
