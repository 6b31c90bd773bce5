/** Limits of a plan: each by arithmetic of its own, from the scenario's figures, and nothing that is not known. */
import { beforeAll, describe, expect, it } from "@jest/globals";
import { buildPlan } from "../../../planner/plan/build-plan";
import { LIMIT_NAMES, unitOf } from "../../../planner/plan/limit-names";
import type { CapacityPlan } from "../../../planner/plan/plan-spec";
import { ENVOY_UNLIMITED } from "../../../planner/plan/pool-limits";
import { expectGolden } from "../../support/golden";
import { type PlannedCase, plannedCase } from "../../support/small-plan";

let planned: PlannedCase;
beforeAll(async () => {
  planned = await plannedCase();
});

/** By name, of one place. */
function limitsOf(plan: CapacityPlan, of: string): Record<string, number> {
  const own = plan.limits.filter((limit) => limit.of === of);
  return Object.fromEntries(
    own.map(({ name, subject, value }) => [subject === null ? name : `${name} ${subject}`, value]),
  );
}

async function limitsWith(overrides: readonly string[], of: string) {
  return limitsOf((await plannedCase(overrides)).plan, of);
}

describe("limits of a pool", () => {
  it("divide the breaker among the gateway's processes, rounded up as they are simulated", () => {
    // us-east-1: 10 replicas × 100 sequences = 1000, over 3 processes; 64 pending, 4 retries at least.
    expect(limitsOf(planned.plan, "us-east-1/h100")).toMatchObject({
      maxParallelRequestsPerProcess: 334,
      maxPendingRequestsPerProcess: 22,
      minRetryConcurrencyPerProcess: 2,
      maxConnectionsPerProcess: ENVOY_UNLIMITED,
    });
  });

  it("say unlimited where there is no breaker, since Envoy Gateway would take 1024", async () => {
    const limits = await limitsWith(["fleet.circuitBreaker=null"], "us-east-1/h100");
    expect(limits).toMatchObject({
      maxParallelRequestsPerProcess: 4294967295,
      maxPendingRequestsPerProcess: 4294967295,
      maxParallelRetriesPerProcess: 4294967295,
    });
  });

  it("count whole nodes: 4 replicas of 2 accelerators on one of 8", () => {
    // 4 on demand are 1 node; the 6 that are spot are 2 nodes; 3 × 8 accelerators.
    expect(limitsOf(planned.plan, "us-east-1/h100")).toMatchObject({
      onDemandNodesMin: 1,
      onDemandNodesMax: 1,
      spotNodesMax: 2,
      acceleratorsMax: 24,
    });
    expect(limitsOf(planned.plan, "europe-west4/h100")).toMatchObject({
      onDemandNodesMax: 2,
      spotNodesMax: 0,
      acceleratorsMax: 2,
    });
  });

  it("count accelerators that no replica uses, and every machine of a replica that spans several", async () => {
    // Replicas of 4 on machines of 8: 5 of them need 3 machines.
    expect(
      await limitsWith(
        [
          "fleet.regions.us-east-1.pools.h100.engine.tensorParallel=4",
          "fleet.regions.us-east-1.pools.h100.replicas=5",
          "fleet.regions.us-east-1.pools.h100.purchase=null",
        ],
        "us-east-1/h100",
      ),
    ).toMatchObject({ onDemandNodesMax: 3, acceleratorsMax: 24 });
  });

  it("tell nodes apart that are committed, which no scaling takes away", async () => {
    // 12 replicas of 2 accelerators, 4 on a node of 8: a node reserved, one in a capacity block, one on demand.
    const pool = "fleet.regions.us-east-1.pools.h100";
    const { plan } = await plannedCase([
      `${pool}.replicas={ min: 5, max: 12, initial: 12 }`,
      `${pool}.autoscaling={ metric: in-flight, target: 8 }`,
      `${pool}.purchase={ reserved1y: 4, capacityBlock: 4, onDemand: rest }`,
    ]);
    expect(limitsOf(plan, "us-east-1/h100")).toMatchObject({
      reservedNodes: 1,
      capacityBlockNodes: 1,
      onDemandNodesMin: 0,
      onDemandNodesMax: 1,
      spotNodesMax: 0,
      acceleratorsMax: 24,
    });
    // Reserved nodes count against the quota of those on demand, capacity blocks do not.
    expect(limitsOf(plan, "us-east-1")).toEqual({
      "acceleratorQuota h100-sxm-80gb capacity-block": 8,
      "acceleratorQuota h100-sxm-80gb on-demand": 16,
      "vcpuQuota P instances capacity-block": 192,
      "vcpuQuota P instances on-demand": 384,
    });
  });

  it("follow the bounds of autoscaling", async () => {
    const pool = "fleet.regions.us-east-1.pools.h100";
    const limits = await limitsWith(
      [
        `${pool}.replicas={ min: 4, max: 12 }`,
        `${pool}.autoscaling={ metric: in-flight, target: 8 }`,
        `${pool}.purchase=null`,
      ],
      "us-east-1/h100",
    );
    expect(limits).toMatchObject({ onDemandNodesMin: 1, onDemandNodesMax: 3, acceleratorsMax: 24 });
    expect(limits["maxParallelRequestsPerProcess"]).toBe(400);
  });

  it("let a pod drain as long as it does in the simulation, and never shorter than the longest stream", () => {
    expect(limitsOf(planned.plan, "us-east-1/h100")["terminationGracePeriodSeconds"]).toBe(300);
    const slow = planWith((measure) => ({ ...measure, e2eMsP999: 400_000 }));
    // 400 s × 1.5.
    expect(limitsOf(slow, "us-east-1/h100")["terminationGracePeriodSeconds"]).toBe(600);
    expect(slow.evidence.warnings.map(({ code }) => code)).toContain("drain-shorter-than-stream");
  });

  it("give weights half as long again to load", () => {
    // 8.03e9 parameters × 2 bytes at 1 GB/s and 60 s: 76.06 s; × 1.5 = 114.1 s.
    expect(limitsOf(planned.plan, "us-east-1/h100")["startupSeconds"]).toBe(115);
  });
});

type Measure = CapacityPlan["evidence"]["runs"][number]["workloads"][number];

function planWith(change: (measure: Measure) => Measure): CapacityPlan {
  const runs = planned.input.runs.map((run) => ({ ...run, workloads: run.workloads.map(change) }));
  return buildPlan({ ...planned.input, runs });
}

describe("limits of a region", () => {
  it("are quotas by accelerator and by vCPUs of the family, each way of buying by itself", () => {
    // p5.48xlarge has 192 vCPUs and 8 H100.
    expect(limitsOf(planned.plan, "us-east-1")).toEqual({
      "acceleratorQuota h100-sxm-80gb on-demand": 8,
      "acceleratorQuota h100-sxm-80gb spot": 16,
      "vcpuQuota P instances on-demand": 192,
      "vcpuQuota P instances spot": 384,
    });
    expect(limitsOf(planned.plan, "europe-west4")).toEqual({
      "acceleratorQuota h100-sxm-80gb on-demand": 2,
    });
  });
});

describe("limits of the fleet", () => {
  it("are the times of failover: 10 s × 3, and the TTL of 60 s", () => {
    expect(limitsOf(planned.plan, "fleet")).toMatchObject({
      dnsDetectionSeconds: 30,
      dnsMoveSeconds: 90,
    });
  });

  it("are the timeouts of the gateway where it has some", async () => {
    expect(
      await limitsWith(
        [
          "fleet.timeout={ requestTimeout: 90 s, maxStreamDuration: 2 min, streamIdleTimeout: 25 s }",
        ],
        "fleet",
      ),
    ).toMatchObject({ requestTimeoutSeconds: 90, streamIdleTimeoutSeconds: 25 });
  });

  it("are else longer than the longest stream and the latest first token that were measured", () => {
    const slow = planWith((measure) => ({ ...measure, e2eMsP999: 400_000, ttftMsP999: 80_000 }));
    expect(limitsOf(slow, "fleet")).toMatchObject({
      requestTimeoutSeconds: 600,
      streamIdleTimeoutSeconds: 120,
    });
    const unknown = planWith((measure) => ({ ...measure, e2eMsP999: null, ttftMsP999: null }));
    expect(limitsOf(unknown, "fleet")).toMatchObject({
      requestTimeoutSeconds: 300,
      streamIdleTimeoutSeconds: 60,
    });
  });

  it("leave the wait of messages out of what a stream takes", () => {
    const waiting = planWith((measure) =>
      measure.workload === "digest" ? { ...measure, e2eMsP999: 9e6 } : measure,
    );
    expect(limitsOf(waiting, "fleet")["requestTimeoutSeconds"]).toBe(300);
  });

  it("are the queue's as simulated, its dead letters kept for longer, and an alarm by the promise", () => {
    const limits = limitsOf(planned.plan, "fleet");
    expect(limits).toMatchObject({
      queueVisibilityTimeoutSeconds: 600,
      queueRetentionSeconds: 4 * 86_400,
      deadLetterRetentionSeconds: 14 * 86_400,
      queueAgeAlarmSeconds: 300,
    });
  });

  it("have no queue where no workload goes through one", async () => {
    const limits = await limitsWith(["workloads.digest=null"], "fleet");
    expect(Object.keys(limits).filter((name) => /queue|deadLetter/i.test(name))).toEqual([]);
  });

  it("warn of messages that are worked on for longer than they are hidden", () => {
    const { resolved } = planned.input;
    const queue = { ...resolved.fleet.policies.queue, heartbeat: false };
    const policies = { ...resolved.fleet.policies, queue };
    const runs = planned.input.runs.map((run) => ({
      ...run,
      workloads: run.workloads.map((measure) => ({ ...measure, e2eMsP999: 700_000 })),
    }));
    const plan = buildPlan({
      ...planned.input,
      resolved: { ...resolved, fleet: { ...resolved.fleet, policies } },
      runs,
    });
    expect(plan.evidence.warnings.map(({ code }) => code)).toContain(
      "visibility-shorter-than-work",
    );
    expect(planned.plan.evidence.warnings.map(({ code }) => code)).toEqual(["cost-lower-bound"]);
  });

  it("are a budget of what has a price: (55.04 + 2 × 11.06) × 730 + 420 of services", () => {
    expect(limitsOf(planned.plan, "fleet")).toMatchObject({
      budgetUsdPerMonth: 56_746.8,
      budgetAlertUsdPerMonth: 68_096.16,
    });
  });

  it("have no budget where no price is known", () => {
    const cost = {
      ...planned.plan.cost,
      usdPerHour: null,
      usdPerMonth: null,
      totalUsdPerMonth: null,
    };
    const plan = buildPlan({ ...planned.input, cost: { ...cost, isLowerBound: false } });
    expect(limitsOf(plan, "fleet")).not.toHaveProperty("budgetUsdPerMonth");
    expect(plan.evidence.warnings.map(({ code }) => code)).toEqual(["cost-unknown"]);
  });
});

describe("every limit", () => {
  it("has its unit, a derivation and inputs that are finite", async () => {
    const other = await plannedCase(["fleet.circuitBreaker=null", "workloads.digest=null"]);
    const limits = [...planned.plan.limits, ...other.plan.limits];
    for (const { name, value, unit, derivation, inputs } of limits) {
      expect(unit).toBe(unitOf(name));
      expect(derivation).not.toBe("");
      expect([value, ...Object.values(inputs)].every(Number.isFinite)).toBe(true);
    }
    expect(new Set(limits.map(({ name }) => name))).toEqual(new Set(LIMIT_NAMES));
  });

  it("is written with where it comes from", () => {
    const lines = planned.plan.limits.map(
      ({ of, name, subject, value, unit, derivation }) =>
        `${of} ${name}${subject === null ? "" : ` (${subject})`}: ${value} ${unit}: ${derivation}`,
    );
    expectGolden("plan-limits.txt", `${lines.join("\n")}\n`);
  });
});
