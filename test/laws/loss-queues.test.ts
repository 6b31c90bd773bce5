/**
 * Queues in which not everybody is served: what admission and circuit breakers block (Erlang B, M/M/c/K), what
 * impatient clients abandon (Erlang A), and clients that come back until they are let in (retrial queues). All come
 * out of the engine with its policies, steps of 1 ms and exponential services of 0.4 s: a request that finds the
 * replica at work waits for the next step boundary, half a step on average, which `allowed` makes up for.
 */
import { describe, expect, it } from "@jest/globals";
import type { ResolvedPool } from "../../planner/fleet/resolved-fleet";
import {
  NO_POLICIES,
  type ResolvedAdmission,
  type ResolvedCircuitBreaker,
} from "../../planner/fleet/resolved-policies";
import { PATIENT_CLIENT, type ResolvedClient } from "../../planner/scenario/resolved-client";
import { REASON } from "../../planner/simulation/end-reasons";
import type { RunRecord } from "../../planner/simulation/run-record";
import { simulate } from "../../planner/simulation/simulate";
import { resolvedPool, resolvedScenario } from "../support/resolved";
import { meanOfSample } from "../support/statistics";
import {
  constantSteps,
  expectTheory,
  exponentialTokens,
  meanServiceSeconds,
  poissonWorkload,
  STEP_SECONDS,
} from "../support/textbook-queue";

const REPLICATIONS = 12;
const REQUESTS = 4000;
const NEVER = Number.POSITIVE_INFINITY;
const MEAN_TOKENS = 400;
const SERVICE = meanServiceSeconds(MEAN_TOKENS);

interface Queue {
  readonly servers: number;
  readonly requestsPerSecond: number;
  readonly requests: number;
  readonly admission?: ResolvedAdmission;
  readonly circuitBreaker?: ResolvedCircuitBreaker;
  readonly client?: ResolvedClient;
  readonly drain?: boolean;
}

function replicate(queue: Queue): RunRecord[] {
  const { servers, requestsPerSecond, requests, admission, circuitBreaker } = queue;
  const pool: ResolvedPool = { ...resolvedPool(), circuitBreaker };
  const seconds = requests / requestsPerSecond;
  const scenario = resolvedScenario({
    pools: [pool],
    workloads: [
      poissonWorkload(requestsPerSecond, exponentialTokens(MEAN_TOKENS), {
        client: queue.client ?? PATIENT_CLIENT,
      }),
    ],
    durationSeconds: seconds,
    warmUpSeconds: 0.05 * seconds,
    drain: queue.drain ?? true,
    policies: { ...NO_POLICIES, admission },
  });
  return Array.from({ length: REPLICATIONS }, (_, seed) =>
    simulate(scenario, seed + 1, { engineSettingsFor: () => constantSteps(servers) }),
  );
}

/** Share of the measured requests that ended for a reason. */
function shareOf(record: RunRecord, reason: keyof typeof REASON): number {
  const [ended, offered] = record.cells.reduce(
    ([count, all], cell) => [count + cell.reasons[REASON[reason]]!, all + cell.offered],
    [0, 0],
  );
  return ended / offered;
}

function admissionOf(maxConcurrency: number, queueLimit = 0): ResolvedAdmission {
  return {
    rateLimit: [],
    maxConcurrency,
    shedAboveShare: { interactive: 1, standard: 1, batch: 1 },
    isDeadlineAware: false,
    queueLimit,
    queueTimeoutSeconds: NEVER,
    retryAfterSeconds: 0,
    admissionControl: undefined,
  };
}

function breakerOf(changes: Partial<ResolvedCircuitBreaker>): ResolvedCircuitBreaker {
  return {
    maxConnections: NEVER,
    maxPendingRequests: NEVER,
    maxParallelRequests: NEVER,
    maxParallelRetries: NEVER,
    retryBudget: undefined,
    ...changes,
  };
}

/** Stationary distribution of a birth–death process with births at `rate` and deaths at `death(n)`, up to `most`. */
function birthDeath(rate: number, death: (n: number) => number, most: number): number[] {
  const weights = [1];
  for (let n = 1; n <= most; n++) weights.push((weights[n - 1]! * rate) / death(n));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** Probability that M/M/c/K is full, which is what an arrival finds (Erlang 1917; PASTA). */
function blocking(servers: number, places: number, rate: number, service: number): number {
  return birthDeath(rate, (n) => Math.min(n, servers) / service, places)[places]!;
}

describe("M/M/c/K", () => {
  // What half a step more of service would change, and a little more.
  const allowed = (servers: number, places: number, rate: number): number =>
    Math.abs(
      blocking(servers, places, rate, SERVICE + STEP_SECONDS) -
        blocking(servers, places, rate, SERVICE),
    );

  it.each([
    [5, 5, 0.9],
    [2, 6, 1.1],
  ])(
    "with %d servers and %d places, admission blocks as Erlang says at a load of %d",
    (servers, places, load) => {
      const rate = (load * servers) / SERVICE;
      const records = replicate({
        servers,
        requestsPerSecond: rate,
        requests: REQUESTS,
        admission: admissionOf(places),
      });
      const theory = blocking(servers, places, rate, SERVICE);
      expectTheory(
        records.map((record) => shareOf(record, "concurrency")),
        theory,
        allowed(servers, places, rate),
      );
    },
  );

  it.each([
    ["in the replica's queue", breakerOf({ maxParallelRequests: 6 })],
    ["pending at the gateway", breakerOf({ maxConnections: 2, maxPendingRequests: 4 })],
  ])("with a breaker, and those that wait %s, blocks as Erlang says", (_, circuitBreaker) => {
    const rate = (1.1 * 2) / SERVICE;
    const records = replicate({
      servers: 2,
      requestsPerSecond: rate,
      requests: REQUESTS,
      circuitBreaker,
    });
    const theory = blocking(2, 6, rate, SERVICE);
    expectTheory(
      records.map((record) => shareOf(record, "overflow")),
      theory,
      allowed(2, 6, rate),
    );
  });

  it("makes those that are let in wait as Little's law and the stationary distribution say", () => {
    const [servers, places] = [2, 6];
    const rate = (1.1 * servers) / SERVICE;
    const probabilities = birthDeath(rate, (n) => Math.min(n, servers) / SERVICE, places);
    const waiting = probabilities.reduce((sum, p, n) => sum + p * Math.max(0, n - servers), 0);
    const theory = waiting / (rate * (1 - probabilities[places]!));
    // Both of the gateway: its queue for admission, and pending ones.
    for (const policy of [
      { admission: admissionOf(servers, places - servers) },
      { circuitBreaker: breakerOf({ maxConnections: 2, maxPendingRequests: 4 }) },
    ]) {
      const records = replicate({
        servers,
        requestsPerSecond: rate,
        requests: REQUESTS,
        ...policy,
      });
      const waits = records.map((record) => record.cells[0]!.queueTimeSeconds.mean);
      expectTheory(waits, theory, 3 * STEP_SECONDS);
    }
  });
});

describe("M/M/c + M (Erlang A)", () => {
  const meanPatience = 0.6;
  const client: ResolvedClient = {
    ...PATIENT_CLIENT,
    firstTokenTimeoutSeconds: { kind: "exponential", mean: meanPatience },
  };

  it.each([
    [1, 0.8],
    [3, 1.2],
  ])(
    "with %d servers at a load of %d, as many give up as Palm's birth–death process says",
    (servers, load) => {
      const rate = (load * servers) / SERVICE;
      // Palm 1937; Garnett, Mandelbaum and Reiman 2002: those that wait leave at 1 / patience each.
      const death = (n: number): number =>
        Math.min(n, servers) / SERVICE + Math.max(0, n - servers) / meanPatience;
      const probabilities = birthDeath(rate, death, 200);
      const waiting = probabilities.reduce((sum, p, n) => sum + p * Math.max(0, n - servers), 0);
      const present = probabilities.reduce((sum, p, n) => sum + p * n, 0);
      const records = replicate({ servers, requestsPerSecond: rate, requests: REQUESTS, client });
      // The first token comes a step after the first schedule, and at a boundary: who is that impatient goes as well.
      const late = (1.5 * STEP_SECONDS) / meanPatience;
      const gaveUp = records.map((record) => shareOf(record, "first-token-timeout"));
      expectTheory(gaveUp, waiting / meanPatience / rate, late);
      // Mean wait of all, those that gave up included, is patience × their share; here as requests in the system.
      const inSystem = records.map((record) => record.requestSeconds / record.windowEndSeconds);
      expectTheory(inSystem, present, 2 * STEP_SECONDS * rate + 0.002 * present);
    },
  );
});

describe("clients that come back for ever", () => {
  const meanBackoff = 40 * SERVICE;
  const client: ResolvedClient = {
    ...PATIENT_CLIENT,
    retries: {
      max: NEVER,
      on: ["rejected"],
      backoff: "fixed",
      baseSeconds: 2 * meanBackoff,
      maxSeconds: NEVER,
      jitter: "full",
      honoursRetryAfter: false,
      budget: undefined,
    },
  };
  const retrial = (load: number, drain: boolean): Queue => ({
    servers: 1,
    requestsPerSecond: load / SERVICE,
    // Above a load of 1 tries grow with the square of it.
    requests: drain ? REQUESTS : REQUESTS / 4,
    admission: admissionOf(1),
    client,
    drain,
  });

  it("are all served below a load of 1, after as many tries as the M/M/1/1 retrial queue says", () => {
    const load = 0.6;
    const records = replicate(retrial(load, true));
    const rate = load / SERVICE;
    // Mean orbit ρ (ρ + λ/ν) / (1 − ρ) (Falin and Templeton 1997, section 1.2), each trying again at rate ν. For
    // exponential backoffs; with backoffs this much longer than services their distribution has no weight.
    const retryRate = 1 / meanBackoff;
    const orbit = (load * (load + rate / retryRate)) / (1 - load);
    const tries = records.map((record) => {
      expect(record.completions).toBe(record.arrivals);
      const [cell] = record.cells;
      return cell!.clientRetries / cell!.offered;
    });
    expectTheory(tries, (orbit * retryRate) / rate, 0.04 * ((orbit * retryRate) / rate));
  });

  it("pile up without end above it", () => {
    const load = 1.5;
    const records = replicate(retrial(load, false));
    const rate = load / SERVICE;
    // No more than 1 / service is served: the rest is still there.
    for (const record of records) {
      const growth = record.inFlightAtEnd / record.windowEndSeconds;
      expect(growth).toBeGreaterThan(0.9 * (rate - 1 / SERVICE));
    }
    const growths = records.map((record) => record.inFlightAtEnd / record.windowEndSeconds);
    expect(meanOfSample(growths)).toBeLessThan(1.5 * (rate - 1 / SERVICE));
  });
});
