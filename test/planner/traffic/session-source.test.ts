import { describe, expect, it } from "@jest/globals";
import type {
  Distribution,
  ResolvedArrivals,
  ResolvedWorkload,
} from "../../../planner/scenario/resolved-scenario";
import { createSources } from "../../../planner/traffic/create-sources";
import type { RequestSource } from "../../../planner/traffic/request-source";
import {
  type DrawnRequest,
  OPEN,
  scenarioWith,
  serve,
  workloadWith,
} from "../../support/traffic-scenario";

const NEVER = Number.POSITIVE_INFINITY;
const constant = (value: number): Distribution => ({ kind: "constant", value });

function sessions(over: Partial<ResolvedWorkload> = {}, durationSeconds = 500): RequestSource {
  const workload = workloadWith({
    arrivals: { ...OPEN, requestsPerSecond: 0.5 },
    sessions: {
      turns: { kind: "uniform", min: 1, max: 6 },
      thinkSeconds: constant(3),
      overflow: { kind: "end" },
    },
    ...over,
  });
  return createSources(scenarioWith([workload], durationSeconds), 1)[0]!;
}

/** Requests of one session, by the identity of its first turn's own segment. */
function bySession(requests: readonly DrawnRequest[], sharedSegments: number): DrawnRequest[][] {
  const found = new Map<number, DrawnRequest[]>();
  for (const request of requests) {
    const key = request.ids[sharedSegments]!;
    found.set(key, [...(found.get(key) ?? []), request]);
  }
  return [...found.values()];
}

const service = (request: DrawnRequest): number => 0.01 * request.outputTokens;

describe("sessions", () => {
  it("grow: a turn's input is the context of the turn before and something new", () => {
    const { requests } = serve(sessions(), service);
    const conversations = bySession(requests, 0);
    expect(conversations.length).toBeGreaterThan(150);
    expect(Math.max(...conversations.map((turns) => turns.length))).toBe(6);
    for (const turns of conversations) {
      turns.forEach((turn, k) => {
        if (k === 0) return;
        const before = turns[k - 1]!;
        expect(turn.inputTokens).toBeGreaterThan(before.inputTokens + before.outputTokens);
        expect(turn.client).toBe(before.client);
        const overSeconds = before.arrivalSeconds + service(before);
        expect(turn.arrivalSeconds).toBeCloseTo(overSeconds + 3, 9);
      });
    }
  });

  it("have chains that are prefixes of each other, with all but the turn's own within the input", () => {
    const { requests } = serve(sessions(), service);
    for (const turns of bySession(requests, 0)) {
      turns.forEach((turn, k) => {
        expect(turn.ids).toHaveLength(k + 1);
        expect(turn.endTokens).toEqual(
          turns.slice(0, k + 1).map((t) => t.inputTokens + t.outputTokens - 1),
        );
        for (const end of turn.endTokens.slice(0, k)) expect(end).toBeLessThan(turn.inputTokens);
        if (k > 0) expect(turn.ids.slice(0, k)).toEqual(turns[k - 1]!.ids);
      });
    }
    const own = requests.map((request) => request.ids[request.ids.length - 1]);
    expect(new Set(own).size).toBe(requests.length);
  });

  it("start with the shared prompt of their group", () => {
    const prefix = { sharedTokens: 50, groups: 2, share: 1, skew: 0 };
    const tokens = {
      kind: "distributions",
      input: constant(200),
      output: constant(30),
      rankCorrelation: 0,
    } as const;
    const { requests } = serve(sessions({ prefix, tokens }), service);
    for (const request of requests) {
      expect(request.endTokens[0]).toBe(50);
      expect(request.endTokens[1]).toBe(229);
    }
    expect(new Set(requests.map((request) => request.ids[0])).size).toBe(2);
    const longest = requests.find((request) => request.ids.length === 4)!;
    // Three turns of 200 new tokens and two replies of 30 before the third.
    expect(longest.inputTokens).toBe(660);
    expect(longest.endTokens).toEqual([50, 229, 459, 689]);
  });

  it("arrive at the rate of the arrivals, which counts sessions", () => {
    const turns = constant(4);
    const { requests } = serve(
      sessions({ sessions: { turns, thinkSeconds: constant(1), overflow: { kind: "end" } } }, 4000),
      () => 0.1,
    );
    const starts = requests.filter((request) => request.ids.length === 1).length;
    // 2,000 expected; five standard deviations.
    expect(Math.abs(starts - 2000)).toBeLessThan(5 * Math.sqrt(2000));
    // All but the last few seconds' sessions take their four turns.
    expect(requests.length / starts).toBeGreaterThan(3.98);
  });

  it("are the same however fast the fleet is", () => {
    const shape = (turns: readonly DrawnRequest[]): string =>
      turns.map((turn) => `${turn.inputTokens}+${turn.outputTokens}`).join(" ");
    const slow = bySession(serve(sessions(), (r) => r.outputTokens / 20).requests, 0);
    const fast = bySession(serve(sessions(), () => 0.01).requests, 0);
    expect(slow.length).toBe(fast.length);
    const fastShapes = fast.map(shape);
    // No two sessions are alike: lengths of 1024 ± 512 and 256 ± 128 hardly ever meet twice.
    expect(new Set(fastShapes).size).toBeGreaterThan(fast.length - 5);
    slow.forEach((turns, i) => {
      // A slow fleet may leave the last turns to after the horizon.
      expect(fastShapes[i]!.startsWith(shape(turns))).toBe(true);
    });
  });

  it("end with a turn that does not fit the window, clipped and counted", () => {
    const tokens = {
      kind: "distributions",
      input: constant(200),
      output: constant(30),
      rankCorrelation: 0,
    } as const;
    const source = sessions({
      tokens,
      contextWindowTokens: 600,
      arrivals: { ...OPEN, requestsPerSecond: 0.01 },
      sessions: { turns: constant(10), thinkSeconds: constant(0), overflow: { kind: "end" } },
    });
    const { requests } = serve(source, () => 1);
    const conversations = bySession(requests, 0);
    for (const turns of conversations) {
      expect(turns.map((turn) => [turn.inputTokens, turn.outputTokens])).toEqual([
        [200, 30],
        [430, 30],
        [599, 1],
      ]);
    }
    const { length } = conversations;
    expect(source.clipped).toEqual({ inputs: length, outputs: length, overflows: length });
  });

  it("stop after requestsMax, and start no turn after the horizon", () => {
    const arrivals = { ...OPEN, requestsMax: 25 };
    expect(serve(sessions({ arrivals }), service).requests).toHaveLength(25);
    const { requests } = serve(sessions({}, 40), service);
    expect(requests.every((request) => request.arrivalSeconds < 40)).toBe(true);
  });

  it("in a closed loop, each client holds one after another", () => {
    const arrivals: ResolvedArrivals = {
      kind: "closed",
      concurrency: 3,
      thinkSeconds: constant(7),
      requestsMax: NEVER,
    };
    const source = sessions({
      arrivals,
      sessions: { turns: constant(2), thinkSeconds: constant(3), overflow: { kind: "end" } },
    });
    const { requests, outstandingMax } = serve(source, () => 1);
    expect(outstandingMax).toBe(3);
    const times = requests.filter((r) => r.client === 1).map((r) => r.arrivalSeconds);
    // Turn at 0, its second at 0 + 1 + 3, the next session at 4 + 1 + 7, and so on.
    expect(times.slice(0, 5)).toEqual([0, 4, 12, 16, 24]);
    const fresh = requests.filter((request) => request.ids.length === 1);
    expect(Math.abs(requests.length / fresh.length - 2)).toBeLessThan(0.1);
  });
});
