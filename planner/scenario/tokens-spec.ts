/** Token lengths and shared prefixes as written, of a workload or of one model step of a chain. */
import { z } from "zod";
import { distribution } from "../fleet/distribution-spec";
import { oneForm } from "../fleet/one-form";
import { count, plainNumber, share, strict, text, tokens, wholeTokens } from "../fleet/schema-kit";
import { traceFile } from "./arrivals-spec";

/** The schema of `tokens`. */
export const tokensSpec = oneForm({
  what: "tokens",
  description: "Input and output tokens: a traffic profile, distributions, or pairs from a trace",
  style: "keys",
  bare: z.never(),
  forms: {
    profile: strict({
      profile: text("Traffic profile from the catalog (`capplan catalog profiles`)"),
    }),
    input: strict({
      input: distribution(
        tokens,
        "Input tokens of a request (with sessions: new tokens of a turn)",
        1,
      ),
      output: distribution(tokens, "Output tokens of a request", 1),
      correlation: plainNumber("Rank correlation of input and output", {
        min: -1,
        max: 1,
      }).optional(),
    }),
    trace: strict(traceFile),
  },
});

/** The schema of `prefix`. */
export const prefixSpec = strict(
  {
    shared: wholeTokens("Tokens of a shared prefix: the beginning of the input, not more of it", {
      min: 1,
    }),
    groups: count("Different shared prefixes", { min: 1, max: 10_000_000 }).optional(),
    share: share("Share of the requests that begin with one of them", { above: 0 }).optional(),
    skew: plainNumber("Zipf exponent of their popularity; 0 = all the same", {
      min: 0,
      max: 10,
    }).optional(),
  },
  "Beginnings that requests have in common: what a prefix cache can hit",
);

export type TokensSpec = z.output<typeof tokensSpec>;
export type PrefixSpec = z.output<typeof prefixSpec>;
