/** Random units of serving hardware under twice the load that their bound allows. */
import { RandomStream } from "../../planner/foundation/random";
import { parseScenario } from "../../planner/scenario/parse-scenario";
import { resolveScenario } from "../../planner/scenario/resolve-scenario";
import type { ResolvedScenario } from "../../planner/scenario/resolved-scenario";
import { engineSettings } from "../../planner/simulation/engine-settings";
import { simulate } from "../../planner/simulation/simulate";
import { callWork, workOfRole } from "../../planner/sizing/request-work";
import { throughputBound } from "../../planner/sizing/throughput-bound";

export interface PressedCase {
  readonly spec: Readonly<Record<string, unknown>>;
  readonly traits: readonly string[];
  /** The scenario at this many requests per second. */
  at(requestsPerSecond: number, durationSeconds: number): ResolvedScenario;
}

const HARDWARE = {
  dense: [
    ["llama-3.1-8b-instruct", "p5.4xlarge", 1],
    ["llama-3.1-8b-instruct", "g6.12xlarge", 4],
    ["qwen3-8b", "g6e.12xlarge", 4],
    ["llama-3.3-70b-instruct", "p5.48xlarge", 8],
  ],
  moe: [
    ["qwen3-30b-a3b", "p5.48xlarge", 8],
    ["mixtral-8x7b-instruct", "p5.48xlarge", 8],
  ],
  mla: [["deepseek-v3", "p5en.48xlarge", 8]],
} as const;

export function randomPressed(number: number): PressedCase {
  const stream = new RandomStream(number, "pressed");
  const pick = <Value>(values: readonly Value[]): Value => values[stream.below(values.length)]!;
  const has = (share: number): boolean => stream.uniform() < share;
  const family = pick(["dense", "dense", "moe", "moe", "mla"] as const);
  const [model, instanceType, accelerators] = pick<(typeof HARDWARE)[typeof family][number]>(
    HARDWARE[family],
  );
  const traits: string[] = [family];
  const mark = (name: string, is: boolean): boolean => {
    if (is) traits.push(name);
    return is;
  };
  const isSmall = accelerators === 1 || model.includes("8b");
  const ways = pick(
    accelerators === 1
      ? [[1, 1, 1]]
      : isSmall
        ? [
            [1, 1, 1],
            [2, 1, 1],
            [1, 2, 1],
            [1, 1, 2],
            [2, 2, 1],
          ]
        : [
            [8, 1, 1],
            [4, 2, 1],
            [1, 1, 8],
            [4, 1, 2],
          ],
  );
  const [tensorParallel = 1, pipelineParallel = 1, dataParallel = 1] = ways;
  mark("tp", tensorParallel > 1);
  mark("pp", pipelineParallel > 1);
  mark("dp", dataParallel > 1);
  const isCached = has(0.4);
  const engine = {
    tensorParallel,
    pipelineParallel,
    dataParallel,
    maxContext: 4096,
    maxSequences: pick([4, 32, 256]),
    maxBatchedTokens: pick([2048, 8192]),
    prefixCaching: isCached,
    ...(isSmall ? {} : { quantization: "fp8" }),
    ...(family !== "dense" && mark("ep", has(0.5)) ? { expertParallel: true } : {}),
    ...(mark("speculation", has(0.25))
      ? { speculation: { draftTokens: 3, acceptanceRate: 0.6 } }
      : {}),
    ...(mark("uncut", has(0.2)) ? { chunkedPrefill: false, maxBatchedTokens: 8192 } : {}),
  };
  const isSplit = mark("split", accelerators > 1 && has(0.2));
  const pool = { model, instanceType, engine };
  const input = pick([40, 600, 3000]);
  const output = pick([1, 20, 300]);
  const isShared = isCached && input > 500 && mark("cache", true);
  const spec = (requestsPerSecond: number, durationSeconds: number) => ({
    version: 1,
    name: "pressed",
    horizon: {
      duration: `${durationSeconds} s`,
      warmUp: `${0.4 * durationSeconds} s`,
      drain: false,
    },
    workloads: {
      w: {
        model,
        arrivals: { rate: `${requestsPerSecond.toPrecision(6)}/s` },
        tokens: { input, output: isSplit ? Math.max(2, output) : output },
        ...(isShared ? { prefix: { shared: 300, groups: 4 } } : {}),
      },
    },
    fleet: {
      regions: {
        "us-east-1": {
          pools: isSplit
            ? {
                prefill: { ...pool, role: "prefill", replicas: 1 },
                decode: { ...pool, role: "decode", replicas: 2 },
              }
            : { unit: { ...pool, replicas: 1 } },
        },
      },
    },
  });
  const at = (requestsPerSecond: number, durationSeconds: number): ResolvedScenario => {
    const text = JSON.stringify(spec(requestsPerSecond, durationSeconds));
    return resolveScenario(parseScenario(text, {}), { traces: new Map() });
  };
  return { spec: spec(1, DURATION_MAX), traits, at };
}

const DURATION_MAX = 600;
/** Of a run, about, at the bound. */
const REQUESTS_MAX = 12_000;

/** What a pressed unit works off, as a share of what the bound allows. */
export function pressedUnit({ at }: PressedCase): {
  readonly share: number;
  readonly bound: number;
} {
  const calm = at(1, DURATION_MAX);
  const work = callWork(calm, 1).values().next().value!;
  const { pools } = calm.fleet;
  const bound = Math.min(
    ...pools.map((pool) => {
      const settings = engineSettings(pool);
      const own = workOfRole(work, pool.role, settings.isPrefixCaching);
      return pool.replicas * throughputBound(settings, own);
    }),
  );
  const seconds = Math.min(DURATION_MAX, Math.max(60, Math.ceil(REQUESTS_MAX / bound)));
  const pressed = at(2 * bound, seconds);
  const record = simulate(pressed, 1);
  const window = record.windowEndSeconds - record.windowStartSeconds;
  // By tokens, not by requests: what is done is counted when it is done, whoever is finished when.
  const rates = record.pools.flatMap((pool, index) => {
    const settings = engineSettings(pressed.fleet.pools[index]!);
    const { role } = pressed.fleet.pools[index]!;
    const own = workOfRole(work, role, settings.isPrefixCaching);
    return [
      ...(own.decodedTokens > 0 ? [pool.decodeTokens / own.decodedTokens / window] : []),
      ...(own.computedTokens > 0 ? [pool.prefillTokens / own.computedTokens / window] : []),
    ];
  });
  return { share: Math.min(...rates) / bound, bound };
}
