/** The heap and the list of small integers against sorted and plain arrays. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { IndexHeap } from "../../../../planner/simulation/queue/index-heap";
import { IndexList } from "../../../../planner/simulation/queue/index-list";

const CAMPAIGN = { seed: 20_261_202, numRuns: 100 };

const anySteps = fc.array(fc.record({ index: fc.nat(99), key: fc.nat(1e6) }), {
  minLength: 50,
  maxLength: 200,
});

describe("IndexHeap", () => {
  it("for all indexes that come and go, has the one with the smallest key on top", () => {
    const law = fc.property(anySteps, (steps) => {
      const heap = new IndexHeap();
      const plain = new Map<number, number>();
      for (const [step, { index, key }] of steps.entries()) {
        expect(heap.has(index)).toBe(plain.has(index));
        if (plain.delete(index)) {
          heap.remove(index);
        } else {
          // The step makes keys unique, which the heap asks for.
          const unique = key + step / 1000;
          plain.set(index, unique);
          heap.push(index, unique);
        }
        expect(heap.size).toBe(plain.size);
        const [top] = [...plain].sort((a, b) => a[1] - b[1]);
        if (top !== undefined) expect(heap.top).toBe(top[0]);
      }
      for (const [index] of [...plain].sort((a, b) => a[1] - b[1])) {
        expect(heap.top).toBe(index);
        heap.remove(index);
      }
      expect(heap.size).toBe(0);
    });
    fc.assert(law, CAMPAIGN);
  });
});

describe("IndexList", () => {
  it("for all indexes that come and go, keeps them in the order in which they came", () => {
    const law = fc.property(anySteps, (steps) => {
      const list = new IndexList();
      let plain: number[] = [];
      for (const { index } of steps) {
        expect(list.has(index)).toBe(plain.includes(index));
        if (plain.includes(index)) {
          list.remove(index);
          plain = plain.filter((one) => one !== index);
        } else {
          list.pushBack(index);
          plain.push(index);
        }
        expect(list.length).toBe(plain.length);
      }
      for (const index of plain) {
        expect(list.front).toBe(index);
        list.remove(index);
      }
      expect(list.length).toBe(0);
    });
    fc.assert(law, CAMPAIGN);
  });
});
