/**
 * The `fleet` part of a scenario file: regions, node pools, replicas, engine settings and routing, as written; its
 * policies are in `policies-spec.ts` and `scaling-spec.ts`.
 * Quantities are already in base units (seconds, tokens, dollars); names are not looked up and nothing that was
 * left out is filled in: that is `resolve-fleet.ts`. Engine settings are named after vLLM's.
 */
import { z } from "zod";
import type { Precision } from "../catalog/specs";
import {
  admissionSpec,
  circuitBreakerSpec,
  drainingSpec,
  failoverSpec,
  gatewaySpec,
  healthCheckSpec,
  hedgingSpec,
  poolCircuitBreakerSpec,
  poolHealthCheckSpec,
  queueSpec,
  retrySpec,
  timeoutSpec,
} from "./policies-spec";
import { PRIORITIES } from "./priority";
import type { RoutingPolicy } from "./resolved-fleet";
import {
  autoscalingSpec,
  coldStartSpec,
  poolAutoscalingSpec,
  purchaseSpec,
  replicasSpec,
  spotSpec,
} from "./scaling-spec";
import {
  bandwidth,
  count,
  dollars,
  duration,
  flag,
  namedMap,
  possiblyEmptyMap,
  share,
  strict,
  text,
  wholeTokens,
  word,
} from "./schema-kit";

/** Number formats of weights, in the order in which they are listed. */
export const PRECISIONS = [
  "fp16",
  "bf16",
  "fp8",
  "int8",
  "int4",
  "fp4",
] as const satisfies readonly Precision[];

/** Beyond the longest window of any model (10 Mi), which one step without chunked prefill has to hold. */
export const STEP_TOKENS_MAX = 16 * 1024 ** 2;

const ROUTING_POLICIES = [
  "round-robin",
  "random",
  "least-outstanding",
  "least-kv",
  "power-of-two",
  "prefix-affinity",
  "by-length",
  "by-priority",
  "cheapest-first",
] as const satisfies readonly RoutingPolicy[];

const POOL_ROLES = ["unified", "prefill", "decode"] as const;

/** Draft tokens and how often they are right. */
export const speculationSpec = strict(
  {
    draftTokens: count("Tokens drafted before each step of the target model", { min: 1, max: 32 }),
    acceptanceRate: share("Probability that a drafted token is accepted when those before it were"),
    draftCost: share(
      "Cost of drafting one token as a share of the target model's decode step",
    ).optional(),
  },
  "Speculative decoding",
);

const engine = strict(
  {
    tensorParallel: count("Accelerators that every layer is sharded over").optional(),
    pipelineParallel: count("Stages that the layers are divided into").optional(),
    dataParallel: count(
      "Copies of the attention layers in one replica, each with its own requests",
    ).optional(),
    expertParallel: flag(
      "Place whole experts on ranks instead of sharding each of them; a run takes as long either way",
    ).optional(),
    quantization: word("precision", PRECISIONS, "Number format of the weights").optional(),
    kvCachePrecision: word(
      "precision",
      ["bf16", "fp8"],
      "Number format of the KV cache",
    ).optional(),
    // vLLM's default is 256 to 1024: far beyond any engine, and small enough to keep a row for each batch size.
    maxSequences: count("Most requests running at once, per data-parallel rank", {
      min: 1,
      max: 1_000_000,
    }).optional(),
    maxBatchedTokens: wholeTokens("Most tokens computed in one step, per data-parallel rank", {
      min: 1,
      max: STEP_TOKENS_MAX,
    }).optional(),
    chunkedPrefill: flag(
      "Cut long prompts so that they share steps with decoding requests",
    ).optional(),
    prefixCaching: flag(
      "Keep the KV blocks of finished prompts and reuse those with the same prefix",
    ).optional(),
    blockTokens: count("Tokens in one KV block", { min: 1, max: 1024 }).optional(),
    gpuMemoryUtilization: share("Share of an accelerator's memory that the engine may use", {
      above: 0,
    }).optional(),
    kvBlocks: count(
      "KV blocks of one data-parallel rank, as the engine's log prints them; otherwise computed",
    ).optional(),
    maxContext: wholeTokens("Longest context served, in tokens; the model's window or less", {
      min: 2,
    }).optional(),
    scheduling: word("scheduling", ["fcfs", "priority"], "Order of waiting requests").optional(),
    speculation: speculationSpec.optional(),
  },
  "Settings of the serving engine, named after vLLM's",
);

const accepts = strict(
  {
    inputTokens: strict(
      { max: wholeTokens("Longest input this pool takes under by-length routing", { min: 1 }) },
      "Input lengths this pool takes under by-length routing",
    ).optional(),
  },
  "Requests this pool takes",
);

const kvTransfer = strict(
  {
    bandwidth: bandwidth("Bandwidth out of one prefill replica", { above: 0 }).optional(),
    latency: duration("Delay before the first byte").optional(),
  },
  "How the KV of a prompt moves from this prefill pool to the decode pools",
);

const pool = strict(
  {
    model: text("Model from the catalog (`capplan catalog models`)"),
    instanceType: text(
      "Instance type from the catalog (`capplan catalog instance-types`)",
    ).optional(),
    accelerator: text("Accelerator from the catalog, where no instance type is meant").optional(),
    replicas: replicasSpec,
    role: word("role", POOL_ROLES, "Whether the pool prefills, decodes, or does both").optional(),
    engine: engine.optional(),
    accepts: accepts.optional(),
    priorities: z
      .array(word("priority", PRIORITIES, "A priority"))
      .min(1)
      .meta({ description: "Priorities this pool takes under by-priority routing" })
      .optional(),
    price: dollars("US dollars per replica and hour").optional(),
    kvTransfer: kvTransfer.optional(),
    purchase: purchaseSpec.optional(),
    spot: spotSpec.optional(),
    coldStart: coldStartSpec.optional(),
    autoscaling: poolAutoscalingSpec.optional(),
    circuitBreaker: poolCircuitBreakerSpec.optional(),
    healthCheck: poolHealthCheckSpec.optional(),
  },
  "Replicas of one model on one kind of hardware",
);

/** More than any region has. */
const ZONES_MAX = 10;

/** Without pools a region is a place that `capplan size` may use; a fleet that is simulated needs some. */
const poolMap = possiblyEmptyMap(pool, "Pools of this region by name").default({});

const region = strict(
  {
    pools: poolMap,
    zones: count("Zones over which the nodes of every pool are spread in turn", {
      min: 1,
      max: ZONES_MAX,
    }).optional(),
  },
  "What runs in one region",
);

const routing = strict(
  {
    policy: word("policy", ROUTING_POLICIES, "How the replica of a request is chosen").optional(),
    regions: word(
      "regions",
      ["nearest", "any"],
      "Regions a request may go to: the nearest with its model, or any",
    ).optional(),
    spillOutstanding: count(
      "cheapest-first: outstanding requests per replica that fill a pool",
    ).optional(),
    affinitySlack: count(
      "prefix-affinity: leave the preferred replica when it has this many more outstanding than the least",
      { min: 0 },
    ).optional(),
  },
  "How requests are spread over replicas",
);

/** The schema of `fleet`. */
export const fleetSpec = strict(
  {
    regions: namedMap(
      "region",
      region,
      "Regions from the catalog (`capplan catalog regions`) by name",
    ),
    routing: routing.optional(),
    gateway: gatewaySpec.optional(),
    circuitBreaker: circuitBreakerSpec.optional(),
    healthCheck: healthCheckSpec.optional(),
    retry: retrySpec.optional(),
    timeout: timeoutSpec.optional(),
    admission: admissionSpec.optional(),
    hedging: hedgingSpec.optional(),
    queue: queueSpec.optional(),
    autoscaling: autoscalingSpec.optional(),
    coldStart: coldStartSpec.optional(),
    spot: spotSpec.optional(),
    failover: failoverSpec.optional(),
    residency: namedMap(
      "origin",
      z.array(text("A region of this fleet")).min(1),
      "Where requests may be served: origin → regions; an origin that is not named may go anywhere",
    ).optional(),
    draining: drainingSpec.optional(),
  },
  "Regions, pools, replicas and policies",
);

export type FleetSpec = z.output<typeof fleetSpec>;
export type PoolSpec = z.output<typeof pool>;
export type EngineSpec = z.output<typeof engine>;
export type RoutingSpec = z.output<typeof routing>;
