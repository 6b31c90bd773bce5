/** Requests in flight: indexes are reused, the order of arrival is kept, and no timer outlives its request. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { REQUEST, RequestTable } from "../../../planner/simulation/request-table";

describe("RequestTable", () => {
  it("for all histories, lists the live requests in order of arrival, whatever index they have", () => {
    const law = fc.property(fc.array(fc.option(fc.nat(), { nil: undefined })), (operations) => {
      const table = new RequestTable();
      const live: number[] = [];
      for (const [serial, place] of operations.entries()) {
        if (place === undefined || live.length === 0) {
          const request = table.acquire();
          expect(live).not.toContain(request);
          table.serial[request] = serial;
          live.push(request);
        } else {
          table.release(live.splice(place % live.length, 1)[0]!);
        }
        expect(table.inFlight).toBe(live.length);
      }
      expect(table.liveRequests()).toEqual(live);
    });
    fc.assert(law, { seed: 20_261_122, numRuns: 100 });
  });

  it("changes the stamp of an index when its request ends, and when another one has it", () => {
    const table = new RequestTable();
    const request = table.acquire();
    const first = table.stamp[request]!;
    table.release(request);
    const between = table.stamp[request]!;
    expect(table.acquire()).toBe(request);
    expect(new Set([first, between, table.stamp[request]!]).size).toBe(3);
  });

  it("starts a reused index without attempt, place, retries, flags or anything drawn for the last", () => {
    const table = new RequestTable();
    const request = table.acquire();
    for (const flag of Object.values(REQUEST)) table.mark(request, flag);
    table.attempt[request] = 9;
    table.attemptsOfAll[request] = 9;
    table.gateway[request] = 9;
    table.waitingSeconds[request] = 9;
    table.cell[request] = 9;
    table.queueSeconds[request] = 9;
    table.clientRetries[request] = 9;
    table.gatewayRetriesOfAll[request] = 9;
    table.hedges[request] = 9;
    table.prefix[request] = { ids: [1], endTokens: [1], length: 1 };
    table.chain[request] = {
      inputTokens: new Int32Array(1),
      outputTokens: new Int32Array(1),
      prefixes: [undefined],
      waitSeconds: new Float64Array(1),
      fails: new Uint8Array(1),
    };
    table.release(request);
    expect(table.acquire()).toBe(request);
    expect([
      table.flags[request],
      table.attempt[request],
      table.attemptsOfAll[request],
      table.gateway[request],
      table.waitingSeconds[request],
      table.cell[request],
      table.queueSeconds[request],
      table.clientRetries[request],
      table.gatewayRetriesOfAll[request],
      table.hedges[request],
      table.prefix[request],
      table.chain[request],
    ]).toEqual([0, -1, 0, -1, Number.NaN, -1, 0, 0, 0, 0, undefined, undefined]);
  });

  it("grows past its first capacity and keeps what was there", () => {
    const table = new RequestTable();
    const requests = Array.from({ length: 3000 }, (_, i) => {
      const request = table.acquire();
      table.serial[request] = i;
      table.arrivalSeconds[request] = i / 7;
      return request;
    });
    expect(table.liveRequests()).toEqual(requests);
    for (const [i, request] of requests.entries()) {
      expect(table.arrivalSeconds[request]).toBe(i / 7);
      expect(table.stamp[request]).not.toBe(0);
    }
  });
});
