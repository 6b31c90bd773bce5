/**
 * Plain data as text and as bytes, and back without a difference: objects, arrays, strings, booleans, null, undefined and
 * every number, which JSON alone would not keep (Infinity, NaN, -0, undefined). Bytes may also hold typed arrays, which
 * are not copied when they are read. The order of keys is kept, because code may depend on it: the same data built in
 * another order is other text.
 */
import { createHash } from "node:crypto";
import { InvariantViolation } from "./errors";

/** Key of an object that stands for a value that JSON does not have. */
const TAG = "$";
/** What a typed array may need: their bytes start at multiples of it. Little-endian, as every machine that runs Node. */
const ALIGNMENT_BYTES = 8;
/** In front of the text: its length. */
const HEAD_BYTES = 8;

type TypedArray =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

type MakeView = new (buffer: ArrayBufferLike, at: number, length: number) => TypedArray;

const TYPED_ARRAYS: Readonly<Record<string, MakeView>> = {
  Float64Array,
  Float32Array,
  Int32Array,
  Uint32Array,
  Int16Array,
  Uint16Array,
  Int8Array,
  Uint8Array,
};

/** @throws InvariantViolation when it is not plain, or holds a typed array */
export function plainText(value: unknown): string {
  return JSON.stringify(flatten(value, ""));
}

/** The value of a text that `plainText` made. */
export function fromPlainText(text: string): unknown {
  return restore(JSON.parse(text));
}

/** Plain data with its typed arrays beside it. */
export interface PackedData {
  readonly digest: string;
  /** In memory that threads can share. */
  bytes(): Uint8Array<SharedArrayBuffer>;
}

/** @throws InvariantViolation when the value is not plain */
export function packPlain(value: unknown): PackedData {
  const arrays = new ArrayShelf();
  const text = Buffer.from(JSON.stringify(flatten(value, "", arrays)));
  const hash = createHash("sha256").update(text);
  for (const array of arrays.all) hash.update(bytesOf(array));
  return {
    digest: hash.digest("hex"),
    bytes() {
      const start = aligned(HEAD_BYTES + text.byteLength);
      const packed = new Uint8Array(new SharedArrayBuffer(start + arrays.byteLength));
      new Uint32Array(packed.buffer, 0, 1)[0] = text.byteLength;
      packed.set(text, HEAD_BYTES);
      let at = start;
      for (const array of arrays.all) {
        packed.set(bytesOf(array), at);
        at += aligned(array.byteLength);
      }
      return packed;
    },
  };
}

/**
 * The value of what `packPlain` made. Its typed arrays are views on the bytes.
 *
 * @param packed at the start of its buffer
 */
export function unpackPlain(packed: Uint8Array<SharedArrayBuffer>): unknown {
  const textBytes = new Uint32Array(packed.buffer, 0, 1)[0]!;
  const text = new TextDecoder().decode(packed.slice(HEAD_BYTES, HEAD_BYTES + textBytes));
  const start = aligned(HEAD_BYTES + textBytes);
  return restore(
    JSON.parse(text),
    (View, at, length) => new View(packed.buffer, start + at, length),
  );
}

/** Typed arrays one behind the other. */
class ArrayShelf {
  readonly all: TypedArray[] = [];
  byteLength = 0;

  /** @returns where the array starts */
  add(array: TypedArray): number {
    const at = this.byteLength;
    this.all.push(array);
    this.byteLength += aligned(array.byteLength);
    return at;
  }
}

function flatten(value: unknown, path: string, arrays?: ArrayShelf): unknown {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : { [TAG]: "number", is: Object.is(value, -0) ? "-0" : String(value) };
    case "undefined":
      return { [TAG]: "undefined" };
    case "object":
      return value === null ? null : flattenObject(value, path, arrays);
    default:
      throw notPlain(path, typeof value);
  }
}

function flattenObject(value: object, path: string, arrays: ArrayShelf | undefined): unknown {
  if (Array.isArray(value)) {
    return Array.from(value, (one, index) => flatten(one, `${path}[${index}]`, arrays));
  }
  if (ArrayBuffer.isView(value)) {
    const name = value.constructor.name;
    if (arrays === undefined || viewOf(name) === undefined) throw notPlain(path, name);
    const array = value as TypedArray;
    return { [TAG]: name, at: arrays.add(array), length: array.length };
  }
  if (!isPlainObject(value)) throw notPlain(path, value.constructor?.name ?? "object");
  const entries = Object.entries(value).map(
    ([key, one]) => [key, flatten(one, `${path}.${key}`, arrays)] as const,
  );
  // An object that has the key of a tag must not be taken for one.
  return Object.hasOwn(value, TAG)
    ? { [TAG]: "object", entries }
    : Object.fromEntries<unknown>(entries);
}

type MakeArray = (View: MakeView, at: number, length: number) => TypedArray;

function restore(flat: unknown, makeArray?: MakeArray): unknown {
  if (typeof flat !== "object" || flat === null) return flat;
  if (Array.isArray(flat)) return flat.map((one) => restore(one, makeArray));
  if (Object.hasOwn(flat, TAG)) return restoreTagged(flat as Tagged, makeArray);
  return restoreEntries(Object.entries(flat), makeArray);
}

/** What stands for a value that JSON does not have. */
interface Tagged {
  readonly [TAG]: string;
  readonly is: string;
  readonly entries: readonly (readonly [string, unknown])[];
  readonly at: number;
  readonly length: number;
}

function restoreTagged(tagged: Tagged, makeArray: MakeArray | undefined): unknown {
  const tag = tagged[TAG];
  if (tag === "undefined") return undefined;
  if (tag === "number") return Number(tagged.is);
  if (tag === "object") return restoreEntries(tagged.entries, makeArray);
  const View = viewOf(tag);
  if (makeArray === undefined || View === undefined) {
    throw new InvariantViolation("plain data has known tags", { tag });
  }
  return makeArray(View, tagged.at, tagged.length);
}

/** Not by assignment: a key may be `__proto__`. */
function restoreEntries(
  entries: readonly (readonly [string, unknown])[],
  makeArray: MakeArray | undefined,
): unknown {
  return Object.fromEntries(entries.map(([key, one]) => [key, restore(one, makeArray)]));
}

/** Of any realm: its prototype has none itself. */
function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function viewOf(name: string): MakeView | undefined {
  return Object.hasOwn(TYPED_ARRAYS, name) ? TYPED_ARRAYS[name] : undefined;
}

function bytesOf(array: TypedArray): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
}

function notPlain(path: string, type: string): InvariantViolation {
  return new InvariantViolation("jobs are plain data", { path, type });
}
