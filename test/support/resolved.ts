/**
 * Resolved scenarios built by hand, for tests and benchmarks of the simulation alone: no file, no schema.
 */
import { accelerators } from "../../planner/catalog/accelerators";
import { models } from "../../planner/catalog/models";
import { stepTimeCoefficients } from "../../planner/catalog/step-time-coefficients";
import { BUYING_ORDER } from "../../planner/fleet/purchase";
import { givenPrices } from "../../planner/fleet/resolve-price";
import type { ResolvedEngine, ResolvedPool } from "../../planner/fleet/resolved-fleet";
import {
  NO_POLICIES,
  NO_POOL_POLICIES,
  type ResolvedPolicies,
} from "../../planner/fleet/resolved-policies";
import { resolvePrices } from "../../planner/scenario/resolve-prices";
import { PATIENT_CLIENT } from "../../planner/scenario/resolved-client";
import { NO_FAULTS, type ResolvedFaults } from "../../planner/scenario/resolved-faults";
import type { ResolvedScenario, ResolvedWorkload } from "../../planner/scenario/resolved-scenario";

export const defaultEngine: ResolvedEngine = {
  tensorParallel: 1,
  pipelineParallel: 1,
  dataParallel: 1,
  expertParallel: false,
  weightPrecision: "bf16",
  kvPrecision: "bf16",
  maxSequences: 256,
  maxBatchedTokens: 2048,
  chunkedPrefill: true,
  prefixCaching: false,
  blockTokens: 16,
  gpuMemoryUtilization: 0.9,
  kvBlocks: undefined,
  speculation: undefined,
  scheduling: "fcfs",
  maxContextTokens: 8192,
};

/** What a scenario without a `prices` section is priced with. */
export const LIST_PRICES = resolvePrices(undefined, []).prices;

/** Prices of a pool whose replicas cost this much an hour, however they are bought; none without a price. */
export function pricedAt(usdPerReplicaHour: number | undefined): Pick<ResolvedPool, "prices"> {
  const prices =
    usdPerReplicaHour === undefined ? [] : givenPrices(usdPerReplicaHour, BUYING_ORDER);
  return { prices };
}

/** A fixed number of replicas, without policies. */
export function replicaBounds(replicas: number) {
  return { replicas, replicasMin: replicas, replicasMax: replicas, ...NO_POOL_POLICIES };
}

/** A pool of Llama-3.1-8B on H100, with what is given changed. */
export function resolvedPool(
  changes: Omit<Partial<ResolvedPool>, "engine"> & {
    readonly engine?: Partial<ResolvedEngine>;
    readonly modelName?: string;
    readonly acceleratorName?: string;
  } = {},
): ResolvedPool {
  const { engine, modelName, acceleratorName, ...rest } = changes;
  const wantedModel = modelName ?? "llama-3.1-8b-instruct";
  const model = models.find((row) => row.name === wantedModel || row.aliases.includes(wantedModel));
  const wanted = (acceleratorName ?? "H100-SXM-80GB").toLowerCase();
  const accelerator = accelerators.find((row) => row.name.toLowerCase() === wanted);
  if (model === undefined || accelerator === undefined) {
    throw new Error(`no such catalog row: ${wantedModel}, ${wanted}`);
  }
  return {
    name: "region/pool",
    regionIndex: 0,
    model,
    accelerator,
    instanceType: undefined,
    ...replicaBounds(rest.replicas ?? 1),
    role: "unified",
    kvTransfer: { bytesPerSecond: 50e9, latencySeconds: 0.001 },
    inputTokensMax: Number.POSITIVE_INFINITY,
    priorities: [],
    prices: [],
    // What a client waits for beside the replica would blur laws about the replica.
    coefficients: { ...stepTimeCoefficients(accelerator), frontEndSeconds: 0 },
    ...rest,
    engine: { ...defaultEngine, ...engine },
  };
}

/** An open-loop Poisson workload of one tenant and origin, with what is given changed. */
export function resolvedWorkload(changes: Partial<ResolvedWorkload> = {}): ResolvedWorkload {
  return {
    name: "chat",
    model: "llama-3.1-8b-instruct",
    arrivals: {
      kind: "open",
      requestsPerSecond: 10,
      process: { kind: "poisson" },
      profile: { kind: "constant" },
      requestsMax: Number.POSITIVE_INFINITY,
    },
    tokens: {
      kind: "distributions",
      input: { kind: "normal", mean: 1024, sd: 512, min: 2, max: 7000 },
      output: { kind: "normal", mean: 256, sd: 128, min: 2, max: 7000 },
      rankCorrelation: 0,
    },
    prefix: undefined,
    chain: undefined,
    fallback: undefined,
    delivery: "direct",
    client: PATIENT_CLIENT,
    sessions: undefined,
    origins: [{ originIndex: 0, share: 1, utcOffsetHours: 0 }],
    tenants: [{ name: "default", share: 1 }],
    priority: "standard",
    slo: [],
    contextWindowTokens: 8192,
    ...changes,
  };
}

/** A scenario of one region with the given pools and workloads. */
export function resolvedScenario(options: {
  readonly pools?: readonly ResolvedPool[];
  readonly workloads?: readonly ResolvedWorkload[];
  readonly durationSeconds?: number;
  readonly warmUpSeconds?: number;
  readonly drain?: boolean;
  readonly routing?: Partial<ResolvedScenario["fleet"]["routing"]>;
  readonly roundTripSeconds?: number;
  readonly policies?: ResolvedPolicies;
  readonly faults?: ResolvedFaults;
}): ResolvedScenario {
  return {
    name: "test",
    digest: "000000000000",
    seed: 1,
    replications: 1,
    horizon: {
      startSeconds: 0,
      durationSeconds: options.durationSeconds ?? 1000,
      warmUpSeconds: options.warmUpSeconds ?? 0,
      drain: options.drain ?? true,
    },
    workloads: options.workloads ?? [resolvedWorkload()],
    fleet: {
      regions: [
        {
          name: "us-east-1",
          zones: 3,
          spec: {
            name: "us-east-1",
            cloud: "aws",
            place: "Northern Virginia",
            latitude: 38.9,
            longitude: -77.4,
            continent: "north-america",
            utcOffsetHours: -5,
            source: "test",
            date: "2026-11-22",
          },
        },
      ],
      pools: options.pools ?? [resolvedPool()],
      routing: {
        policy: "least-outstanding",
        regions: "nearest",
        spillOutstanding: 32,
        affinitySlack: 8,
        ...options.routing,
      },
      policies: options.policies ?? NO_POLICIES,
      origins: ["us-east"],
      roundTripSeconds: [[options.roundTripSeconds ?? 0]],
    },
    faults: options.faults ?? NO_FAULTS,
    prices: LIST_PRICES,
  };
}
