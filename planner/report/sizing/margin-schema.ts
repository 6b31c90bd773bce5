/** Parts of the JSON of `capplan size` that its report and its studies share. */
import { z } from "zod";

export const verdict = z.enum(["PASS", "FAIL", "UNCERTAIN", "NONE"]);

export const margin = z.strictObject({
  case: z.string(),
  workload: z.string(),
  objective: z.string(),
  limitMs: z.number(),
  valueMs: z.number().nullable(),
  highMs: z
    .number()
    .nullable()
    .describe("Upper end of the margin of error; null: it may grow without end"),
  toSpare: z.number().nullable().describe("(limit - high) / limit"),
  verdict,
});
