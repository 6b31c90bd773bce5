/**
 * `npm run bench:reality`: the simulator with catalog coefficients against measured runs of vLLM, point by
 * point and as medians. Nothing is fitted here. Without the shared data folder it says so and ends.
 *
 * Usage: npm run bench:reality [-- PATTERN]   only points whose id matches the regular expression
 */
import { existsSync } from "node:fs";
import { median, sampleRankCorrelation } from "simple-statistics";
import { PlannerError } from "../../planner/foundation/errors";
import type { QuantileSketch } from "../../planner/foundation/quantile-sketch";
import { simulate } from "../../planner/simulation/simulate";
import { BENCHMARKS, measuredMean, type RealityPoint, readVllmPoints } from "./reality-points";
import { poolOfPoint } from "./reality-pool";
import { scenarioOfPoint } from "./reality-scenario";

interface Comparison {
  readonly point: RealityPoint;
  readonly isMixtureOfExperts: boolean;
  readonly tpotMs: Pair;
  readonly ttftMs: Pair | undefined;
}

interface Pair {
  readonly predicted: number;
  readonly measured: number;
}

/** Loads in which requests arrive while others are served, which is what a planner asks about. */
const SERVING_LOADS = new Set([
  "concurrency",
  "rate_poisson",
  "rate_const",
  "rate_gamma",
  "rate_multi_round",
]);

/** Above this a mean TTFT is mostly waiting in a queue that grows for as long as the run lasts. */
const QUEUEING_TTFT_MS = 3_000;

function main(): void {
  if (!existsSync(BENCHMARKS)) {
    print(
      "the shared benchmark tables (../shared/data/benchmarks) are not here: nothing to compare",
    );
    return;
  }
  const pattern = new RegExp(process.argv[2] ?? ".");
  const points = readVllmPoints().filter(
    (point) => point.quality === "A" && pattern.test(point.id),
  );
  const comparisons = points.flatMap(compare);
  for (const one of comparisons) print(rowOf(one));
  const serving = comparisons.filter((one) => SERVING_LOADS.has(one.point.loadKind));
  print("\nby source, accelerator, model (closed loop and open loop)");
  printGroups(
    serving,
    ({ point }) => `${point.source} ${point.accelerator} ${point.model} ${point.weightPrecision}`,
  );
  print("\nby source, accelerator, model (all sent at once: saturated by design)");
  printGroups(
    comparisons.filter((one) => one.point.loadKind === "burst_all"),
    ({ point }) => `${point.source} ${point.accelerator} ${point.model} ${point.weightPrecision}`,
  );
  print("\nby accelerator and kind of model (closed loop and open loop)");
  printGroups(
    serving,
    (one) => `${one.point.accelerator} ${one.isMixtureOfExperts ? "mixture of experts" : "dense"}`,
  );
  printHeadline(serving);
}

/** Nothing for points whose model, accelerator or load has no place in a scenario. */
function compare(point: RealityPoint): readonly Comparison[] {
  const measuredTpot = measuredMean(point, "tpot_ms") ?? point.measured["tpot_ms/p50"];
  const pool = poolOfPoint(point);
  if (pool === undefined || measuredTpot === undefined) return [];
  const scenario = scenarioOfPoint(point, pool);
  if (scenario === undefined) return [];
  try {
    const { cells } = simulate(scenario, scenario.seed);
    const cell = cells.find((candidate) => candidate.completed > 0);
    if (cell === undefined) return [];
    const measuredTtft = measuredMean(point, "ttft_ms") ?? point.measured["ttft_ms/p50"];
    return [
      {
        point,
        isMixtureOfExperts: pool.model.mixtureOfExperts !== undefined,
        tpotMs: { predicted: meanMs(cell.tpotSeconds), measured: measuredTpot },
        ttftMs:
          measuredTtft === undefined
            ? undefined
            : { predicted: meanMs(cell.ttftSeconds), measured: measuredTtft },
      },
    ];
  } catch (error) {
    if (!(error instanceof PlannerError)) throw error;
    print(`${point.id}: ${error.message}`);
    return [];
  }
}

function meanMs(sketch: QuantileSketch): number {
  return (sketch.sum / sketch.count) * 1000;
}

function rowOf({ point, tpotMs, ttftMs }: Comparison): string {
  const where = `${point.model} ${point.weightPrecision} tp${point.tensorParallel} ${point.accelerator}`;
  const lengths = `${Math.round(point.inputTokens)}/${Math.round(point.outputTokens)}`;
  return [
    point.source.padEnd(20),
    where.padEnd(42),
    lengths.padEnd(10),
    `${point.loadKind} ${point.load}`.padEnd(24),
    `TPOT ${describePair(tpotMs)}`,
    ttftMs === undefined ? "" : `TTFT ${describePair(ttftMs)}`,
  ].join(" ");
}

function describePair({ predicted, measured }: Pair): string {
  const ratio = (predicted / measured).toFixed(2);
  return `${predicted.toFixed(1).padStart(8)} ms, measured ${measured.toFixed(1).padStart(8)} (×${ratio})`;
}

function printGroups(
  comparisons: readonly Comparison[],
  nameOf: (one: Comparison) => string,
): void {
  const groups = new Map<string, Comparison[]>();
  for (const one of comparisons) {
    const group = groups.get(nameOf(one)) ?? [];
    group.push(one);
    groups.set(nameOf(one), group);
  }
  for (const [name, group] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    print(
      `${name.padEnd(64)} ${String(group.length).padStart(3)} points  ${describeErrors(group)}`,
    );
  }
}

function describeErrors(group: readonly Comparison[]): string {
  const tpot = group.map((one) => one.tpotMs);
  const ttft = belowSaturation(group);
  const tpotText = `TPOT ×${medianRatio(tpot).toFixed(2)} error ${percent(medianError(tpot))}`;
  return ttft.length === 0
    ? tpotText
    : `${tpotText}  TTFT ×${medianRatio(ttft).toFixed(2)} error ${percent(medianError(ttft))}`;
}

function printHeadline(serving: readonly Comparison[]): void {
  const group = serving.filter(
    ({ point, isMixtureOfExperts }) =>
      !isMixtureOfExperts && /^(H100-SXM-80GB|A100-SXM-80GB)$/.test(point.accelerator),
  );
  if (group.length === 0) return;
  const ttft = belowSaturation(group);
  print(
    `\ndense models on H100 and A100, ${group.length} points: median error of mean TPOT ${percent(medianError(group.map((one) => one.tpotMs)))} (target 15 %)`,
  );
  if (ttft.length < 3) return;
  const correlation = sampleRankCorrelation(
    ttft.map((pair) => pair.predicted),
    ttft.map((pair) => pair.measured),
  );
  print(
    `TTFT below saturation, ${ttft.length} points: median ratio ${medianRatio(ttft).toFixed(2)}, median error ${percent(medianError(ttft))}, rank correlation ${correlation.toFixed(3)}`,
  );
}

function belowSaturation(group: readonly Comparison[]): readonly Pair[] {
  return group.flatMap(({ ttftMs }) =>
    ttftMs !== undefined && ttftMs.measured < QUEUEING_TTFT_MS ? [ttftMs] : [],
  );
}

function medianRatio(pairs: readonly Pair[]): number {
  return median(pairs.map((pair) => pair.predicted / pair.measured));
}

function medianError(pairs: readonly Pair[]): number {
  return median(pairs.map((pair) => Math.abs(pair.predicted / pair.measured - 1)));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

main();
