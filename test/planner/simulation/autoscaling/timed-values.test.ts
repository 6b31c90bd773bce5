/** The window against a filtered array. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { TimedValues } from "../../../../planner/simulation/autoscaling/timed-values";

const CAMPAIGN = { seed: 20_261_207, numRuns: 60 };

describe("TimedValues", () => {
  it("for all times, holds what is younger than the window, oldest first", () => {
    const anySteps = fc.array(
      fc.record({
        wait: fc.constantFrom(0, 0, 0, 1, 2, 20),
        value: fc.integer({ min: -9, max: 9 }),
      }),
      {
        minLength: 80,
        maxLength: 150,
      },
    );
    const law = fc.property(anySteps, fc.integer({ min: 0, max: 60 }), (steps, windowSeconds) => {
      const values = new TimedValues(windowSeconds);
      let plain: { seconds: number; value: number }[] = [];
      let seconds = 0;
      for (const { wait, value } of steps) {
        seconds += wait;
        values.forget(seconds);
        plain = plain.filter((one) => seconds - one.seconds < windowSeconds);
        const kept = Array.from({ length: values.length }, (_, i) => ({
          seconds: values.secondsAt(i),
          value: values.valueAt(i),
        }));
        expect(kept).toEqual(plain);
        const numbers = plain.map((one) => one.value);
        expect(values.sum()).toBe(numbers.reduce((sum, one) => sum + one, 0));
        expect(values.smallest(value)).toBe(Math.min(value, ...numbers));
        expect(values.largest(value)).toBe(Math.max(value, ...numbers));
        values.push(seconds, value);
        plain.push({ seconds, value });
      }
    });
    fc.assert(law, CAMPAIGN);
  });

  it("does not let rounding decide what is exactly as old as the window", () => {
    // 1 - 7 × 0.1 is a little less than 0.3 in float64.
    expect(1 - 7 * 0.1).toBeLessThan(0.3);
    const values = new TimedValues(0.3);
    values.push(7 * 0.1, 5);
    values.forget(1);
    expect(values.length).toBe(0);
  });
});
