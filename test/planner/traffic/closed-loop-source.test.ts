import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { createSources } from "../../../planner/traffic/create-sources";
import type { RequestSource } from "../../../planner/traffic/request-source";
import {
  type DrawnRequest,
  scenarioWith,
  serve,
  workloadWith,
} from "../../support/traffic-scenario";

const NEVER = Number.POSITIVE_INFINITY;

function closedLoop(options: {
  readonly concurrency: number;
  readonly thinkSeconds: number;
  readonly requestsMax?: number;
  readonly durationSeconds?: number;
}): RequestSource {
  const arrivals = {
    kind: "closed",
    concurrency: options.concurrency,
    thinkSeconds: { kind: "constant", value: options.thinkSeconds },
    requestsMax: options.requestsMax ?? NEVER,
  } as const;
  const scenario = scenarioWith([workloadWith({ arrivals })], options.durationSeconds ?? 100);
  return createSources(scenario, 1)[0]!;
}

const byClient = (requests: readonly DrawnRequest[], client: number): DrawnRequest[] =>
  requests.filter((request) => request.client === client);

describe("closed loop", () => {
  it("for all loads, never has more requests at once than clients, and reaches that number", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.double({ min: 0, max: 3, noNaN: true }),
        fc.double({ min: 0.1, max: 5, noNaN: true }),
        (concurrency, thinkSeconds, scale) => {
          const source = closedLoop({ concurrency, thinkSeconds });
          const { requests, outstandingMax } = serve(
            source,
            (request) => (scale * request.outputTokens) / 256 + 0.05,
          );
          expect(outstandingMax).toBe(concurrency);
          expect(
            requests.slice(0, concurrency).every((request) => request.arrivalSeconds === 0),
          ).toBe(true);
          expect(requests.every((request) => request.arrivalSeconds < 100)).toBe(true);
        },
      ),
      { seed: 51, numRuns: 40 },
    );
  });

  it("sends a client's next request when the last is over and it has thought", () => {
    const { requests } = serve(closedLoop({ concurrency: 3, thinkSeconds: 1.5 }), () => 2);
    for (const client of [0, 1, 2]) {
      const times = byClient(requests, client).map((request) => request.arrivalSeconds);
      expect(times.slice(0, 4)).toEqual([0, 3.5, 7, 10.5]);
    }
    // Little's law for a closed loop: N clients, one request each per 3.5 s.
    expect(requests).toHaveLength(3 * Math.ceil(100 / 3.5));
  });

  it("gives a client the same requests however fast the fleet is", () => {
    const slow = serve(closedLoop({ concurrency: 4, thinkSeconds: 1 }), (r) => r.inputTokens / 100);
    const fast = serve(closedLoop({ concurrency: 4, thinkSeconds: 1 }), () => 0.5);
    for (const client of [0, 1, 2, 3]) {
      const some = byClient(slow.requests, client).map((r) => [r.inputTokens, r.outputTokens]);
      const more = byClient(fast.requests, client).map((r) => [r.inputTokens, r.outputTokens]);
      expect(more.length).toBeGreaterThan(some.length);
      expect(more.slice(0, some.length)).toEqual(some);
    }
    const firsts = fast.requests.slice(0, 4).map((r) => `${r.inputTokens}+${r.outputTokens}`);
    expect(new Set(firsts).size).toBe(4);
  });

  it("stops after requestsMax, and has nothing to send while all clients wait", () => {
    expect(
      serve(closedLoop({ concurrency: 4, thinkSeconds: 0, requestsMax: 10 }), () => 1).requests,
    ).toHaveLength(10);
    const source = closedLoop({ concurrency: 1, thinkSeconds: 5 });
    const { requests } = serve(source, () => NEVER);
    expect(requests).toHaveLength(1);
    expect(source.peekSeconds()).toBe(NEVER);
    source.finished(0, 20);
    expect(source.peekSeconds()).toBe(25);
    source.take({ ...requests[0]!, prefix: undefined });
    source.finished(0, 95);
    expect(source.peekSeconds()).toBe(NEVER);
  });
});
