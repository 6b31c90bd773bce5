/**
 * Sessions whose context outgrows the window: cut, truncated, refused or summarised. Laws on random sessions of every
 * kind, then what a few turns must be, worked out by hand.
 */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import type {
  Distribution,
  ResolvedOverflow,
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
const lengths = (input: Distribution, output: Distribution): ResolvedWorkload["tokens"] => ({
  kind: "distributions",
  input,
  output,
  rankCorrelation: 0,
});

/** One client with one session after another, so that all turns of a session come in a row. */
function sessionsOf(
  overflow: ResolvedOverflow,
  over: Partial<ResolvedWorkload>,
  { turns = 8, requestsMax = 60, seed = 1 } = {},
): RequestSource {
  const workload = workloadWith({
    arrivals: { kind: "closed", concurrency: 1, thinkSeconds: constant(5), requestsMax },
    sessions: { turns: constant(turns), thinkSeconds: constant(1), overflow },
    ...over,
  });
  return createSources(scenarioWith([workload], 1e6), seed)[0]!;
}

/** Sessions of one client: a turn comes 2 s after the one before, a new session 6 s after it. */
function bySession(requests: readonly DrawnRequest[]): DrawnRequest[][] {
  const sessions: DrawnRequest[][] = [];
  let previous = Number.NEGATIVE_INFINITY;
  for (const request of requests) {
    if (request.arrivalSeconds - previous > 3) sessions.push([]);
    sessions.at(-1)!.push(request);
    previous = request.arrivalSeconds;
  }
  return sessions;
}

const run = (source: RequestSource) => bySession(serve(source, () => 1).requests);
const tokensOf = (turns: readonly DrawnRequest[]) =>
  turns.map((turn) => [turn.inputTokens, turn.outputTokens]);

const KINDS = ["end", "truncate", "reject", "summarise"] as const;
const overflows: fc.Arbitrary<ResolvedOverflow> = fc.oneof(
  fc.constantFrom<ResolvedOverflow>({ kind: "end" }, { kind: "truncate" }, { kind: "reject" }),
  fc
    .integer({ min: 1, max: 300 })
    .map((summaryTokens) => ({ kind: "summarise", summaryTokens }) as const),
);

const cases = fc.record({
  overflow: overflows,
  window: fc.integer({ min: 30, max: 900 }),
  input: fc.integer({ min: 1, max: 250 }),
  output: fc.integer({ min: 1, max: 120 }),
  shared: fc.constantFrom(0, 10, 60, 600, 1300),
  seed: fc.integer({ min: 1, max: 1e6 }),
});

/** Sessions of a random case, in order; the last may have been cut short by the end of the run. */
type Check = (
  sessions: readonly (readonly DrawnRequest[])[],
  one: { readonly window: number; readonly overflow: ResolvedOverflow },
) => readonly (string | undefined)[];

const TURNS = 12;

describe("laws of sessions that outgrow the window", () => {
  const seen = new Map<string, number>();
  /** No case breaks the law: `check` says what does. */
  const law = (check: Check) =>
    fc.assert(
      fc.property(cases, ({ overflow, window, input, output, shared, seed }) => {
        const prefix = { sharedTokens: shared, groups: 2, share: 0.8, skew: 0 };
        const source = sessionsOf(
          overflow,
          {
            contextWindowTokens: window,
            tokens: lengths(
              { kind: "uniform", min: 1, max: input },
              { kind: "uniform", min: 1, max: output },
            ),
            prefix: shared === 0 ? undefined : prefix,
          },
          { turns: TURNS, requestsMax: 4 * TURNS, seed },
        );
        const sessions = run(source);
        const { overflows: count } = source.clipped;
        seen.set(overflow.kind, (seen.get(overflow.kind) ?? 0) + count);
        const broken = check(sessions, { window, overflow }).filter((one) => one !== undefined);
        expect(broken).toEqual([]);
      }),
      { seed: 20_261_130, numRuns: 200 },
    );

  it("input and output stay within the window, whatever happens to the context", () => {
    law((sessions, { window }) =>
      sessions.flat().map(({ inputTokens, outputTokens }) => {
        const isWithin =
          inputTokens >= 1 && outputTokens >= 1 && inputTokens + outputTokens <= window;
        return isWithin ? undefined : `${inputTokens} + ${outputTokens} in ${window}`;
      }),
    );
    // The cases do reach what they are about.
    for (const kind of KINDS) expect(seen.get(kind)).toBeGreaterThan(100);
  });

  it("chains end at increasing places within the input, but for the turn's own, which ends in the output", () => {
    law((sessions) =>
      sessions.flat().map(({ ids, endTokens, inputTokens, outputTokens, isRefused }) => {
        if (isRefused) return ids.length === 0 ? undefined : `refused with ${ids}`;
        const before = endTokens.slice(0, -1);
        const isRising = endTokens.every((end, i) => end > (endTokens[i - 1] ?? 0) || i === 0);
        const isRight =
          ids.length === endTokens.length &&
          endTokens.at(-1) === inputTokens + outputTokens - 1 &&
          isRising &&
          before.every((end) => end > 0 && end < inputTokens);
        return isRight ? undefined : `${inputTokens} + ${outputTokens}: ${endTokens}`;
      }),
    );
  });

  it("a segment follows the same beginning wherever it is listed", () => {
    law((sessions) => {
      const beginnings = new Map<number, string>();
      return sessions.flat().flatMap(({ ids, endTokens }) =>
        ids.map((id, i) => {
          const beginning = `${ids.slice(0, i)} at ${endTokens.slice(0, i + 1)}`;
          const known = beginnings.get(id) ?? beginning;
          beginnings.set(id, known);
          return known === beginning ? undefined : `${id} after ${known} and after ${beginning}`;
        }),
      );
    });
  });

  it("only end and reject cut a session short, and only a rejected turn is refused, the last", () => {
    law((sessions, { overflow }) => {
      const isCut = overflow.kind === "end" || overflow.kind === "reject";
      const whole = sessions.slice(0, -1).map((turns) => {
        const isRight = turns.length === TURNS || (isCut && turns.length < TURNS);
        return isRight ? undefined : `${overflow.kind} after ${turns.length} turns`;
      });
      const refused = sessions.flatMap((turns) =>
        turns.map(({ isRefused }, i) => {
          const isRight = !isRefused || (overflow.kind === "reject" && i === turns.length - 1);
          return isRight ? undefined : `${overflow.kind} refuses turn ${i}`;
        }),
      );
      return [...whole, ...refused];
    });
  });

  it("draws are the same for every kind until the first overflow", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: 200, max: 900 }),
        (seed, window) => {
          const tokens = lengths(
            { kind: "uniform", min: 1, max: 150 },
            { kind: "uniform", min: 1, max: 80 },
          );
          const first = (overflow: ResolvedOverflow) =>
            run(sessionsOf(overflow, { contextWindowTokens: window, tokens }, { seed }))[0]!;
          const free = run(sessionsOf({ kind: "end" }, { tokens }, { seed }))[0]!;
          const fits = free.findIndex((turn) => turn.inputTokens + turn.outputTokens > window);
          const length = fits < 0 ? free.length : fits;
          for (const overflow of [
            { kind: "end" },
            { kind: "truncate" },
            { kind: "reject" },
            { kind: "summarise", summaryTokens: 20 },
          ] as const) {
            expect(tokensOf(first(overflow).slice(0, length))).toEqual(
              tokensOf(free.slice(0, length)),
            );
          }
        },
      ),
      { seed: 3, numRuns: 60 },
    );
  });
});

describe("a session of 200 + 30 tokens a turn in a window of 600", () => {
  const tokens = lengths(constant(200), constant(30));
  const over = { tokens, contextWindowTokens: 600 };
  const once = (overflow: ResolvedOverflow, more: Partial<ResolvedWorkload> = {}) => {
    const source = sessionsOf(overflow, { ...over, ...more }, { turns: 5, requestsMax: 5 });
    return { turns: run(source).flat(), clipped: source.clipped };
  };

  it("truncate: keeps the newest 370 tokens in front of each further turn", () => {
    const { turns, clipped } = once({ kind: "truncate" });
    // The third turn would be 460 + 200 + 30 = 690 tokens, so 90 of the context go; then 230 each time.
    expect(tokensOf(turns)).toEqual([
      [200, 30],
      [430, 30],
      [570, 30],
      [570, 30],
      [570, 30],
    ]);
    expect(clipped).toEqual({ inputs: 0, outputs: 0, overflows: 3 });
    // What is left has moved: each truncated turn begins anew.
    expect(turns.map((turn) => turn.endTokens)).toEqual([[229], [229, 459], [599], [599], [599]]);
    expect(new Set(turns.map((turn) => turn.ids[0])).size).toBe(4);
  });

  it("truncate: keeps the shared prompt in front, which can still be hit", () => {
    const prefix = { sharedTokens: 100, groups: 1, share: 1, skew: 0 };
    const { turns } = once({ kind: "truncate" }, { prefix });
    expect(tokensOf(turns)).toEqual(tokensOf(once({ kind: "truncate" }).turns));
    expect(turns.map((turn) => turn.endTokens)).toEqual([
      [100, 229],
      [100, 229, 459],
      [100, 599],
      [100, 599],
      [100, 599],
    ]);
    expect(new Set(turns.map((turn) => turn.ids[0])).size).toBe(1);
    const own = turns.map((turn) => turn.ids.at(-1));
    expect(new Set(own).size).toBe(5);
  });

  it("summarise: goes on behind the summary, and grows again", () => {
    const { turns, clipped } = once({ kind: "summarise", summaryTokens: 50 });
    // The third turn overflows: 50 + 200, then 280 + 200 and 510 + 200, which overflows again.
    expect(tokensOf(turns)).toEqual([
      [200, 30],
      [430, 30],
      [250, 30],
      [480, 30],
      [250, 30],
    ]);
    expect(clipped).toEqual({ inputs: 0, outputs: 0, overflows: 2 });
    expect(turns.map((turn) => turn.endTokens)).toEqual([
      [229],
      [229, 459],
      [279],
      [279, 509],
      [279],
    ]);
    expect(turns[3]!.ids[0]).toBe(turns[2]!.ids[0]);
    expect(turns[2]!.ids[0]).not.toBe(turns[0]!.ids[0]);
  });

  it("summarise: the summary stands behind the shared prompt", () => {
    const prefix = { sharedTokens: 100, groups: 1, share: 1, skew: 0 };
    const { turns } = once({ kind: "summarise", summaryTokens: 50 }, { prefix });
    expect(turns[2]).toMatchObject({ inputTokens: 350, outputTokens: 30, endTokens: [100, 379] });
    expect(turns[2]!.ids[0]).toBe(turns[0]!.ids[0]);
  });

  it("reject: refuses the third turn, and is over", () => {
    const source = sessionsOf({ kind: "reject" }, over, { turns: 5, requestsMax: 6 });
    const sessions = run(source);
    expect(sessions.map(tokensOf)).toEqual([
      [
        [200, 30],
        [430, 30],
        [599, 1],
      ],
      [
        [200, 30],
        [430, 30],
        [599, 1],
      ],
    ]);
    expect(sessions.map((turns) => turns.map((turn) => turn.isRefused))).toEqual([
      [false, false, true],
      [false, false, true],
    ]);
    // A refused turn is not cut: it is not sent at all.
    expect(source.clipped).toEqual({ inputs: 0, outputs: 0, overflows: 2 });
  });

  it("end: cuts the third turn, and is over", () => {
    const source = sessionsOf({ kind: "end" }, over, { turns: 5, requestsMax: 3 });
    expect(run(source).map(tokensOf)).toEqual([
      [
        [200, 30],
        [430, 30],
        [599, 1],
      ],
    ]);
    expect(source.clipped).toEqual({ inputs: 1, outputs: 1, overflows: 1 });
  });
});

describe("a turn that is too long by itself", () => {
  const over = { tokens: lengths(constant(700), constant(50)), contextWindowTokens: 600 };

  it.each([{ kind: "truncate" }, { kind: "summarise", summaryTokens: 100 }] as const)(
    "is cut and counted, and the session goes on: $kind",
    (overflow) => {
      const source = sessionsOf(overflow, over, { turns: 3, requestsMax: 3 });
      expect(run(source).map(tokensOf)).toEqual([
        [
          [599, 1],
          [599, 1],
          [599, 1],
        ],
      ]);
      expect(source.clipped).toEqual({ inputs: 3, outputs: 3, overflows: 3 });
    },
  );

  it("is refused as the first of a session, too", () => {
    const source = sessionsOf({ kind: "reject" }, over, { turns: 3, requestsMax: 2 });
    expect(run(source).map((turns) => turns.map((turn) => turn.isRefused))).toEqual([
      [true],
      [true],
    ]);
  });
});

it("a context that fills the window to the token leaves no segment beyond a cut input", () => {
  // 270 + 30 twice is the window of 600 exactly; the third turn is cut to 599, where the second one's segment ends.
  const source = sessionsOf(
    { kind: "end" },
    { tokens: lengths(constant(270), constant(30)), contextWindowTokens: 600 },
    { turns: 3, requestsMax: 3 },
  );
  expect(
    run(source)
      .flat()
      .map((turn) => turn.endTokens),
  ).toEqual([[299], [299, 599], [299, 599]]);
});

it("sessions of an open loop are refused and replaced in their turn", () => {
  const workload = workloadWith({
    arrivals: { ...OPEN, requestsPerSecond: 0.5, requestsMax: NEVER },
    tokens: lengths(constant(200), constant(30)),
    contextWindowTokens: 600,
    sessions: { turns: constant(9), thinkSeconds: constant(1), overflow: { kind: "reject" } },
  });
  const source = createSources(scenarioWith([workload], 500), 1)[0]!;
  const { requests } = serve(source, () => 0.5);
  const refused = requests.filter((request) => request.isRefused).length;
  const starts = requests.filter((request) => request.inputTokens === 200).length;
  expect(source.clipped.overflows).toBe(refused);
  // All but those of the last seconds have their third turn refused.
  expect(starts - refused).toBeLessThan(8);
  expect(requests.length - 3 * refused).toBeLessThan(16);
});
