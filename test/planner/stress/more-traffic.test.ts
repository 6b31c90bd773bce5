/** More of the same traffic: counts, times and populations, for every kind of arrivals. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { withMoreRows, withMoreTraffic } from "../../../planner/stress/more-traffic";
import { createSources } from "../../../planner/traffic/create-sources";
import type { RequestDraw } from "../../../planner/traffic/request-source";
import { resolvedScenario, resolvedWorkload } from "../../support/resolved";
import { traceOf } from "./stress-fixture";

const gaps = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), {
  minLength: 1,
  maxLength: 60,
});
const factors = fc.constantFrom(1, 1.25, 1.5, 2, 3);

function traceWithGaps(lengths: readonly number[]) {
  let seconds = 0;
  return traceOf(
    lengths.map((gap, row) => {
      const arrival = seconds;
      seconds += gap;
      return [arrival, row + 1, 2 * row + 1];
    }),
  );
}

describe("withMoreRows", () => {
  it("has each row its number of times: ⌊n · factor⌋ in all, in order, within the time of the trace", () => {
    fc.assert(
      fc.property(gaps, factors, (lengths, factor) => {
        const trace = traceWithGaps(lengths);
        const more = withMoreRows(trace, factor);
        expect(more.requests).toBe(Math.floor(trace.requests * factor));
        const last = trace.arrivalSeconds[trace.requests - 1]!;
        for (let row = 0; row < more.requests; row++) {
          const seconds = more.arrivalSeconds[row]!;
          expect(seconds).toBeGreaterThanOrEqual(more.arrivalSeconds[row - 1] ?? 0);
          expect(seconds).toBeLessThanOrEqual(last);
          // Lengths stay those of one row: input n came with output 2n − 1.
          expect(more.outputTokens[row]).toBe(2 * more.inputTokens[row]! - 1);
        }
        // Rows are hit evenly: any beginning of the trace has its share, to within one row.
        const half = Math.floor(trace.requests / 2);
        const early = more.inputTokens.filter((tokens) => tokens <= half).length;
        expect(early).toBe(Math.floor(half * factor));
      }),
    );
  });

  it("gives copies prefixes of their own, shared as the originals are shared", () => {
    const blocks = {
      tokensPerBlock: 16,
      ids: Int32Array.from([0, 1, 0, 2, 0]),
      offsets: Int32Array.from([0, 2, 4, 5]),
      distinct: 3,
    };
    const rows = [0, 10, 20].map((at) => [at, 32, 1] as const);
    const { prefixBlocks } = withMoreRows(traceOf(rows, blocks), 2);
    expect(prefixBlocks).toEqual({
      tokensPerBlock: 16,
      ids: Int32Array.from([0, 1, 3, 4, 0, 2, 3, 5, 0, 3]),
      offsets: Int32Array.from([0, 2, 4, 6, 8, 9, 10]),
      distinct: 6,
    });
  });
});

describe("withMoreTraffic", () => {
  it("multiplies rates, clients and the most that are sent", () => {
    const open = withMoreTraffic(
      resolvedWorkload({
        arrivals: {
          kind: "open",
          requestsPerSecond: 10,
          process: { kind: "poisson" },
          profile: { kind: "constant" },
          requestsMax: 101,
        },
      }),
      1.5,
    );
    expect(open.arrivals).toMatchObject({ requestsPerSecond: 15, requestsMax: 152 });
    const endless = withMoreTraffic(resolvedWorkload(), 2);
    expect(endless.arrivals).toMatchObject({ requestsMax: Number.POSITIVE_INFINITY });
    const closed = withMoreTraffic(
      resolvedWorkload({
        arrivals: {
          kind: "closed",
          concurrency: 32,
          thinkSeconds: { kind: "constant", value: 1 },
          requestsMax: 100,
        },
      }),
      1.5,
    );
    expect(closed.arrivals).toMatchObject({ concurrency: 48, requestsMax: 150 });
  });

  it("sends that many more, by the sources that the simulator uses", () => {
    const trace = traceOf([...Array(100).keys()].map((row) => [row, 10, 1] as const));
    const arrivals = { kind: "trace", trace, speed: 1, loop: false, sample: 1 } as const;
    const replayed = resolvedWorkload({ arrivals, tokens: { kind: "from-arrivals" } });
    for (const [workload, expected] of [
      [resolvedWorkload(), 1500],
      [replayed, 150],
    ] as const) {
      const scenario = resolvedScenario({
        workloads: [withMoreTraffic(workload, 1.5)],
        durationSeconds: 100,
      });
      const [source] = createSources(scenario, 1);
      const draw = {} as RequestDraw;
      let count = 0;
      while (source!.peekSeconds() < Number.POSITIVE_INFINITY) {
        source!.take(draw);
        count++;
      }
      // A Poisson count is within four standard deviations of its mean; a replay is exact.
      const slack = workload === replayed ? 0 : 4 * Math.sqrt(expected);
      expect(Math.abs(count - expected)).toBeLessThanOrEqual(slack);
    }
  });
});
