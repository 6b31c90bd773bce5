/**
 * What clients do: when they give up, wherever they are in a chain, and that an answer they took for granted counts.
 * Seen from outside, through runs of single requests.
 */
import { describe, expect, it } from "@jest/globals";
import { NO_POLICIES, type ResolvedPolicies } from "../../../planner/fleet/resolved-policies";
import {
  PATIENT_CLIENT,
  type ResolvedClient,
  type ResolvedClientRetries,
  type ResolvedStep,
} from "../../../planner/scenario/resolved-client";
import { END_REASONS } from "../../../planner/simulation/end-reasons";
import {
  at,
  constant,
  FIRST_REPLICA,
  fault,
  requestsAt,
  tokensOf,
} from "../../support/failing-fleet";
import { lawSettings } from "../../support/random-fleet";
import {
  replicaBounds,
  resolvedPool,
  resolvedScenario,
  resolvedWorkload,
} from "../../support/resolved";
import { type ObservedRun, observe } from "../../support/rows";

const NEVER = Number.POSITIVE_INFINITY;
const POOL = resolvedPool({
  ...replicaBounds(2),
  engine: { kvBlocks: 400, maxBatchedTokens: 256 },
});

function run(options: Parameters<typeof resolvedScenario>[0]): ObservedRun {
  return observe(resolvedScenario({ pools: [POOL], ...options }), 1, lawSettings);
}

function endsOf({ rows }: ObservedRun): (string | undefined)[] {
  return rows.map((row) => END_REASONS[row.reasonIndex]);
}

const RETRIES: ResolvedClientRetries = {
  max: 5,
  on: ["rejected", "timed-out", "failed"],
  backoff: "fixed",
  baseSeconds: 1,
  maxSeconds: 1,
  jitter: "none",
  honoursRetryAfter: false,
  budget: undefined,
};

describe("a client in a chain", () => {
  const wait = (name: string, seconds: number): ResolvedStep => ({
    kind: "wait",
    name,
    what: "tool",
    latencySeconds: constant(seconds),
    timeoutSeconds: NEVER,
    failureShare: 0,
    onFailure: "fail",
  });
  const model = (timeoutSeconds = NEVER): ResolvedStep => ({
    kind: "model",
    name: "answer",
    model: "llama-3.1-8b-instruct",
    tokens: tokensOf(20, 5),
    prefix: undefined,
    timeoutSeconds,
    fallback: undefined,
    contextWindowTokens: 8192,
  });
  const asks = (chain: readonly ResolvedStep[], client: Partial<ResolvedClient>) =>
    resolvedWorkload({
      chain,
      client: { ...PATIENT_CLIENT, ...client },
      arrivals: {
        kind: "open",
        requestsPerSecond: 0.01,
        process: { kind: "deterministic" },
        profile: { kind: "constant" },
        requestsMax: 1,
      },
    });

  it("gives up in the middle of a wait outside the fleet when its time for all of it is over", () => {
    const chain = [model(), wait("tool", 20), model()];
    const given = run({ workloads: [asks(chain, { giveUpSeconds: 5, retries: RETRIES })] });
    const [row] = given.rows;
    expect(endsOf(given)).toEqual(["give-up"]);
    expect(given.record.endSeconds).toBe(row!.arrivalSeconds + 5);
    // It is the tool that it was waiting for.
    expect([...given.record.cells[0]!.brokenSteps]).toEqual([0, 1, 0]);
    expect(row!.attempts).toBe(1);
  });

  it("has as long for all of its steps together as for one", () => {
    const chain = [wait("retrieve", 2), model(), wait("tool", 2), model(), wait("guardrail", 2)];
    expect(endsOf(run({ workloads: [asks(chain, { giveUpSeconds: 7 })] }))).toEqual([undefined]);
    const shorter = run({ workloads: [asks(chain, { giveUpSeconds: 6 })] });
    expect(endsOf(shorter)).toEqual(["give-up"]);
    expect([...shorter.record.cells[0]!.brokenSteps]).toEqual([0, 0, 0, 0, 1]);
  });

  it("whose answer was just in time gives up then, and not before, when there is another step", () => {
    const roundTripSeconds = 0.05;
    const [first] = run({ roundTripSeconds, workloads: [asks([model()], {})] }).rows;
    // In time but for a rounding error, which must not send the next step back in time.
    const giveUpSeconds = first!.e2eSeconds - 5e-10;
    const workloads = [asks([model(), model()], { giveUpSeconds })];
    const given = run({ roundTripSeconds, workloads });
    expect(endsOf(given)).toEqual(["give-up"]);
    expect([...given.record.cells[0]!.brokenSteps]).toEqual([0, 1]);
    expect(given.record.endSeconds).toBe(first!.arrivalSeconds + first!.e2eSeconds);
  });

  it("ends at the timeout of a step that is over all of its attempts", () => {
    // The only region is cut off: each attempt takes 5 s to fail, and the step has 7 s.
    const given = run({
      workloads: [asks([wait("retrieve", 1), model(7)], { retries: RETRIES })],
      faults: fault({ kind: "partition" }, at(0), { kind: "region", region: 0 }),
    });
    const [row] = given.rows;
    expect(endsOf(given)).toEqual(["step-timeout"]);
    expect(given.record.endSeconds).toBe(row!.arrivalSeconds + 1 + 7);
    expect(row!.attempts).toBe(2);
  });
});

describe("a client that has seen its first token", () => {
  it("is not asked again whether that was in time, when a lost attempt goes on elsewhere", () => {
    // The token is out at 0.02 s, and takes 0.1 s to be read; the replica is lost in between. Its timer of 0.1 s finds
    // that there was a token, so the answer that comes later counts.
    const policies: ResolvedPolicies = {
      ...NO_POLICIES,
      draining: { timeoutSeconds: 600, onLoss: "migrate" },
    };
    const client = { ...PATIENT_CLIENT, firstTokenTimeoutSeconds: constant(0.1) };
    const given = run({
      policies,
      roundTripSeconds: 0.1,
      faults: fault({ kind: "lose" }, at(1.05), FIRST_REPLICA),
      workloads: [requestsAt([[1, 20, 50]], { client })],
    });
    expect(given.record.inFlightAtEnd).toBe(0);
    expect(given.rows[0]!.outcomeIndex).toBe(0);
    expect(given.rows[0]!.replicaIndex).toBe(1);
  });
});

describe("a client that is given a time to wait", () => {
  const policies: ResolvedPolicies = {
    ...NO_POLICIES,
    admission: {
      rateLimit: [{ unit: "requests", per: "all", perSecond: 0.01, burst: 1 }],
      maxConcurrency: NEVER,
      shedAboveShare: { interactive: 1, standard: 1, batch: 1 },
      isDeadlineAware: false,
      queueLimit: 0,
      queueTimeoutSeconds: NEVER,
      retryAfterSeconds: 100,
      admissionControl: undefined,
    },
  };

  it.each([
    [true, undefined, 2],
    [false, "rate-limited", 6],
  ] as const)(
    "waits that long when it honours it (%s), and is let in or not",
    (honours, end, attempts) => {
      const client = { ...PATIENT_CLIENT, retries: { ...RETRIES, honoursRetryAfter: honours } };
      const given = run({
        policies,
        workloads: [
          requestsAt(
            [
              [1, 20, 5],
              [2, 20, 5],
            ],
            { client },
          ),
        ],
      });
      expect(endsOf(given)).toEqual([undefined, end]);
      expect(given.rows[1]!.attempts).toBe(attempts);
    },
  );
});
