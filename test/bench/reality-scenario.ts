/**
 * A measured point as a resolved scenario: the same closed loop, arrival process and lengths, run to the
 * end of its requests. Request logs, where the shared folder has them, are replayed as they are.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "csv-parse/sync";
import { findRegion } from "../../planner/catalog/lookup";
import type { ResolvedPool } from "../../planner/fleet/resolved-fleet";
import { NO_POLICIES } from "../../planner/fleet/resolved-policies";
import { PATIENT_CLIENT } from "../../planner/scenario/resolved-client";
import { NO_FAULTS } from "../../planner/scenario/resolved-faults";
import type {
  ArrivalProcess,
  Distribution,
  ResolvedArrivals,
  ResolvedScenario,
  ResolvedTokens,
} from "../../planner/scenario/resolved-scenario";
import type { TraceTable } from "../../planner/scenario/trace-table";
import { LIST_PRICES } from "../support/resolved";
import { BENCHMARKS, type RealityPoint } from "./reality-points";
import { sharedPrefixTokens } from "./reality-pool";

const LOGS = path.join(BENCHMARKS, "requests");

/** Runs stop adding requests here; more would not move a mean. */
const REQUESTS_MAX = 5_000;

/** Spread of the logarithm of ShareGPT lengths; the tables give means only. */
const DATASET_SIGMA = 1;

/** Undefined when the load is not one that requests arriving over time describe (static batches, offline runs). */
export function scenarioOfPoint(
  point: RealityPoint,
  pool: ResolvedPool,
): ResolvedScenario | undefined {
  const trace = requestLog(point);
  const arrivals = trace === undefined ? arrivalsOf(point) : replay(trace);
  const region = findRegion("us-east-1");
  if (arrivals === undefined || !region.found || Number.isNaN(point.inputTokens)) return undefined;
  const shared = sharedPrefixTokens(point);
  return {
    name: point.id,
    digest: "measured",
    seed: 1,
    replications: 1,
    horizon: { startSeconds: 0, durationSeconds: 1e7, warmUpSeconds: 0, drain: true },
    workloads: [
      {
        name: "measured",
        model: pool.model.name,
        arrivals,
        tokens: trace === undefined ? tokensOf(point) : { kind: "from-arrivals" },
        prefix: shared > 0 ? { sharedTokens: shared, groups: 1, share: 1, skew: 0 } : undefined,
        chain: undefined,
        fallback: undefined,
        delivery: "direct",
        client: PATIENT_CLIENT,
        sessions: undefined,
        origins: [{ originIndex: 0, share: 1, utcOffsetHours: 0 }],
        tenants: [{ name: "default", share: 1 }],
        priority: "standard",
        slo: [],
        contextWindowTokens: pool.engine.maxContextTokens,
      },
    ],
    fleet: {
      regions: [{ name: "measured", spec: region.row, zones: 1 }],
      pools: [pool],
      routing: { policy: "round-robin", regions: "any", spillOutstanding: 0, affinitySlack: 0 },
      policies: NO_POLICIES,
      origins: ["client"],
      // The client sits beside the engine; what a request waits for outside the engine is its front end.
      roundTripSeconds: [[0]],
    },
    faults: NO_FAULTS,
    prices: LIST_PRICES,
  };
}

function arrivalsOf(point: RealityPoint): ResolvedArrivals | undefined {
  if (point.loadKind === "concurrency" || point.loadKind === "burst_all") {
    const concurrency =
      point.loadKind === "concurrency" ? point.load : (point.requests ?? point.load);
    if (!Number.isFinite(concurrency)) return undefined;
    return {
      kind: "closed",
      concurrency: Math.max(1, Math.round(concurrency)),
      thinkSeconds: { kind: "constant", value: 0 },
      requestsMax: Math.min(point.requests ?? 10 * concurrency, REQUESTS_MAX),
    };
  }
  const process = PROCESSES[point.loadKind];
  if (process === undefined) return undefined;
  return {
    kind: "open",
    requestsPerSecond: point.load,
    process,
    profile: { kind: "constant" },
    requestsMax: Math.min(point.requests ?? 1000, REQUESTS_MAX),
  };
}

/** The gamma runs state a burstiness of 50 and more: almost constant gaps. */
const PROCESSES: Readonly<Record<string, ArrivalProcess>> = {
  rate_poisson: { kind: "poisson" },
  rate_const: { kind: "deterministic" },
  rate_multi_round: { kind: "deterministic" },
  rate_gamma: { kind: "gamma", cv: 0.1 },
};

function tokensOf(point: RealityPoint): ResolvedTokens {
  return {
    kind: "distributions",
    input: lengthsOf(point.inputKind, point.inputTokens),
    output: lengthsOf(point.outputKind, point.outputTokens),
    rankCorrelation: 0,
  };
}

/** `uniform[0.8,1.0]*1024`, `uniform [1..2*mean]`, a data set, or a fixed length. */
function lengthsOf(kind: string, mean: number): Distribution {
  const scaled = /uniform\[([\d.]+),([\d.]+)\]\*(\d+)/.exec(kind);
  if (scaled !== null) {
    const nominal = Number(scaled[3]);
    return { kind: "uniform", min: Number(scaled[1]) * nominal, max: Number(scaled[2]) * nominal };
  }
  if (kind.startsWith("uniform [1..2*mean]")) return { kind: "uniform", min: 1, max: 2 * mean };
  if (/sharegpt|dataset/.test(kind)) {
    const median = mean * Math.exp(-(DATASET_SIGMA ** 2) / 2);
    return { kind: "lognormal", median, sigma: DATASET_SIGMA, max: 2 * mean + 2048 };
  }
  return { kind: "constant", value: Math.round(mean) };
}

function replay(trace: TraceTable): ResolvedArrivals {
  return { kind: "trace", trace, speed: 1, loop: false, sample: 1 };
}

function requestLog(point: RealityPoint): TraceTable | undefined {
  const file = LOG_FILES.get(point.id);
  if (file === undefined) return undefined;
  const rows = readRows(file)
    .map((row) => ({
      arrival: Number(row["arrival_s"]),
      input: Number(row["prompt_tokens"]),
      output: Math.max(1, Number(row["output_tokens"])),
    }))
    .sort((a, b) => a.arrival - b.arrival);
  return {
    source: file,
    requests: rows.length,
    hasArrivals: true,
    arrivalSeconds: Float64Array.from(rows, (row) => row.arrival),
    inputTokens: Int32Array.from(rows, (row) => row.input),
    outputTokens: Int32Array.from(rows, (row) => row.output),
  };
}

/** Request logs by point. */
const LOG_FILES: ReadonlyMap<string, string> = existsSync(LOGS)
  ? new Map(readRows("INDEX.csv").map((row) => [row["point_id"] ?? "", row["file"] ?? ""]))
  : new Map();

function readRows(file: string): readonly Readonly<Record<string, string>>[] {
  return parse(readFileSync(path.join(LOGS, file)), { columns: true }) as Record<string, string>[];
}
