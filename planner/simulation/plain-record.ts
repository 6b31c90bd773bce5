/** The record of a run as plain data, to travel between threads and machines, and back without a difference. */
import { QuantileSketch } from "../foundation/quantile-sketch";
import type { RunRecord } from "./run-record";

/** Opaque: made by `toPlainRecord`, and read by `fromPlainRecord`. */
export interface PlainRecord {
  readonly plain: unknown;
}

/** Keys of objects that stand for what is not plain. */
const SKETCH = "$sketch";
const FLOATS = "$floats";

export function toPlainRecord(record: RunRecord): PlainRecord {
  return { plain: flatten(record) };
}

export function fromPlainRecord({ plain }: PlainRecord): RunRecord {
  return restore(plain) as RunRecord;
}

function flatten(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(flatten);
  if (value instanceof QuantileSketch) return { [SKETCH]: value.toPlain() };
  if (value instanceof Float64Array) return { [FLOATS]: Array.from(value) };
  return mapValues(value, flatten);
}

function restore(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(restore);
  if (SKETCH in value) {
    return QuantileSketch.fromPlain(value[SKETCH] as ReturnType<QuantileSketch["toPlain"]>);
  }
  if (FLOATS in value) return Float64Array.from(value[FLOATS] as number[]);
  return mapValues(value, restore);
}

function mapValues(value: object, change: (one: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, change(one)]));
}
