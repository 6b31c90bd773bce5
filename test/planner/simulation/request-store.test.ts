/** Slots are reused and keep nothing of the request that had them before. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { RequestStore } from "../../../planner/simulation/request-store";

describe("RequestStore", () => {
  it("for all histories, hands out no slot twice and lists the live ones in order of arrival", () => {
    const law = fc.property(fc.array(fc.option(fc.nat(), { nil: undefined })), (operations) => {
      const store = new RequestStore();
      const live: number[] = [];
      for (const [serial, place] of operations.entries()) {
        if (place === undefined || live.length === 0) {
          const slot = store.acquire();
          expect(live).not.toContain(slot);
          store.serial[slot] = serial;
          live.push(slot);
        } else {
          store.release(live.splice(place % live.length, 1)[0]!);
        }
        expect(store.inFlight).toBe(live.length);
      }
      const bySerial = [...live].sort((a, b) => store.serial[a]! - store.serial[b]!);
      expect(store.liveSlots()).toEqual(bySerial);
    });
    fc.assert(law, { seed: 20_261_122, numRuns: 100 });
  });

  it("grows past its first capacity and keeps every column", () => {
    const store = new RequestStore();
    const slots = Array.from({ length: 5000 }, (_, i) => {
      const slot = store.acquire();
      store.serial[slot] = i;
      store.arrivalSeconds[slot] = i / 7;
      store.inputTokens[slot] = i * 3;
      store.isTransferred[slot] = i % 2;
      return slot;
    });
    expect(new Set(slots).size).toBe(5000);
    for (const [i, slot] of slots.entries()) {
      expect([
        store.serial[slot],
        store.arrivalSeconds[slot],
        store.inputTokens[slot],
        store.isTransferred[slot],
      ]).toEqual([i, i / 7, i * 3, i % 2]);
    }
  });

  it("starts a reused slot from nothing", () => {
    const store = new RequestStore();
    const slot = store.acquire();
    store.generatedTokens[slot] = 9;
    store.cachedTokens[slot] = 9;
    store.heldSegments[slot] = 9;
    store.heldBlocks[slot] = 9;
    store.preemptions[slot] = 9;
    store.isTransferred[slot] = 1;
    store.firstScheduledSeconds[slot] = 9;
    store.firstTokenSeconds[slot] = 9;
    store.replica[slot] = 9;
    store.pool[slot] = 9;
    store.prefix[slot] = { ids: [1], endTokens: [1], length: 1 };
    store.release(slot);
    expect(store.prefix[slot]).toBeUndefined();
    expect(store.acquire()).toBe(slot);
    expect([
      store.generatedTokens[slot],
      store.cachedTokens[slot],
      store.heldSegments[slot],
      store.heldBlocks[slot],
      store.preemptions[slot],
      store.isTransferred[slot],
      store.firstScheduledSeconds[slot],
      store.firstTokenSeconds[slot],
      store.replica[slot],
      store.pool[slot],
    ]).toEqual([0, 0, 0, 0, 0, 0, Number.NaN, Number.NaN, -1, -1]);
  });
});
