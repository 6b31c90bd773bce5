/** Plain data survives as text and as bytes, with what JSON loses; what is not plain is refused. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { InvariantViolation } from "../../../planner/foundation/errors";
import {
  fromPlainText,
  packPlain,
  plainText,
  unpackPlain,
} from "../../../planner/foundation/plain-data";

/** Also what JSON does not have, and keys that mean something to an encoding or to an object. */
const plain = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constant(null),
    fc.constant(undefined),
    fc.boolean(),
    fc.string({ unit: "binary" }),
    fc.double(),
    fc.constantFrom(-0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom("$", "is", "entries", "__proto__", "7")),
      tie("value"),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
})).value;

const numbers = fc.oneof(
  fc.float64Array({ maxLength: 5 }),
  fc.float32Array({ maxLength: 5 }),
  fc.int32Array({ maxLength: 5 }),
  fc.uint32Array({ maxLength: 5 }),
  fc.int16Array({ maxLength: 5 }),
  fc.uint16Array({ maxLength: 5 }),
  fc.int8Array({ maxLength: 5 }),
  fc.uint8Array({ maxLength: 5 }),
);

const options = { seed: 11, numRuns: 500 };

describe("plain data", () => {
  it("is the same after a journey as text, in the same order of keys", () => {
    fc.assert(
      fc.property(plain, (value) => {
        const back = fromPlainText(plainText(value));
        expect(back).toStrictEqual(value);
        expect(plainText(back)).toBe(plainText(value));
        expect(JSON.stringify(back)).toBe(JSON.stringify(value));
      }),
      options,
    );
  });

  it("is the same after a journey as bytes, with its typed arrays", () => {
    fc.assert(
      fc.property(plain, fc.array(numbers, { maxLength: 4 }), (value, arrays) => {
        const all = { value, arrays, deep: [{ arrays }] };
        const packed = packPlain(all);
        const back = unpackPlain(packed.bytes());
        expect(back).toStrictEqual(all);
        expect(packPlain(back).digest).toBe(packed.digest);
      }),
      options,
    );
  });

  it("has one digest for the same data, and another for other data", () => {
    const digest = (value: unknown): string => packPlain(value).digest;
    const all = [
      {},
      { a: 1 },
      { a: "1" },
      { a: undefined },
      { a: -0 },
      { a: 0 },
      { a: [] },
      { a: { $: "undefined" } },
      { a: Float64Array.of(1, 2) },
      { a: Float64Array.of(1, 3) },
      { a: Int32Array.of(1, 2) },
      { a: Float64Array.of(1), b: Float64Array.of(2) },
    ];
    expect(new Set(all.map(digest)).size).toBe(all.length);
    for (const one of all) expect(digest(structuredClone(one))).toBe(digest(one));
  });

  it("takes a part of an array for what it is", () => {
    const part = Float64Array.of(1, 2, 3).subarray(1, 2);
    expect(unpackPlain(packPlain({ part }).bytes())).toStrictEqual({ part: Float64Array.of(2) });
  });

  it("fails when a value is not plain, and says where", () => {
    class Box {}
    for (const [value, type] of [
      [new Map(), "Map"],
      [new Box(), "Box"],
      [() => 1, "function"],
      [1n, "bigint"],
      [Buffer.from("x"), "Buffer"],
    ] as const) {
      const held = { a: [0, value] };
      expect(() => packPlain(held)).toThrow(InvariantViolation);
      expect(() => plainText(held)).toThrow(
        `jobs are plain data: {"path":".a[1]","type":"${type}"}`,
      );
    }
    expect(() => plainText({ a: Float64Array.of(1) })).toThrow('"type":"Float64Array"');
  });
});
