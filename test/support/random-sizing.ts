/**
 * Small random searches: one to three regions, one or two models, one to three ways to serve each, and traffic that a
 * handful of replicas carries, so that every fleet up to the answer can be simulated. Not realistic, only varied.
 */
import { RandomStream } from "../../planner/foundation/random";
import { parseScenario } from "../../planner/scenario/parse-scenario";
import type { ScenarioSpec } from "../../planner/scenario/scenario-spec";
import { sizingProblem } from "../../planner/sizing/sizing-problem";

export interface SizingInstance {
  readonly spec: ScenarioSpec;
  /** What it puts to the test, for coverage. */
  readonly traits: ReadonlySet<string>;
}

const MODELS = ["llama-3.1-8b-instruct", "qwen2.5-7b-instruct"] as const;
const REGIONS = ["us-east-1", "us-west-2", "eu-west-1"] as const;
const ORIGINS = ["us-east", "us-west", "eu-west"] as const;
/** One to four accelerators in a machine, so that replicas share nodes. */
const HARDWARE = [
  "g6.xlarge",
  "g6e.xlarge",
  "g5.xlarge",
  "g6.12xlarge",
  "g5.12xlarge",
  "g6e.12xlarge",
] as const;

type Json = Record<string, unknown>;

/** The instance of a number; the same for the same number. */
export function randomSizing(number: number): SizingInstance {
  const draw = new Draw(number);
  const slow = written(draw, 1);
  // What a unit can do does not depend on how much is asked: traffic is made for a few units of what is for sale.
  const { bounds, offers } = sizingProblem({ spec: parse(slow.text), traces: new Map() });
  const byModel = new Map<string, number[]>();
  for (const { option, index } of offers) {
    byModel.set(option.model, [...(byModel.get(option.model) ?? []), bounds[index]!]);
  }
  const weakest = Math.min(...[...byModel.values()].map((all) => Math.min(...all)));
  const units = 0.4 + 2.4 * draw.stream("units").uniform();
  return { spec: parse(written(draw, units * weakest).text), traits: slow.traits };
}

function parse(text: string): ScenarioSpec {
  return parseScenario(text, {});
}

/** Each part of an instance draws from a stream of its own. */
class Draw {
  constructor(private readonly number: number) {}

  stream(name: string): RandomStream {
    return new RandomStream(this.number, name);
  }

  chance(name: string, share: number): boolean {
    return this.stream(name).uniform() < share;
  }

  one<Value>(name: string, values: readonly Value[]): Value {
    return values[this.stream(name).below(values.length)]!;
  }

  some<Value>(name: string, values: readonly Value[], count: number): Value[] {
    const stream = this.stream(name);
    return values
      .map((value) => ({ value, at: stream.uniform() }))
      .toSorted((a, b) => a.at - b.at)
      .slice(0, count)
      .map(({ value }) => value);
  }
}

function written(
  draw: Draw,
  requestsPerSecond: number,
): { readonly text: string; readonly traits: ReadonlySet<string> } {
  const traits = new Set<string>();
  const has = (name: string, share: number): boolean => {
    const is = draw.chance(name, share);
    if (is) traits.add(name);
    return is;
  };
  const regionCount = draw.one("regions", [1, 2, 2, 2, 3]);
  traits.add(`${regionCount} regions`);
  const regions = REGIONS.slice(0, regionCount);
  const models = has("two models", 0.3) ? MODELS : MODELS.slice(0, 1);
  const hardware = draw.some(
    "hardware",
    HARDWARE,
    models.length > 1 ? 1 : draw.one("n", [1, 2, 3]),
  );
  if (hardware.some((name) => name.includes("12xlarge"))) traits.add("shared nodes");
  const origins = ORIGINS.slice(0, draw.one("origins", [1, 2, 3]));
  const isChained = models.length > 1 && has("chain", 0.4);
  const isPooled = has("pooled", 0.2);
  const policy = isPooled ? undefined : failoverOf(draw, regions, origins, traits);
  const residency =
    !isPooled && regionCount > 1 && has("residency", 0.2)
      ? { residency: { "us-east": regions.slice(0, draw.one("allowed", [1, 2])) } }
      : {};
  const survive = surviveOf(draw, regionCount, policy !== undefined || isPooled, traits);
  const isByZone = survive.includes("any-zone");
  const zones = draw.one("zones", isByZone ? [2, 3] : [1, 2, 3]);
  const spec: Json = {
    version: 1,
    name: "random",
    seed: 1 + draw.stream("seed").below(1000),
    horizon: { start: "wed 17:00", duration: has("day", 0.2) ? "24h" : "8 min", warmUp: "2 min" },
    workloads: workloadsOf(draw, { models, isChained, origins, requestsPerSecond, traits }),
    fleet: {
      regions: Object.fromEntries(regions.map((name) => [name, { zones }])),
      ...(isPooled ? { routing: { regions: "any" } } : {}),
      ...(policy === undefined ? {} : { failover: policy }),
      ...(isByZone ? { gateway: { replicas: 2 } } : {}),
      ...residency,
    },
    ...(survive.length > 0 ? { survive } : {}),
    search: {
      hardware,
      engine: {
        maxContext: 4096,
        tensorParallel: [1],
        ...(has("two precisions", 0.2) ? { quantization: ["bf16", "fp8"] } : {}),
      },
      purchase: purchaseOf(draw, traits),
      gap: draw.one("gap", [0, 0, 0.05]),
      requestsPerRun: 300,
      evaluationsMax: 120,
      ...(has("replicasMin", 0.15) ? { replicasMin: 2 } : {}),
      ...(regionCount > 1 && has("regionsMin", 0.15) ? { regionsMin: 2 } : {}),
      ...(has("quotas", 0.4) ? { quotas: quotasOf(draw, regions, hardware, traits) } : {}),
    },
  };
  return { text: JSON.stringify(spec), traits };
}

function failoverOf(
  draw: Draw,
  regions: readonly string[],
  origins: readonly string[],
  traits: Set<string>,
): Json | undefined {
  if (regions.length < 2) return undefined;
  const kind = draw.one("failover", ["latency", "geo", "primaryBackup", "latency"] as const);
  traits.add(kind);
  const detection = { healthCheck: { interval: "10 s", failureThreshold: 2 }, ttl: "20 s" };
  if (kind === "latency") return { policy: "latency", ...detection };
  if (kind === "primaryBackup") {
    return { policy: { primaryBackup: draw.some("order", regions, regions.length) }, ...detection };
  }
  const geo = origins.map((name) => [name, draw.one(`geo ${name}`, regions)] as const);
  return { policy: { geo: Object.fromEntries(geo) }, ...detection };
}

function surviveOf(
  draw: Draw,
  regions: number,
  hasWayOut: boolean,
  traits: Set<string>,
): unknown[] {
  const chosen = draw.one("survive", ["", "any-region", "any-zone", "any-pool", ""] as const);
  const isPossible = chosen !== "" && (chosen !== "any-region" || (regions > 1 && hasWayOut));
  if (isPossible) traits.add(chosen);
  return isPossible ? [chosen] : [];
}

function purchaseOf(draw: Draw, traits: Set<string>): string[] {
  const ways = draw.one("purchase", [
    ["on-demand"],
    ["on-demand"],
    ["on-demand", "spot"],
    ["reserved-1y", "on-demand"],
  ]);
  traits.add(ways.join(" and "));
  return ways;
}

function quotasOf(
  draw: Draw,
  regions: readonly string[],
  hardware: readonly string[],
  traits: Set<string>,
): Json {
  const isTight = draw.chance("tight", 0.4);
  if (isTight) traits.add("tight quotas");
  return Object.fromEntries(
    regions.map((region) => [
      region,
      Object.fromEntries(
        hardware.map((name) => [
          name,
          draw.one(`quota ${region} ${name}`, isTight ? [0, 1, 2] : [2, 3, 4]),
        ]),
      ),
    ]),
  );
}

function workloadsOf(
  draw: Draw,
  of: {
    readonly models: readonly string[];
    readonly isChained: boolean;
    readonly origins: readonly string[];
    readonly requestsPerSecond: number;
    readonly traits: Set<string>;
  },
): Json {
  const { models, isChained, origins, requestsPerSecond, traits } = of;
  const share = 1 / origins.length;
  const from = Object.fromEntries(origins.map((name) => [name, share]));
  const isBursty = draw.chance("bursty", 0.3);
  if (isBursty) traits.add("bursty");
  const isDiurnal = draw.chance("diurnal", 0.3);
  if (isDiurnal) traits.add("diurnal");
  const shape = {
    ...(isBursty ? { process: { gamma: { cv: 2 } } } : {}),
    ...(isDiurnal ? { profile: { diurnal: { peakHour: 14, peakToMean: 1.8 } } } : {}),
  };
  const slo = draw.one<Json>("slo", [
    { ttft: { p90: "2 s" }, tpot: { p90: "120 ms" } },
    { e2e: { p95: "40 s" } },
    { ttft: { p95: "3 s" } },
    { tpot: { mean: "100 ms" } },
    { ttft: { p90: "500 ms" }, tpot: { p90: "60 ms" } },
  ]);
  const tokens = {
    input: { lognormal: { median: 700, sigma: 0.5, max: 2000 } },
    output: { lognormal: { median: 150, sigma: 0.5, max: 600 } },
  };
  if (isChained) {
    const arrivals = { rate: perSecond(requestsPerSecond * 0.7), ...shape };
    const chain = models.map((model) => ({ model, tokens }));
    return { agent: { chain, arrivals, origins: from, slo: { e2e: { p95: "90 s" } } } };
  }
  return Object.fromEntries(
    models.map((model, place) => {
      const arrivals = { rate: perSecond(requestsPerSecond / (1 + place)), ...shape };
      return [`w${place}`, { model, arrivals, tokens, origins: from, slo }];
    }),
  );
}

function perSecond(rate: number): string {
  return `${rate.toFixed(4)}/s`;
}
