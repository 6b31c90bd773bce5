/** The window against a list of all requests. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { SuccessWindow } from "../../../../planner/simulation/gateway/success-window";

const CAMPAIGN = { seed: 20_261_122, numRuns: 100 };

describe("SuccessWindow", () => {
  it("for all requests, counts each until its sample, at most a second older, is a window old", () => {
    const request = fc.record({
      gap: fc.oneof(
        fc.double({ min: 0, max: 0.4, noNaN: true }),
        fc.double({ min: 0, max: 9, noNaN: true }),
      ),
      success: fc.boolean(),
    });
    const windows = fc.constantFrom(0.5, 1, 2.5, 7, 30);
    const law = fc.property(
      windows,
      fc.array(request, { maxLength: 150, size: "max" }),
      (length, requests) => {
        const window = new SuccessWindow(length);
        const ages: { since: number; success: boolean }[] = [];
        let seconds = 0;
        const breaches: number[] = [];
        for (const { gap, success } of requests) {
          seconds += gap;
          window.record(success, seconds);
          ages.push({ since: seconds, success });
          const counted = (age: number, wanted: (one: boolean) => boolean): number =>
            ages.filter((one) => seconds - one.since < age && wanted(one.success)).length;
          const all = (): boolean => true;
          const only = (one: boolean): boolean => one;
          const isRight =
            window.requests <= counted(length, all) &&
            window.requests >= Math.max(counted(length - 1, all), 1) &&
            window.successes <= counted(length, only) &&
            window.successes >= counted(length - 1, only) &&
            window.successes <= window.requests;
          if (!isRight) breaches.push(seconds, window.requests, window.successes);
        }
        expect(breaches).toEqual([]);
        window.advance(seconds + length + 1e-6);
        expect([window.requests, window.successes]).toEqual([0, 0]);
      },
    );
    fc.assert(law, CAMPAIGN);
  });

  it("drops a sample whole, with all of its second", () => {
    const window = new SuccessWindow(3);
    for (const seconds of [0, 0.5, 0.99, 1, 2]) window.record(true, seconds);
    window.advance(2.99);
    expect(window.requests).toBe(5);
    window.advance(3);
    expect(window.requests).toBe(2);
    window.advance(4);
    expect(window.requests).toBe(1);
  });
});
