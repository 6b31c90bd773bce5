/** Admission by its laws: limits hold, a refusal costs nothing, the checks come in order. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { PRIORITIES } from "../../../../planner/fleet/priority";
import type { ResolvedAdmission } from "../../../../planner/fleet/resolved-policies";
import { InvariantViolation } from "../../../../planner/foundation/errors";
import { RandomStream } from "../../../../planner/foundation/random";
import { END_REASONS, type EndReason } from "../../../../planner/simulation/end-reasons";
import { Admission, LET_IN, WAITS } from "../../../../planner/simulation/gateway/admission";

const CAMPAIGN = { seed: 20_261_122, numRuns: 100 };
const NONE = Number.POSITIVE_INFINITY;
const [INTERACTIVE, STANDARD, BATCH] = [0, 1, 2];

function policy(changes: Partial<ResolvedAdmission> = {}): ResolvedAdmission {
  return {
    rateLimit: [],
    maxConcurrency: NONE,
    shedAboveShare: { interactive: 1, standard: 1, batch: 1 },
    isDeadlineAware: false,
    queueLimit: 0,
    queueTimeoutSeconds: 1,
    retryAfterSeconds: 0,
    admissionControl: undefined,
    ...changes,
  };
}

function admission(changes: Partial<ResolvedAdmission> = {}, processes = 1): Admission {
  return new Admission(policy(changes), processes, 3, new RandomStream(2, "admission"));
}

interface Ask {
  readonly tenant?: number;
  readonly priority?: number;
  readonly inputTokens?: number;
  readonly wait?: number;
  readonly patience?: number;
  readonly seconds?: number;
}

function admit(to: Admission, ask: Ask = {}): number {
  const { tenant = 0, priority = STANDARD, inputTokens = 1 } = ask;
  const { wait = 0, patience = NONE, seconds = 0 } = ask;
  return to.admit(tenant, priority, inputTokens, wait, patience, seconds);
}

function answers(to: Admission, asks: readonly Ask[]): (EndReason | "let in" | "waits")[] {
  return asks.map((ask) => {
    const answer = admit(to, ask);
    if (answer === LET_IN) return "let in";
    return answer === WAITS ? "waits" : END_REASONS[answer]!;
  });
}

function repeat(count: number, ask: Ask = {}): Ask[] {
  return Array.from({ length: count }, () => ask);
}

const anyPolicy: fc.Arbitrary<ResolvedAdmission> = fc
  .record({
    rateLimit: fc.array(
      fc.record({
        unit: fc.constantFrom("requests" as const, "input-tokens" as const),
        per: fc.constantFrom("tenant" as const, "all" as const),
        perSecond: fc.integer({ min: 1, max: 20 }),
        burst: fc.integer({ min: 1, max: 20 }),
      }),
      { maxLength: 3, size: "max" },
    ),
    maxConcurrency: fc.oneof(fc.integer({ min: 0, max: 8 }), fc.constant(NONE)),
    batch: fc.constantFrom(0, 0.3, 0.5, 1),
    isDeadlineAware: fc.boolean(),
    queueLimit: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constant(NONE)),
  })
  .map(({ batch, ...rest }) =>
    policy({ ...rest, shedAboveShare: { interactive: 1, standard: 0.9, batch } }),
  );

interface Event extends Required<Omit<Ask, "seconds">> {
  readonly what: "admit" | "over" | "enter" | "give up";
  readonly quarters: number;
}

const event: fc.Arbitrary<Event> = fc.record({
  what: fc.constantFrom<Event["what"][]>("admit", "admit", "admit", "over", "enter", "give up"),
  quarters: fc.integer({ min: 0, max: 4 }),
  tenant: fc.integer({ min: 0, max: 2 }),
  priority: fc.integer({ min: 0, max: PRIORITIES.length - 1 }),
  inputTokens: fc.integer({ min: 1, max: 12 }),
  wait: fc.integer({ min: 0, max: 4 }),
  patience: fc.integer({ min: 0, max: 4 }),
});

/** Plays an event on both, except that the twin does not see requests that are refused; what both answer. */
function play(event: Event, seconds: number, all: Admission, twin: Admission): [number, number] {
  const ask = { ...event, seconds };
  if (event.what === "admit") {
    const answer = admit(all, ask);
    return [answer, answer < 0 ? admit(twin, ask) : answer];
  }
  for (const one of [all, twin]) {
    if (event.what === "over" && one.inside > 0) one.onOver(true, seconds);
    if (event.what === "enter" && one.canEnter(event.priority)) one.enterFromQueue();
    if (event.what === "give up" && one.queued > 0) one.leaveQueue();
  }
  return [0, 0];
}
describe("Admission", () => {
  it("for all traffic, keeps its limits, and one that never saw the refused requests answers the same", () => {
    const law = fc.property(
      anyPolicy,
      fc.array(event, { maxLength: 120, size: "max" }),
      (resolved, events) => {
        const [all, admittedOnly] = [admission(resolved), admission(resolved)];
        let seconds = 0;
        const [seen, wanted]: [number[], number[]] = [[], []];
        let isWithin = true;
        for (const one of events) {
          seconds += one.quarters / 4;
          const [answer, answerOfTwin] = play(one, seconds, all, admittedOnly);
          seen.push(answer, all.inside, all.queued);
          wanted.push(answerOfTwin, admittedOnly.inside, admittedOnly.queued);
          isWithin &&= all.inside <= resolved.maxConcurrency && all.queued <= resolved.queueLimit;
        }
        expect(seen).toEqual(wanted);
        expect(isWithin).toBe(true);
      },
    );
    fc.assert(law, CAMPAIGN);
  });

  it("for all policies, lets everything in that has no limit", () => {
    const to = admission({ isDeadlineAware: true });
    expect(new Set(answers(to, repeat(1000, { wait: 5, patience: 5 })))).toEqual(
      new Set(["let in"]),
    );
    expect(to.inside).toBe(1000);
  });

  it("checks rate, priority, room, queue, deadline and success in this order", () => {
    const everything: Partial<ResolvedAdmission> = {
      rateLimit: [{ unit: "requests", per: "all", perSecond: 0, burst: 4 }],
      maxConcurrency: 2,
      shedAboveShare: { interactive: 1, standard: 1, batch: 0.5 },
      isDeadlineAware: true,
      queueLimit: 1,
      admissionControl: {
        minSuccessRate: 1,
        minRequestsPerSecond: 0,
        samplingWindowSeconds: 1e9,
        maxRejectionShare: 1,
        rejectionAggression: 1e6,
      },
    };
    const to = admission(everything);
    const late: Ask = { wait: 2, patience: 1 };
    expect(answers(to, [{}, {}])).toEqual(["let in", "let in"]);
    // No room and a queue: late comes before waiting
    expect(answers(to, [late, {}])).toEqual(["deadline", "waits"]);
    expect(answers(to, [late])).toEqual(["queue-full"]);
    expect(answers(to, [{ ...late, priority: BATCH }])).toEqual(["shed"]);
    // Failures only: with this aggression all but one in a million are refused
    to.onOver(false, 0);
    to.leaveQueue();
    expect(answers(to, [late, {}])).toEqual(["deadline", "admission-control"]);
    const none = admission({
      ...everything,
      rateLimit: [{ ...everything.rateLimit![0]!, burst: 0 }],
    });
    expect(answers(none, [{ ...late, priority: BATCH }])).toEqual(["rate-limited"]);
  });

  it("says concurrency where nothing may wait, and queue-full where it could", () => {
    expect(answers(admission({ maxConcurrency: 1 }), repeat(2))).toEqual(["let in", "concurrency"]);
    const to = admission({ maxConcurrency: 1, queueLimit: 1 });
    expect(answers(to, repeat(3))).toEqual(["let in", "waits", "queue-full"]);
  });

  it("takes those that wait in as others leave", () => {
    const to = admission({ maxConcurrency: 1, queueLimit: 2 });
    answers(to, repeat(3));
    expect(to.canEnter(STANDARD)).toBe(false);
    to.onOver(true, 1);
    expect(to.canEnter(STANDARD)).toBe(true);
    to.enterFromQueue();
    expect([to.inside, to.queued, to.canEnter(STANDARD)]).toEqual([1, 1, false]);
  });

  it("sheds each priority from its share of the places on", () => {
    const shedAboveShare = { interactive: 1, standard: 0.8, batch: 0.07 };
    const to = admission({ maxConcurrency: 100, shedAboveShare });
    const count = (priority: number): number =>
      answers(to, repeat(200, { priority })).filter((answer) => answer === "let in").length;
    // 0.07 × 100 is 7.000000000000001 in floating point
    expect([count(BATCH), count(STANDARD), count(INTERACTIVE)]).toEqual([7, 73, 20]);
    expect(answers(to, [{ priority: BATCH }, { priority: INTERACTIVE }])).toEqual([
      "shed",
      "concurrency",
    ]);
  });

  it("lets a priority in from the queue while its share has room", () => {
    const shedAboveShare = { interactive: 1, standard: 1, batch: 0.5 };
    const to = admission({ maxConcurrency: 4, shedAboveShare, queueLimit: 9 });
    expect(answers(to, repeat(5)).at(-1)).toBe("waits");
    const mayEnter = (): boolean[] => [BATCH, STANDARD].map((priority) => to.canEnter(priority));
    to.onOver(true, 0);
    expect(mayEnter()).toEqual([false, true]);
    to.onOver(true, 0);
    to.onOver(true, 0);
    expect(mayEnter()).toEqual([true, true]);
    to.leaveQueue();
    expect(mayEnter()).toEqual([false, false]);
  });

  it("sheds nothing where there is no limit to have a share of", () => {
    const to = admission({ shedAboveShare: { interactive: 0, standard: 0, batch: 0 } });
    expect(answers(to, [{}, {}])).toEqual(["let in", "let in"]);
    const closed = admission({
      maxConcurrency: 5,
      shedAboveShare: { interactive: 0, standard: 0, batch: 0 },
    });
    expect(answers(closed, [{}])).toEqual(["shed"]);
  });

  it("refuses what would be late, and not what would be just in time", () => {
    const to = admission({ isDeadlineAware: true });
    const asks = [0.9, 1, 1.1].map((wait) => ({ wait, patience: 1 }));
    expect(answers(to, asks)).toEqual(["let in", "let in", "deadline"]);
  });

  it("limits every tenant by itself, or all together", () => {
    const asks = [0, 0, 0, 1, 2].map((tenant) => ({ tenant }));
    const limit = { unit: "requests", perSecond: 1, burst: 2 } as const;
    expect(answers(admission({ rateLimit: [{ ...limit, per: "tenant" }] }), asks)).toEqual([
      "let in",
      "let in",
      "rate-limited",
      "let in",
      "let in",
    ]);
    expect(answers(admission({ rateLimit: [{ ...limit, per: "all" }] }), asks)).toEqual([
      "let in",
      "let in",
      "rate-limited",
      "rate-limited",
      "rate-limited",
    ]);
  });

  it("counts input tokens where the limit does", () => {
    const rateLimit = [{ unit: "input-tokens", per: "all", perSecond: 10, burst: 100 }] as const;
    const to = admission({ rateLimit });
    const asks = [
      { inputTokens: 90 },
      { inputTokens: 20 },
      { inputTokens: 10 },
      { inputTokens: 20, seconds: 2 },
      { inputTokens: 101, seconds: 1000 },
    ];
    expect(answers(to, asks)).toEqual([
      "let in",
      "rate-limited",
      "let in",
      "let in",
      "rate-limited",
    ]);
  });

  it("gives each of its processes a share of the limits, and room for one request at least", () => {
    const to = admission({ maxConcurrency: 10, queueLimit: 4 }, 3);
    const counts = answers(to, repeat(8));
    expect(counts.filter((answer) => answer === "let in")).toHaveLength(4);
    expect(counts.filter((answer) => answer === "waits")).toHaveLength(2);
    const letIn = (
      burst: number,
      inputTokens: number,
      unit: "requests" | "input-tokens",
    ): number => {
      const limit = { unit, per: "all", perSecond: 3, burst } as const;
      const limited = admission({ rateLimit: [limit] }, 3);
      const asks = Array.from({ length: 100 }, (_, i) => ({ inputTokens, seconds: i / 10 }));
      return answers(limited, asks).filter((answer) => answer === "let in").length;
    };
    // 9.9 s at 1/s, and the burst of one process: 4, 1 (not 1/3), 30 tokens
    expect(letIn(12, 1, "requests")).toBe(13);
    expect(letIn(1, 1, "requests")).toBe(10);
    expect(letIn(90, 3, "input-tokens")).toBe(13);
  });

  it("fails when a request leaves that is not there", () => {
    const to = admission();
    expect(() => to.onOver(true, 0)).toThrow(InvariantViolation);
    expect(() => to.leaveQueue()).toThrow(InvariantViolation);
    expect(() => to.enterFromQueue()).toThrow(InvariantViolation);
  });
});
