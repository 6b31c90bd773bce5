/** Chains: what is filled in, what the workload takes from its steps, and latencies by two quantiles. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { quantile } from "../../../planner/foundation/distributions";
import type { ResolvedStep } from "../../../planner/scenario/resolved-client";
import type { ResolvedWorkload } from "../../../planner/scenario/resolved-scenario";
import { scenarioNotes } from "../../../planner/scenario/scenario-notes";
import { skippedRows } from "../../../planner/scenario/skipped-rows";
import { traceFilesOf } from "../../../planner/scenario/trace-files";
import { traceOf } from "../../support/traffic-scenario";
import { parseTroubled, resolveTroubled } from "./troubled-scenario";

const REVIEW = "workloads.review";
const NEVER = Number.POSITIVE_INFINITY;

function review(...overrides: string[]): ResolvedWorkload {
  return resolveTroubled(overrides).workloads.find(({ name }) => name === "review")!;
}

function step(index: number, ...overrides: string[]): ResolvedStep {
  return review(...overrides).chain![index]!;
}

describe("chains", () => {
  it("have named steps with every default filled in", () => {
    expect(review().chain!.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      "1-retrieve wait",
      "2-model model",
      "search wait",
      "4-model model",
    ]);
    expect(step(0)).toMatchObject({ timeoutSeconds: 1, failureShare: 0.01, onFailure: "skip" });
    expect(step(2)).toEqual({
      kind: "wait",
      name: "search",
      what: "tool",
      latencySeconds: { kind: "gamma", mean: 2, cv: 1, max: NEVER },
      timeoutSeconds: NEVER,
      failureShare: 0,
      onFailure: "fail",
    });
    expect(step(1)).toMatchObject({
      model: "qwen3-8b",
      prefix: { sharedTokens: 200, groups: 3, share: 1, skew: 0 },
      timeoutSeconds: 10,
      fallback: { model: "llama-3.1-8b-instruct", on: ["failed", "rejected", "timed-out"] },
    });
    expect(step(3)).toMatchObject({
      prefix: undefined,
      timeoutSeconds: NEVER,
      fallback: undefined,
    });
  });

  it("give their workload the last model, and the lengths, prefix and window of the first", () => {
    const { model, tokens, prefix, fallback, contextWindowTokens, chain } = review(
      "fleet.regions.us-east-1.pools.l40s.engine={maxContext: 9000}",
    );
    const first = chain![1]!;
    if (first.kind !== "model") throw new Error("no model step");
    expect({ model, fallback }).toEqual({ model: "llama-3.1-8b-instruct", fallback: undefined });
    expect(tokens).toBe(first.tokens);
    expect(prefix).toEqual(first.prefix);
    expect(contextWindowTokens).toBe(9000);
    // The last step has neither the small pool's model nor it as a fallback.
    expect(chain![3]).toMatchObject({ contextWindowTokens: 131072 });
  });

  it("count the window of a step's fallback", () => {
    const { chain } = review("fleet.regions.us-east-1.pools.h100.engine={maxContext: 3000}");
    expect(chain!.map((one) => (one.kind === "model" ? one.contextWindowTokens : 0))).toEqual([
      0, 3000, 0, 3000,
    ]);
  });

  it("may take the times of a trace, and lengths from others", () => {
    const spec = parseTroubled([
      `${REVIEW}.arrivals={trace: times.csv}`,
      `${REVIEW}.chain[3].tokens={trace: lengths.csv}`,
    ]);
    expect(traceFilesOf(spec).map(({ path, namedAt }) => [path, namedAt])).toEqual([
      ["times.csv", [`${REVIEW}.arrivals.trace`]],
      ["lengths.csv", [`${REVIEW}.chain[3].tokens.trace`]],
    ]);
  });

  it("say how many rows of a step's trace were left out", () => {
    const scenario = resolveTroubled();
    const trace = { ...traceOf([[0, 5, 5]]), malformedRows: 3 };
    const workloads = scenario.workloads.map((workload) => ({
      ...workload,
      chain: workload.chain?.map((one) =>
        one.kind === "model" ? { ...one, tokens: { kind: "pairs", trace } as const } : one,
      ),
    }));
    expect(skippedRows({ workloads })).toEqual([
      {
        about: "review",
        message: "3 of 4 rows of trace.csv are malformed and left out (skipMalformed)",
      },
    ]);
  });

  it("say which step's inputs are too short for its prefix", () => {
    const notes = scenarioNotes(resolveTroubled([`${REVIEW}.chain[1].prefix={shared: 500}`]));
    const [note] = notes.filter(({ code }) => code === "short-inputs");
    expect(note).toMatchObject({ about: "review" });
    expect(note!.message).toContain("100% of the inputs of 2-model have no more than 500");
  });

  it("are in the digest, step names and all", () => {
    const digest = (...overrides: string[]) => resolveTroubled(overrides).digest;
    const digests = [
      digest(),
      digest(`${REVIEW}.chain[2].name=tool`),
      digest(`${REVIEW}.chain[0].retrieve.failureShare=2%`),
      digest(`${REVIEW}.chain[0].retrieve.onFailure=fail`),
      digest(`${REVIEW}.chain[1].timeout=11 s`),
      digest(`${REVIEW}.chain[1].fallback=null`),
    ];
    expect(new Set(digests).size).toBe(digests.length);
    expect(digest(`${REVIEW}.chain[0].name=1-retrieve`)).toBe(digest());
  });
});

describe("a latency by p50 and p99", () => {
  it("has these quantiles", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer({ min: 0, max: 1_000_000 }),
        (p50, more) => {
          const p99 = p50 + more;
          const latency = `{p50: ${p50} ms, p99: ${p99} ms}`;
          const resolved = step(0, `${REVIEW}.chain[0].retrieve.latency=${latency}`);
          if (resolved.kind !== "wait") throw new Error("no wait step");
          const { latencySeconds } = resolved;
          expect(latencySeconds.kind).toBe("lognormal");
          expect(quantile(latencySeconds, 0.5) / (p50 / 1000)).toBeCloseTo(1, 12);
          expect(quantile(latencySeconds, 0.99) / (p99 / 1000)).toBeCloseTo(1, 9);
        },
      ),
      { seed: 11, numRuns: 25 },
    );
  });

  it("is no other than the lognormal distribution that is written out", () => {
    const written = "{lognormal: {p50: 120 ms, p99: 600 ms}}";
    expect(step(0, `${REVIEW}.chain[0].retrieve.latency=${written}`)).toEqual(step(0));
  });
});
