/**
 * The fleet after every default is resolved and every name is looked up: plain values only.
 * The zod schema that a scenario file is read with is `fleet-spec.ts`; this is what the simulator runs.
 */
import type {
  AcceleratorSpec,
  InstanceTypeSpec,
  ModelSpec,
  Precision,
  RegionSpec,
  StepTimeCoefficients,
} from "../catalog/specs";
import type { Priority } from "./priority";
import type {
  ResolvedAutoscaling,
  ResolvedCircuitBreaker,
  ResolvedColdStart,
  ResolvedHealthCheck,
  ResolvedPolicies,
  ResolvedPurchase,
} from "./resolved-policies";
import type { ResolvedPrice } from "./resolved-price";

export interface ResolvedFleet {
  /** Sorted by name, so that the order in the file changes nothing. */
  readonly regions: readonly ResolvedRegion[];
  /** Pools of all regions, sorted by region then name; a pool's index here is its identity in a run. */
  readonly pools: readonly ResolvedPool[];
  readonly routing: ResolvedRouting;
  readonly policies: ResolvedPolicies;
  /** Whether requests from origin `i` may be served in region `j`: `residency[i][j]`; absent = everywhere. */
  readonly residency?: readonly (readonly boolean[])[];
  /** Seconds of one network round trip from origin `i` to region `j`: `roundTripSeconds[i][j]`. */
  readonly origins: readonly string[];
  readonly roundTripSeconds: readonly (readonly number[])[];
}

export interface ResolvedRegion {
  readonly name: string;
  readonly spec: RegionSpec;
  /** Replicas of every pool are spread over them in turn. */
  readonly zones: number;
}

/** Replicas of one model on one kind of hardware in one region. */
export interface ResolvedPool {
  /** `region/pool`. */
  readonly name: string;
  readonly regionIndex: number;
  readonly model: ModelSpec;
  readonly accelerator: AcceleratorSpec;
  /** Absent when the scenario names an accelerator without an instance type. */
  readonly instanceType: InstanceTypeSpec | undefined;
  /** Replicas at the start, and the bounds of autoscaling; all three are the same without it. */
  readonly replicas: number;
  readonly replicasMin: number;
  readonly replicasMax: number;
  /** Replicas on one node: they fail together with it. */
  readonly replicasPerNode: number;
  readonly purchase: ResolvedPurchase;
  readonly coldStart: ResolvedColdStart;
  readonly autoscaling: ResolvedAutoscaling | undefined;
  readonly circuitBreaker: ResolvedCircuitBreaker | undefined;
  readonly healthCheck: ResolvedHealthCheck;
  /** A `prefill` pool hands its requests to the `decode` pools of the same model and region. */
  readonly role: "unified" | "prefill" | "decode";
  /** Bandwidth and latency of the KV transfer out of a prefill replica. */
  readonly kvTransfer: { readonly bytesPerSecond: number; readonly latencySeconds: number };
  /** Requests this pool takes under `by-length` routing: input tokens up to this; Infinity = all. */
  readonly inputTokensMax: number;
  /** Priorities this pool takes under `by-priority` routing; empty = all. */
  readonly priorities: readonly Priority[];
  /** By purchase option that the pool uses, in buying order; what has no price is not in it. */
  readonly prices: readonly ResolvedPrice[];
  readonly engine: ResolvedEngine;
  readonly coefficients: StepTimeCoefficients;
}

export interface ResolvedEngine {
  readonly tensorParallel: number;
  readonly pipelineParallel: number;
  readonly dataParallel: number;
  /** Experts are spread over the tensor × data parallel ranks instead of being sharded. */
  readonly expertParallel: boolean;
  readonly weightPrecision: Precision;
  readonly kvPrecision: "bf16" | "fp8";
  /** Most requests running at once, per data-parallel rank. */
  readonly maxSequences: number;
  /** Most tokens computed in one step, per data-parallel rank. */
  readonly maxBatchedTokens: number;
  readonly chunkedPrefill: boolean;
  readonly prefixCaching: boolean;
  readonly blockTokens: number;
  readonly gpuMemoryUtilization: number;
  /** Given by the user from the engine's log; otherwise computed from memory. Per data-parallel rank. */
  readonly kvBlocks: number | undefined;
  readonly speculation: ResolvedSpeculation | undefined;
  readonly scheduling: "fcfs" | "priority";
  /** Longest context served: the model's window or less. */
  readonly maxContextTokens: number;
}

export interface ResolvedSpeculation {
  readonly draftTokens: number;
  /** Probability that one drafted token is accepted, given that those before it were. */
  readonly acceptanceRate: number;
  /** Cost of drafting one token, as a share of the target model's decode step. */
  readonly draftCostShare: number;
}

export type RoutingPolicy =
  | "round-robin"
  | "random"
  | "least-outstanding"
  | "least-kv"
  | "power-of-two"
  | "prefix-affinity"
  | "by-length"
  | "by-priority"
  | "cheapest-first";

export interface ResolvedRouting {
  readonly policy: RoutingPolicy;
  /** `nearest`: only replicas in the region with the lowest round trip that serves the model. `any`: all of them. */
  readonly regions: "nearest" | "any";
  /** cheapest-first fills a pool until each replica has this many outstanding requests. */
  readonly spillOutstanding: number;
  /** prefix-affinity leaves the preferred replica when it has this many more outstanding than the least. */
  readonly affinitySlack: number;
}
