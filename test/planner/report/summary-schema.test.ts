import { describe, expect, it } from "@jest/globals";
import { summaryJsonSchema, summarySchema } from "../../../planner/report/summary-schema";
import { FAILING_SUMMARY, SATURATED_SUMMARY, SUMMARY } from "../../support/summary-fixture";

describe("summarySchema", () => {
  it("takes a summary, saturated, failing or not, and gives it back unchanged", () => {
    for (const summary of [SUMMARY, SATURATED_SUMMARY, FAILING_SUMMARY]) {
      expect(summarySchema.parse(structuredClone(summary))).toEqual(summary);
    }
  });

  it("refuses a key that is not in the contract", () => {
    expect(summarySchema.safeParse({ ...SUMMARY, latencies: {} }).success).toBe(false);
  });

  it("refuses a reason that nothing ends for, and an event of no kind", () => {
    const reasons = { unlucky: 3 };
    const requests = { ...SUMMARY.requests, reasons };
    expect(summarySchema.safeParse({ ...SUMMARY, requests }).success).toBe(false);
    const control = { counts: {}, first: [{ seconds: 1, kind: "moved", pool: "a", replica: 0 }] };
    expect(summarySchema.safeParse({ ...SUMMARY, control }).success).toBe(false);
  });

  it("is JSON Schema in which every key of a summary is required", () => {
    const schema = summaryJsonSchema();
    expect(schema["$schema"]).toBe("https://json-schema.org/draft/2020-12/schema");
    expect(new Set(schema["required"] as string[])).toEqual(new Set(Object.keys(SUMMARY)));
  });
});
