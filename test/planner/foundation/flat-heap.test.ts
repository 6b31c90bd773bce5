/** The heap against a sorted list. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { FlatHeap } from "../../../planner/foundation/flat-heap";

const CAMPAIGN = { seed: 20_261_122, numRuns: 200 };
const entry = fc.record({
  key: fc.integer({ min: 0, max: 8 }),
  order: fc.integer({ min: 0, max: 8 }),
});

describe("FlatHeap", () => {
  it("for all sequences of pushes and pops, gives the entries by key, then order", () => {
    const law = fc.property(
      fc.array(fc.option(entry, { nil: undefined }), { maxLength: 120 }),
      (operations) => {
        const heap = new FlatHeap(1);
        const model: { key: number; order: number; value: number }[] = [];
        for (const [value, operation] of operations.entries()) {
          if (operation !== undefined) {
            // Equal (key, order) would leave the value open: the order is made unique by the value.
            const order = operation.order * 1000 + value;
            heap.push(operation.key, order, value);
            model.push({ key: operation.key, order, value });
            model.sort((a, b) => a.key - b.key || a.order - b.order);
          } else if (model.length > 0) {
            expect(heap.pop()).toBe(model.shift()!.value);
          }
          expect(heap.size).toBe(model.length);
          expect(heap.topKey).toBe(model[0]?.key ?? Number.POSITIVE_INFINITY);
          if (model.length > 0) {
            expect([heap.topValue, heap.topOrder]).toEqual([model[0]!.value, model[0]!.order]);
          }
        }
      },
    );
    fc.assert(law, CAMPAIGN);
  });
});
