/**
 * What the clients of a workload do, as written: how long they wait, when they ask again, and which model they ask
 * when the first one does not answer. Quantities are in base units; nothing is filled in.
 */
import { z } from "zod";
import { orWord } from "../fleet/alternatives";
import { distribution } from "../fleet/distribution-spec";
import {
  count,
  flag,
  percent,
  plainNumber,
  type duration as quantity,
  strict,
  text,
  word,
} from "../fleet/schema-kit";
import { duration } from "./duration-spec";
import type { AttemptFailure, ResolvedClientRetries } from "./resolved-client";

/** What an attempt can come to, beside an answer. */
export const ATTEMPT_FAILURES: readonly AttemptFailure[] = ["rejected", "timed-out", "failed"];

const BACKOFFS: readonly ResolvedClientRetries["backoff"][] = ["fixed", "exponential"];
const JITTERS: readonly ResolvedClientRetries["jitter"][] = ["none", "full", "equal"];

/** More retries than any client library makes; a client without a limit says `unlimited`. */
const RETRIES_MAX = 1000;

/** Durations of which 0 would mean that nothing can ever succeed. */
export const positiveDuration: typeof quantity = (description, { min: _, ...limits } = {}) =>
  duration(description, { ...limits, above: 0 });

const failures = (description: string) =>
  z
    .array(word("failure", ATTEMPT_FAILURES, description))
    .min(1)
    .meta({ description });

const budget = strict(
  {
    percent: percent("Retries that each first attempt allows, over all clients").optional(),
    minPerSecond: plainNumber("Retries per second that are allowed beside", { min: 0 }).optional(),
  },
  "Limit on the retries of all clients together, so that they cannot multiply the load",
);

const retries = strict(
  {
    max: orWord(
      ["unlimited"],
      "a number",
      count("Attempts after the first", { min: 0, max: RETRIES_MAX }),
      "Attempts after the first, or unlimited: until client.giveUp",
    ).optional(),
    on: failures("Failures after which the client tries again").optional(),
    backoff: word("backoff", BACKOFFS, "Whether the wait doubles from retry to retry").optional(),
    base: duration("Wait before the first retry", { above: 0 }).optional(),
    maxBackoff: duration("Longest wait before a retry").optional(),
    jitter: word(
      "jitter",
      JITTERS,
      "none: the wait itself; full: uniform between 0 and it; equal: half of it and uniform in the other half",
    ).optional(),
    retryAfter: flag("Wait at least as long as a refusal's Retry-After says").optional(),
    budget: budget.optional(),
  },
  "When clients ask again after an attempt without an answer; each retry is new load",
);

/** The schema of `client`. */
export const clientSpec = strict(
  {
    timeout: distribution(
      positiveDuration,
      "From sending an attempt to its last token; drawn once per request",
    ).optional(),
    firstTokenTimeout: distribution(
      positiveDuration,
      "From sending an attempt to its first token: the patience of a reader",
    ).optional(),
    giveUp: duration("From the arrival of a request over all of its attempts", {
      above: 0,
    }).optional(),
    retries: retries.optional(),
  },
  "What clients do when an answer does not come; without it they wait for ever",
);

/** The schema of `fallback`, of a workload or of a model step. */
export const fallbackSpec = strict(
  {
    model: text("Model that is asked instead, from the catalog"),
    on: failures("Failures of the first model after which it is asked").optional(),
  },
  "A model, usually a lighter one, that answers when the first one does not",
);

export type ClientSpec = z.output<typeof clientSpec>;
export type FallbackSpec = z.output<typeof fallbackSpec>;
