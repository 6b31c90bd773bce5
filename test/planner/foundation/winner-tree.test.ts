/** The tree against a scan of all keys. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { WinnerTree } from "../../../planner/foundation/winner-tree";

const CAMPAIGN = { seed: 20_261_122, numRuns: 200 };
const key = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constant(Number.POSITIVE_INFINITY));

describe("WinnerTree", () => {
  it("for all changes, holds the first of the smallest keys", () => {
    const law = fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.array(fc.tuple(fc.nat(), key), { maxLength: 100 }),
      (size, changes) => {
        const tree = new WinnerTree(size);
        const keys = Array<number>(size).fill(Number.POSITIVE_INFINITY);
        for (const [place, value] of changes) {
          const index = place % size;
          tree.set(index, value);
          keys[index] = value;
          const smallest = Math.min(...keys);
          expect(tree.smallest).toBe(smallest);
          expect(tree.winner).toBe(keys.indexOf(smallest));
          expect(tree.key(index)).toBe(value);
        }
      },
    );
    fc.assert(law, CAMPAIGN);
  });

  it("starts with the initial key, and its first index wins", () => {
    for (const size of [1, 2, 3, 7, 8, 9]) {
      const tree = new WinnerTree(size, 0);
      expect([tree.winner, tree.smallest]).toEqual([0, 0]);
      for (let i = 0; i + 1 < size; i++) {
        tree.set(i, 1);
        expect(tree.winner).toBe(i + 1);
      }
    }
  });
});
