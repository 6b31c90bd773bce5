import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type {
  ResolvedArrivals,
  ResolvedWorkload,
} from "../../../planner/scenario/resolved-scenario";
import { createSources } from "../../../planner/traffic/create-sources";
import type { RequestSource } from "../../../planner/traffic/request-source";
import { drain, scenarioWith, traceOf, workloadWith } from "../../support/traffic-scenario";

const NEVER = Number.POSITIVE_INFINITY;
const TRACE = traceOf([
  [0, 100, 11],
  [0.5, 200, 22],
  [0.5, 300, 33],
  [6, 400, 44],
]);

function replay(
  over: Partial<Extract<ResolvedArrivals, { kind: "trace" }>>,
  durationSeconds = NEVER,
  workload: Partial<ResolvedWorkload> = {},
): RequestSource {
  const arrivals = {
    kind: "trace",
    trace: TRACE,
    speed: 1,
    loop: false,
    sample: 1,
    ...over,
  } as const;
  const tokens = { kind: "from-arrivals" } as const;
  const scenario = scenarioWith([workloadWith({ arrivals, tokens, ...workload })], durationSeconds);
  return createSources(scenario, 3)[0]!;
}

const rowsOf = (source: RequestSource, countMax?: number): (readonly [number, number, number])[] =>
  drain(source, countMax).map((request) => [
    request.arrivalSeconds,
    request.inputTokens,
    request.outputTokens,
  ]);

describe("trace replay", () => {
  const traces = fc
    .array(
      fc.tuple(
        fc.double({ min: 0, max: 20, noNaN: true }),
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 1, max: 900 }),
      ),
      {
        minLength: 1,
        maxLength: 40,
      },
    )
    .map((steps) => {
      let seconds = 0;
      return steps.map(([gap, input, output], i) => {
        seconds += i === 0 ? 0 : gap;
        return [seconds, input, output] as const;
      });
    });

  it("for all traces, gives the trace exactly at speed 1 and half its times at speed 2", () => {
    fc.assert(
      fc.property(traces, (rows) => {
        const trace = traceOf(rows);
        expect(rowsOf(replay({ trace }))).toEqual(rows);
        expect(rowsOf(replay({ trace, speed: 2 }))).toEqual(
          rows.map(([seconds, input, output]) => [seconds / 2, input, output]),
        );
      }),
      { seed: 41, numRuns: 100 },
    );
  });

  it("stops at the horizon", () => {
    expect(rowsOf(replay({}, 6))).toHaveLength(3);
    expect(rowsOf(replay({ loop: true }, 6))).toHaveLength(3);
  });

  it("loops with a period of the last arrival and one mean gap", () => {
    // Mean gap 6 s / 3 = 2 s, so a pass takes 8 s, and 4 s at double speed.
    expect(rowsOf(replay({ loop: true }, 20)).map((row) => row[0])).toEqual([
      0, 0.5, 0.5, 6, 8, 8.5, 8.5, 14, 16, 16.5, 16.5,
    ]);
    expect(rowsOf(replay({ loop: true, speed: 2 }, 5)).map((row) => row[0])).toEqual([
      0, 0.25, 0.25, 3, 4, 4.25, 4.25,
    ]);
  });

  it("keeps a sample of the rows, at their own times and with their own lengths", () => {
    const all = rowsOf(replay({ loop: true }, 8000));
    const kept = rowsOf(replay({ loop: true, sample: 0.25 }, 8000));
    // Five standard deviations of 4,000 draws with probability 1/4.
    expect(Math.abs(kept.length - 1000)).toBeLessThan(5 * Math.sqrt(750));
    const known = new Set(all.map((row) => row.join()));
    expect(kept.every((row) => known.has(row.join()))).toBe(true);
    expect(rowsOf(replay({ loop: true, sample: 0 }, 100))).toEqual([]);
  });

  it("takes arrivals only, when the lengths are drawn", () => {
    const tokens = {
      kind: "distributions",
      input: { kind: "constant", value: 7 },
      output: { kind: "constant", value: 3 },
      rankCorrelation: 0,
    } as const;
    expect(rowsOf(replay({}, NEVER, { tokens }))).toEqual([
      [0, 7, 3],
      [0.5, 7, 3],
      [0.5, 7, 3],
      [6, 7, 3],
    ]);
  });

  it("clips to the window and counts", () => {
    const source = replay({}, NEVER, { contextWindowTokens: 310 });
    expect(rowsOf(source).slice(1)).toEqual([
      [0.5, 200, 22],
      [0.5, 300, 10],
      [6, 309, 1],
    ]);
    expect(source.clipped).toEqual({ inputs: 1, outputs: 2, overflows: 0 });
  });
});

describe("prefix blocks of a trace", () => {
  const trace = traceOf(
    [
      [0, 30, 1],
      [1, 32, 1],
      [2, 25, 1],
      [3, 5, 1],
    ],
    {
      tokensPerBlock: 10,
      rows: [[0, 1, 2], [0, 1, 3, 4], [0, 5, 6], [7]],
    },
  );

  it("are whole blocks within the input, shared where the trace shares them", () => {
    const requests = drain(replay({ trace }));
    expect(requests.map((request) => request.endTokens)).toEqual([
      [10, 20, 30],
      [10, 20, 30],
      [10, 20],
      [],
    ]);
    const [first, second, third] = requests.map((request) => request.ids);
    expect(second!.slice(0, 2)).toEqual(first!.slice(0, 2));
    expect(second![2]).not.toBe(first![2]);
    expect(third![0]).toBe(first![0]);
    expect(third![1]).not.toBe(first![1]);
  });

  it("are cut with a clipped input", () => {
    const requests = drain(replay({ trace }, NEVER, { contextWindowTokens: 20 }));
    expect(requests.map((request) => request.endTokens)).toEqual([[10], [10], [10], []]);
  });

  it("are new content on each pass of a loop", () => {
    const requests = drain(replay({ trace, loop: true }, 8));
    expect(requests).toHaveLength(8);
    const firstPass = new Set(requests.slice(0, 4).flatMap((request) => request.ids));
    for (const { ids } of requests.slice(4))
      for (const id of ids) expect(firstPass.has(id)).toBe(false);
    expect(requests[4]!.ids[0]).toBe(requests[5]!.ids[0]);
  });

  it("never meet those of another workload", () => {
    const arrivals = { kind: "trace", trace, speed: 1, loop: true, sample: 1 } as const;
    const tokens = { kind: "from-arrivals" } as const;
    const workloads = ["chat", "code"].map((name) => workloadWith({ name, arrivals, tokens }));
    const [chat, code] = createSources(scenarioWith(workloads, 30), 1);
    const seen = new Set<number>();
    // Taken in turns, so that the passes of both claim identities alternately.
    for (let i = 0; i < 20; i++) {
      for (const id of drain(chat!, 1).flatMap((request) => request.ids)) seen.add(id);
      for (const id of drain(code!, 1).flatMap((request) => request.ids))
        expect(seen.has(id)).toBe(false);
    }
  });
});
