import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  DURATION_SECONDS_MAX,
  gatewayDuration,
} from "../../../components/gateway/gateway-duration";
import { parseDurationMs } from "./parse-duration";

describe("gatewayDuration", () => {
  it("for all durations, is what GEP-2257 allows and says the same, to the millisecond", () => {
    const seconds = fc.oneof(
      fc.double({ min: 0, max: 10, noNaN: true }),
      fc.integer({ min: 0, max: DURATION_SECONDS_MAX }),
    );
    fc.assert(
      fc.property(seconds, (one) => {
        const text = gatewayDuration(one);
        // The pattern of the CRDs.
        expect(text).toMatch(/^([0-9]{1,5}(h|m|s|ms)){1,4}$/);
        expect(parseDurationMs(text)).toBe(Math.round(one * 1000));
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  it.each([
    [0, "0s"],
    [0.05, "50ms"],
    [90, "90s"],
    [3600, "3600s"],
    [90.5, "90500ms"],
    [200_000, "55h33m20s"],
  ])("writes %d s as %s", (seconds, text) => {
    expect(gatewayDuration(seconds)).toBe(text);
  });
});
