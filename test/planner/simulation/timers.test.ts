/** Timers come in order of time, each once, and only while what they wait for is not over: against a sorted list. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { TIMER, Timers } from "../../../planner/simulation/timers";

const SUBJECTS = 5;
const NEVER = Number.POSITIVE_INFINITY;

interface Tables {
  readonly timers: Timers;
  readonly requests: Int32Array;
  readonly replicas: Int32Array<ArrayBuffer>;
}

function tables(): Tables {
  const requests = new Int32Array(SUBJECTS);
  const replicas = new Int32Array(SUBJECTS);
  const timers = new Timers({ requests: { stamp: requests }, replicas: { stamp: replicas } });
  return { timers, requests, replicas };
}

const REQUEST_KINDS = [TIMER.attemptTimeout, TIMER.firstTokenTimeout, TIMER.heartbeat];
const REPLICA_KINDS = [TIMER.replicaReady, TIMER.drainOver];

/** What is done to the timers at one moment. */
const step = fc.record({
  what: fc.constantFrom("at", "after", "over", "take"),
  kind: fc.constantFrom(...REQUEST_KINDS, ...REPLICA_KINDS),
  subject: fc.nat(SUBJECTS - 1),
  delay: fc.constantFrom(0, 0.25, 0.5, 1.75, 3, NEVER),
});

describe("Timers", () => {
  it("for all histories, gives back each timer once, in order of time, unless its subject has moved on", () => {
    const law = fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const { timers, requests, replicas } = tables();
      let now = 0;
      let expected: { seconds: number; kind: number; subject: number }[] = [];
      const takeNext = (): void => {
        const next = timers.nextSeconds;
        const first = Math.min(NEVER, ...expected.map(({ seconds }) => seconds));
        expect(next).toBe(first);
        if (next === NEVER) return;
        timers.take(next);
        now = next;
        const { kind, subject } = timers;
        const place = expected.findIndex(
          (one) => one.seconds === next && one.kind === kind && one.subject === subject,
        );
        expect(place).toBeGreaterThanOrEqual(0);
        expected.splice(place, 1);
      };
      for (const { what, kind, subject, delay } of steps) {
        if (what === "take") {
          takeNext();
        } else if (what === "over") {
          const isOfReplica = kind >= TIMER.replicaReady;
          (isOfReplica ? replicas : requests)[subject]!++;
          expected = expected.filter(
            (one) => one.subject !== subject || one.kind >= TIMER.replicaReady !== isOfReplica,
          );
        } else {
          if (what === "at") timers.at(now + delay, kind, subject);
          else timers.after(now, delay, kind, subject);
          if (delay < NEVER) expected.push({ seconds: now + delay, kind, subject });
        }
      }
      while (expected.length > 0) takeNext();
      expect(timers.nextSeconds).toBe(NEVER);
    });
    fc.assert(law, { seed: 20_261_122, numRuns: 200 });
  });

  it("at one time, gives timers of their own time first, then those of a line, each in the order they were set", () => {
    const { timers } = tables();
    timers.after(1, 2, TIMER.hedge, 3);
    timers.at(3, TIMER.clientRetry, 1);
    timers.after(1, 2, TIMER.hedge, 0);
    timers.at(3, TIMER.clientRetry, 4);
    const taken = Array.from({ length: 4 }, () => {
      timers.take(timers.nextSeconds);
      return [timers.kind, timers.subject];
    });
    expect(taken).toEqual([
      [TIMER.clientRetry, 1],
      [TIMER.clientRetry, 4],
      [TIMER.hedge, 3],
      [TIMER.hedge, 0],
    ]);
  });

  it("keeps thousands of timers of one delay and of many in order", () => {
    const { timers } = tables();
    for (let i = 0; i < 3000; i++) {
      timers.after(i, 5000, TIMER.attemptTimeout, i % SUBJECTS);
      timers.at(9000 - i, TIMER.waitStepOver, i % SUBJECTS);
    }
    let before = 0;
    let count = 0;
    for (let next = timers.nextSeconds; next < NEVER; next = timers.nextSeconds) {
      expect(next).toBeGreaterThanOrEqual(before);
      before = next;
      timers.take(next);
      count++;
    }
    expect(count).toBe(6000);
  });
});
