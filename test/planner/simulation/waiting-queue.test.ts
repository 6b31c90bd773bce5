/** The queue against a sorted list: by priority, then first come first served, the preempted first. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { WaitingQueue } from "../../../planner/simulation/waiting-queue";

const CAMPAIGN = { seed: 20_261_122, numRuns: 200 };

describe("WaitingQueue", () => {
  it.each([1, 3])("for all arrivals and preemptions, serves in order with %d levels", (levels) => {
    const operation = fc.tuple(
      fc.constantFrom("arrives", "is preempted", "is served"),
      fc.integer({ min: 0, max: 2 }),
    );
    const law = fc.property(fc.array(operation, { maxLength: 80 }), (operations) => {
      const queue = new WaitingQueue(levels);
      let model: { slot: number; level: number }[] = [];
      for (const [slot, [kind, priority]] of operations.entries()) {
        const level = levels === 1 ? 0 : priority;
        if (kind === "arrives") {
          queue.pushBack(slot, priority);
          model.push({ slot, level });
        } else if (kind === "is preempted") {
          queue.pushFront(slot, priority);
          model.unshift({ slot, level });
        } else if (model.length > 0) {
          const best = Math.min(...model.map((one) => one.level));
          const next = model.find((one) => one.level === best)!;
          expect(queue.front).toBe(next.slot);
          expect(queue.popFront()).toBe(next.slot);
          model = model.filter((one) => one !== next);
        }
        expect(queue.length).toBe(model.length);
      }
    });
    fc.assert(law, CAMPAIGN);
  });
});
