/**
 * Random fleets in which everything goes wrong at once: the fleets of random-fleet.ts, with every policy, client
 * behaviour and fault switched on or off at random, on time scales of seconds so that a run of half a minute sees
 * them all. Not realistic, only varied. What a case draws by chance alone is in random-policies.ts and
 * random-faults.ts; here it is put together so that its parts go together as a resolved scenario's do.
 */
import * as fc from "fast-check";
import type { ResolvedFleet, ResolvedPool } from "../../planner/fleet/resolved-fleet";
import type { ResolvedFailover, ResolvedPolicies } from "../../planner/fleet/resolved-policies";
import type { ResolvedStep } from "../../planner/scenario/resolved-client";
import type { ResolvedScenario, ResolvedWorkload } from "../../planner/scenario/resolved-scenario";
import { drawnFaults, resolveDrawnFaults } from "./random-faults";
import { type FleetCase, fleetCase } from "./random-fleet";
import {
  type DrawnFailover,
  type DrawnPolicies,
  type DrawnPool,
  drawnClient,
  drawnPolicies,
  drawnPool,
  QUEUE_CLIENT,
} from "./random-policies";

const MODELS_PER_CASE = 2;
const POOLS_MAX = 12;
const WORKLOADS_MAX = 3;

/** What is not left to chance. */
export interface FixedResilience {
  readonly drain?: boolean;
  readonly warmUpSeconds?: number;
  /** No autoscaling and no spot capacity: as many replicas as the pool says. */
  readonly hasFixedPools?: boolean;
  /** Nothing that looks at KV in the middle of a run of steps: it sees more of them one at a time. */
  readonly isBlindToKv?: boolean;
}

/** How a workload differs from a plain one. */
interface DrawnWorkload {
  readonly kind: "plain" | "fallback" | "chain" | "queue";
  readonly stepTimeoutSeconds: number;
  readonly waitFailureShare: number;
  readonly onFailure: "fail" | "skip";
  readonly isWaitLast: boolean;
}

const drawnWorkload: fc.Arbitrary<DrawnWorkload> = fc.record({
  kind: fc.constantFrom("plain", "plain", "fallback", "chain", "queue"),
  stepTimeoutSeconds: fc.constantFrom(0.7, 4, Number.POSITIVE_INFINITY),
  waitFailureShare: fc.constantFrom(0, 0.1),
  onFailure: fc.constantFrom("fail", "skip"),
  isWaitLast: fc.boolean(),
});

/** A fleet of up to three regions under up to three workloads, with policies and faults. */
export function resilienceCase(fixed: FixedResilience = {}): fc.Arbitrary<FleetCase> {
  return fc
    .record({
      one: fleetCase(fixed.drain === undefined ? {} : { drain: fixed.drain }),
      policies: drawnPolicies,
      pools: fc.array(drawnPool, { minLength: POOLS_MAX, maxLength: POOLS_MAX }),
      clients: fc.array(drawnClient, { minLength: WORKLOADS_MAX, maxLength: WORKLOADS_MAX }),
      workloads: fc.array(drawnWorkload, { minLength: WORKLOADS_MAX, maxLength: WORKLOADS_MAX }),
      faults: drawnFaults,
      zones: fc.integer({ min: 1, max: 3 }),
      durationSeconds: fc.constantFrom(7, 31),
    })
    .map(({ one, policies, pools, clients, workloads, faults, zones, durationSeconds }) => {
      const { scenario, seed } = one;
      const regions = scenario.fleet.regions.map((region) => ({ ...region, zones }));
      const fleet: ResolvedFleet = {
        ...scenario.fleet,
        regions,
        pools: scenario.fleet.pools.map((pool, i) => withPolicies(pool, pools[i]!, fixed)),
        policies: policiesOf(policies, scenario.fleet),
        routing:
          fixed.isBlindToKv === true && scenario.fleet.routing.policy === "least-kv"
            ? { ...scenario.fleet.routing, policy: "least-outstanding" }
            : scenario.fleet.routing,
      };
      const models = modelsOf(fleet);
      return {
        seed,
        scenario: {
          ...scenario,
          horizon: {
            ...scenario.horizon,
            durationSeconds,
            warmUpSeconds: fixed.warmUpSeconds ?? scenario.horizon.warmUpSeconds,
          },
          fleet,
          workloads: scenario.workloads.map((workload, i) =>
            changed({ ...workload, client: clients[i]! }, workloads[i]!, models),
          ),
          faults: resolveDrawnFaults(faults, fleet, scenario.workloads.length, durationSeconds),
        },
      };
    });
}

/** Models with a pool that takes requests, in every region. */
function modelsOf({ pools }: ResolvedFleet): string[] {
  return [...new Set(pools.map((pool) => pool.model.name))].slice(0, MODELS_PER_CASE);
}

function withPolicies(pool: ResolvedPool, drawn: DrawnPool, fixed: FixedResilience): ResolvedPool {
  const { extraReplicas, fewerReplicas, autoscaling, purchase, ...policies } = drawn;
  if (fixed.hasFixedPools === true) {
    return { ...pool, ...policies, autoscaling: undefined };
  }
  if (autoscaling === undefined) return { ...pool, ...policies, purchase, autoscaling };
  const isBlind = fixed.isBlindToKv === true && autoscaling.metric === "kv-utilization";
  return {
    ...pool,
    ...policies,
    purchase,
    replicasMin: Math.max(0, pool.replicas - fewerReplicas),
    replicasMax: pool.replicas + extraReplicas,
    autoscaling: isBlind ? { ...autoscaling, metric: "in-flight", target: 3 } : autoscaling,
  };
}

function policiesOf(drawn: DrawnPolicies, fleet: ResolvedFleet): ResolvedPolicies {
  const { failover, ...policies } = drawn;
  return {
    ...policies,
    failover: failover === undefined ? undefined : failoverOf(failover, fleet),
  };
}

function failoverOf(drawn: DrawnFailover, { regions, origins }: ResolvedFleet): ResolvedFailover {
  const { kind, ...rest } = drawn;
  const all = regions.map((_, region) => region);
  switch (kind) {
    case "latency":
      return { ...rest, policy: { kind } };
    case "weighted":
      return { ...rest, policy: { kind, weights: all.map((region) => 1 + region) } };
    case "primary-backup":
      return { ...rest, policy: { kind, order: [...all].reverse() } };
    case "geo": {
      const regionOfOrigin = origins.map((_, origin) => origin % regions.length);
      return { ...rest, policy: { kind, regionOfOrigin } };
    }
  }
}

function changed(
  workload: ResolvedWorkload,
  drawn: DrawnWorkload,
  models: readonly string[],
): ResolvedWorkload {
  const other = models.find((model) => model !== workload.model) ?? workload.model;
  switch (drawn.kind) {
    case "plain":
      return workload;
    case "fallback":
      return { ...workload, fallback: { model: other, on: ["rejected", "failed", "timed-out"] } };
    case "queue": {
      const slo = workload.slo.filter(({ metric }) => metric !== "ttft");
      return { ...workload, slo, delivery: "queue", client: QUEUE_CLIENT };
    }
    case "chain": {
      // A turn of a session is one call.
      if (workload.sessions !== undefined) return workload;
      const chain = chainOf(workload, other, drawn);
      return { ...workload, chain, prefix: undefined };
    }
  }
}

/** Retrieve, a call of one model, a tool, a call of the workload's own; sometimes with a wait at the end. */
function chainOf(workload: ResolvedWorkload, other: string, drawn: DrawnWorkload): ResolvedStep[] {
  const { stepTimeoutSeconds, waitFailureShare, onFailure } = drawn;
  const tokens = {
    kind: "distributions",
    input: { kind: "uniform", min: 1, max: 200 },
    output: { kind: "uniform", min: 1, max: 30 },
    rankCorrelation: 0,
  } as const;
  const wait = (name: string, mean: number): ResolvedStep => ({
    kind: "wait",
    name,
    what: "tool",
    latencySeconds: { kind: "exponential", mean },
    timeoutSeconds: stepTimeoutSeconds,
    failureShare: waitFailureShare,
    onFailure,
  });
  const model = (name: string, asked: string, fallback: string | undefined): ResolvedStep => ({
    kind: "model",
    name,
    model: asked,
    tokens,
    prefix: workload.prefix,
    timeoutSeconds: stepTimeoutSeconds,
    fallback: fallback === undefined ? undefined : { model: fallback, on: ["failed", "rejected"] },
    contextWindowTokens: workload.contextWindowTokens,
  });
  return [
    wait("retrieve", 0.3),
    model("plan", other, undefined),
    wait("tool", 1),
    model("answer", workload.model, other),
    ...(drawn.isWaitLast ? [wait("guardrail", 0.1)] : []),
  ];
}

/** Whether each request of a drained run must come to an end: no client and no message waits for ever. */
export function endsForSure({ workloads, fleet }: ResolvedScenario): boolean {
  const isLimited = (seconds: number): boolean => seconds < Number.POSITIVE_INFINITY;
  return workloads.every(({ delivery, client }) =>
    delivery === "queue"
      ? isLimited(fleet.policies.queue.retentionSeconds)
      : isLimited(client.giveUpSeconds) || client.timeoutSeconds !== undefined,
  );
}
