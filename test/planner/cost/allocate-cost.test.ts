/** How cost is divided; expected amounts are worked out by hand from the formula in allocate-cost.ts. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { allocateCost } from "../../../planner/cost/allocate-cost";
import { tokenSeconds } from "../../../planner/cost/token-seconds";
import { resolvedPool } from "../../support/resolved";
import { recordByHand } from "../../support/run-records";

const EIGHT = resolvedPool();
const OTHER = resolvedPool({ modelName: "qwen3-32b", engine: { tensorParallel: 2 } });
const SECONDS = { prompt: 0.001, answer: 0.01 };
const work = (workload: number, pool: number, promptTokens: number, answerTokens: number) => ({
  workload,
  tenant: 0,
  pool,
  promptTokens,
  answerTokens,
});

describe("allocateCost", () => {
  it("divides each pool by the time of its prompts and answers", () => {
    const pools = [
      { pool: EIGHT, usdPerHour: 10, seconds: SECONDS },
      { pool: OTHER, usdPerHour: 90, seconds: SECONDS },
    ];
    // On the first: 1 s of prompts and 3 s of answers for workload 0, 1 s of answers for 1. The second is 1's alone.
    const { parts, unallocatedUsdPerHour } = allocateCost(pools, [
      work(0, 0, 1000, 300),
      work(1, 0, 0, 100),
      work(1, 1, 1000, 100),
    ]);
    expect(parts).toEqual([
      { workload: 0, tenant: 0, promptUsdPerHour: 2, answerUsdPerHour: 6 },
      { workload: 1, tenant: 0, promptUsdPerHour: 0, answerUsdPerHour: 2 },
      { workload: 1, tenant: 0, promptUsdPerHour: 45, answerUsdPerHour: 45 },
    ]);
    expect(unallocatedUsdPerHour).toBe(0);
  });

  it("spreads a pool that answered nobody like the others of its model, and leaves one of no use to nobody", () => {
    const pools = [
      { pool: EIGHT, usdPerHour: 10, seconds: SECONDS },
      { pool: EIGHT, usdPerHour: 4, seconds: SECONDS },
      { pool: OTHER, usdPerHour: 90, seconds: SECONDS },
    ];
    const { parts, unallocatedUsdPerHour } = allocateCost(pools, [
      work(0, 0, 1000, 0),
      work(1, 0, 3000, 0),
    ]);
    const ofWorkload = (index: number): number =>
      parts
        .filter(({ workload }) => workload === index)
        .reduce((sum, { promptUsdPerHour }) => sum + promptUsdPerHour, 0);
    expect([ofWorkload(0), ofWorkload(1), unallocatedUsdPerHour]).toEqual([3.5, 10.5, 90]);
  });

  it("for all costs and work, adds up to the whole, in proportion and never below nothing", () => {
    const pool = fc.record({
      pool: fc.constantFrom(EIGHT, OTHER),
      usdPerHour: fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 1000, noNaN: true })),
      seconds: fc.record({
        prompt: fc.double({ min: 1e-6, max: 0.1, noNaN: true }),
        answer: fc.double({ min: 1e-6, max: 0.1, noNaN: true }),
      }),
    });
    const record = fc.record({
      workload: fc.nat(3),
      tenant: fc.nat(2),
      pool: fc.nat(2),
      promptTokens: fc.nat(1e6),
      answerTokens: fc.nat(1e6),
    });
    const law = fc.property(
      fc.array(pool, { minLength: 3, maxLength: 3 }),
      fc.array(record, { maxLength: 12 }),
      (pools, records) => {
        const { parts, unallocatedUsdPerHour } = allocateCost(pools, records);
        const all = parts.flatMap((part) => [part.promptUsdPerHour, part.answerUsdPerHour]);
        for (const usd of all) expect(usd).toBeGreaterThanOrEqual(0);
        const whole = pools.reduce((sum, { usdPerHour }) => sum + usdPerHour, 0);
        const allocated = all.reduce((sum, usd) => sum + usd, unallocatedUsdPerHour);
        expect(Math.abs(allocated - whole)).toBeLessThanOrEqual(1e-9 * whole);
      },
    );
    fc.assert(law, { seed: 3, numRuns: 300 });
  });
});

describe("tokenSeconds", () => {
  const [run] = recordByHand([]).pools;
  const seconds = (changes: Partial<NonNullable<typeof run>>) =>
    tokenSeconds(EIGHT, [{ ...run!, ...changes }], 100);

  it("asks less for a prompt's token than for an answer's, and less for that in a larger batch", () => {
    const small = seconds({ steps: 10, requestSteps: 10 });
    const large = seconds({ steps: 10, requestSteps: 320 });
    expect(small.prompt).toBeLessThan(small.answer / 10);
    expect(large.answer).toBeLessThan(small.answer / 10);
    expect(large.prompt).toBe(small.prompt);
  });

  it("asks more where contexts are long, and something where nothing ran", () => {
    const full = seconds({ steps: 10, requestSteps: 320, kvUtilization: 0.9 });
    const empty = seconds({ steps: 10, requestSteps: 320, kvUtilization: 0 });
    expect(full.answer).toBeGreaterThan(empty.answer);
    expect(seconds({ steps: 0, busySeconds: 0 }).answer).toBeGreaterThan(0);
  });
});
