/** What rules see of a resource, and that the types they look for exist. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  documentOf,
  itemsAt,
  plainValues,
  secondsOf,
  UNKNOWN,
  valueAt,
} from "../../../stacks/policy/plain-values";
import { tagFieldOf } from "../../../stacks/policy/taggable";

/** As the SDK hands them over: reading a value that is not known throws. */
const props = {
  known: { list: [1, 2], text: "a" },
  get unknown(): never {
    throw new Error("can't be known during preview");
  },
};

describe("plainValues", () => {
  it("keeps what is known, and puts UNKNOWN where reading fails", () => {
    expect(plainValues(props)).toEqual({ known: { list: [1, 2], text: "a" }, unknown: UNKNOWN });
  });

  it("is the identity on plain data, for all of it", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (values) => {
        expect(plainValues(values)).toEqual(values);
      }),
      { seed: 7 },
    );
  });
});

describe("valueAt", () => {
  const values = plainValues(props);
  it.each([
    ["known.text", "a"],
    ["known.list.1", 2],
    ["known.none.deeper", undefined],
    ["none", undefined],
    ["unknown.deeper", UNKNOWN],
  ])("at %s is %p", (at, expected) => {
    expect(valueAt(values, at)).toBe(expected);
  });

  it("gives no items of a list that is not there, or not known", () => {
    expect(itemsAt(values, "known.list")).toEqual([1, 2]);
    expect(itemsAt(values, "known.text")).toEqual([]);
    expect(itemsAt(values, "unknown")).toEqual([]);
  });
});

describe("secondsOf", () => {
  // Durations of the Gateway API (GEP-2257) and of Google's APIs.
  it.each([
    [90, 90],
    ["90", 90],
    ["1209600s", 1_209_600],
    ["1h30m", 5400],
    ["500ms", 0.5],
    ["0s", 0],
    ["1.5s", 1.5],
    ["never", undefined],
    ["", undefined],
    [UNKNOWN, undefined],
  ])("of %p is %p", (value, seconds) => {
    expect(secondsOf(value)).toBe(seconds);
  });
});

describe("documentOf", () => {
  it("reads JSON, and takes what is none for no document", () => {
    expect(documentOf('{"Statement":[]}')).toEqual({ Statement: [] });
    expect(documentOf("{")).toBeUndefined();
    expect(documentOf(UNKNOWN)).toBeUndefined();
  });
});

describe("the types that rules look for", () => {
  it("are in the SDKs", () => {
    const folder = path.resolve(__dirname, "../../../stacks/policy");
    const sources = readdirSync(folder)
      .filter((file) => file.endsWith(".ts"))
      .map((file) => readFileSync(path.join(folder, file), "utf8"));
    const types = sources.flatMap((text) =>
      [...text.matchAll(/"((?:aws|gcp):\w+\/\w+:\w+)"/g)].map(([, type]) => type!),
    );
    expect(types.length).toBeGreaterThan(30);
    for (const type of types) expect(() => tagFieldOf(type)).not.toThrow();
  });
});
