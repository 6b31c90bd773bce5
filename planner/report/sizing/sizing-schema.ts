/**
 * The schema of `capplan size --output json`, for readers of it: `capplan schema sizing` prints it as JSON Schema. The
 * types of `sizing-report.ts` are the contract; the compiler checks that this says the same.
 */
import { z } from "zod";
import { purchaseOptions } from "../../catalog/prices/price-rows";
import { LEFT_OUT_WHYS } from "../../sizing/serving-option";
import { SIZING_NOTE_CODES } from "../../sizing/sizing-notes";
import { summarySchema, warningCode } from "../summary-schema";
import { margin, verdict } from "./margin-schema";
import type { SizingReport } from "./sizing-report";
import { studiesSchema } from "./studies-schema";

const known = z.number().nullable();
const texts = z.array(z.string()).readonly();

const pool = z.strictObject({
  region: z.string(),
  name: z.string(),
  model: z.string(),
  instanceType: z.string().nullable().describe("null of a pool that names an accelerator only"),
  role: z.enum(["unified", "prefill", "decode"]),
  acceleratorsPerReplica: z.number(),
  replicas: z.number(),
  purchases: z
    .array(
      z.strictObject({
        purchase: z.enum(purchaseOptions),
        nodes: z.number().describe("What is bought: an instance, or those that one replica takes"),
        usdPerHour: known,
      }),
    )
    .readonly(),
  usdPerHour: known,
});

const cost = z
  .strictObject({
    usdPerHour: known.describe("Accelerators, as billed"),
    usdPerMonth: known.describe("The same for 730 hours"),
    servicesUsdPerMonth: known.describe("What surrounds the clusters"),
    totalUsdPerMonth: known,
    isLowerBound: z.boolean().describe("Something has no price: the total is of the rest"),
    priceBook: summarySchema.shape.cost.shape.priceBook.nullable(),
  })
  .describe("null: not known");

const lowerBound = z.strictObject({
  usdPerHour: known.describe("No fleet of the search costs less"),
  gap: known.describe("(cost - bound) / cost"),
  gapWithChanges: known.describe(
    "The same with what changes cost on both sides; null without a plan to change",
  ),
});

const nextCheaper = z.strictObject({
  usdPerHour: z.number(),
  changes: texts.describe("us-east-1/h100 3 → 2"),
  breaks: texts.describe("Where it fails, and which promise"),
});

const change = z
  .strictObject({
    from: z.string(),
    beforeUsdPerHour: known,
    usdPerReplicaHour: z
      .number()
      .describe("What a replica that is added or taken away was taken to cost"),
    pools: z
      .array(z.strictObject({ pool: z.string(), before: z.number(), after: z.number() }))
      .readonly(),
  })
  .describe("Against the plan that was given");

const option = z.strictObject({
  option: z.string(),
  model: z.string(),
  instanceType: z.string(),
  acceleratorsPerReplica: z.number(),
  holds: z.number().describe("Calls per second of a unit at which every objective is kept"),
  breaks: z.number().describe("Calls per second at which one is broken"),
  bound: z.number().describe("Calls per second that it can never exceed"),
  usdPerThousandCalls: z
    .record(z.string(), known)
    .describe("At `holds`, by region; null where it never holds"),
  isUsed: z.boolean(),
});

const leftOut = z
  .array(
    z.strictObject({
      option: z.string(),
      model: z.string(),
      why: z.enum(LEFT_OUT_WHYS),
      reason: z.string(),
    }),
  )
  .readonly()
  .describe("Options that were not taken, and why");

const effort = {
  evaluations: z.number().describe("Simulated fleets and parts of fleets"),
  requests: z.number().describe("Requests simulated for them"),
};

const asked = {
  schemaVersion: z.literal(1),
  scenario: z.strictObject({ name: z.string() }),
  seed: z.number(),
};

const fleet = z
  .strictObject({
    ...asked,
    kind: z.enum(["sized", "verified"]),
    verdict,
    isInterrupted: z.boolean(),
    pools: z.array(pool).readonly(),
    cost,
    lowerBound: lowerBound.nullable().describe("null of a fleet that was given"),
    margins: z.array(margin).readonly().describe("The tightest first"),
    nextCheaper: nextCheaper.nullable(),
    quotasUsedUp: texts,
    quotasBroken: z
      .array(z.strictObject({ path: z.string(), used: z.number(), max: z.number() }))
      .readonly(),
    change: change.nullable(),
    cases: z
      .array(z.strictObject({ name: z.string(), summary: summarySchema }))
      .readonly()
      .describe("Every case that was verified, the first one with nothing lost"),
    options: z.array(option).readonly(),
    leftOut,
    effort: z.strictObject({ options: known, offers: known, ...effort }),
    assumptions: texts,
    warnings: z
      .array(
        z.strictObject({
          code: z.enum([...SIZING_NOTE_CODES, ...warningCode.options]),
          message: z.string(),
        }),
      )
      .readonly(),
  })
  .describe("A fleet, found or given");

const infeasible = z
  .strictObject({
    ...asked,
    kind: z.literal("infeasible"),
    conflicts: z
      .array(z.strictObject({ path: z.string(), message: z.string(), relax: z.string() }))
      .readonly()
      .describe("What cannot all be had at once: one of them must give way"),
    leftOut,
    effort: z.strictObject({ options: z.number(), offers: z.number(), ...effort }).nullable(),
  })
  .describe("There is no fleet");

/** The report that `capplan size` is about. */
const reportSchema = z.discriminatedUnion("kind", [
  fleet,
  infeasible,
]) satisfies z.ZodType<SizingReport>;

/** What `capplan size --output json` prints. */
export const sizingSchema = z
  .discriminatedUnion("kind", [
    fleet.extend({ studies: studiesSchema.optional() }),
    infeasible.extend({ studies: studiesSchema.optional() }),
  ])
  .describe("Result of capplan size");

/** JSON Schema (draft 2020-12) of the result of `capplan size`. */
export function sizingJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(sizingSchema), title: "capplan sizing" };
}

/** Fails to compile when the schema allows more, or less, than the contract. */
type Same<Left, Right> = [Left] extends [Right] ? ([Right] extends [Left] ? true : never) : never;
const isContract: Same<z.output<typeof reportSchema>, SizingReport> = true;
void isContract;
