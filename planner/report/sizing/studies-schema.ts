/**
 * The schema of `studies` in `capplan size --output json`: frontiers, what-ifs and variants. The types of
 * `sizing/studies/` are the contract; the compiler checks that what they allow is taken here.
 */
import { z } from "zod";
import { summarySchema } from "../summary-schema";
import { margin, verdict } from "./margin-schema";
import type { studiesData } from "./studies-document";

const known = z.number().nullable();
const texts = z.array(z.string()).readonly();

const studiedFleet = {
  kind: z.literal("sized"),
  verdict,
  usdPerHour: z.number(),
  pools: z
    .array(
      z.strictObject({
        region: z.string(),
        name: z.string(),
        model: z.string(),
        instanceType: z.string(),
        replicas: z.number(),
      }),
    )
    .readonly(),
  objectives: z
    .array(margin)
    .readonly()
    .describe("Of each objective the case that leaves it the least; the tightest first"),
  notes: texts.describe("What the simulator warns of beside the objectives"),
};

const withoutFleet = [
  z.strictObject({ kind: z.literal("infeasible"), reasons: texts }),
  z.strictObject({ kind: z.literal("interrupted") }),
] as const;

const outcome = z.discriminatedUnion("kind", [z.strictObject(studiedFleet), ...withoutFleet]);

const frontier = z.strictObject({
  kind: z.enum(["latency", "survival"]),
  scaled: z.string().nullable().describe("Whose limits are scaled; null of survival"),
  points: z
    .array(
      z.strictObject({
        name: z.string().describe("0.7 × limits, any-zone"),
        factor: known.describe("Of the limits; null of survival"),
        isBase: z.boolean().describe("The scenario as it is"),
        outcome: z.discriminatedUnion("kind", [
          z.strictObject({
            ...studiedFleet,
            fleetOf: z
              .string()
              .nullable()
              .describe("The more demanding point whose fleet this is; null: found for this one"),
          }),
          ...withoutFleet,
          z.strictObject({ kind: z.literal("not-applicable"), reason: z.string() }),
        ]),
      }),
    )
    .readonly()
    .describe("The least demanding first"),
});

const whatIfs = z.strictObject({
  base: outcome.describe("The scenario as it is"),
  whatIfs: z
    .array(
      z.strictObject({
        name: z.string(),
        outcome,
        change: z
          .strictObject({
            usdPerHour: z.number(),
            share: z.number().describe("Of the base's cost"),
            fleet: texts.describe("us-east-1/l40s 3 → 2"),
            objectives: z
              .array(
                z.strictObject({
                  workload: z.string(),
                  objective: z.string(),
                  baseToSpare: known.describe("(limit - high) / limit"),
                  toSpare: known,
                }),
              )
              .readonly(),
          })
          .nullable()
          .describe("Against the base; null where either has no fleet"),
      }),
    )
    .readonly(),
});

const variantName = z.enum(["static", "scheduled", "autoscaled"]);
/** Seconds of the scenario. */
const stretch = { fromSeconds: z.number(), toSeconds: z.number() };

const variant = z.strictObject({
  name: variantName,
  pools: z
    .array(
      z.strictObject({
        region: z.string(),
        name: z.string(),
        min: z.number(),
        max: z.number(),
        initial: z.number(),
        autoscaling: z
          .record(z.string(), z.unknown())
          .nullable()
          .describe("As `autoscaling` of a pool in a scenario; null where the replicas stay"),
      }),
    )
    .readonly(),
  usdPerHour: known.describe("As billed, mean over the stretch"),
  verdict,
  objectives: summarySchema.shape.slo,
  damage: z
    .array(
      z.strictObject({
        workload: z.string(),
        outsideShare: known.describe("Requests outside of an objective, as a share of all"),
        addedShare: known.describe("The same less that of the static fleet"),
        stretches: z.array(z.strictObject({ ...stretch, outsideShare: z.number() })).readonly(),
      }),
    )
    .readonly(),
  survival: z
    .strictObject({
      keptShare: z.number().describe("Share of the time at which no loss would be too much"),
      isKept: z.boolean(),
      worst: z
        .strictObject({
          loss: z.string(),
          model: z.string(),
          atSeconds: z.number(),
          leftShare: z.number().describe("What is left, as a share of what is asked"),
        })
        .nullable(),
    })
    .nullable()
    .describe("null where nothing is asked to be survived"),
  replicas: z
    .array(z.strictObject({ ...stretch, ready: z.number(), paid: z.number() }))
    .readonly()
    .describe("Of all pools over time"),
});

const scaling = z.strictObject({
  simulated: z.strictObject({
    ...stretch,
    isWhole: z.boolean(),
    replications: z.number(),
    startSeconds: z.number().describe("From Monday 00:00 UTC"),
    followsClock: z.boolean(),
  }),
  hours: z
    .array(z.strictObject({ ...stretch, callsPerSecond: z.number(), replicas: z.number() }))
    .readonly(),
  hourlyUsdPerHour: known.describe("With just the replicas that each hour needs"),
  variants: z.array(variant).readonly().describe("The static one first"),
  choice: z.strictObject({
    chosen: variantName,
    against: z
      .array(
        z.strictObject({
          name: variantName,
          reasons: z.array(z.enum(["objectives", "survival", "cost"])).readonly(),
        }),
      )
      .readonly(),
  }),
});

export const studiesSchema = z
  .strictObject({
    frontiers: z.array(frontier).readonly(),
    whatIfs: whatIfs.nullable().describe("null: none was asked"),
    scaling: scaling.nullable().describe("null: not asked, or there is no fleet to vary"),
  })
  .describe("What was asked around the fleet: --frontier, --what-if, --variants");

/** Fails to compile when the studies may hold what the schema does not take. */
type Takes<Schema, Data> = [Data] extends [Schema] ? true : never;
const isTaken: Takes<z.output<typeof studiesSchema>, ReturnType<typeof studiesData>> = true;
void isTaken;
