/** A small plan, made from a scenario that really ran: what the tests of plans read, edit and compare. */
import { runReplications } from "../../planner/execution/run-replications";
import type { SimulationSummary } from "../../planner/metrics/simulation-summary";
import { buildPlan, type PlanInput } from "../../planner/plan/build-plan";
import { evidenceOfRun } from "../../planner/plan/evidence-of-run";
import type { CapacityPlan } from "../../planner/plan/plan-spec";
import { type BilledCost, plannedCost } from "../../planner/plan/planned-cost";
import { checkScenario, readScenario } from "../../planner/scenario/parse-scenario";
import { resolveScenario } from "../../planner/scenario/resolve-scenario";

/** Two regions of two clouds, a queue, a breaker, failover, spot capacity: a bit of everything that limits rest on. */
export const PLANNED_SCENARIO = `version: 1
name: planned
seed: 3
replications: 2
horizon: { duration: 30 s, warmUp: 3 s }
workloads:
  chat:
    model: llama-3.1-8b-instruct
    arrivals: { rate: 4/s }
    tokens: { input: 500, output: 40 }
    origins: { us-east: 0.7, eu-west: 0.3 }
    tenants: { first: 0.6, second: 0.4 }
    slo: { ttft: { p95: 2 s }, e2e: { p99: 20 s } }
    priority: interactive
  digest:
    model: llama-3.1-8b-instruct
    arrivals: { rate: 1/s }
    tokens: { input: 900, output: 30 }
    origins: { us-east: 1 }
    delivery: queue
    slo: { e2e: { p99: 5 min } }
fleet:
  regions:
    us-east-1:
      pools:
        h100: { model: llama-3.1-8b-instruct, instanceType: p5.48xlarge, replicas: 10, engine: { tensorParallel: 2, maxSequences: 100 }, purchase: { onDemand: 4, spot: rest } }
    europe-west4:
      pools:
        h100: { model: llama-3.1-8b-instruct, instanceType: a3-highgpu-1g, replicas: 2, price: $11.06 }
  gateway: { replicas: 3 }
  circuitBreaker: { maxParallelRequests: auto, maxPendingRequests: 64, maxConnections: unlimited, retryBudget: { percent: 20%, minRetryConcurrency: 4 } }
  retry: { numRetries: 1 }
  failover: { policy: latency, healthCheck: { interval: 10 s, failureThreshold: 3 }, ttl: 60 s }
  draining: { timeout: 5 min }
`;

export interface PlannedCase {
  readonly input: PlanInput;
  readonly plan: CapacityPlan;
}

/** Paid as in the run, at prices of this test; the pool of us-east-1 has no price of its spot replicas. */
function billedPools(summary: SimulationSummary): BilledCost["byPool"] {
  const paid = (pool: string) => summary.pools[pool]!.paidReplicas;
  const spot = paid("us-east-1/h100") * (summary.pools["us-east-1/h100"]!.spotShare ?? 0);
  const listed = { kind: "list", terms: "", source: "a price list", date: "2026-11-01" } as const;
  const unknown = { kind: "unknown", terms: null, source: null, date: null } as const;
  const given = { kind: "given", terms: "price of a replica", source: "scenario" } as const;
  const some = { instances: 1, usdPerHour: 55.04, usdPerReplicaHour: 13.76 };
  const west = paid("europe-west4/h100");
  return {
    "us-east-1/h100": {
      parts: [
        { purchase: "on-demand", replicas: 4, ...some, ...listed },
        {
          purchase: "spot",
          replicas: spot,
          instances: Math.ceil(spot / 4),
          usdPerHour: null,
          usdPerReplicaHour: null,
          ...unknown,
        },
      ],
    },
    "europe-west4/h100": {
      parts: [
        {
          purchase: "on-demand",
          replicas: west,
          instances: 2,
          usdPerHour: 11.06 * west,
          usdPerReplicaHour: 11.06,
          ...given,
          date: null,
        },
      ],
    },
  };
}

/** The plan of a scenario text; `overrides` as in `--set`. */
export async function plannedCase(
  overrides: readonly string[] = [],
  {
    text = PLANNED_SCENARIO,
    traces = new Map(),
    tracePath = (path) => path,
  }: Partial<Pick<PlanInput, "traces" | "tracePath">> & { readonly text?: string } = {},
): Promise<PlannedCase> {
  const written = readScenario(text, { overrides });
  const resolved = resolveScenario(checkScenario(written), { traces });
  const { seed, replications } = resolved;
  const summary = await runReplications(resolved, { seed, replications });
  if (summary === undefined) throw new Error("interrupted");
  const { fleet } = resolved;
  const isPlanned = fleet.pools.some(({ name }) => name === "europe-west4/h100");
  const input: PlanInput = {
    resolved,
    written,
    traces,
    tracePath,
    runs: [evidenceOfRun("nominal", summary, resolved)],
    found: {
      bound: {
        lowerBoundUsdPerHour: 70.5,
        gap: 0.08,
        bindingConstraint: "chat ttft p95 with us-east-1 lost",
        nextCheaper: null,
      },
      assumptions: ["prompts are of the lengths that the scenario says"],
      warnings: [],
      provenance: summary.provenance.map((row) => ({ ...row })),
    },
    ...plannedCost({
      fleet,
      cost: {
        byPool: isPlanned ? billedPools(summary) : {},
        services: { usdPerMonth: 420, unpriced: [] },
        priceBook: { id: "list", date: "2026-11-01", digest: "0123456789ab" },
      },
    }),
    version: "0.1.0",
  };
  return { input, plan: buildPlan(input) };
}

/** A copy of a plan, free to be edited. */
export function copyOf(plan: CapacityPlan): Record<string, never> & CapacityPlan {
  return JSON.parse(JSON.stringify(plan)) as Record<string, never> & CapacityPlan;
}
