/**
 * Derives the traffic profiles of the catalog from the public traces in the shared data folder and
 * prints them as the source of planner/catalog/traffic-profiles.ts:
 *
 *   npx tsx test/bench/fit-traffic-profiles.ts > planner/catalog/traffic-profiles.ts && npx biome check --write planner/catalog
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { TrafficProfile } from "../../planner/catalog/specs";
import { type ProfileSource, profileSources, serveGenSources } from "./traffic-profile-sources";

/** The data folder beside the repository; not read through test/support, which needs jest. */
const sharedData = path.resolve(__dirname, "../..", "../shared/data");

const probabilities: readonly number[] = [
  0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1,
];

/** Columns of one trace, request by request. */
export interface TraceColumns {
  readonly inputTokens: readonly number[];
  readonly outputTokens: readonly number[];
  /** Absent when the file has lengths only. */
  readonly arrivalSeconds?: readonly number[];
  /** Prefix blocks of each input, and the tokens of a block. */
  readonly blocks?: { readonly tokens: number; readonly hashes: readonly (readonly number[])[] };
}

/** The profile of one source; its trace is read from the shared data folder. */
export function fitProfile(source: ProfileSource): TrafficProfile {
  const columns = readTrace(source);
  return {
    name: source.name,
    description: source.description,
    requests: columns.inputTokens.length,
    probabilities,
    inputTokens: quantiles(columns.inputTokens),
    outputTokens: quantiles(columns.outputTokens),
    rankCorrelation: rounded(spearman(columns.inputTokens, columns.outputTokens), 3),
    ...(columns.arrivalSeconds === undefined
      ? {}
      : { arrivals: arrivalStatistics(columns.arrivalSeconds) }),
    ...(columns.blocks === undefined
      ? {}
      : { prefix: { reusableShare: rounded(reusableShare(columns), 3) } }),
    ...(source.uncertain === undefined ? {} : { uncertain: source.uncertain }),
    source: source.source,
    date: source.date,
  };
}

/**
 * Profiles of the ServeGen services, of which quantiles are published and not the requests: tables
 * run from the first to the last quantile that is known, and lengths are taken as independent.
 */
export function fitServeGenProfiles(): TrafficProfile[] {
  const lengths = readCsv("traces/servegen_length_quantiles.csv");
  const rates = readCsv("traces/servegen_rates.csv");
  const columns = ["p1", "p5", "p10", "p25", "p50", "p75", "p90", "p95", "p99", "p99.9"];
  const known = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999];
  return serveGenSources.map(({ model, ...named }) => {
    const table = (field: string): number[] => {
      const row = lengths.find((line) => line["model"] === model && line["field"] === field)!;
      const values = columns.map((column) => Math.max(1, Number(row[column])));
      return [values[0]!, ...values, values.at(-1)!];
    };
    const windows = rates.filter((line) => line["model"] === model);
    const windowSeconds = 600;
    const requests =
      windows.reduce((sum, line) => sum + Number(line["rate_req_s"]), 0) * windowSeconds;
    return {
      ...named,
      requests: Math.round(requests),
      probabilities: [0, ...known, 1],
      inputTokens: table("input"),
      outputTokens: table("output"),
      rankCorrelation: 0,
      uncertain: ["requests", "rankCorrelation", "quantiles below 0.01 and above 0.999"],
    };
  });
}

/**
 * Quantiles at `probabilities` (type 7, linear between order statistics), in whole tokens and at
 * least 1.
 */
export function quantiles(values: readonly number[]): number[] {
  const sorted = Float64Array.from(values).sort();
  return probabilities.map((probability) => {
    const position = probability * (sorted.length - 1);
    const below = Math.floor(position);
    const above = Math.min(below + 1, sorted.length - 1);
    const value = sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
    return Math.max(1, Math.round(value));
  });
}

/** Spearman's rank correlation: Pearson's of the ranks, equal values sharing their mean rank. */
export function spearman(x: readonly number[], y: readonly number[]): number {
  const rankX = meanRanks(x);
  const rankY = meanRanks(y);
  const mean = (x.length - 1) / 2;
  let covariance = 0;
  let varianceX = 0;
  let varianceY = 0;
  for (let i = 0; i < x.length; i++) {
    const a = rankX[i]! - mean;
    const b = rankY[i]! - mean;
    covariance += a * b;
    varianceX += a * a;
    varianceY += b * b;
  }
  return covariance / Math.sqrt(varianceX * varianceY);
}

/** Mean rate over the whole trace, and the coefficient of variation of the gaps. */
export function arrivalStatistics(
  arrivalSeconds: readonly number[],
): NonNullable<TrafficProfile["arrivals"]> {
  const gaps = arrivalSeconds.slice(1).map((seconds, i) => seconds - arrivalSeconds[i]!);
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
  return {
    meanRequestsPerSecond: rounded(1 / mean, 3),
    gapCv: rounded(Math.sqrt(variance) / mean, 3),
  };
}

/** Share of all input tokens in leading blocks that an earlier request has already brought. */
export function reusableShare(columns: TraceColumns): number {
  const seen = new Set<number>();
  let reused = 0;
  let total = 0;
  columns.blocks!.hashes.forEach((hashes, i) => {
    const inputTokens = columns.inputTokens[i]!;
    let leading = 0;
    while (leading < hashes.length && seen.has(hashes[leading]!)) leading++;
    for (const hash of hashes) seen.add(hash);
    reused += Math.min(inputTokens, leading * columns.blocks!.tokens);
    total += inputTokens;
  });
  return reused / total;
}

function meanRanks(values: readonly number[]): Float64Array {
  const order = Uint32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end + 1 < order.length && values[order[end + 1]!] === values[order[start]!]) end++;
    for (let i = start; i <= end; i++) ranks[order[i]!] = (start + end) / 2;
    start = end + 1;
  }
  return ranks;
}

/** The columns of a source, read from the shared data folder. */
export function readTrace(source: ProfileSource): TraceColumns {
  if (source.file.endsWith(".jsonl")) return readMooncake(source.file);
  const rows = readCsv(source.file);
  const column = (name: string): number[] => rows.map((row) => Number(row[name]));
  const [input, output, timestamp] = source.columns;
  return {
    inputTokens: column(input),
    outputTokens: column(output),
    ...(timestamp === undefined
      ? {}
      : { arrivalSeconds: rows.map((row) => utcSeconds(row[timestamp]!)) }),
  };
}

function readMooncake(file: string): TraceColumns {
  const rows = readLines(file).map(
    (line) =>
      JSON.parse(line) as {
        readonly timestamp: number;
        readonly input_length: number;
        readonly output_length: number;
        readonly hash_ids: readonly number[];
      },
  );
  return {
    inputTokens: rows.map((row) => row.input_length),
    outputTokens: rows.map((row) => row.output_length),
    arrivalSeconds: rows.map((row) => row.timestamp / 1000),
    blocks: { tokens: 512, hashes: rows.map((row) => row.hash_ids) },
  };
}

/** `2023-11-16 18:15:46.6805900`: seven decimals, which `Date` cuts to three. */
function utcSeconds(timestamp: string): number {
  const [whole, fraction] = timestamp.split(".");
  return Date.parse(`${whole!.replace(" ", "T")}Z`) / 1000 + Number(`0.${fraction ?? 0}`);
}

function readCsv(file: string): Record<string, string>[] {
  const [header, ...lines] = readLines(file).map((line) => line.split(","));
  return lines.map((cells) => Object.fromEntries(header!.map((name, i) => [name, cells[i]!])));
}

function readLines(file: string): string[] {
  return readFileSync(path.join(sharedData, file), "utf8")
    .split(/\r?\n/)
    .filter((line) => line !== "");
}

function rounded(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}

function print(): void {
  console.log(`/**
 * Traffic profiles: token lengths of public traces as quantile tables, with their rank correlation,
 * and the arrivals and prefix reuse where a trace shows them. Written by
 * test/bench/fit-traffic-profiles.ts; do not edit by hand.
 */
import type { TrafficProfile } from "./specs";

const probabilities: readonly number[] = ${JSON.stringify(probabilities)};

export const trafficProfiles: readonly TrafficProfile[] = [`);
  for (const source of profileSources) console.log(`${asSource(fitProfile(source))},`);
  for (const profile of fitServeGenProfiles()) console.log(`${asSource(profile)},`);
  console.log("];");
}

function asSource(profile: TrafficProfile): string {
  const shared = JSON.stringify(probabilities);
  return JSON.stringify(profile).replace(`"probabilities":${shared}`, "probabilities");
}

if (require.main === module) print();
