/** The detector against one that sweeps every interval, as Envoy's timer does; then the laws of each of its rules. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import type { ResolvedPassiveHealthCheck } from "../../../../planner/fleet/resolved-policies";
import { InvariantViolation } from "../../../../planner/foundation/errors";
import { OutlierDetector } from "../../../../planner/simulation/gateway/outlier-detector";
import {
  ACTIVE,
  failInARow,
  healthCheck,
  NEVER,
  sweepUntil,
  TimerDetector,
} from "./outlier-fixture";

const CAMPAIGN = { seed: 20_261_122, numRuns: 100 };
const PLACES = 6;
/** Quarter seconds: differences of times are exact. Mostly short, so that ejected replicas still answer. */
const answer = fc.record({
  quarters: fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 3 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 60 }) },
  ),
  place: fc.integer({ min: 0, max: PLACES - 1 }),
  isError: fc.constantFrom(true, true, true, false),
});
const anyPassive: fc.Arbitrary<ResolvedPassiveHealthCheck> = fc.record({
  consecutive5XxErrors: fc.integer({ min: 1, max: 3 }),
  intervalSeconds: fc.constantFrom(0.25, 1, 3),
  baseEjectionSeconds: fc.constantFrom(0.5, 2, 5),
  maxEjectionSeconds: fc.constantFrom(5, 7.5, 20),
  maxEjectionShare: fc.constantFrom(0, 0.1, 0.34, 0.5, 1),
  alwaysEjectOneEndpoint: fc.boolean(),
  halfOpenRequests: fc.constantFrom(1, 2, NEVER),
});

describe("OutlierDetector", () => {
  it("for all answers, ejects and brings back when a detector that sweeps every interval does", () => {
    const law = fc.property(
      anyPassive,
      fc.array(answer, { maxLength: 200, size: "max" }),
      (policy, answers) => {
        const detector = new OutlierDetector(
          { passive: policy, active: undefined, panicThreshold: 0 },
          PLACES,
        );
        const timer = new TimerDetector(policy, PLACES);
        const log: string[] = [];
        const most = Math.max(
          Math.floor(policy.maxEjectionShare * PLACES + 1e-9),
          policy.alwaysEjectOneEndpoint ? 1 : 0,
        );
        let isWithin = true;
        let seconds = 0;
        for (const { quarters, place, isError } of answers) {
          seconds += quarters / 4;
          for (const [now, back] of sweepUntil(detector, seconds)) log.push(`${now} back ${back}`);
          timer.tickUntil(seconds);
          if (detector.onAnswer(place, isError, seconds, PLACES))
            log.push(`${seconds} out ${place}`);
          timer.answer(place, isError, seconds);
          isWithin &&= detector.ejected === timer.ejected && detector.ejected <= most;
        }
        expect(isWithin).toBe(true);
        expect(log).toEqual(timer.log);
      },
    );
    fc.assert(law, CAMPAIGN);
  });

  it("for all answers, admits nothing to an ejected place until a sweep after its time", () => {
    const law = fc.property(
      anyPassive,
      fc.array(answer, { maxLength: 150, size: "max" }),
      (policy, answers) => {
        const detector = new OutlierDetector(
          { passive: policy, active: undefined, panicThreshold: 0 },
          PLACES,
        );
        const outUntil = new Float64Array(PLACES);
        const breaches: number[] = [];
        let seconds = 0;
        for (const { quarters, place, isError } of answers) {
          seconds += quarters / 4;
          for (const [now, back] of sweepUntil(detector, seconds)) {
            if (now < outUntil[back]! || now % policy.intervalSeconds !== 0) breaches.push(now);
          }
          for (const [other, until] of outUntil.entries()) {
            const isOut = seconds < until || detector.isEjected(other);
            if (isOut && detector.admits(other)) breaches.push(seconds);
          }
          if (!detector.onAnswer(place, isError, seconds, PLACES)) continue;
          // The first ejection lasts base at least, whatever the multiplier
          const shortest = Math.min(policy.baseEjectionSeconds, policy.maxEjectionSeconds);
          outUntil[place] = seconds + shortest;
        }
        expect(breaches).toEqual([]);
      },
    );
    fc.assert(law, CAMPAIGN);
  });

  // Envoy, config.cluster.v3.OutlierDetection: base_ejection_time 30 s × the number of ejections, max 300 s
  it("ejects for 30 s, 60 s, 90 s … and 300 s at most when a replica fails as soon as it is back", () => {
    const detector = new OutlierDetector(healthCheck(), 10);
    const lengths: number[] = [];
    let seconds = 0;
    for (let i = 0; i < 12; i++) {
      expect(failInARow(detector, 4, seconds)).toBe(true);
      const [[back]] = sweepUntil(detector, seconds + 1000) as [[number, number]];
      lengths.push(back - seconds);
      seconds = back;
    }
    expect(lengths).toEqual([30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 300, 300]);
  });

  // Envoy: at each interval that a host is not ejected the multiplier goes down, to no less than 0
  it("forgets one ejection with each healthy interval", () => {
    const lengthAfter = (healthySeconds: number): number => {
      const detector = new OutlierDetector(healthCheck(), 10);
      let seconds = 0;
      for (let i = 0; i < 4; i++) {
        failInARow(detector, 0, seconds);
        seconds = sweepUntil(detector, 1e6)[0]![0];
      }
      const start = seconds + healthySeconds;
      failInARow(detector, 0, start);
      return sweepUntil(detector, 1e6)[0]![0] - start;
    };
    expect(
      [0, 2.9, 3, 5.9, 6, 9, 12, 300].map((healthy) => Math.floor(lengthAfter(healthy))),
    ).toEqual([150, 150, 120, 120, 90, 60, 30, 30]);
  });

  // Envoy's ejectHost raises the multiplier while multiplier × base < max + base: to 11 here, one beyond the 300 s
  it("forgets from eleven ejections on, however many there were", () => {
    const detector = new OutlierDetector(healthCheck(), 10);
    let seconds = 0;
    for (let i = 0; i < 30; i++) {
      failInARow(detector, 0, seconds);
      seconds = sweepUntil(detector, 1e6)[0]![0];
    }
    failInARow(detector, 0, seconds + 5 * 3);
    expect(sweepUntil(detector, 1e6)).toEqual([[seconds + 15 + (11 - 5 + 1) * 30, 0]]);
  });

  it("counts errors anew once a replica is back, not those of requests that it still had", () => {
    const detector = new OutlierDetector(healthCheck(), 10);
    failInARow(detector, 0, 0, { errors: 5 + 4 });
    sweepUntil(detector, 30);
    expect(failInARow(detector, 0, 31, { errors: 4 })).toBe(false);
    expect(failInARow(detector, 0, 31, { errors: 1 })).toBe(true);
  });

  // max_ejection_percent 10 is Envoy's default: it does nothing in pools of fewer than ten
  it.each([
    { members: 9, always: false, ejections: 0 },
    { members: 10, always: false, ejections: 1 },
    { members: 19, always: false, ejections: 1 },
    { members: 20, always: false, ejections: 2 },
    { members: 9, always: true, ejections: 1 },
    { members: 20, always: true, ejections: 2 },
  ])("ejects $ejections of $members at 10 %, always one: $always", (row) => {
    const detector = new OutlierDetector(
      healthCheck({ maxEjectionShare: 0.1, alwaysEjectOneEndpoint: row.always }),
      row.members,
    );
    for (let place = 0; place < row.members; place++) {
      failInARow(detector, place, 1, { members: row.members });
    }
    expect(detector.ejected).toBe(row.ejections);
  });

  it("needs errors in a row, and as many again from a replica that it spared", () => {
    const detector = new OutlierDetector(healthCheck({ maxEjectionShare: 0.2 }), 5);
    failInARow(detector, 0, 0, { errors: 4, members: 5 });
    detector.onAnswer(0, false, 0, 5);
    expect(failInARow(detector, 0, 0, { errors: 4, members: 5 })).toBe(false);
    expect(failInARow(detector, 1, 0, { members: 5 })).toBe(true);
    expect(failInARow(detector, 0, 0, { errors: 1, members: 5 })).toBe(false);
    detector.reset(1);
    expect(failInARow(detector, 0, 0, { errors: 4, members: 5 })).toBe(false);
    expect(failInARow(detector, 0, 0, { errors: 1, members: 5 })).toBe(true);
  });

  it("sweeps only while something is ejected, at multiples of the interval", () => {
    const detector = new OutlierDetector(healthCheck({ intervalSeconds: 0.1 }), 10);
    expect(detector.nextSweepSeconds).toBe(NEVER);
    failInARow(detector, 0, 12.34);
    expect(detector.nextSweepSeconds).toBeCloseTo(12.4, 9);
    expect(sweepUntil(detector, 42.3)).toEqual([]);
    const [[back]] = sweepUntil(detector, 43) as [[number, number]];
    expect(back).toBeCloseTo(42.4, 9);
    expect(detector.nextSweepSeconds).toBe(NEVER);
  });

  it("for all decimal times, an ejection at a sweep ends as many sweeps later as it has intervals", () => {
    const law = fc.property(
      fc.integer({ min: 1, max: 2000 }),
      fc.integer({ min: 0, max: 1_000_000 }),
      fc.integer({ min: 1, max: 20 }),
      (hundredths, sweepsBefore, intervals) => {
        const intervalSeconds = hundredths / 100;
        const policy = healthCheck({
          intervalSeconds,
          baseEjectionSeconds: (hundredths * intervals) / 100,
          maxEjectionSeconds: NEVER,
        });
        const detector = new OutlierDetector(policy, 10);
        const sweep = (number: number): number => number * intervalSeconds;
        failInARow(detector, 0, sweep(sweepsBefore));
        expect(sweepUntil(detector, 1e12)).toEqual([[sweep(sweepsBefore + intervals), 0]]);
        // One healthy sweep takes the multiplier back to 0
        const again = sweepsBefore + intervals + 1;
        failInARow(detector, 0, sweep(again));
        expect(sweepUntil(detector, 1e12)).toEqual([[sweep(again + intervals), 0]]);
      },
    );
    fc.assert(law, CAMPAIGN);
  });

  it("for all intervals and times, a sweep is after the ejection and its time an interval later at most", () => {
    const law = fc.property(
      fc.double({ min: 0.01, max: 100, noNaN: true }),
      fc.integer({ min: 0, max: 100_000_000 }),
      (intervalSeconds, count) => {
        const policy = healthCheck({
          intervalSeconds,
          baseEjectionSeconds: 0,
          consecutive5XxErrors: 1,
        });
        const detector = new OutlierDetector(policy, 10);
        const seconds = count * intervalSeconds;
        detector.onAnswer(0, true, seconds, 10);
        expect(detector.nextSweepSeconds).toBe((count + 1) * intervalSeconds);
      },
    );
    fc.assert(law, CAMPAIGN);
  });

  it("gives a replacement a clean record", () => {
    const detector = new OutlierDetector(healthCheck({ halfOpenRequests: 1 }), 10);
    failInARow(detector, 0, 0);
    detector.reset(0);
    expect([detector.ejected, detector.ejectedByErrors, detector.halfOpen]).toEqual([0, 0, 0]);
    expect(detector.nextSweepSeconds).toBe(NEVER);
    expect(detector.admits(0)).toBe(true);
    failInARow(detector, 0, 1);
    expect(sweepUntil(detector, 1e6)).toEqual([[33, 0]]);
    expect(detector.halfOpen).toBe(1);
    detector.reset(0);
    expect(detector.halfOpen).toBe(0);
    failInARow(detector, 0, 34, { errors: 4 });
    detector.reset(0);
    expect(failInARow(detector, 0, 34, { errors: 4 })).toBe(false);
    const checked = new OutlierDetector(healthCheck({}, { active: ACTIVE }), 10);
    for (let i = 0; i < 2; i++) checked.onProbe(0, false, i);
    checked.reset(0);
    for (let i = 0; i < 2; i++) expect(checked.onProbe(0, false, i)).toBe(false);
  });

  it("does nothing without a policy", () => {
    const detector = new OutlierDetector(
      { passive: undefined, active: undefined, panicThreshold: 0 },
      2,
    );
    expect(failInARow(detector, 0, 0, { errors: 1000 })).toBe(false);
    for (let i = 0; i < 10; i++) expect(detector.onProbe(0, false, i)).toBe(false);
    expect(detector.ejected).toBe(0);
  });
});

describe("half-open", () => {
  const step = fc.constantFrom("send", "send", "send", "error", "success", "lost");

  it("for all traffic, has at most n requests under way until one succeeds, and then any number", () => {
    const law = fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.array(step, { maxLength: 80, size: "max" }),
      (halfOpenRequests, steps) => {
        const detector = new OutlierDetector(
          healthCheck({ halfOpenRequests, consecutive5XxErrors: 1000 }),
          10,
        );
        failInARow(detector, 0, 0, { errors: 1000 });
        sweepUntil(detector, 30);
        let underWay = 0;
        let hasSucceeded = false;
        const [seen, wanted]: [unknown[], unknown[]] = [[], []];
        for (const what of steps) {
          seen.push(detector.admits(0), detector.halfOpen);
          wanted.push(hasSucceeded || underWay < halfOpenRequests, hasSucceeded ? 0 : 1);
          if (what === "send") {
            if (!detector.admits(0)) continue;
            detector.onSent(0);
            underWay++;
          } else if (underWay > 0) {
            if (what !== "lost") detector.onAnswer(0, what === "error", 31, 10);
            detector.onOver(0);
            underWay--;
            hasSucceeded ||= what === "success";
          }
        }
        expect(seen).toEqual(wanted);
      },
    );
    fc.assert(law, CAMPAIGN);
  });

  it("ends when the replica is ejected again, and begins anew when it is back", () => {
    const detector = new OutlierDetector(healthCheck({ halfOpenRequests: 1 }), 10);
    failInARow(detector, 0, 0);
    sweepUntil(detector, 30);
    failInARow(detector, 0, 30);
    expect([detector.ejected, detector.halfOpen]).toEqual([1, 0]);
    sweepUntil(detector, 90);
    expect([detector.ejected, detector.halfOpen]).toEqual([0, 1]);
  });

  it("fails when more requests are over than were sent", () => {
    const detector = new OutlierDetector(healthCheck(), 10);
    detector.onSent(3);
    detector.onOver(3);
    expect(() => detector.onOver(3)).toThrow(InvariantViolation);
  });
});

describe("active checks", () => {
  const checked = (changes: Partial<ResolvedPassiveHealthCheck> = {}): OutlierDetector =>
    new OutlierDetector(healthCheck(changes, { active: ACTIVE }), 10);

  it("for all results, take a place out after so many failures in a row and back after so many passes", () => {
    const law = fc.property(fc.array(fc.boolean(), { maxLength: 60, size: "max" }), (results) => {
      const detector = checked();
      const [seen, wanted]: [unknown[], unknown[]] = [[], []];
      let isOut = false;
      for (const [index, passed] of results.entries()) {
        const lastThree = results.slice(0, index + 1).slice(-3);
        const lastTwo = lastThree.slice(-2);
        const was = isOut;
        if (lastThree.length === 3 && !lastThree.includes(true)) isOut = true;
        if (lastTwo.length === 2 && !lastTwo.includes(false)) isOut = false;
        seen.push(detector.onProbe(0, passed, index), detector.isEjected(0), detector.ejected);
        wanted.push(isOut !== was, isOut, isOut ? 1 : 0);
      }
      expect(seen).toEqual(wanted);
    });
    fc.assert(law, CAMPAIGN);
  });

  it("that pass end an ejection at once, as Envoy's successful_active_health_check_uneject_host", () => {
    const detector = checked({ halfOpenRequests: 1 });
    failInARow(detector, 0, 1);
    expect(detector.onProbe(0, false, 2)).toBe(false);
    expect(detector.onProbe(0, true, 4)).toBe(true);
    expect([detector.ejected, detector.ejectedByErrors, detector.halfOpen]).toEqual([0, 0, 1]);
    expect(detector.nextSweepSeconds).toBe(NEVER);
    // Back at 4 s: the sweep at 6 s is too early to forget the ejection, that at 9 s is not
    const lengthFrom = (seconds: number): number => {
      failInARow(detector, 0, seconds);
      return sweepUntil(detector, 1e6)[0]![0] - seconds;
    };
    expect(lengthFrom(8.25)).toBe(60.75);
  });

  it("keep a place out whose ejection is over, until they pass", () => {
    const detector = checked();
    failInARow(detector, 0, 0);
    for (let i = 0; i < 3; i++) expect(detector.onProbe(0, false, 10 + i)).toBe(false);
    expect(sweepUntil(detector, 60)).toEqual([]);
    expect([detector.ejected, detector.ejectedByErrors]).toEqual([1, 0]);
    expect([detector.onProbe(0, true, 61), detector.onProbe(0, true, 66)]).toEqual([false, true]);
    expect(detector.admits(0)).toBe(true);
  });

  it("do not count against the share that errors may eject", () => {
    const detector = checked({ maxEjectionShare: 0.1 });
    for (let place = 0; place < 5; place++) {
      for (let i = 0; i < 3; i++) detector.onProbe(place, false, i);
    }
    expect(failInARow(detector, 7, 3)).toBe(true);
    expect([detector.ejected, detector.ejectedByErrors]).toEqual([6, 1]);
    expect(failInARow(detector, 8, 3)).toBe(false);
  });
});

describe("panic", () => {
  // Envoy, arch_overview/upstream/load_balancing/panic_threshold: 50 % by default, below and not at
  it("is when fewer than the threshold's share are healthy", () => {
    const detector = new OutlierDetector(healthCheck({ maxEjectionShare: 1 }), 10);
    const isPanicking = Array.from({ length: 10 }, (_, place) => {
      failInARow(detector, place, 0);
      return detector.isPanicking(10);
    });
    expect(isPanicking.indexOf(true)).toBe(5);
    expect(isPanicking.lastIndexOf(false)).toBe(4);
  });

  it("never is with a threshold of 0, nor without a replica", () => {
    const policy = healthCheck({ maxEjectionShare: 1 }, { panicThreshold: 0 });
    const detector = new OutlierDetector(policy, 1);
    failInARow(detector, 0, 0, { members: 1 });
    expect(detector.isPanicking(1)).toBe(false);
    const scaledAway = new OutlierDetector(healthCheck({ maxEjectionShare: 1 }), 1);
    failInARow(scaledAway, 0, 0, { members: 1 });
    expect(scaledAway.isPanicking(0)).toBe(false);
  });
});
