/** What holds for every policy and every load: bounds, monotony, windows, step limits, and slow starts. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import type { ResolvedScalingRules } from "../../../../planner/fleet/resolved-policies";
import { Autoscaler } from "../../../../planner/simulation/autoscaling/autoscaler";
import {
  anyAutoscaling,
  anyLoads,
  anyRules,
  autoscaling,
  type Decision,
  decide,
  FREE,
  WIDE,
} from "./autoscaling-cases";

const CAMPAIGN = { seed: 20_261_203, numRuns: 300 };

const anyBounds = fc
  .tuple(
    fc.integer({ min: 0, max: 5 }),
    fc.integer({ min: 1, max: 25 }),
    fc.integer({ min: 0, max: 20 }),
  )
  .map(([min, more, initial]) => ({
    min,
    max: min + more,
    initial: min + Math.min(initial, more),
  }));

/** From nothing ready, over a share of the wanted, to all of it. */
const anyReadiness = fc.double({ min: 0, max: 1, noNaN: true });

/** Replicas in effect after all changes until `seconds`, that time included. */
function wantedAt(decisions: readonly Decision[], initial: number, seconds: number): number {
  return decisions.filter((one) => one.seconds <= seconds).at(-1)?.wanted ?? initial;
}

/** Decisions in the window that ends with decision `i`; one exactly as old as the window is over. */
function window(decisions: readonly Decision[], i: number, seconds: number): Decision[] {
  return decisions.slice(0, i + 1).filter((one) => decisions[i]!.seconds - one.seconds < seconds);
}

/** The largest change that `selectPolicy: Max` allows from the replicas at the start of a period. */
function mostAllowed({ pods, share }: ResolvedScalingRules, start: number): number {
  const percent = Math.round(share * 100);
  const allowed = [start + pods, Math.ceil((start * (100 + percent)) / 100)];
  return Math.max(...allowed.filter((_, i) => Number.isFinite([pods, share][i])));
}

function fewestAllowed({ pods, share }: ResolvedScalingRules, start: number): number {
  const percent = Math.round(share * 100);
  const allowed = [start - pods, Math.floor((start * (100 - percent)) / 100)];
  return Math.min(...allowed.filter((_, i) => Number.isFinite([pods, share][i])));
}

describe("Autoscaler", () => {
  it("for all policies and loads, never goes beyond its bounds", () => {
    const law = fc.property(
      anyAutoscaling,
      anyBounds,
      anyLoads,
      anyReadiness,
      (policy, bounds, loads, readiness) => {
        const decisions = decide(new Autoscaler(bounds, policy, 0), loads, (wanted) =>
          Math.floor(wanted * readiness),
        );
        for (const { wanted } of decisions) {
          expect(Number.isInteger(wanted)).toBe(true);
          expect(wanted).toBeGreaterThanOrEqual(bounds.min);
          expect(wanted).toBeLessThanOrEqual(bounds.max);
        }
      },
    );
    fc.assert(law, CAMPAIGN);
  });

  it("for all histories, more load never makes it want less", () => {
    const law = fc.property(
      anyAutoscaling,
      anyBounds,
      anyLoads,
      anyReadiness,
      fc.array(fc.double({ min: 0, max: 40, noNaN: true }), { minLength: 2, maxLength: 8 }),
      (policy, bounds, loads, readiness, last) => {
        const wanted = [...last]
          .sort((a, b) => a - b)
          .map((load) => {
            const autoscaler = new Autoscaler(bounds, policy, 0);
            const ready = (replicas: number): number => Math.floor(replicas * readiness);
            return decide(autoscaler, [...loads, load], ready).at(-1)!.wanted;
          });
        expect(wanted).toEqual([...wanted].sort((a, b) => a - b));
      },
    );
    fc.assert(law, CAMPAIGN);
  });

  it("for all loads, goes down only below every recommendation of the scale-down window", () => {
    const law = fc.property(
      anyRules,
      anyLoads,
      fc.integer({ min: 1, max: 20 }),
      (scaleDown, loads, initial) => {
        const policy = autoscaling({ pollingIntervalSeconds: 15, scaleDown });
        const decisions = decide(new Autoscaler({ ...WIDE, initial }, policy, 0), loads);
        for (const [i, { before, wanted }] of decisions.entries()) {
          if (wanted >= before) continue;
          for (const { load } of window(decisions, i, scaleDown.stabilizationWindowSeconds)) {
            expect(wanted).toBeGreaterThanOrEqual(Math.ceil(load));
          }
        }
      },
    );
    fc.assert(law, CAMPAIGN);
  });

  it("for all loads, goes up only as far as every recommendation of the scale-up window", () => {
    const law = fc.property(
      anyRules,
      anyLoads,
      fc.integer({ min: 1, max: 20 }),
      (scaleUp, loads, initial) => {
        const policy = autoscaling({ pollingIntervalSeconds: 15, scaleUp });
        const decisions = decide(new Autoscaler({ ...WIDE, initial }, policy, 0), loads);
        for (const [i, { before, wanted }] of decisions.entries()) {
          if (wanted <= before) continue;
          for (const { load } of window(decisions, i, scaleUp.stabilizationWindowSeconds)) {
            expect(wanted).toBeLessThanOrEqual(Math.ceil(load));
          }
        }
      },
    );
    fc.assert(law, CAMPAIGN);
  });

  it("for all loads, keeps to the step limits in every window of their period", () => {
    const law = fc.property(
      anyAutoscaling,
      anyLoads,
      fc.integer({ min: 1, max: 20 }),
      (policy, loads, initial) => {
        const { scaleUp, scaleDown } = policy;
        const decisions = decide(new Autoscaler({ ...WIDE, initial }, policy, 0), loads);
        for (const { seconds, before, wanted } of decisions) {
          if (wanted > before && Number.isFinite(Math.min(scaleUp.pods, scaleUp.share))) {
            const start = wantedAt(decisions, initial, seconds - scaleUp.periodSeconds);
            expect(wanted).toBeLessThanOrEqual(mostAllowed(scaleUp, start));
          }
          if (wanted < before && Number.isFinite(Math.min(scaleDown.pods, scaleDown.share))) {
            const start = wantedAt(decisions, initial, seconds - scaleDown.periodSeconds);
            expect(wanted).toBeGreaterThanOrEqual(fewestAllowed(scaleDown, start));
          }
        }
      },
    );
    fc.assert(law, CAMPAIGN);
  });

  it("goes as far as the step limits allow, not less", () => {
    const rules = { ...FREE, pods: 4, share: 0.5, periodSeconds: 60 };
    const law = fc.property(fc.integer({ min: 2, max: 200 }), (initial) => {
      const autoscaler = new Autoscaler({ ...WIDE, initial }, autoscaling({ scaleUp: rules }), 0);
      expect(decide(autoscaler, [5000])[0]!.wanted).toBe(mostAllowed(rules, initial));
    });
    fc.assert(law, CAMPAIGN);
  });

  it("counts a share of the replicas as a person does, not as float64 rounds it", () => {
    // 10 × (1 − 0.8) is a little less than 2 in float64, 100 × (1 + 0.1) a little more than 110.
    expect(10 * (1 - 0.8)).toBeLessThan(2);
    expect(100 * (1 + 0.1)).toBeGreaterThan(110);
    const policy = autoscaling({
      scaleUp: { ...FREE, share: 0.1 },
      scaleDown: { ...FREE, share: 0.8 },
    });
    const first = (initial: number, load: number): number =>
      decide(new Autoscaler({ ...WIDE, initial }, policy, 0), [load])[0]!.wanted;
    expect([first(10, 1), first(100, 1000)]).toEqual([2, 110]);
  });

  it("subtracts what was added in the period from the allowance, and gives back what was removed", () => {
    const scaleUp = { ...FREE, pods: 4, periodSeconds: 60 };
    const policy = autoscaling({ pollingIntervalSeconds: 15, scaleUp });
    const autoscaler = new Autoscaler({ ...WIDE, initial: 10 }, policy, 0);
    // 3 of 4 at 15 s, 1 left; down to 8 at 45 s, so that 6 are left to 14; at 75 s the 3 of 15 s count no more.
    const wanted = decide(autoscaler, [13, 30, 8, 30, 30]).map((one) => one.wanted);
    expect(wanted).toEqual([13, 14, 8, 14, 17]);
  });

  it("for all loads, a load that stays is answered once and then left alone", () => {
    const law = fc.property(
      fc.double({ min: 0.1, max: 50, noNaN: true }),
      fc.integer({ min: 1, max: 60 }),
      (load, initial) => {
        const policy = autoscaling({ tolerance: 0.1 });
        const decisions = decide(new Autoscaler({ ...WIDE, initial }, policy, 0), [
          load,
          load,
          load,
          load,
        ]);
        const [first, ...later] = decisions.map(({ wanted }) => wanted);
        expect(later).toEqual([first, first, first]);
        expect(first! * 1.1 + 1e-9).toBeGreaterThanOrEqual(load);
      },
    );
    fc.assert(law, CAMPAIGN);
  });

  it("for all loads, replicas that never get ready do not make it want ever more", () => {
    const law = fc.property(anyLoads, fc.integer({ min: 0, max: 3 }), (loads, ready) => {
      const autoscaler = new Autoscaler(WIDE, autoscaling({ tolerance: 0.1 }), 0);
      const most = Math.max(1, Math.ceil(Math.max(...loads)));
      for (const { wanted } of decide(autoscaler, loads, (wanted) => Math.min(wanted, ready))) {
        expect(wanted).toBeLessThanOrEqual(most);
      }
    });
    fc.assert(law, CAMPAIGN);
  });
});
