/**
 * What `capplan size` may choose from and what a fleet must withstand, as written: `search` and `survive`. Names are
 * looked up in `resolve-search.ts`; a run that is only simulated does not look at either.
 */
import { z } from "zod";
import { purchaseOptions } from "../catalog/prices/price-rows";
import { orMap } from "../fleet/alternatives";
import { PRECISIONS, STEP_TOKENS_MAX, speculationSpec } from "../fleet/fleet-spec";
import { oneForm } from "../fleet/one-form";
import {
  catalogMap,
  count,
  flag,
  namedMap,
  share,
  strict,
  text,
  wholeTokens,
  word,
} from "../fleet/schema-kit";

/** What any part of a kind being gone is called in `survive`. */
export const SURVIVE_WORDS = ["any-pool", "any-zone", "any-region", "any-cloud"] as const;

const ACCELERATORS_OF_REPLICA_MAX = 64;
const EVALUATIONS_MAX = 100_000;

/** The values of one setting that are tried. */
const choices = <Value extends z.ZodType>(value: Value, description: string) =>
  z.array(value).min(1).meta({ description }).optional();

const accelerators = (description: string) =>
  choices(count("A degree", { min: 1, max: ACCELERATORS_OF_REPLICA_MAX }), description);

const split = orMap(
  word("split", ["unified"], "Replicas that do both"),
  strict({
    prefill: count("Prefill replicas of a unit", { min: 1, max: 64 }),
    decode: count("Decode replicas of a unit", { min: 1, max: 64 }),
  }),
  "unified, or prefill and decode replicas that are bought together",
);

/** Every engine that is tried is one choice from each list. */
const engines = strict(
  {
    tensorParallel: accelerators("Tensor-parallel degrees to try"),
    pipelineParallel: accelerators("Pipeline depths to try"),
    dataParallel: accelerators("Data-parallel degrees to try"),
    expertParallel: choices(flag("Whole experts on ranks"), "Whole experts on ranks, or not"),
    quantization: choices(
      word("precision", PRECISIONS, "A number format of the weights"),
      "Number formats of the weights to try",
    ),
    kvCachePrecision: choices(
      word("precision", ["bf16", "fp8"], "A number format of the KV cache"),
      "Number formats of the KV cache to try",
    ),
    maxSequences: choices(count("Requests at once"), "Most requests running at once, to try"),
    maxBatchedTokens: choices(
      wholeTokens("Tokens in one step", { min: 1, max: STEP_TOKENS_MAX }),
      "Most tokens computed in one step, to try",
    ),
    prefixCaching: choices(flag("Keep and reuse KV blocks"), "Keep and reuse KV blocks, or not"),
    speculation: choices(
      orMap(
        word("speculation", ["none"], "No speculation"),
        speculationSpec,
        "none, or its settings",
      ),
      "Speculative decoding to try",
    ),
    maxContext: wholeTokens("Longest context served, in tokens; of every engine", {
      min: 2,
    }).optional(),
    split: choices(
      split,
      "Prefill and decode on replicas of their own, in these ratios, or unified",
    ),
  },
  "Engine settings to try: each value of each list with each of the others",
);

const quota = catalogMap(
  "quota",
  count("Most instances of the type, or most accelerators", { min: 0, max: 1_000_000 }),
  "Instance type or accelerator → the most of them that this region will give",
);

/** The schema of `search`. */
export const searchSpec = strict(
  {
    hardware: z
      .array(text("Instance type or accelerator from the catalog"))
      .min(1)
      .meta({
        description:
          "Instance types and accelerators to choose from; all that have a price otherwise",
      })
      .optional(),
    engine: engines.optional(),
    models: catalogMap(
      "model",
      engines,
      "Engine settings to try for one model, in place of `engine`",
    ).optional(),
    purchase: z
      .array(word("purchase option", purchaseOptions, "A way to buy capacity"))
      .min(1)
      .meta({
        description: "Ways to buy capacity; the first ones of a pool are the committed ones",
      })
      .optional(),
    spotShareMax: share(
      "Largest share of a model's replicas in a region on spot capacity",
    ).optional(),
    quotas: namedMap("region", quota, "What each region will give").optional(),
    replicasMin: count("Fewest replicas of a model in a region that serves it", {
      min: 1,
      max: 10_000,
    }).optional(),
    regionsMin: count("Fewest regions that serve each model", { min: 1, max: 100 }).optional(),
    gap: share("Stop when the fleet costs at most this share more than the lower bound").optional(),
    evaluationsMax: count("Most simulated fleets, in all their cases", {
      min: 1,
      max: EVALUATIONS_MAX,
    }).optional(),
    requestsPerRun: count(
      "Requests of a run in the search, about; the final runs are as long as the scenario",
      {
        min: 100,
        max: 10_000_000,
      },
    ).optional(),
  },
  "What `capplan size` may choose from",
);

/** The schema of `survive`. */
export const surviveSpec = z
  .array(
    oneForm({
      what: "loss",
      description: "A part of the fleet whose loss breaks no objective",
      style: "tag",
      bare: word("loss", SURVIVE_WORDS, "Every part of a kind, one at a time"),
      words: SURVIVE_WORDS,
      forms: {
        region: strict({ region: text("Region: us-east-1") }),
        cloud: strict({ cloud: text("Cloud: aws") }),
        zone: strict({ zone: text("Zone of a region: us-east-1/a") }),
      },
    }),
  )
  .meta({ description: "What the fleet must withstand without breaking an objective" });

export type SearchSpec = z.output<typeof searchSpec>;
export type EngineChoices = z.output<typeof engines>;
export type SurviveSpec = z.output<typeof surviveSpec>;
