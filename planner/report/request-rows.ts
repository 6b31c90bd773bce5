/**
 * Per-request rows of `--requests FILE` as CSV or JSON lines: names instead of indexes, milliseconds for
 * latencies, an empty field (or null) for what is not defined. Text only: files are the caller's.
 */
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import { END_REASONS } from "../simulation/end-reasons";
import { type FinishedRequest, REQUEST_OUTCOMES } from "../simulation/observer";

export type RequestRowFormat = "csv" | "jsonl";

/** Order of the columns; a new one goes to the end. */
export const REQUEST_COLUMNS = [
  "replication",
  "id",
  "workload",
  "tenant",
  "model",
  "origin",
  "region",
  "pool",
  "replica",
  "arrivalSeconds",
  "inputTokens",
  "outputTokens",
  "cachedTokens",
  "queueTimeMs",
  "ttftMs",
  "tpotMs",
  "e2eMs",
  "preemptions",
  "outcome",
  "sloMet",
  "reason",
  "attempts",
] as const;

type Field = string | number | boolean | null;

/** Writes rows in one format; `header` is empty for JSON lines. */
export interface RequestRowWriter {
  readonly header: string;
  /** One line, with its line feed. `replication` counts from 1. */
  row(replication: number, request: FinishedRequest): string;
}

export function requestRowWriter(
  scenario: ResolvedScenario,
  format: RequestRowFormat,
): RequestRowWriter {
  const header = format === "csv" ? `${REQUEST_COLUMNS.join(",")}\n` : "";
  const toLine = format === "csv" ? csvLine : jsonLine;
  return {
    header,
    row: (replication, request) => toLine(requestFields(scenario, replication, request)),
  };
}

/** Values in the order of `REQUEST_COLUMNS`. */
function requestFields(
  scenario: ResolvedScenario,
  replication: number,
  request: FinishedRequest,
): Field[] {
  const workload = scenario.workloads[request.workloadIndex];
  const pool = scenario.fleet.pools[request.poolIndex];
  return [
    replication,
    request.id,
    workload?.name ?? null,
    workload?.tenants[request.tenantIndex]?.name ?? null,
    workload?.model ?? null,
    scenario.fleet.origins[request.originIndex] ?? null,
    pool === undefined ? null : (scenario.fleet.regions[pool.regionIndex]?.name ?? null),
    pool?.name ?? null,
    request.replicaIndex < 0 ? null : request.replicaIndex,
    decimals(request.arrivalSeconds, 6),
    request.inputTokens,
    request.outputTokens,
    request.cachedTokens,
    milliseconds(request.queueTimeSeconds),
    milliseconds(request.ttftSeconds),
    milliseconds(request.tpotSeconds),
    milliseconds(request.e2eSeconds),
    request.preemptions,
    REQUEST_OUTCOMES[request.outcomeIndex] ?? null,
    request.sloMet < 0 ? null : request.sloMet === 1,
    END_REASONS[request.reasonIndex] ?? null,
    request.attempts,
  ];
}

/** Microseconds are kept: finer than any of this is known. */
function milliseconds(seconds: number): number | null {
  return decimals(seconds * 1000, 3);
}

function decimals(value: number, digits: number): number | null {
  return Number.isFinite(value) ? Number(value.toFixed(digits)) : null;
}

function csvLine(fields: readonly Field[]): string {
  return `${fields.map(csvField).join(",")}\n`;
}

/** RFC 4180: quoted only where a comma, quote or line end makes it necessary. */
function csvField(field: Field): string {
  if (field === null) return "";
  if (typeof field !== "string") return String(field);
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

function jsonLine(fields: readonly Field[]): string {
  const entries = REQUEST_COLUMNS.map((column, index) => [column, fields[index]] as const);
  return `${JSON.stringify(Object.fromEntries(entries))}\n`;
}
