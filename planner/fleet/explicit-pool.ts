/** One pool as it is written, every default filled in: hardware, engine, capacity and the policies that it follows. */
import type { z } from "zod";
import { formatWeekTime } from "../foundation/week-time";
import {
  bandwidthText,
  durationDistribution,
  durationText,
  percentText,
  rateText,
} from "./exact-text";
import type { fleetSpec } from "./fleet-spec";
import type { ResolvedEngine, ResolvedPool } from "./resolved-fleet";
import type {
  CommittedReplicas,
  ResolvedAutoscaling,
  ResolvedCircuitBreaker,
  ResolvedHealthCheck,
  ResolvedPurchase,
  ResolvedScalingRules,
} from "./resolved-policies";
import type { PurchaseSpec } from "./scaling-spec";

type WrittenPool = NonNullable<z.input<typeof fleetSpec>["regions"][string]["pools"]>[string];

const finite = (value: number): number | undefined =>
  value === Number.POSITIVE_INFINITY ? undefined : value;

/** @param hasGatewayRetries whether the gateway retries: otherwise a limit on its retries is refused */
export function explicitPool(
  pool: ResolvedPool,
  { hasGatewayRetries }: { readonly hasGatewayRetries: boolean },
): WrittenPool {
  const { instanceType, kvTransfer, autoscaling } = pool;
  const inputTokensMax = finite(pool.inputTokensMax);
  const given = pool.prices.find(({ kind }) => kind === "given");
  return {
    model: pool.model.name,
    ...(instanceType === undefined
      ? { accelerator: pool.accelerator.name }
      : { instanceType: instanceType.name }),
    replicas:
      autoscaling === undefined
        ? pool.replicas
        : { min: pool.replicasMin, max: pool.replicasMax, initial: pool.replicas },
    role: pool.role,
    engine: explicitEngine(pool.engine),
    accepts: inputTokensMax === undefined ? undefined : { inputTokens: { max: inputTokensMax } },
    priorities: pool.priorities.length === 0 ? undefined : [...pool.priorities],
    // Prices of the book are read from it again, by the prices that the scenario has.
    price: given?.usdPerReplicaHour,
    kvTransfer:
      pool.role === "prefill"
        ? {
            bandwidth: bandwidthText(kvTransfer.bytesPerSecond),
            latency: durationText(kvTransfer.latencySeconds),
          }
        : undefined,
    ...explicitPurchase(pool.purchase),
    coldStart: {
      node: durationDistribution(pool.coldStart.nodeSeconds),
      imagePull: durationDistribution(pool.coldStart.imagePullSeconds),
      weights: durationDistribution(pool.coldStart.weightLoadSeconds),
    },
    autoscaling:
      autoscaling === undefined ? "none" : explicitAutoscaling(autoscaling, pool.replicasMin),
    circuitBreaker:
      pool.circuitBreaker === undefined
        ? "none"
        : explicitCircuitBreaker(pool.circuitBreaker, hasGatewayRetries),
    healthCheck: explicitHealthCheck(pool.healthCheck),
  };
}

function explicitEngine(engine: ResolvedEngine): NonNullable<WrittenPool["engine"]> {
  const { speculation } = engine;
  return {
    tensorParallel: engine.tensorParallel,
    pipelineParallel: engine.pipelineParallel,
    dataParallel: engine.dataParallel,
    expertParallel: engine.expertParallel,
    quantization: engine.weightPrecision,
    kvCachePrecision: engine.kvPrecision,
    maxSequences: engine.maxSequences,
    maxBatchedTokens: engine.maxBatchedTokens,
    chunkedPrefill: engine.chunkedPrefill,
    prefixCaching: engine.prefixCaching,
    blockTokens: engine.blockTokens,
    gpuMemoryUtilization: engine.gpuMemoryUtilization,
    kvBlocks: engine.kvBlocks,
    maxContext: engine.maxContextTokens,
    scheduling: engine.scheduling,
    speculation:
      speculation === undefined
        ? undefined
        : {
            draftTokens: speculation.draftTokens,
            acceptanceRate: speculation.acceptanceRate,
            draftCost: speculation.draftCostShare,
          },
  };
}

/** Keys of `purchase` for what is committed. */
const COMMITTED_KEYS = {
  "reserved-3y": "reserved3y",
  "reserved-1y": "reserved1y",
  "capacity-block": "capacityBlock",
} as const satisfies Record<CommittedReplicas["purchase"], keyof PurchaseSpec>;

function explicitPurchase({
  committed,
  onDemandReplicas,
  spot,
}: ResolvedPurchase): Pick<WrittenPool, "purchase"> & Partial<Pick<WrittenPool, "spot">> {
  const bought = Object.fromEntries(
    committed.map(({ purchase, replicas }) => [COMMITTED_KEYS[purchase], replicas]),
  );
  if (spot === undefined) return { purchase: { ...bought, onDemand: "rest" } };
  return {
    purchase: { ...bought, onDemand: onDemandReplicas, spot: "rest" },
    spot: {
      interruptionsPerHour: spot.interruptionsPerHour,
      notice: durationText(spot.noticeSeconds),
      unavailable: durationDistribution(spot.unavailableSeconds),
    },
  };
}

/** What only matters at zero, and a look ahead of nothing, are refused by the schema and are at their defaults. */
function explicitAutoscaling(policy: ResolvedAutoscaling, replicasMin: number): unknown {
  const { schedule, predictive } = policy;
  const amount = (value: number) => (policy.metric === "request-rate" ? rateText(value) : value);
  return {
    metric: policy.metric,
    target: amount(policy.target),
    pollingInterval: durationText(policy.pollingIntervalSeconds),
    metricLag: durationText(policy.metricLagSeconds),
    tolerance: policy.tolerance,
    scaleUp: explicitRules(policy.scaleUp),
    scaleDown: explicitRules(policy.scaleDown),
    ...(replicasMin === 0
      ? {
          cooldownPeriod: durationText(policy.cooldownSeconds),
          activation: amount(policy.activation),
        }
      : {}),
    schedule:
      schedule.length === 0
        ? undefined
        : schedule.map(({ startSeconds, endSeconds, replicas }) => ({
            start: formatWeekTime(startSeconds),
            end: formatWeekTime(endSeconds),
            replicas,
          })),
    predictive:
      predictive === undefined
        ? undefined
        : {
            lookahead:
              predictive.lookaheadSeconds === 0
                ? undefined
                : durationText(predictive.lookaheadSeconds),
            method: predictive.method,
            window:
              predictive.method === "trend" ? durationText(predictive.windowSeconds) : undefined,
          },
  };
}

/** At least one of the two policies is there: an absent one is no limit only beside the other. */
function explicitRules(rules: ResolvedScalingRules): unknown {
  const share = finite(rules.share);
  return {
    stabilizationWindow: durationText(rules.stabilizationWindowSeconds),
    pods: finite(rules.pods),
    percent: share === undefined ? undefined : percentText(share),
    period: durationText(rules.periodSeconds),
  };
}

function explicitCircuitBreaker(
  breaker: ResolvedCircuitBreaker,
  hasGatewayRetries: boolean,
): unknown {
  const limit = (value: number) => finite(value) ?? "unlimited";
  const { retryBudget } = breaker;
  // Beside a budget, or without retries, the limit does nothing, is at its default and is refused.
  const limitsRetries = retryBudget === undefined && hasGatewayRetries;
  return {
    maxConnections: limit(breaker.maxConnections),
    maxPendingRequests: limit(breaker.maxPendingRequests),
    maxParallelRequests: limit(breaker.maxParallelRequests),
    maxParallelRetries: limitsRetries ? limit(breaker.maxParallelRetries) : undefined,
    retryBudget:
      retryBudget === undefined
        ? undefined
        : {
            percent: percentText(retryBudget.share),
            minRetryConcurrency: retryBudget.minRetryConcurrency,
          },
  };
}

function explicitHealthCheck({ passive, active, panicThreshold }: ResolvedHealthCheck): unknown {
  if (passive === undefined && active === undefined) return "none";
  return {
    passive:
      passive === undefined
        ? undefined
        : {
            consecutive5XxErrors: passive.consecutive5XxErrors,
            interval: durationText(passive.intervalSeconds),
            baseEjectionTime: durationText(passive.baseEjectionSeconds),
            maxEjectionTime: durationText(passive.maxEjectionSeconds),
            maxEjectionPercent: percentText(passive.maxEjectionShare),
            alwaysEjectOneEndpoint: passive.alwaysEjectOneEndpoint,
            halfOpenRequests: finite(passive.halfOpenRequests),
          },
    active:
      active === undefined
        ? undefined
        : {
            interval: durationText(active.intervalSeconds),
            timeout: durationText(active.timeoutSeconds),
            unhealthyThreshold: active.unhealthyThreshold,
            healthyThreshold: active.healthyThreshold,
          },
    panicThreshold: percentText(panicThreshold),
  };
}
