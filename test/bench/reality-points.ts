/**
 * Measured serving points as the shared benchmark tables hold them (`../shared/data/benchmarks`), joined
 * with their metrics. Not a comparison: see `reality.ts`. Traps of the tables are in their README.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "csv-parse/sync";

/** The shared folder of benchmarks; the bench runs from a checkout, so it lies beside the repository. */
export const BENCHMARKS = path.resolve(__dirname, "../..", "../shared/data/benchmarks");

export interface RealityPoint {
  readonly id: string;
  readonly source: string;
  readonly quality: string;
  readonly model: string;
  readonly accelerator: string;
  readonly weightPrecision: string;
  readonly kvPrecision: string;
  readonly replicas: number;
  readonly tensorParallel: number;
  readonly pipelineParallel: number;
  readonly expertParallel: number;
  readonly dataParallel: number;
  readonly engineVersion: string;
  readonly inputTokens: number;
  readonly inputKind: string;
  readonly outputTokens: number;
  readonly outputKind: string;
  readonly loadKind: string;
  readonly load: number;
  readonly requests: number | undefined;
  readonly maxSequences: number | undefined;
  readonly maxBatchedTokens: number | undefined;
  readonly notes: string;
  /** Values by `metric/stat`, as in `ttft_ms/mean`. */
  readonly measured: Readonly<Record<string, number>>;
}

type Row = Readonly<Record<string, string>>;

/** All single-deployment points of vLLM without speculation and without prefill/decode disaggregation. */
export function readVllmPoints(): readonly RealityPoint[] {
  const measured = new Map<string, Record<string, number>>();
  for (const row of readTable("metrics.csv")) {
    const id = text(row, "point_id");
    const values = measured.get(id) ?? {};
    values[`${text(row, "metric")}/${text(row, "stat")}`] = Number(row["value"]);
    measured.set(id, values);
  }
  return readTable("points.csv")
    .filter((row) => /vllm/i.test(text(row, "engine")))
    .filter((row) => row["disagg"] === "0" && /^(|none)$/.test(text(row, "spec_decode")))
    .map((row) => toPoint(row, measured.get(text(row, "point_id")) ?? {}));
}

/** Mean of a latency in milliseconds; where the publisher does not say whether it is the mean, that value. */
export function measuredMean(
  point: RealityPoint,
  metric: "ttft_ms" | "tpot_ms",
): number | undefined {
  return point.measured[`${metric}/mean`] ?? point.measured[`${metric}/mean_or_p50`];
}

function toPoint(row: Row, measured: Readonly<Record<string, number>>): RealityPoint {
  return {
    id: text(row, "point_id"),
    source: text(row, "source_id"),
    quality: text(row, "quality"),
    model: text(row, "model"),
    accelerator: text(row, "gpu"),
    weightPrecision: text(row, "weight_prec"),
    kvPrecision: text(row, "kv_prec"),
    replicas: count(row, "replicas") ?? 1,
    tensorParallel: count(row, "tp") ?? 1,
    pipelineParallel: count(row, "pp") ?? 1,
    expertParallel: count(row, "ep") ?? 1,
    dataParallel: count(row, "dp") ?? 1,
    engineVersion: text(row, "engine_version"),
    inputTokens: count(row, "isl_mean") ?? Number.NaN,
    inputKind: text(row, "isl_kind"),
    outputTokens: count(row, "osl_mean") ?? Number.NaN,
    outputKind: text(row, "osl_kind"),
    loadKind: text(row, "load_kind"),
    load: count(row, "load_value") ?? Number.NaN,
    requests: count(row, "num_requests"),
    maxSequences: count(row, "max_num_seqs"),
    maxBatchedTokens: count(row, "max_batched_tokens"),
    notes: text(row, "notes"),
    measured,
  };
}

function readTable(name: string): readonly Row[] {
  return parse(readFileSync(path.join(BENCHMARKS, name)), { columns: true }) as Row[];
}

function text(row: Row, column: string): string {
  return row[column] ?? "";
}

/** A finite number, or undefined for a blank cell or words. */
function count(row: Row, column: string): number | undefined {
  const cell = text(row, column);
  const value = Number(cell);
  return cell === "" || !Number.isFinite(value) ? undefined : value;
}
