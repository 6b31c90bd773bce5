import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { LeastCounts } from "../../../planner/foundation/least-counts";

/** What it must say, found by a scan: the lowest place among those with the smallest count that are in. */
function scan(counts: readonly number[], isIn: readonly boolean[]): { count: number; at: number } {
  let best = { count: Number.POSITIVE_INFINITY, at: -1 };
  for (const [at, count] of counts.entries()) {
    if (isIn[at] && count < best.count) best = { count, at };
  }
  return best;
}

describe("LeastCounts", () => {
  it("names the lowest of the places with the smallest count, whatever goes up, down, out and in", () => {
    const change = fc.record({
      place: fc.nat(99),
      by: fc.constantFrom(-1, 1, 1, 3, 40),
      isSwitch: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.array(change), (places, changes) => {
        const least = new LeastCounts(places);
        const counts = Array.from({ length: places }, () => 0);
        const isIn = counts.map(() => true);
        for (const { place: any, by, isSwitch } of changes) {
          const place = any % places;
          const before = counts[place]!;
          if (isSwitch) {
            if (isIn[place]) least.remove(place, before);
            else least.insert(place, before);
            isIn[place] = !isIn[place];
          } else {
            counts[place] = Math.max(0, before + by);
            if (isIn[place]) least.move(place, before, counts[place]);
          }
          const { count, at } = scan(counts, isIn);
          expect(least.smallest).toBe(count);
          if (at >= 0) expect(least.winner).toBe(at);
        }
      }),
      { seed: 11, numRuns: 400 },
    );
  });

  it("has a count of zero at every place to begin with", () => {
    const least = new LeastCounts(70);
    expect(least.smallest).toBe(0);
    for (let place = 0; place < 70; place++) {
      expect(least.winner).toBe(place);
      least.move(place, 0, 1);
    }
    expect(least.smallest).toBe(1);
    expect(least.winner).toBe(0);
  });
});
