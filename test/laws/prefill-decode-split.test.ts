/**
 * Prefill and decode in pools apart, worked out by hand where nothing queues: the first token comes from the
 * prefill replica, the others from the decode replica once the KV has crossed the network. And what no split
 * may lose: requests, and the blocks of both pools.
 */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import type { ResolvedPool } from "../../planner/fleet/resolved-fleet";
import type { ResolvedScenario } from "../../planner/scenario/resolved-scenario";
import { kvBytesPerToken } from "../../planner/simulation/kv-bytes";
import { lawSettings } from "../support/random-fleet";
import { resolvedPool, resolvedScenario, resolvedWorkload } from "../support/resolved";
import { observe } from "../support/rows";
import { traceOf } from "../support/traffic-scenario";

const TRANSFER = { bytesPerSecond: 1e9, latencySeconds: 0.05 };

function pools(blocks: { readonly prefill: number; readonly decode: number }): ResolvedPool[] {
  const common = { kvTransfer: TRANSFER, replicas: 1 };
  return [
    resolvedPool({
      ...common,
      name: "region/decode",
      role: "decode",
      engine: { kvBlocks: blocks.decode },
    }),
    resolvedPool({
      ...common,
      name: "region/prefill",
      role: "prefill",
      engine: { kvBlocks: blocks.prefill },
    }),
  ];
}

function replay(
  fleet: readonly ResolvedPool[],
  rows: readonly (readonly [number, number, number])[],
): ResolvedScenario {
  return resolvedScenario({
    pools: fleet,
    workloads: [
      resolvedWorkload({
        arrivals: { kind: "trace", trace: traceOf(rows), speed: 1, loop: false, sample: 1 },
        tokens: { kind: "from-arrivals" },
      }),
    ],
    durationSeconds: 1e5,
  });
}

/** Seconds of a step of `lawSettings` that computes a whole prompt alone. */
function prefillSeconds(inputTokens: number): number {
  return 0.01 + 0.0007 + 0.0001 * inputTokens + (1e-7 * inputTokens * inputTokens) / 2;
}

/** Seconds of the decode steps of a request that is alone: contexts input, input + 1, … */
function decodeSeconds(inputTokens: number, steps: number): number {
  let seconds = 0;
  for (let i = 0; i < steps; i++) seconds += 0.01 + 0.0007 + 1e-6 * (inputTokens + i);
  return seconds;
}

describe("a request alone", () => {
  it.each([
    [100, 10],
    [333, 2],
    [700, 60],
  ])("of %d input and %d output tokens takes prefill, transfer and decode", (input, output) => {
    const fleet = pools({ prefill: 100, decode: 100 });
    const { rows } = observe(replay(fleet, [[0, input, output]]), 1, lawSettings);
    const transfer =
      TRANSFER.latencySeconds + (input * kvBytesPerToken(fleet[1]!)) / TRANSFER.bytesPerSecond;
    const first = prefillSeconds(input);
    expect(rows[0]!.ttftSeconds).toBeCloseTo(first, 9);
    expect(rows[0]!.e2eSeconds).toBeCloseTo(first + transfer + decodeSeconds(input, output - 1), 9);
    expect([rows[0]!.poolIndex, rows[0]!.outcomeIndex]).toEqual([0, 0]);
  });

  it("with one output token never leaves the prefill replica", () => {
    const fleet = pools({ prefill: 100, decode: 100 });
    const { rows, steps } = observe(replay(fleet, [[0, 200, 1]]), 1, lawSettings);
    expect(rows[0]!.e2eSeconds).toBeCloseTo(prefillSeconds(200), 9);
    expect(steps.map((step) => step.pool)).toEqual([1]);
  });
});

describe("gaps between tokens", () => {
  it("include the transfer once for each request", () => {
    const fleet = pools({ prefill: 400, decode: 400 });
    const requests = Array.from({ length: 30 }, (_, i) => [i * 0.02, 50 + i, 2 + i] as const);
    const { record, rows } = observe(replay(fleet, requests), 1, lawSettings);
    const gaps = record.pools.flatMap((pool) => pool.itlSeconds);
    const count = gaps.reduce((sum, sketch) => sum + sketch.count, 0);
    const seconds = gaps.reduce((sum, sketch) => sum + sketch.sum, 0);
    expect(count).toBe(requests.reduce((sum, [, , output]) => sum + output - 1, 0));
    const spans = rows.reduce((sum, row) => sum + row.e2eSeconds - row.ttftSeconds, 0);
    expect(Math.abs(seconds - spans)).toBeLessThan(1e-9 * spans);
  });
});

describe("conservation over the split", () => {
  it("for all sizes of the pools, each request is answered or refused, whichever pool is too small", () => {
    const outcomes = new Set<string>();
    const law = fc.property(
      fc.integer({ min: 5, max: 60 }),
      fc.integer({ min: 5, max: 60 }),
      fc.array(
        fc.tuple(
          fc.double({ min: 0, max: 0.05, noNaN: true }),
          fc.integer({ min: 1, max: 300 }),
          fc.integer({ min: 1, max: 100 }),
        ),
        { minLength: 1, maxLength: 40 },
      ),
      (prefill, decode, drawn) => {
        let seconds = 0;
        const requests = drawn.map(([gap, input, output]): [number, number, number] => {
          seconds += gap;
          return [seconds, input, output];
        });
        const fleet = pools({ prefill, decode });
        const { record, rows } = observe(replay(fleet, requests), 1, lawSettings);
        expect(record.completions + record.rejections).toBe(requests.length);
        for (const [id, [, input, output]] of requests.entries()) {
          // Blocks of 16 tokens: the prompt on one side, the whole context on the other.
          const fitsPrefill = Math.ceil((input + 1) / 16) <= prefill;
          const fitsDecode = output === 1 || Math.ceil((input + output) / 16) <= decode;
          expect(rows[id]!.outcomeIndex).toBe(fitsPrefill && fitsDecode ? 0 : 1);
          outcomes.add(`${fitsPrefill} ${fitsDecode}`);
        }
      },
    );
    fc.assert(law, { seed: 20_261_122, numRuns: 80 });
    expect(outcomes.size).toBe(4);
  });
});
