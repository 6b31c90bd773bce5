/**
 * Messages are delivered, dead-lettered or expired, and never lost; and what is paid for is what runs: over the random
 * fleets of test/support/random-resilience.ts.
 */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { summarizeCost } from "../../planner/cost/summarize-cost";
import { isCommitment, purchaseParts } from "../../planner/fleet/purchase";
import type { ResolvedPurchase } from "../../planner/fleet/resolved-policies";
import { PATIENT_CLIENT } from "../../planner/scenario/resolved-client";
import type { ResolvedFault } from "../../planner/scenario/resolved-faults";
import type { ResolvedScenario } from "../../planner/scenario/resolved-scenario";
import { END_REASONS } from "../../planner/simulation/end-reasons";
import type { FinishedRequest } from "../../planner/simulation/observer";
import { MessageQueue } from "../../planner/simulation/queue/message-queue";
import type { RunRecord } from "../../planner/simulation/run-record";
import { around } from "../support/around";
import { CAMPAIGN, downSpans, sum } from "../support/law-tools";
import { QUEUE_CLIENT } from "../support/random-policies";
import { resilienceCase } from "../support/random-resilience";
import { runCase, TIMELINE_BUCKETS } from "../support/resilience-run";

const ROUNDING = 1e-9;
const NEVER = Number.POSITIVE_INFINITY;

describe("queues", () => {
  it("for all that breaks, a message is completed, dead-lettered, expired or left, and received no more often than allowed", () => {
    const total = { sent: 0, deadLettered: 0, expired: 0, receivedAgain: 0 };
    let receivesMax = 0;
    let receives = new WeakMap<MessageQueue, Map<number, number>>();
    const countsOfQueue = (queue: MessageQueue): Map<number, number> => {
      const known = receives.get(queue) ?? new Map<number, number>();
      receives.set(queue, known);
      return known;
    };
    around(MessageQueue.prototype, "send", (send) => {
      return function (this: MessageQueue, message, seconds) {
        send.call(this, message, seconds);
        countsOfQueue(this).set(message, 0);
      };
    });
    around(MessageQueue.prototype, "receive", (receive) => {
      return function (this: MessageQueue, seconds) {
        const message = receive.call(this, seconds);
        if (message < 0) return message;
        const count = countsOfQueue(this).get(message)! + 1;
        countsOfQueue(this).set(message, count);
        if (count > 1) total.receivedAgain++;
        expect(count).toBeLessThanOrEqual(receivesMax);
        return message;
      };
    });
    const law = fc.property(resilienceCase({ warmUpSeconds: 0 }), (one) => {
      receivesMax = one.scenario.fleet.policies.queue.maxReceiveCount;
      receives = new WeakMap();
      const { record, rows } = runCase(one);
      for (const queue of record.queues) {
        const { sent, received, completed, deadLettered, expired, left } = queue;
        expect(completed + deadLettered + expired + left).toBe(sent);
        expect(received).toBeGreaterThanOrEqual(completed);
        expect(received).toBeLessThanOrEqual(sent * receivesMax);
        total.sent += sent;
        total.deadLettered += deadLettered;
        total.expired += expired;
      }
      expectMessagesMatchRequests(record, rows, one.scenario);
    });
    fc.assert(law, CAMPAIGN);
    expect(Math.min(...Object.values(total))).toBeGreaterThan(3);
  });

  it("for all consumers that die, every message is done in the end, when it may be received again for ever", () => {
    let lost = 0;
    const law = fc.property(
      resilienceCase({ drain: true, hasFixedPools: true }),
      ({ scenario, seed }) => {
        const patient = onlyMessages(scenario);
        const { record, rows } = runCase({ scenario: patient, seed });
        const refused = rows.filter((row) => END_REASONS[row.reasonIndex] === "context-too-long");
        expect(record.completions).toBe(record.arrivals - refused.length);
        lost += sum(record.cells, (cell) => cell.touched) - refused.length;
      },
    );
    fc.assert(law, { ...CAMPAIGN, numRuns: CAMPAIGN.numRuns / 2 });
    expect(lost).toBeGreaterThan(3);
  });
});

/** Messages and the requests that they stand for end alike. */
function expectMessagesMatchRequests(
  record: RunRecord,
  rows: readonly FinishedRequest[],
  { workloads }: ResolvedScenario,
): void {
  const queued = rows.filter((row) => workloads[row.workloadIndex]!.delivery === "queue");
  const ended = (reason: string): number =>
    queued.filter((row) => END_REASONS[row.reasonIndex] === reason).length;
  const completed = queued.filter((row) => row.outcomeIndex === 0).length;
  expect(sum(record.queues, (queue) => queue.completed)).toBe(completed);
  expect(sum(record.queues, (queue) => queue.expired)).toBe(ended("expired") + ended("give-up"));
  const dead = ended("dead-lettered") + ended("context-too-long");
  expect(sum(record.queues, (queue) => queue.deadLettered)).toBe(dead);
}

/** All workloads by queue, faults that end, and a queue that forgets nothing. */
function onlyMessages(scenario: ResolvedScenario): ResolvedScenario {
  const { fleet, faults } = scenario;
  return {
    ...scenario,
    workloads: scenario.workloads.map((workload) => ({
      ...workload,
      chain: undefined,
      fallback: undefined,
      delivery: "queue",
      slo: [],
      client: { ...PATIENT_CLIENT, retries: { ...QUEUE_CLIENT.retries!, max: NEVER } },
    })),
    faults: { poison: [], spotWaves: [], faults: faults.faults.map(limited) },
    fleet: {
      ...fleet,
      policies: {
        ...fleet.policies,
        queue: {
          ...fleet.policies.queue,
          maxReceiveCount: 1e6,
          retentionSeconds: 1e6,
          // Longer than a request takes, so that work is not begun anew for ever.
          visibilityTimeoutSeconds: 20,
        },
      },
    },
  };
}

function committedReplicas(purchase: ResolvedPurchase, replicasMax: number): number {
  return sum(
    purchaseParts(purchase, replicasMax).filter((part) => isCommitment(part.purchase)),
    ({ from, to }) => to - from,
  );
}

/** The same fault, over at some time. */
function limited(fault: ResolvedFault): ResolvedFault {
  const { when } = fault;
  if (when.kind === "random" || when.durationSeconds < NEVER) return fault;
  return { ...fault, when: { ...when, durationSeconds: 20 } };
}

describe("what is paid for", () => {
  it("for all that breaks, ready ≤ paid ≤ replicasMax at all times, and spot is part of it", () => {
    let wholeRuns = 0;
    const law = fc.property(resilienceCase({ warmUpSeconds: 0 }), (one) => {
      const { record } = runCase(one);
      const { pools } = one.scenario.fleet;
      const { bucketSeconds } = record.timeline!;
      for (const bucket of record.timeline!.pools) {
        for (const [index, { readySeconds, paidSeconds }] of bucket.entries()) {
          expect(readySeconds).toBeLessThanOrEqual(paidSeconds + ROUNDING);
          expect(paidSeconds).toBeLessThanOrEqual(
            pools[index]!.replicasMax * bucketSeconds + ROUNDING,
          );
        }
      }
      for (const [index, { readyReplicas, paidReplicas, paid }] of record.pools.entries()) {
        expect(readyReplicas).toBeLessThanOrEqual(paidReplicas + ROUNDING);
        const { purchase, replicasMax, replicasPerNode } = pools[index]!;
        const parts = purchaseParts(purchase, replicasMax);
        expect(paid.map((part) => part.purchase)).toEqual(parts.map((part) => part.purchase));
        for (const [i, part] of paid.entries()) {
          // A commitment is paid whatever becomes of it; of the rest, at most what there is.
          const most = parts[i]!.to - parts[i]!.from;
          expect(part.replicas).toBeLessThanOrEqual(most + ROUNDING);
          if (isCommitment(part.purchase)) expect(part.replicas).toBeCloseTo(most, 9);
          // A node holds so many replicas at the most, and is not billed without one.
          expect(part.nodes).toBeLessThanOrEqual(part.replicas + ROUNDING);
          expect(part.nodes * replicasPerNode).toBeGreaterThanOrEqual(part.replicas - ROUNDING);
        }
        expect(sum(paid, (part) => part.replicas)).toBeCloseTo(paidReplicas, 9);
        const ofBuckets = sum(record.timeline!.pools, (bucket) => bucket[index]!.paidSeconds);
        const measured = paidReplicas * record.windowEndSeconds;
        // After the last of counted requests the timeline goes on, and nothing is measured.
        if (record.windowEndSeconds < one.scenario.horizon.durationSeconds) {
          expect(measured).toBeLessThanOrEqual(ofBuckets + ROUNDING);
        } else {
          wholeRuns++;
          expect(measured).toBeCloseTo(ofBuckets, 6);
        }
      }
    });
    fc.assert(law, CAMPAIGN);
    expect(wholeRuns).toBeGreaterThan(10);
  });

  it("for all fixed pools, ready replicas are what control events leave of them", () => {
    let lost = 0;
    const law = fc.property(resilienceCase({ warmUpSeconds: 0, hasFixedPools: true }), (one) => {
      const { record } = runCase(one);
      const { windowEndSeconds } = record;
      const missing = one.scenario.fleet.pools.map(() => 0);
      const poolOf = new Map<number, number>();
      for (const event of record.control) {
        if (event.kind === "replica-down") poolOf.set(event.replica, event.pool);
      }
      for (const [replica, spans] of downSpans(record.control)) {
        for (const { fromSeconds, toSeconds } of spans) {
          const end = Math.min(toSeconds, windowEndSeconds);
          missing[poolOf.get(replica)!]! += Math.max(0, end - fromSeconds);
        }
      }
      for (const [index, { readyReplicas }] of record.pools.entries()) {
        const { replicas } = one.scenario.fleet.pools[index]!;
        expect(readyReplicas).toBeCloseTo(replicas - missing[index]! / windowEndSeconds, 9);
        lost += missing[index]!;
      }
    });
    fc.assert(law, CAMPAIGN);
    expect(lost).toBeGreaterThan(10);
  });

  it("for all regions that are lost, nothing is ready there meanwhile, and only commitments are paid", () => {
    const law = fc.property(resilienceCase({ warmUpSeconds: 0 }), fc.nat(2), (one, which) => {
      const { scenario, seed } = one;
      const region = which % scenario.fleet.regions.length;
      const { durationSeconds } = scenario.horizon;
      const bucketSeconds = durationSeconds / TIMELINE_BUCKETS;
      const record = runCase({
        seed,
        scenario: {
          ...scenario,
          faults: {
            ...scenario.faults,
            faults: [
              ...scenario.faults.faults,
              {
                name: "region",
                targets: [{ kind: "region", region }],
                effect: { kind: "lose" },
                when: {
                  kind: "at",
                  startSeconds: 2 * bucketSeconds,
                  durationSeconds: 2 * bucketSeconds,
                },
              },
            ],
          },
        },
      }).record;
      for (const bucket of record.timeline!.pools.slice(2, 4)) {
        for (const [index, { readySeconds, paidSeconds }] of bucket.entries()) {
          if (scenario.fleet.pools[index]!.regionIndex !== region) continue;
          const { purchase, replicasMax } = scenario.fleet.pools[index]!;
          const committed = committedReplicas(purchase, replicasMax);
          expect(readySeconds).toBe(0);
          expect(paidSeconds).toBeCloseTo(committed * bucketSeconds, 9);
        }
      }
    });
    fc.assert(law, { ...CAMPAIGN, numRuns: CAMPAIGN.numRuns / 2 });
  });
});

describe("what it costs", () => {
  it("for all fleets and failures, workloads, tenants and pools each add up to the whole, and the whole is tokens × their price", () => {
    let answered = 0;
    const law = fc.property(resilienceCase(), fc.boolean(), (one, isPriced) => {
      const { fleet } = one.scenario;
      // Every second pool without a price, or all with one.
      const pools = fleet.pools.map((pool, i) =>
        isPriced || i % 2 === 0 ? pool : { ...pool, prices: [] },
      );
      const scenario = { ...one.scenario, fleet: { ...fleet, pools } };
      const records = [1, 2].map((seed) => runCase({ scenario, seed: one.seed + seed }).record);
      // By the catalog's physics, as which cost is divided, a request as long as the laws' does not fit so few blocks.
      const small = pools.map((pool) => ({
        ...pool,
        engine: { ...pool.engine, maxContextTokens: 16 },
      }));
      const cost = summarizeCost({ ...scenario, fleet: { ...fleet, pools: small } }, records);
      const usd = cost.usdPerHour!;
      const isNear = (value: number): void =>
        expect(Math.abs(value - usd)).toBeLessThanOrEqual(1e-9 * usd);
      const rest = cost.unallocatedUsdPerHour!;
      isNear(rest + sum(Object.values(cost.byWorkload), (share) => share.usdPerHour!));
      isNear(rest + sum(Object.values(cost.byTenant), (share) => share.usdPerHour!));
      isNear(sum(Object.values(cost.byPool), (pool) => pool.usdPerHour ?? 0));
      expect(cost.idleUsdPerHour).toBeGreaterThanOrEqual(0);
      expect(cost.idleUsdPerHour!).toBeLessThanOrEqual(usd);
      const paid = sum(pools, (pool) => (pool.prices.length > 0 ? 1 : 0));
      if (paid > 0) expect(cost.isLowerBound).toBe(cost.unpricedPools.length > 0);
      const { usdPerMillionInputTokens: input, usdPerMillionOutputTokens: output } = cost;
      if (input === null || output === null) return;
      answered++;
      const { windowStartSeconds, windowEndSeconds } = records[0]!;
      const hours = (2 * (windowEndSeconds - windowStartSeconds)) / 3600;
      const tokens = (of: "inputTokensFinished" | "outputTokensFinished"): number =>
        sum(
          records.flatMap(({ cells }) => cells),
          (cell) => cell[of],
        ) /
        hours /
        1e6;
      isNear(tokens("inputTokensFinished") * input + tokens("outputTokensFinished") * output);
      const { usageBased } = cost;
      expect(
        usageBased.usdPerMillionInputTokens! + usageBased.usdPerMillionOutputTokens!,
      ).toBeLessThanOrEqual((input + output) * (1 + 1e-9));
      expect(usageBased.utilization).toBeGreaterThanOrEqual(0);
      expect(usageBased.utilization).toBeLessThanOrEqual(1 + 1e-9);
    });
    fc.assert(law, { ...CAMPAIGN, numRuns: CAMPAIGN.numRuns / 2 });
    expect(answered).toBeGreaterThan(5);
  });
});
