import { describe, expect, it } from "@jest/globals";
import { summaryJsonSchema, summarySchema } from "../../../planner/report/summary-schema";
import { SATURATED_SUMMARY, SUMMARY } from "../../support/summary-fixture";

describe("summarySchema", () => {
  it("takes a summary, saturated or not, and gives it back unchanged", () => {
    for (const summary of [SUMMARY, SATURATED_SUMMARY]) {
      expect(summarySchema.parse(structuredClone(summary))).toEqual(summary);
    }
  });

  it("refuses a key that is not in the contract", () => {
    expect(summarySchema.safeParse({ ...SUMMARY, latencies: {} }).success).toBe(false);
  });

  it("is JSON Schema in which every key of a summary is required", () => {
    const schema = summaryJsonSchema();
    expect(schema["$schema"]).toBe("https://json-schema.org/draft/2020-12/schema");
    expect(new Set(schema["required"] as string[])).toEqual(new Set(Object.keys(SUMMARY)));
  });
});
