/** The ring against an array. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { IndexDeque } from "../../../planner/foundation/index-deque";

const CAMPAIGN = { seed: 20_261_122, numRuns: 200 };

describe("IndexDeque", () => {
  it("for all sequences of pushes and pops, is a list with two ends", () => {
    const operation = fc.constantFrom("back", "back", "front", "pop");
    const law = fc.property(fc.array(operation, { maxLength: 150 }), (operations) => {
      const deque = new IndexDeque(2);
      const model: number[] = [];
      for (const [value, kind] of operations.entries()) {
        if (kind === "back") {
          deque.pushBack(value);
          model.push(value);
        } else if (kind === "front") {
          deque.pushFront(value);
          model.unshift(value);
        } else if (model.length > 0) {
          expect(deque.popFront()).toBe(model.shift());
        }
        expect(deque.length).toBe(model.length);
        if (model.length > 0) expect(deque.front).toBe(model[0]);
      }
    });
    fc.assert(law, CAMPAIGN);
  });
});
