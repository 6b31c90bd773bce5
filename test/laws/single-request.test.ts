/**
 * When the answer to a single request comes, at zero load, under each kind of fault and policy: exactly, from the
 * times that the same request takes where nothing goes wrong.
 */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { NO_POLICIES, type ResolvedPolicies } from "../../planner/fleet/resolved-policies";
import { PATIENT_CLIENT, type ResolvedStep } from "../../planner/scenario/resolved-client";
import { type FaultEffect, NO_FAULTS } from "../../planner/scenario/resolved-faults";
import type { ResolvedWorkload } from "../../planner/scenario/resolved-scenario";
import { END_REASONS } from "../../planner/simulation/end-reasons";
import type { FinishedRequest } from "../../planner/simulation/observer";
import {
  at,
  constant,
  FIRST_REGION,
  FIRST_REPLICA,
  fault,
  requestsAt,
  tokensOf,
} from "../support/failing-fleet";
import { lawSettings } from "../support/random-fleet";
import { replicaBounds, resolvedPool, resolvedScenario } from "../support/resolved";
import { observe } from "../support/rows";
import { constantSteps } from "../support/textbook-queue";

const CAMPAIGN = { seed: 20_261_122, numRuns: 100 };
const NEVER = Number.POSITIVE_INFINITY;

/** One request at t = 0 on its own, on two replicas; what becomes of it. */
function single(
  options: Omit<Parameters<typeof resolvedScenario>[0], "workloads"> & {
    readonly input?: number;
    readonly output?: number;
    readonly atSeconds?: number;
    readonly workload?: Partial<ResolvedWorkload>;
  } = {},
): FinishedRequest {
  const { input = 300, output = 50, atSeconds = 0, workload, ...rest } = options;
  const scenario = resolvedScenario({
    pools: [
      resolvedPool({ ...replicaBounds(2), engine: { kvBlocks: 400, maxBatchedTokens: 256 } }),
    ],
    durationSeconds: 1000,
    ...rest,
    workloads: [requestsAt([[atSeconds, input, output]], workload)],
  });
  return observe(scenario, 1, lawSettings).rows[0]!;
}

describe("one request", () => {
  const plain = single();

  it("on a replica at 1/f of its speed takes exactly f times as long", () => {
    for (const factor of [1.5, 2, 7]) {
      const row = single({ faults: fault({ kind: "slow", factor }, at(0), FIRST_REPLICA) });
      expect(row.ttftSeconds).toBeCloseTo(factor * plain.ttftSeconds, 12);
      expect(row.e2eSeconds).toBeCloseTo(factor * plain.e2eSeconds, 12);
    }
    // Two faults at once multiply, and one that is over is over.
    const slow = fault({ kind: "slow", factor: 2 }, at(0), FIRST_REPLICA).faults[0]!;
    const faults = { ...NO_FAULTS, faults: [slow, { ...slow, name: "other" }] };
    expect(single({ faults }).e2eSeconds).toBeCloseTo(4 * plain.e2eSeconds, 12);
    const over = fault({ kind: "slow", factor: 9 }, at(0, 5), FIRST_REPLICA);
    expect(single({ faults: over, atSeconds: 6 }).e2eSeconds).toBeCloseTo(plain.e2eSeconds, 12);
  });

  it("is slowed from the first step boundary after the fault's start to the first after its end", () => {
    const law = fc.property(
      fc.integer({ min: 2, max: 60 }),
      fc.double({ min: 0.0001, max: 0.08, noNaN: true }),
      fc.double({ min: 0.0001, max: 0.08, noNaN: true }),
      (output, start, length) => {
        const step = 0.002;
        const factor = 3;
        const scenario = resolvedScenario({
          workloads: [requestsAt([[0, 10, output]])],
          faults: fault({ kind: "slow", factor }, at(start, length), FIRST_REPLICA),
        });
        const { rows } = observe(scenario, 1, () => constantSteps(4, step));
        let expected = 0;
        for (let i = 0; i < output; i++) {
          const isSlow = expected >= start && expected < start + length;
          expected += isSlow ? factor * step : step;
        }
        expect(rows[0]!.e2eSeconds).toBeCloseTo(expected, 9);
      },
    );
    fc.assert(law, CAMPAIGN);
  });

  it.each([
    ["its replica", FIRST_REPLICA],
    ["its region", FIRST_REGION],
  ] as const)(
    "gets its answer when the partition of %s is over, unless it is after that anyway",
    (_, target) => {
      for (const end of [0.1, 5, 17]) {
        const row = single({ faults: fault({ kind: "partition" }, at(0.01, end - 0.01), target) });
        expect(row.outcomeIndex).toBe(0);
        expect(row.e2eSeconds).toBeCloseTo(Math.max(end, plain.e2eSeconds), 12);
      }
    },
  );

  it("has no token for its client before the cut is mended, so a hedge or a timeout does not see one", () => {
    const cut = fault({ kind: "partition" }, at(0.01, 4.99), FIRST_REPLICA);
    // The first token would be out at 0.1 s, the last at 2 s: both come at the end of the cut.
    const output = 150;
    const late = single({ faults: cut, output });
    expect(late.ttftSeconds).toBeCloseTo(5, 12);
    expect(late.e2eSeconds).toBeCloseTo(5, 12);
    // Or the last one after it.
    const early = fault({ kind: "partition" }, at(0.01, 0.49), FIRST_REPLICA);
    const row = single({ faults: early, output });
    expect(row.ttftSeconds).toBeCloseTo(0.5, 12);
    expect(row.e2eSeconds).toBeCloseTo(single({ output }).e2eSeconds, 12);
    const client = { ...PATIENT_CLIENT, firstTokenTimeoutSeconds: constant(3) };
    expect(END_REASONS[single({ faults: cut, output, workload: { client } }).reasonIndex]).toBe(
      "first-token-timeout",
    );
    const hedging = { afterSeconds: 1, maxShare: 1 };
    const hedged = single({ faults: cut, output, policies: { ...NO_POLICIES, hedging } });
    expect(hedged.replicaIndex).toBe(1);
    expect(hedged.e2eSeconds).toBeCloseTo(1 + single({ output }).e2eSeconds, 12);
  });

  it("whose prompt is computed behind a cut has its first token from the replica that takes over", () => {
    const engine = { kvBlocks: 400, maxBatchedTokens: 256 };
    const kvTransfer = { bytesPerSecond: 1e9, latencySeconds: 0.2 };
    const pools = (["decode", "prefill"] as const).map((role) =>
      resolvedPool({ name: `region/${role}`, role, engine, kvTransfer }),
    );
    const prefill = { kind: "replica", pool: 1, replica: 0 } as const;
    const usual = single({ pools });
    const cut = single({ pools, faults: fault({ kind: "partition" }, at(0.01, 9), prefill) });
    expect(cut.e2eSeconds).toBeCloseTo(usual.e2eSeconds, 12);
    // After the transfer, and before the next token.
    expect(cut.ttftSeconds).toBeGreaterThan(usual.ttftSeconds + 0.2);
    expect(cut.ttftSeconds).toBeLessThan(usual.ttftSeconds + 0.3);
  });

  it("pays a delay on its way once more for each of its answers", () => {
    const delay: FaultEffect = { kind: "delay", addedSeconds: 0.4 };
    for (const target of [FIRST_REPLICA, FIRST_REGION] as const) {
      const row = single({ faults: fault(delay, at(0), target), atSeconds: 1 });
      expect(row.e2eSeconds).toBeCloseTo(plain.e2eSeconds + 0.4, 12);
      expect(row.ttftSeconds).toBeCloseTo(plain.ttftSeconds + 0.4, 12);
    }
  });

  it("that is migrated goes on where it was, after a prefill of its prompt and of all it has generated", () => {
    const policies: ResolvedPolicies = {
      ...NO_POLICIES,
      draining: { timeoutSeconds: 600, onLoss: "migrate" },
    };
    const output = 50;
    for (const lossSeconds of [0.01, 0.09, 0.2, 0.31]) {
      const faults = fault({ kind: "lose" }, at(lossSeconds), FIRST_REPLICA);
      const row = single({ policies, faults, output });
      expect(row.replicaIndex).toBe(1);
      const generated = tokensBy(lossSeconds, output);
      // A request of its own that begins where the first one was: same prefill, same contexts after it.
      const rest = single({ input: 300 + generated, output: output - generated });
      expect(row.e2eSeconds).toBeCloseTo(lossSeconds + rest.e2eSeconds, 12);
      const firstToken = generated > 0 ? plain.ttftSeconds : lossSeconds + rest.ttftSeconds;
      expect(row.ttftSeconds).toBeCloseTo(firstToken, 12);
    }
  });

  it("that is not migrated is lost with its replica, or begins anew when its client asks again", () => {
    const faults = fault({ kind: "lose" }, at(0.2), FIRST_REPLICA);
    expect(single({ faults }).outcomeIndex).toBe(3);
    const retries = {
      max: 1,
      on: ["failed"],
      backoff: "fixed",
      baseSeconds: 3,
      maxSeconds: 3,
      jitter: "none",
      honoursRetryAfter: false,
      budget: undefined,
    } as const;
    const row = single({ faults, workload: { client: { ...PATIENT_CLIENT, retries } } });
    expect(row.attempts).toBe(2);
    expect(row.e2eSeconds).toBeCloseTo(0.2 + 3 + plain.e2eSeconds, 12);
  });

  it("with a hedge after h has its first token at the earlier of f times the usual and h later than the usual", () => {
    for (const [factor, afterSeconds] of [
      [8, 0.1],
      [1.5, 0.05],
      [3, 0.02],
    ] as const) {
      const policies: ResolvedPolicies = { ...NO_POLICIES, hedging: { afterSeconds, maxShare: 1 } };
      const faults = fault({ kind: "slow", factor }, at(0), FIRST_REPLICA);
      const row = single({ policies, faults });
      const { ttftSeconds, e2eSeconds } = plain;
      const isHedged = afterSeconds + ttftSeconds < factor * ttftSeconds;
      expect(row.replicaIndex).toBe(isHedged ? 1 : 0);
      expect(row.ttftSeconds).toBeCloseTo(
        Math.min(factor * ttftSeconds, afterSeconds + ttftSeconds),
        12,
      );
      const answer = isHedged ? afterSeconds + e2eSeconds : factor * e2eSeconds;
      expect(row.e2eSeconds).toBeCloseTo(answer, 12);
    }
  });

  it("of a chain takes the sum of its steps, of each its round trip too", () => {
    const [retrieve, tool, roundTripSeconds] = [0.3, 1.7, 0.05];
    const calls = [
      [120, 20],
      [400, 9],
    ] as const;
    const wait = (name: string, value: number): ResolvedStep => ({
      kind: "wait",
      name,
      what: "tool",
      latencySeconds: constant(value),
      timeoutSeconds: NEVER,
      failureShare: 0,
      onFailure: "fail",
    });
    const model = (name: string, [input, output]: readonly [number, number]): ResolvedStep => ({
      kind: "model",
      name,
      model: "llama-3.1-8b-instruct",
      tokens: tokensOf(input, output),
      prefix: undefined,
      timeoutSeconds: NEVER,
      fallback: undefined,
      contextWindowTokens: 8192,
    });
    const chain = [
      wait("retrieve", retrieve),
      model("plan", calls[0]),
      wait("tool", tool),
      model("answer", calls[1]),
    ];
    const arrivals = {
      kind: "open",
      requestsPerSecond: 0.01,
      process: { kind: "deterministic" },
      profile: { kind: "constant" },
      requestsMax: 3,
    } as const;
    const row = single({
      roundTripSeconds,
      workload: { chain, arrivals, tokens: tokensOf(1, 1) },
    });
    const parts = calls.map(([input, output]) => single({ input, output, roundTripSeconds }));
    const before = retrieve + parts[0]!.e2eSeconds + tool;
    expect(row.e2eSeconds).toBeCloseTo(before + parts[1]!.e2eSeconds, 12);
    expect(row.ttftSeconds).toBeCloseTo(before + parts[1]!.ttftSeconds, 12);
    expect(row.queueTimeSeconds).toBe(0);
  });

  /** Tokens that the plain request has by then: whole steps only. */
  function tokensBy(seconds: number, output: number): number {
    let tokens = 0;
    // The end of the first n tokens is the end of a request for n of them.
    while (tokens < output && single({ output: tokens + 1 }).e2eSeconds <= seconds) tokens++;
    return tokens;
  }
});
