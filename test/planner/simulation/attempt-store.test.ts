/** Slots are reused and keep nothing of the attempt that had them before. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { ATTEMPT, AttemptStore } from "../../../planner/simulation/attempt-store";

describe("AttemptStore", () => {
  it("for all histories, hands out no slot twice and lists the live ones", () => {
    const law = fc.property(fc.array(fc.option(fc.nat(), { nil: undefined })), (operations) => {
      const store = new AttemptStore();
      const live: number[] = [];
      for (const place of operations) {
        if (place === undefined || live.length === 0) {
          const slot = store.acquire();
          expect(live).not.toContain(slot);
          live.push(slot);
        } else {
          store.release(live.splice(place % live.length, 1)[0]!);
        }
        expect(store.inFlight).toBe(live.length);
      }
      expect(new Set(store.liveSlots())).toEqual(new Set(live));
    });
    fc.assert(law, { seed: 20_261_122, numRuns: 100 });
  });

  it("grows past its first capacity and keeps every column", () => {
    const store = new AttemptStore();
    const slots = Array.from({ length: 5000 }, (_, i) => {
      const slot = store.acquire();
      store.request[slot] = i;
      store.queuedSeconds[slot] = i / 7;
      store.inputTokens[slot] = i * 3;
      store.isTransferred[slot] = i % 2;
      if (i % 3 === 0) store.mark(slot, ATTEMPT.hedge);
      return slot;
    });
    expect(new Set(slots).size).toBe(5000);
    for (const [i, slot] of slots.entries()) {
      expect([
        store.request[slot],
        store.queuedSeconds[slot],
        store.inputTokens[slot],
        store.isTransferred[slot],
        store.has(slot, ATTEMPT.hedge),
      ]).toEqual([i, i / 7, i * 3, i % 2, i % 3 === 0]);
    }
  });

  it("starts a reused slot from nothing", () => {
    const store = new AttemptStore();
    const slot = store.acquire();
    store.generatedTokens[slot] = 9;
    store.cachedTokens[slot] = 9;
    store.heldSegments[slot] = 9;
    store.heldNode[slot] = 9;
    store.heldBlocks[slot] = 9;
    store.preemptions[slot] = 9;
    store.isTransferred[slot] = 1;
    store.admission[slot] = 9;
    store.queuedSeconds[slot] = 9;
    store.firstScheduledSeconds[slot] = 9;
    store.firstTokenSeconds[slot] = 9;
    store.replica[slot] = 9;
    store.pool[slot] = 9;
    store.prefix[slot] = { ids: [1], endTokens: [1], length: 1 };
    for (const flag of Object.values(ATTEMPT)) store.mark(slot, flag);
    store.release(slot);
    expect(store.prefix[slot]).toBeUndefined();
    expect(store.acquire()).toBe(slot);
    expect([
      store.generatedTokens[slot],
      store.cachedTokens[slot],
      store.heldSegments[slot],
      store.heldNode[slot],
      store.heldBlocks[slot],
      store.preemptions[slot],
      store.isTransferred[slot],
      store.admission[slot],
      store.queuedSeconds[slot],
      store.firstScheduledSeconds[slot],
      store.firstTokenSeconds[slot],
      store.replica[slot],
      store.pool[slot],
    ]).toEqual([0, 0, 0, -1, 0, 0, 0, -1, Number.NaN, Number.NaN, Number.NaN, -1, -1]);
    for (const flag of Object.values(ATTEMPT)) expect(store.has(slot, flag)).toBe(false);
  });

  it("keeps each flag apart from the others", () => {
    const store = new AttemptStore();
    const slot = store.acquire();
    const flags = Object.values(ATTEMPT);
    for (const flag of flags) {
      store.mark(slot, flag);
      expect(flags.filter((one) => store.has(slot, one))).toEqual([flag]);
      store.unmark(slot, flag);
    }
    expect(store.flags[slot]).toBe(0);
  });
});
