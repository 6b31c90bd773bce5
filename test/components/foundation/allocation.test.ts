import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  type Allocation,
  awsTags,
  gcpLabels,
  kubernetesLabels,
} from "../../../components/foundation/allocation";

const text = fc.string({ minLength: 1, maxLength: 300, unit: "grapheme" });
const allocation: fc.Arbitrary<Allocation> = fc.record(
  {
    workload: text,
    tenant: text,
    model: text,
    planDigest: text,
    region: text,
    pool: text,
  },
  { requiredKeys: [] },
);

/** The clouds' own words for what they accept; see the pages named in allocation.ts. */
const clouds = [
  {
    name: "awsTags",
    write: awsTags,
    key: /^[\w.:/=+\-@ ]{1,128}$/,
    value: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u,
  },
  {
    name: "gcpLabels",
    write: gcpLabels,
    key: /^[a-z][a-z0-9_-]{0,62}$/,
    value: /^[a-z0-9_-]{0,63}$/,
  },
  {
    name: "kubernetesLabels",
    write: kubernetesLabels,
    key: /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/,
    value: /^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/,
  },
] as const;

describe.each(clouds)("$name", ({ write, key, value }) => {
  it("for all allocations, writes keys and values that the cloud accepts", () => {
    fc.assert(
      fc.property(allocation, (one) => {
        const written = write(one);
        expect(Object.keys(written)).toHaveLength(Object.keys(one).length);
        for (const [label, content] of Object.entries(written)) {
          expect(label).toMatch(key);
          expect(content).toMatch(value);
        }
      }),
      { seed: 1, numRuns: 1000 },
    );
  });

  it("for all pairs of tenants, keeps them apart", () => {
    fc.assert(
      fc.property(text, text, (first, second) => {
        fc.pre(first !== second);
        expect(write({ tenant: first })).not.toEqual(write({ tenant: second }));
      }),
      { seed: 2, numRuns: 1000 },
    );
  });
});

describe("an allocation", () => {
  it("is readable where the cloud lets it be", () => {
    const one = { tenant: "acme", model: "llama-3.1-70b-instruct", planDigest: "9f2c11" };
    expect(awsTags(one)).toEqual({
      "capplan:tenant": "acme",
      "capplan:model": "llama-3.1-70b-instruct",
      "capplan:plan-digest": "9f2c11",
    });
    expect(kubernetesLabels(one)["capplan/model"]).toBe("llama-3.1-70b-instruct");
    expect(gcpLabels(one)["capplan-model"]).toMatch(/^llama-3-1-70b-instruct-[0-9a-f]{8}$/);
  });

  it("leaves out what is not known", () => {
    expect(awsTags({})).toEqual({});
    expect(awsTags({ workload: "" })).toEqual({});
  });
});
