/**
 * Random fleets for the laws: several regions, models, pools, roles, policies and workloads, with physics of
 * a few multiplications so that hundreds of runs take seconds. Not realistic, only varied.
 */
import * as fc from "fast-check";
import type { Priority } from "../../planner/fleet/priority";
import type { ResolvedPool, RoutingPolicy } from "../../planner/fleet/resolved-fleet";
import type { ResolvedScenario, ResolvedWorkload } from "../../planner/scenario/resolved-scenario";
import type { EngineSettings } from "../../planner/simulation/pool-run";
import { pricedAt, resolvedPool, resolvedScenario, resolvedWorkload } from "./resolved";

export interface FleetCase {
  readonly scenario: ResolvedScenario;
  readonly seed: number;
}

const MODELS = ["llama-3.1-8b-instruct", "qwen2.5-7b-instruct"] as const;
const REGIONS = ["alpha", "beta", "gamma"] as const;
const ORIGINS = ["us-east", "eu-west"] as const;
const POLICIES: readonly RoutingPolicy[] = [
  "round-robin",
  "random",
  "least-outstanding",
  "least-kv",
  "power-of-two",
  "prefix-affinity",
  "by-length",
  "by-priority",
  "cheapest-first",
];
const PRIORITY = fc.constantFrom<Priority>("interactive", "standard", "batch");

/** Seconds of a decode step without context in `lawSettings`: nothing is faster than this. */
export const STEP_SECONDS_MIN = 0.01;

/** Settings with plain physics, from what the pool says: for `engineSettingsFor`. */
export function lawSettings(pool: ResolvedPool): EngineSettings {
  const { engine } = pool;
  const tokensComputedPerStep = 1 + (engine.speculation?.draftTokens ?? 0);
  return {
    role: pool.role,
    maxSequences: Math.min(
      engine.maxSequences,
      Math.floor(engine.maxBatchedTokens / tokensComputedPerStep),
    ),
    tokenBudget: engine.maxBatchedTokens,
    chunkTokensMax: engine.maxBatchedTokens,
    partialPromptsMax: 1,
    isPrefillChunked: engine.chunkedPrefill,
    isPrefixCaching: engine.prefixCaching,
    isPriorityScheduling: engine.scheduling === "priority",
    tokensComputedPerStep,
    tokensGainedPerStep:
      engine.speculation === undefined ? 1 : 1 + engine.speculation.acceptanceRate,
    stepsPerRunMax: Number.POSITIVE_INFINITY,
    geometry: {
      blockTokens: engine.blockTokens,
      blocks: engine.kvBlocks ?? 400,
      fullGroups: 1,
      windowGroups: 0,
      windowTokens: Number.POSITIVE_INFINITY,
    },
    stepTime: {
      contextWays: () => 1,
      decodeSeconds: (batch) => STEP_SECONDS_MIN + 0.0007 * batch,
      mixedSeconds: (batch, prompts, tokens, pairs) =>
        STEP_SECONDS_MIN + 0.0007 * (batch + prompts) + 0.0001 * tokens + 1e-7 * pairs,
      context: { start: [0, 2000], intercept: [0, 0.001], slope: [1e-6, 5e-7] },
      windowSecondsPerToken: 0,
      windowTokens: Number.POSITIVE_INFINITY,
    },
  };
}

function pool(name: string, region: number, model: string): fc.Arbitrary<ResolvedPool> {
  return fc
    .record({
      replicas: fc.integer({ min: 1, max: 4 }),
      kvBlocks: fc.integer({ min: 30, max: 400 }),
      maxSequences: fc.integer({ min: 1, max: 24 }),
      maxBatchedTokens: fc.constantFrom(64, 256, 512),
      prefixCaching: fc.boolean(),
      speculation: fc.constantFrom(undefined, {
        draftTokens: 1,
        acceptanceRate: 0.7,
        draftCostShare: 0.1,
      }),
      scheduling: fc.constantFrom<"fcfs" | "priority">("fcfs", "priority"),
      usdPerReplicaHour: fc.integer({ min: 1, max: 9 }),
      inputTokensMax: fc.constantFrom(100, 250, Number.POSITIVE_INFINITY),
      priorities: fc.uniqueArray(PRIORITY, { maxLength: 2 }),
    })
    .map(({ replicas, usdPerReplicaHour, inputTokensMax, priorities, ...engine }) =>
      resolvedPool({
        name: `${REGIONS[region]!}/${name}`,
        regionIndex: region,
        modelName: model,
        replicas,
        ...pricedAt(usdPerReplicaHour),
        inputTokensMax,
        priorities,
        engine,
      }),
    );
}

/** Pools of one model in one region: one or two unified ones, or prefill and decode apart. */
function poolsOf(region: number, model: number): fc.Arbitrary<readonly ResolvedPool[]> {
  const name = (suffix: string): string => `m${model}-${suffix}`;
  const one = (suffix: string): fc.Arbitrary<ResolvedPool> =>
    pool(name(suffix), region, MODELS[model]!);
  const unified = fc.oneof(fc.tuple(one("a")), fc.tuple(one("a"), one("b")));
  const split = fc.tuple(one("decode"), one("prefill")).map(([decode, prefill]) => {
    // A decode pool takes what its prefill pool took.
    const kvBlocks = Math.max(decode.engine.kvBlocks!, prefill.engine.kvBlocks!);
    const engine = { ...decode.engine, kvBlocks, speculation: prefill.engine.speculation };
    return [
      { ...decode, role: "decode", engine } as ResolvedPool,
      { ...prefill, role: "prefill" } as ResolvedPool,
    ];
  });
  return fc.oneof({ arbitrary: unified, weight: 3 }, { arbitrary: split, weight: 1 });
}

function workload(index: number, models: number): fc.Arbitrary<ResolvedWorkload> {
  const lengths = {
    kind: "distributions",
    input: { kind: "uniform", min: 1, max: 300 },
    output: { kind: "uniform", min: 1, max: 60 },
    rankCorrelation: 0.3,
  } as const;
  const open = fc
    .record({
      requestsPerSecond: fc.constantFrom(3, 10, 40),
      process: fc.constantFrom(
        { kind: "poisson" } as const,
        { kind: "gamma", cv: 2 } as const,
        { kind: "deterministic" } as const,
      ),
    })
    .map(
      (given) =>
        ({
          ...given,
          kind: "open",
          profile: { kind: "constant" },
          requestsMax: 150,
        }) as const,
    );
  const closed = fc.integer({ min: 1, max: 20 }).map(
    (concurrency) =>
      ({
        kind: "closed",
        concurrency,
        thinkSeconds: { kind: "exponential", mean: 0.2 },
        requestsMax: 120,
      }) as const,
  );
  return fc
    .record({
      arrivals: fc.oneof(open, closed),
      model: fc.integer({ min: 0, max: models - 1 }),
      priority: PRIORITY,
      share: fc.constantFrom(0.2, 0.5, 1),
      prefix: fc.constantFrom(undefined, { sharedTokens: 100, groups: 5, share: 0.8, skew: 1 }),
      sessions: fc.constantFrom(undefined, undefined, {
        turns: { kind: "uniform", min: 1, max: 4 } as const,
        thinkSeconds: { kind: "exponential", mean: 0.5 } as const,
        overflow: { kind: "end" } as const,
      }),
      hasSlo: fc.boolean(),
    })
    .map(({ model, share, hasSlo, ...given }) =>
      resolvedWorkload({
        ...given,
        name: `workload-${index}`,
        model: MODELS[model]!,
        tokens: lengths,
        contextWindowTokens: 700,
        origins:
          share === 1
            ? [{ originIndex: 0, share: 1, utcOffsetHours: 0 }]
            : [
                { originIndex: 0, share, utcOffsetHours: 0 },
                { originIndex: 1, share: 1 - share, utcOffsetHours: 0 },
              ],
        tenants: [
          { name: "first", share: 0.6 },
          { name: `own-${index}`, share: 0.4 },
        ],
        slo: hasSlo
          ? [
              { metric: "ttft", statistic: "p95", limitSeconds: 0.5 },
              { metric: "tpot", statistic: "mean", limitSeconds: 0.02 },
            ]
          : [],
      }),
    );
}

/** A fleet of up to three regions and two models under up to three workloads. */
export function fleetCase(
  fixed: { readonly drain?: boolean; readonly roundTripSeconds?: number } = {},
): fc.Arbitrary<FleetCase> {
  return fc
    .record({ regions: fc.integer({ min: 1, max: 3 }), models: fc.integer({ min: 1, max: 2 }) })
    .chain(({ regions, models }) => {
      const places = Array.from({ length: regions }, (_, region) =>
        Array.from({ length: models }, (_, model) => poolsOf(region, model)),
      ).flat();
      return fc
        .record({
          pools: fc.tuple(...places).map((groups) => groups.flat()),
          workloads: fc
            .integer({ min: 1, max: 3 })
            .chain((count) =>
              fc.tuple(...Array.from({ length: count }, (_, i) => workload(i, models))),
            ),
          policy: fc.constantFrom(...POLICIES),
          reach: fc.constantFrom<"nearest" | "any">("nearest", "any"),
          drain: fixed.drain === undefined ? fc.boolean() : fc.constant(fixed.drain),
          warmUpSeconds: fc.constantFrom(0, 1),
          seed: fc.integer({ min: 1, max: 1e6 }),
        })
        .map(({ pools, workloads, policy, reach, drain, warmUpSeconds, seed }) => ({
          seed,
          scenario: withRegions(
            resolvedScenario({
              pools,
              workloads,
              drain,
              warmUpSeconds,
              durationSeconds: 6,
              routing: { policy, regions: reach, spillOutstanding: 4, affinitySlack: 3 },
            }),
            regions,
            fixed.roundTripSeconds,
          ),
        }));
    });
}

function withRegions(
  scenario: ResolvedScenario,
  count: number,
  roundTripSeconds: number | undefined,
): ResolvedScenario {
  const first = scenario.fleet.regions[0]!;
  const regions = REGIONS.slice(0, count).map((name) => ({ ...first, name }));
  return {
    ...scenario,
    fleet: {
      ...scenario.fleet,
      regions,
      origins: ORIGINS,
      roundTripSeconds: ORIGINS.map((_, origin) =>
        regions.map(
          (_, region) => roundTripSeconds ?? 0.001 + 0.04 * ((origin * 2 + region) % count),
        ),
      ),
    },
  };
}
