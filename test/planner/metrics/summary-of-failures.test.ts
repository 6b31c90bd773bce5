/** What the summary says of requests that fail, of replicas that come and go, and of queues: on records made by hand. */
import { describe, expect, it } from "@jest/globals";
import type { SimulationSummary } from "../../../planner/metrics/simulation-summary";
import { summarize } from "../../../planner/metrics/summarize";
import type { ResolvedStep } from "../../../planner/scenario/resolved-client";
import type { ResolvedScenario } from "../../../planner/scenario/resolved-scenario";
import type { ControlEvent } from "../../../planner/simulation/control-event";
import type { PoolRecord, RunRecord } from "../../../planner/simulation/run-record";
import { pricedAt, resolvedPool, resolvedScenario, resolvedWorkload } from "../../support/resolved";
import {
  type CellByHand,
  cellByHand,
  recordByHand,
  sketchOf,
  timelineByHand,
} from "../../support/run-records";

const RETRIEVE: ResolvedStep = {
  kind: "wait",
  name: "retrieve",
  what: "retrieve",
  latencySeconds: { kind: "constant", value: 0.1 },
  timeoutSeconds: 1,
  failureShare: 0,
  onFailure: "fail",
};

const ANSWER: ResolvedStep = {
  kind: "model",
  name: "answer",
  model: "llama-3.1-8b-instruct",
  tokens: {
    kind: "distributions",
    input: { kind: "constant", value: 500 },
    output: { kind: "constant", value: 50 },
    rankCorrelation: 0,
  },
  prefix: undefined,
  timeoutSeconds: Number.POSITIVE_INFINITY,
  fallback: undefined,
  contextWindowTokens: 8192,
};

const POOL = resolvedPool({ name: "us-east-1/h100", replicas: 2, ...pricedAt(4) });
const SCENARIO = resolvedScenario({ pools: [POOL], durationSeconds: 100 });

function recordOf(cells: readonly CellByHand[], changes: Partial<RunRecord> = {}): RunRecord {
  return { ...recordByHand(cells.map(cellByHand)), ...changes };
}

function summaryOf(records: readonly RunRecord[], scenario = SCENARIO): SimulationSummary {
  return summarize(scenario, records, { seed: 1, replications: records.length });
}

function warningsOf(summary: SimulationSummary): Readonly<Record<string, string>> {
  return Object.fromEntries(summary.warnings.map(({ code, message }) => [code, message]));
}

const FAILING: CellByHand = {
  counts: {
    offered: 1000,
    completed: 940,
    rejected: 30,
    timedOut: 20,
    failed: 10,
    clientRetries: 250,
    gatewayRetries: 40,
    hedges: 4,
    touched: 300,
    fellBack: 6,
  },
  reasons: { "context-too-long": 5, overflow: 25, "client-timeout": 20, "replica-lost": 10 },
};

describe("the counts of a summary", () => {
  it("are means over replications, with only the reasons that occurred", () => {
    const second: CellByHand = {
      counts: { offered: 1000, completed: 999, failed: 1, touched: 1 },
      reasons: { "no-gateway": 1 },
    };
    const { requests, availability } = summaryOf([recordOf([FAILING]), recordOf([second])]);
    expect(requests).toEqual({
      offered: 1000,
      completed: 969.5,
      rejected: 15,
      timedOut: 10,
      failed: 5.5,
      inFlight: 0,
      retried: 125,
      gatewayRetries: 20,
      hedges: 2,
      touched: 150.5,
      fellBack: 3,
      reasons: {
        "context-too-long": 2.5,
        overflow: 12.5,
        "client-timeout": 10,
        "replica-lost": 5,
        "no-gateway": 0.5,
      },
      brokenSteps: {},
    });
    expect(availability.value).toBe(0.9695);
  });

  it("name the steps at which chains broke, and no step of a workload without a chain", () => {
    const workloads = [
      resolvedWorkload({ name: "agent", chain: [RETRIEVE, ANSWER] }),
      resolvedWorkload({ name: "rag", chain: [RETRIEVE, RETRIEVE, ANSWER] }),
      resolvedWorkload({ name: "chat" }),
    ];
    const clipped = workloads.map(() => ({ inputs: 0, outputs: 0, overflows: 0 }));
    const record = recordOf(
      [
        { counts: { workload: 0, offered: 10 }, brokenSteps: [3, 0] },
        { counts: { workload: 0, offered: 10 }, brokenSteps: [1, 0] },
        { counts: { workload: 1, offered: 10 }, brokenSteps: [1, 2, 5] },
        { counts: { workload: 2, offered: 10 }, brokenSteps: [4] },
      ],
      { clipped },
    );
    const pools = record.pools.map((pool) => ({
      ...pool,
      itlSeconds: workloads.map(() => sketchOf()),
    }));
    const scenario = resolvedScenario({ pools: [POOL], workloads });
    const summary = summaryOf([{ ...record, pools }], scenario);
    expect(summary.workloads["agent"]!.requests.brokenSteps).toEqual({ retrieve: 4 });
    expect(summary.workloads["rag"]!.requests.brokenSteps).toEqual({ retrieve: 3, answer: 5 });
    expect(summary.workloads["chat"]!.requests.brokenSteps).toEqual({});
    expect(summary.requests.brokenSteps).toEqual({ retrieve: 7, answer: 5 });
  });
});

describe("the pools of a summary", () => {
  const scaled = (changes: Partial<PoolRecord>): RunRecord => {
    const record = recordOf([FAILING]);
    return { ...record, pools: record.pools.map((pool) => ({ ...pool, ...changes })) };
  };

  const paidOf = (onDemand: number, spot: number): Pick<PoolRecord, "paid" | "paidReplicas"> => ({
    paidReplicas: onDemand + spot,
    paid: [
      { purchase: "on-demand", replicas: onDemand, nodes: onDemand },
      { purchase: "spot", replicas: spot, nodes: spot },
    ],
  });

  it("are charged for the replicas that were paid for, and busy by those that were ready", () => {
    const { pools, cost } = summaryOf([
      scaled({ readyReplicas: 1, ...paidOf(1.5, 0.5), busySeconds: 50 }),
      scaled({ readyReplicas: 3, ...paidOf(3, 1), busySeconds: 150 }),
    ]);
    const pool = pools["us-east-1/h100"]!;
    expect(pool).toMatchObject({
      replicas: 2,
      readyReplicas: 2,
      paidReplicas: 3,
      spotShare: 0.25,
      // 200 s of 100 s × (1 + 3).
      utilization: 0.5,
    });
    // 3 replicas of one accelerator for 100 s.
    expect(pool.gpuHours).toBeCloseTo(300 / 3600, 12);
    expect(cost.usdPerHour).toBe(12);
  });

  it("have no shares of replicas that were never there", () => {
    const { pools, cost } = summaryOf([
      scaled({ readyReplicas: 0, ...paidOf(0, 0), busySeconds: 0 }),
    ]);
    expect(pools["us-east-1/h100"]).toMatchObject({ utilization: 0, spotShare: null, gpuHours: 0 });
    expect(cost.usdPerHour).toBe(0);
  });
});

describe("the queues of a summary", () => {
  const queue = {
    region: 0,
    sent: 100,
    received: 120,
    completed: 90,
    deadLettered: 4,
    expired: 0,
    left: 6,
    deepest: 40,
    oldestSeconds: 12,
  };

  it("are by region: counts are means, the worst is the worst of all", () => {
    const other = { ...queue, sent: 200, completed: 196, deadLettered: 0, left: 4, deepest: 30 };
    const { queues } = summaryOf([
      recordOf([FAILING], { queues: [queue] }),
      recordOf([FAILING], { queues: [{ ...other, oldestSeconds: 80 }] }),
    ]);
    expect(queues).toEqual({
      "us-east-1": {
        sent: 150,
        received: 120,
        completed: 143,
        deadLettered: 2,
        expired: 0,
        left: 5,
        deepest: 40,
        oldestSeconds: 80,
      },
    });
    expect(summaryOf([recordOf([FAILING])]).queues).toEqual({});
  });

  it("warn of messages that are lost, and only then", () => {
    const lossy = { ...queue, expired: 1 };
    const warnings = warningsOf(summaryOf([recordOf([FAILING], { queues: [lossy] })]));
    expect(warnings["dead-lettered"]).toMatch(/^us-east-1: 4 of 100 messages went to the dead/);
    expect(warnings["expired"]).toMatch(/^us-east-1: 1 of 100 messages grew older/);
    const whole = { ...queue, deadLettered: 0, left: 10 };
    const calm = warningsOf(summaryOf([recordOf([FAILING], { queues: [whole] })]));
    expect(Object.keys(calm)).not.toEqual(expect.arrayContaining(["dead-lettered"]));
    expect(Object.keys(calm)).not.toEqual(expect.arrayContaining(["expired"]));
  });
});

describe("the control events of a summary", () => {
  it("are counted by kind, and the first of the first replication named", () => {
    const model = "llama-3.1-8b-instruct";
    const { control } = summaryOf([
      recordOf([FAILING], {
        control: [
          { seconds: 1, kind: "ejected", pool: 0, replica: 3 },
          { seconds: 2, kind: "region-unhealthy", region: 0, model },
          { seconds: 3, kind: "scaled", pool: 0, from: 2, to: 5 },
        ],
      }),
      recordOf([FAILING], { control: [{ seconds: 1, kind: "ejected", pool: 0, replica: 0 }] }),
    ]);
    expect(control).toEqual({
      counts: { ejected: 1, "region-unhealthy": 0.5, scaled: 0.5 },
      first: [
        { seconds: 1, kind: "ejected", pool: "us-east-1/h100", replica: 3 },
        { seconds: 2, kind: "region-unhealthy", region: "us-east-1", model },
        { seconds: 3, kind: "scaled", pool: "us-east-1/h100", from: 2, to: 5 },
      ],
    });
  });

  it("are cut after a hundred, and counted whole", () => {
    const control = Array.from({ length: 250 }, (_, seconds): ControlEvent => {
      return { seconds, kind: "ejected", pool: 0, replica: 0 };
    });
    const summary = summaryOf([recordOf([FAILING], { control })]);
    expect(summary.control.first).toHaveLength(100);
    expect(summary.control.counts).toEqual({ ejected: 250 });
  });
});

describe("the timeline of a summary", () => {
  it("tells arrivals by what became of them, and events by when they happened", () => {
    const bucket = { offered: 100, answered: 80, good: 70, touched: 30 };
    const busy = { ...bucket, attempts: 150, completed: 60, poolAttempts: [140], ready: [1.5] };
    const timeline = timelineByHand([busy, { offered: 10 }], { bucketSeconds: 50, pools: 1 });
    const records = [recordOf([FAILING], { timeline }), recordOf([FAILING], { timeline })];
    const { workloads, pools } = summaryOf(records).timeline![0]!;
    expect(workloads["chat"]).toMatchObject({
      offered: 100,
      completedOfArrived: 80,
      // The workload has no objective to meet.
      goodOfArrived: null,
      touchedOfArrived: 30,
      attempts: 150,
      completed: 60,
      failed: 20,
    });
    expect(pools).toEqual({
      "us-east-1/h100": { readyReplicas: 1.5, paidReplicas: 1.5, attempts: 140 },
    });
    const slo = [{ metric: "ttft", statistic: "p95", limitSeconds: 1 }] as const;
    const judged = resolvedScenario({ pools: [POOL], workloads: [resolvedWorkload({ slo })] });
    const cell = { ...FAILING, met: [900] };
    const withSlo = summaryOf([recordOf([cell], { timeline })], judged);
    expect(withSlo.timeline![0]!.workloads["chat"]!.goodOfArrived).toBe(70);
  });
});

describe("the warnings of a summary", () => {
  it("tell what fits no replica from what was refused, timed out and failed, and why", () => {
    const warnings = warningsOf(summaryOf([recordOf([FAILING])]));
    expect(warnings["rejected"]).toMatch(/^chat: 5 of 1,000 requests do not fit/);
    expect(warnings["refused"]).toBe("chat: 25 of 1,000 requests were refused (overflow 25)");
    expect(warnings["timed-out"]).toBe("chat: 20 of 1,000 requests timed out (client-timeout 20)");
    expect(warnings["failed"]).toBe("chat: 10 of 1,000 requests failed (replica-lost 10)");
  });

  it("list reasons by how often they occurred, and none as 0", () => {
    const reasons = { shed: 1, overflow: 40, deadline: 7 };
    const cell: CellByHand = { counts: { offered: 100, rejected: 48 }, reasons };
    const calm: CellByHand = { counts: { offered: 100 } };
    const records = [cell, calm, calm].map((one) => recordOf([one]));
    expect(warningsOf(summaryOf(records))["refused"]).toBe(
      "chat: 16 of 100 requests were refused (overflow 13, deadline 2, shed less than 1)",
    );
  });

  it("say from 1.2 attempts of each first one that retries amplify the load", () => {
    const amplified = (counts: CellByHand["counts"], scenario?: ResolvedScenario) =>
      warningsOf(summaryOf([recordOf([{ counts: { offered: 100, ...counts } }])], scenario))[
        "retries-amplify"
      ];
    expect(amplified({ clientRetries: 10, gatewayRetries: 10 })).toBeUndefined();
    expect(amplified({ clientRetries: 10, gatewayRetries: 10, hedges: 1 })).toMatch(
      /^chat: retries make 1\.2 attempts of each first one \(10 by clients, 10 by gateways, 1 hedges/,
    );
    // Two calls of a model are two first attempts.
    const workloads = [resolvedWorkload({ chain: [ANSWER, RETRIEVE, ANSWER] })];
    const chain = resolvedScenario({ pools: [POOL], workloads });
    expect(amplified({ clientRetries: 40 }, chain)).toBeUndefined();
    expect(amplified({ clientRetries: 41 }, chain)).toBeDefined();
    expect(amplified({ offered: 0 })).toBeUndefined();
  });

  it("say what became of contexts that outgrew the window", () => {
    const sessions = {
      turns: { kind: "constant", value: 5 },
      thinkSeconds: { kind: "constant", value: 1 },
    } as const;
    const overflowing = (overflow: "end" | "truncate") => {
      const workload = resolvedWorkload({
        sessions: { ...sessions, overflow: { kind: overflow } },
      });
      const scenario = resolvedScenario({ pools: [POOL], workloads: [workload] });
      const clipped = [{ inputs: 0, outputs: 0, overflows: 12 }];
      return warningsOf(summaryOf([recordOf([FAILING], { clipped })], scenario));
    };
    expect(overflowing("truncate")["session-overflows"]).toBe(
      "chat: the context of a session outgrew the window of 8,192 tokens 12 times; the oldest context is dropped",
    );
    expect(overflowing("end")["session-overflows"]).toBeUndefined();
  });

  it("ask for a timeline when faults struck without one", () => {
    const control = [{ seconds: 1, kind: "fault-start", fault: "f", replicas: 1 }] as const;
    const timeline = timelineByHand([{ offered: 1 }], { bucketSeconds: 100, pools: 1 });
    const without = summaryOf([recordOf([FAILING], { control })]);
    expect(without.resilience).toBeNull();
    expect(warningsOf(without)["faults-not-assessed"]).toMatch(/--timeline/);
    const having = summaryOf([recordOf([FAILING], { control, timeline })]);
    expect(having.resilience).toMatchObject([{ fault: "f" }]);
    expect(warningsOf(having)["faults-not-assessed"]).toBeUndefined();
  });

  it("add nothing when all is answered", () => {
    const calm = summaryOf([recordOf([{ counts: { offered: 2000, completed: 2000 } }])]);
    expect(calm.warnings.map(({ code }) => code)).toEqual(["single-replication"]);
  });
});
