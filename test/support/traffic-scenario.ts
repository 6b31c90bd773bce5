/** Resolved scenarios for tests of traffic: one workload with plain defaults, and ways to drain it. */
import { NO_POLICIES } from "../../planner/fleet/resolved-policies";
import { PATIENT_CLIENT } from "../../planner/scenario/resolved-client";
import { NO_FAULTS } from "../../planner/scenario/resolved-faults";
import type {
  ResolvedArrivals,
  ResolvedScenario,
  ResolvedWorkload,
} from "../../planner/scenario/resolved-scenario";
import type { TraceTable } from "../../planner/scenario/trace-table";
import type { ChainDraw, RequestDraw, RequestSource } from "../../planner/traffic/request-source";
import { LIST_PRICES } from "./resolved";

export const OPEN: Extract<ResolvedArrivals, { kind: "open" }> = {
  kind: "open",
  requestsPerSecond: 10,
  process: { kind: "poisson" },
  profile: { kind: "constant" },
  requestsMax: Number.POSITIVE_INFINITY,
};

export function workloadWith(over: Partial<ResolvedWorkload>): ResolvedWorkload {
  return {
    name: "chat",
    model: "llama-3.1-8b-instruct",
    arrivals: OPEN,
    tokens: {
      kind: "distributions",
      input: { kind: "normal", mean: 1024, sd: 512, min: 1, max: 4096 },
      output: { kind: "normal", mean: 256, sd: 128, min: 1, max: 1024 },
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
    contextWindowTokens: 131072,
    ...over,
  };
}

export function scenarioWith(
  workloads: readonly ResolvedWorkload[],
  durationSeconds = 1000,
): ResolvedScenario {
  return {
    name: "test",
    digest: "000000000000",
    seed: 1,
    replications: 1,
    horizon: { startSeconds: 0, durationSeconds, warmUpSeconds: 0, drain: true },
    workloads,
    fleet: {
      regions: [],
      pools: [],
      routing: {
        policy: "least-outstanding",
        regions: "any",
        spillOutstanding: 8,
        affinitySlack: 8,
      },
      policies: NO_POLICIES,
      origins: ["us-east", "eu-west"],
      roundTripSeconds: [],
    },
    faults: NO_FAULTS,
    prices: LIST_PRICES,
  };
}

export function traceOf(
  rows: readonly (readonly [arrivalSeconds: number, inputTokens: number, outputTokens: number])[],
  blocks?: { readonly tokensPerBlock: number; readonly rows: readonly (readonly number[])[] },
): TraceTable {
  const table: TraceTable = {
    source: "trace.csv",
    requests: rows.length,
    hasArrivals: true,
    arrivalSeconds: Float64Array.from(rows, (row) => row[0]),
    inputTokens: Int32Array.from(rows, (row) => row[1]),
    outputTokens: Int32Array.from(rows, (row) => row[2]),
  };
  if (blocks === undefined) return table;
  const ids = blocks.rows.flat();
  const offsets = [0];
  for (const row of blocks.rows) offsets.push(offsets[offsets.length - 1]! + row.length);
  return {
    ...table,
    prefixBlocks: {
      tokensPerBlock: blocks.tokensPerBlock,
      ids: Int32Array.from(ids),
      offsets: Int32Array.from(offsets),
      distinct: Math.max(...ids) + 1,
    },
  };
}

/** A draw with its chain copied out, to keep. */
export interface DrawnRequest {
  readonly arrivalSeconds: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly originIndex: number;
  readonly tenantIndex: number;
  readonly client: number;
  readonly chain: ChainDraw | undefined;
  readonly isRefused: boolean;
  readonly ids: readonly number[];
  readonly endTokens: readonly number[];
}

const STALE_CHAIN: ChainDraw = {
  inputTokens: new Int32Array(0),
  outputTokens: new Int32Array(0),
  prefixes: [],
  waitSeconds: new Float64Array(0),
  fails: new Uint8Array(0),
};

/** A draw with values that no source may leave in it. */
export function emptyDraw(): RequestDraw {
  return {
    arrivalSeconds: Number.NaN,
    inputTokens: 0,
    outputTokens: 0,
    originIndex: -1,
    tenantIndex: -1,
    prefix: { ids: [-1], endTokens: [-1], length: 1 },
    chain: STALE_CHAIN,
    isRefused: true,
    client: -2,
  };
}

function takeOne(source: RequestSource): DrawnRequest {
  const draw = emptyDraw();
  source.take(draw);
  const { prefix, ...rest } = draw;
  const length = prefix?.length ?? 0;
  return {
    ...rest,
    ids: Array.from(prefix?.ids ?? []).slice(0, length),
    endTokens: Array.from(prefix?.endTokens ?? []).slice(0, length),
  };
}

/** Takes requests until there is none, or `countMax`; nothing is ever reported as finished. */
export function drain(source: RequestSource, countMax = Number.POSITIVE_INFINITY): DrawnRequest[] {
  const requests: DrawnRequest[] = [];
  while (requests.length < countMax && source.peekSeconds() < Number.POSITIVE_INFINITY) {
    requests.push(takeOne(source));
  }
  return requests;
}

/**
 * Serves a source with unlimited servers and a service time of each request, reporting ends in order of
 * time; returns the requests and the highest number at once.
 */
export function serve(
  source: RequestSource,
  serviceSeconds: (request: DrawnRequest) => number,
): { requests: DrawnRequest[]; outstandingMax: number } {
  const requests: DrawnRequest[] = [];
  const running: { client: number; endSeconds: number }[] = [];
  let outstandingMax = 0;
  for (;;) {
    running.sort((x, y) => x.endSeconds - y.endSeconds || x.client - y.client);
    const endSeconds = running[0]?.endSeconds ?? Number.POSITIVE_INFINITY;
    const arrival = source.peekSeconds();
    if (Math.min(arrival, endSeconds) === Number.POSITIVE_INFINITY) break;
    if (endSeconds <= arrival) {
      const { client } = running.shift()!;
      if (client >= 0) source.finished(client, endSeconds);
    } else {
      const request = takeOne(source);
      requests.push(request);
      const service = serviceSeconds(request);
      running.push({ client: request.client, endSeconds: request.arrivalSeconds + service });
      outstandingMax = Math.max(outstandingMax, running.length);
    }
  }
  return { requests, outstandingMax };
}
