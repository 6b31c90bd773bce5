/**
 * The steps of a chain as written: retrieval, tools and model calls, one after the other. Quantities are in base
 * units; nothing is looked up or filled in.
 */
import { z } from "zod";
import { distribution } from "../fleet/distribution-spec";
import { choosing, oneForm } from "../fleet/one-form";
import { share, strict, text, word } from "../fleet/schema-kit";
import { fallbackSpec, positiveDuration } from "./client-spec";
import { duration } from "./duration-spec";
import type { ResolvedWaitStep } from "./resolved-client";
import { prefixSpec, tokensSpec } from "./tokens-spec";

const STEPS_MAX = 64;
const ON_FAILURE: readonly ResolvedWaitStep["onFailure"][] = ["fail", "skip"];

const quantilePair = strict(
  {
    p50: duration("Median", { above: 0 }),
    p99: duration("99th percentile", { above: 0 }),
  },
  "A lognormal distribution with these two quantiles",
);
const anyDistribution = distribution(duration, "Distribution of the time");

/** A latency: a distribution, or the two quantiles that a dashboard shows. */
const latency = choosing<z.output<typeof quantilePair> | z.output<typeof anyDistribution>>({
  description: "How long it takes: p50 and p99 (lognormal), or a distribution",
  members: [quantilePair, anyDistribution],
  choose: (value) =>
    typeof value === "object" && value !== null && ("p50" in value || "p99" in value)
      ? quantilePair
      : anyDistribution,
});

const wait = (description: string) =>
  strict(
    {
      latency,
      timeout: duration("It has failed when it takes longer than this", { above: 0 }).optional(),
      failureShare: share("Share that fails, when its time is over").optional(),
      onFailure: word(
        "word",
        ON_FAILURE,
        "fail: the request fails with it; skip: the chain goes on without it",
      ).optional(),
    },
    description,
  );

const name = text("Name of the step in reports; 1-retrieve, 2-model when left out").optional();

const step = oneForm({
  what: "step",
  description: "One step: retrieve, tool or model",
  style: "keys",
  bare: z.never(),
  forms: {
    retrieve: strict({ name, retrieve: wait("A look-up outside of the fleet") }),
    tool: strict({ name, tool: wait("A call of a tool outside of the fleet") }),
    model: strict({
      name,
      model: text("Model that is called, from the catalog"),
      tokens: tokensSpec.optional(),
      prefix: prefixSpec.optional(),
      timeout: positiveDuration("Over all attempts of this step").optional(),
      fallback: fallbackSpec.optional(),
    }),
  },
});

/** The schema of `chain`. */
export const chainSpec = z
  .array(step)
  .min(1)
  .max(STEPS_MAX)
  .meta({ description: "Steps of one request, in this order, each after the one before is over" });

export type StepSpec = z.output<typeof chainSpec>[number];
export type ModelStepSpec = Extract<StepSpec, { readonly model: string }>;
export type WaitSpec = z.output<ReturnType<typeof wait>>;
