/**
 * Random small cases for the oracle (naive-replica.ts): engine settings, physics and traffic of one replica,
 * small enough that blocks run out, budgets bind and windows are crossed. `dyadic` cases have only multiples
 * of 2⁻¹⁶ seconds, so that float arithmetic is exact in both implementations and arrivals meet step
 * boundaries at exactly equal times; the others have no two equal times.
 */
import * as fc from "fast-check";
import type { Priority } from "../../planner/fleet/priority";
import type { ResolvedScenario, ResolvedWorkload } from "../../planner/scenario/resolved-scenario";
import type { EngineSettings } from "../../planner/simulation/pool-run";
import type { StepTimeModel } from "../../planner/simulation/step-time-model";
import { resolvedPool, resolvedScenario, resolvedWorkload } from "./resolved";
import { traceOf } from "./traffic-scenario";

export interface NaiveCase {
  readonly scenario: ResolvedScenario;
  readonly settings: EngineSettings;
  readonly seed: number;
}

const HORIZON_SECONDS = 1e6;

/** How long requests are, and how much room there is for them. */
export interface Scale {
  readonly inputMax: number;
  readonly outputMax: number;
  readonly blockTokens: readonly number[];
  readonly blocksMin: number;
  readonly blocksMax: number;
  readonly budgetMin: number;
  readonly budgetMax: number;
  readonly requestsMax: number;
}

export const SMALL: Scale = {
  inputMax: 60,
  outputMax: 40,
  blockTokens: [1, 2, 4, 8],
  blocksMin: 6,
  blocksMax: 90,
  budgetMin: 6,
  budgetMax: 80,
  requestsMax: 40,
};

/** Runs of hundreds of steps, in which rounding could add up. */
export const LONG: Scale = {
  inputMax: 1500,
  outputMax: 800,
  blockTokens: [8, 16],
  blocksMin: 90,
  blocksMax: 600,
  budgetMin: 64,
  budgetMax: 512,
  requestsMax: 14,
};

/** A physics parameter: 1 … 64 sixteenths of a millisecond or so; exact in binary when dyadic. */
function unit(isDyadic: boolean): fc.Arbitrary<number> {
  return fc.integer({ min: 1, max: 64 }).map((n) => (isDyadic ? n / 2 ** 12 : n * 0.00023456789));
}

function physics(isDyadic: boolean, timeWindow: number): fc.Arbitrary<StepTimeModel> {
  const term = unit(isDyadic);
  const small = term.map((value) => value / (isDyadic ? 2 ** 6 : 61));
  return fc
    .record({
      host: term,
      perRequest: small,
      perToken: small,
      perPrompt: small,
      perPair: small.map((value) => value / 8),
      perWindowPair: small.map((value) => value / 16),
      perWindowToken: fc.oneof(fc.constant(0), small),
      starts: fc.uniqueArray(fc.integer({ min: 3, max: 300 }), { maxLength: 3 }),
      terms: fc.array(fc.tuple(fc.oneof(fc.constant(0), term), fc.oneof(fc.constant(0), small)), {
        minLength: 4,
        maxLength: 4,
      }),
    })
    .map((given) => {
      const sorted = [...given.starts].sort((a, b) => a - b);
      // Off the lattice of possible sums when sums are rounded, on it when they are exact.
      const start = [0, ...sorted.map((value) => (isDyadic ? value : value + 0.123456))];
      return {
        contextWays: (batch) => (batch % 3 === 2 ? 2 : 1),
        decodeSeconds: (batch) => given.host + given.perRequest * batch * (1 + (batch % 3)),
        mixedSeconds: (batch, prompts, tokens, pairs, windowPairs) =>
          given.host * 2 +
          given.perRequest * batch +
          given.perPrompt * prompts +
          given.perToken * (batch + tokens) +
          given.perPair * pairs +
          given.perWindowPair * windowPairs,
        context: {
          start,
          intercept: start.map((_, i) => given.terms[i]![0]),
          slope: start.map((_, i) => given.terms[i]![1]),
        },
        windowSecondsPerToken: given.perWindowToken,
        windowTokens: timeWindow,
      };
    });
}

function settings(isDyadic: boolean, scale: Scale): fc.Arbitrary<EngineSettings> {
  const infinity = Number.POSITIVE_INFINITY;
  return fc
    .record({
      blockTokens: fc.constantFrom(...scale.blockTokens),
      blocks: fc.integer({ min: scale.blocksMin, max: scale.blocksMax }),
      groups: fc.constantFrom([1, 0], [1, 0], [1, 1], [0, 1], [2, 1], [1, 2]),
      windowBlocks: fc.integer({ min: 1, max: 8 }),
      timeWindow: fc.oneof(fc.constant(infinity), fc.integer({ min: 2, max: 70 })),
      budget: fc.integer({ min: scale.budgetMin, max: scale.budgetMax }),
      chunkShare: fc.constantFrom(1, 1, 0.7, 0.4, 0.2),
      partials: fc.integer({ min: 1, max: 4 }),
      sequences: fc.integer({ min: 1, max: 10 }),
      // However far it may jump, the story is the same.
      stepsPerRunMax: fc.constantFrom(infinity, infinity, 1, 2, 7),
      isChunked: fc.boolean(),
      isCaching: fc.boolean(),
      isPriority: fc.boolean(),
      drafted: fc.constantFrom(0, 0, 1, 2, 3),
      acceptance: isDyadic ? fc.constantFrom(0, 0.5, 1) : fc.constantFrom(0.37, 0.7, 0.911),
    })
    .chain((given) =>
      physics(isDyadic, given.timeWindow).map((stepTime) => {
        // The engine refuses a step whose tokens do not fit one block.
        const drafted = Math.min(given.drafted, given.blockTokens - 1);
        const tokensComputedPerStep = 1 + drafted;
        let gained = 1;
        for (let i = 1; i <= drafted; i++) gained += given.acceptance ** i;
        const tokenBudget = given.isChunked
          ? given.budget
          : scale.inputMax + scale.outputMax + given.budget;
        const windowTokens = given.windowBlocks * given.blockTokens;
        return {
          role: "unified" as const,
          maxSequences: Math.min(given.sequences, Math.floor(tokenBudget / tokensComputedPerStep)),
          tokenBudget,
          // Without chunks a request that is over the limit would wait for ever.
          chunkTokensMax: given.isChunked ? Math.ceil(tokenBudget * given.chunkShare) : tokenBudget,
          partialPromptsMax: given.partials,
          isPrefillChunked: given.isChunked,
          isPrefixCaching: given.isCaching,
          isPriorityScheduling: given.isPriority,
          tokensComputedPerStep,
          tokensGainedPerStep: gained,
          stepsPerRunMax: given.stepsPerRunMax,
          geometry: {
            blockTokens: given.blockTokens,
            blocks: given.blocks * (given.groups[0]! + given.groups[1]!),
            fullGroups: given.groups[0]!,
            windowGroups: given.groups[1]!,
            windowTokens: given.groups[1] === 0 ? infinity : windowTokens,
          },
          stepTime,
        };
      }),
    );
}

const PRIORITY = fc.constantFrom<Priority>("interactive", "standard", "batch");

/** Any length up to a `share` of the longest. */
function lengths({ inputMax, outputMax }: Scale, share = 1) {
  return {
    kind: "distributions",
    input: { kind: "uniform", min: 1, max: inputMax * share },
    output: { kind: "uniform", min: 1, max: outputMax * share },
    rankCorrelation: 0,
  } as const;
}

const PREFIX = fc.option(
  fc.record({
    sharedTokens: fc.integer({ min: 1, max: 40 }),
    groups: fc.integer({ min: 1, max: 5 }),
    share: fc.constantFrom(0.5, 1),
    skew: fc.constantFrom(0, 1),
  }),
  { nil: undefined },
);

/** Replays rows; a chain is a path in a tree of few blocks, so that beginnings are shared. */
function traceWorkload(isDyadic: boolean, scale: Scale): fc.Arbitrary<Partial<ResolvedWorkload>> {
  const gap = isDyadic
    ? fc.oneof(
        fc.constant(0),
        unit(true).map((value) => value * 2),
      )
    : fc.double({ min: 1e-4, max: 0.08, noNaN: true });
  const row = fc.tuple(
    gap,
    fc.integer({ min: 1, max: scale.inputMax }),
    fc.integer({ min: 1, max: scale.outputMax }),
    fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 8 }),
    fc.boolean(),
  );
  return fc
    .record({
      rows: fc.array(row, { minLength: 2, maxLength: scale.requestsMax }),
      tokensPerBlock: fc.constantFrom(3, 4, 7, 8, 16),
      hasBlocks: fc.boolean(),
    })
    .map(({ rows, tokensPerBlock, hasBlocks }) => {
      let seconds = 0;
      const table = rows.map(([after, input, output, path, isWhole]): [number, number, number] => {
        seconds += after;
        // An input that is nothing but cached blocks is a case of its own: one token is left to compute.
        const whole = Math.min(scale.inputMax, tokensPerBlock * path.length);
        return [seconds, isWhole && whole > 0 ? whole : input, output];
      });
      const ids = new Map<string, number>();
      const chains = rows.map(([, , , path]) =>
        path.map((_, depth) => {
          const key = path.slice(0, depth + 1).join("");
          const id = ids.get(key) ?? ids.size;
          ids.set(key, id);
          return id;
        }),
      );
      const blocks = hasBlocks && ids.size > 0 ? { tokensPerBlock, rows: chains } : undefined;
      return {
        arrivals: {
          kind: "trace",
          trace: traceOf(table, blocks),
          speed: 1,
          loop: false,
          sample: 1,
        },
        tokens: { kind: "from-arrivals" },
      } as const;
    });
}

function closedWorkload(isDyadic: boolean, scale: Scale): fc.Arbitrary<Partial<ResolvedWorkload>> {
  const think = isDyadic
    ? fc.constantFrom(0, 1 / 64, 3 / 256).map((value) => ({ kind: "constant", value }) as const)
    : fc.constant({ kind: "exponential", mean: 0.03 } as const);
  return fc
    .record({
      concurrency: fc.integer({ min: 1, max: 9 }),
      thinkSeconds: think,
      requestsMax: fc.integer({ min: 3, max: scale.requestsMax }),
      turns: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
      prefix: PREFIX,
    })
    .map(({ concurrency, thinkSeconds, requestsMax, turns, prefix }) => ({
      arrivals: { kind: "closed", concurrency, thinkSeconds, requestsMax },
      tokens: turns === undefined ? lengths(scale) : lengths(scale, 0.25),
      prefix,
      sessions:
        turns === undefined
          ? undefined
          : {
              turns: { kind: "constant", value: turns },
              thinkSeconds,
              overflow: { kind: "end" },
            },
    }));
}

function openWorkload(isDyadic: boolean, scale: Scale): fc.Arbitrary<Partial<ResolvedWorkload>> {
  return fc
    .record({
      requestsPerSecond: isDyadic ? fc.constantFrom(16, 32, 64, 128) : fc.constantFrom(17, 41, 90),
      requestsMax: fc.integer({ min: 3, max: scale.requestsMax }),
      prefix: PREFIX,
    })
    .map(({ requestsPerSecond, requestsMax, prefix }) => ({
      arrivals: {
        kind: "open",
        requestsPerSecond,
        process: { kind: isDyadic ? "deterministic" : "poisson" },
        profile: { kind: "constant" },
        requestsMax,
      },
      tokens: lengths(scale),
      prefix,
    }));
}

/** A whole case: one or two workloads on one replica. */
export function naiveCase(scale: Scale = SMALL): fc.Arbitrary<NaiveCase> {
  return fc.boolean().chain((isDyadic) => {
    const workload = fc.oneof(
      traceWorkload(isDyadic, scale),
      closedWorkload(isDyadic, scale),
      openWorkload(isDyadic, scale),
    );
    const listed = fc.array(fc.tuple(workload, PRIORITY), { minLength: 1, maxLength: 2 });
    return fc
      .record({
        settings: settings(isDyadic, scale),
        listed,
        seed: fc.integer({ min: 1, max: 1e6 }),
      })
      .map(({ settings: given, listed: workloads, seed }) => ({
        settings: given,
        seed,
        scenario: resolvedScenario({
          pools: [resolvedPool()],
          durationSeconds: HORIZON_SECONDS,
          workloads: workloads.map(([changes, priority], index) =>
            resolvedWorkload({
              ...changes,
              name: `workload-${index}`,
              priority,
              contextWindowTokens: scale.inputMax + scale.outputMax,
            }),
          ),
        }),
      }));
  });
}

/** Prompts in many small chunks side by side, urgent ones among others, and few blocks for all of them. */
export function crowdedCase(): fc.Arbitrary<NaiveCase> {
  const blockShare = fc.constantFrom(1, 0.6, 0.4);
  return fc.tuple(naiveCase(), blockShare).map(([one, share]) => {
    const { settings: given, scenario } = one;
    const { tokenBudget, tokensComputedPerStep, geometry } = given;
    return {
      ...one,
      settings: {
        ...given,
        maxSequences: Math.min(8, Math.floor(tokenBudget / tokensComputedPerStep)),
        chunkTokensMax: Math.min(8, tokenBudget),
        partialPromptsMax: 4,
        isPrefillChunked: true,
        isPriorityScheduling: true,
        geometry: { ...geometry, blocks: Math.ceil(geometry.blocks * share) },
      },
      scenario: {
        ...scenario,
        workloads: scenario.workloads.map((workload, index) => ({
          ...workload,
          priority: index === 0 ? "batch" : "interactive",
        })),
      },
    };
  });
}
