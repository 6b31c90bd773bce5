/**
 * One workload of a scenario file, as written: arrivals, token lengths, shared prefixes, conversations, origins,
 * tenants and objectives. Quantities are in base units; nothing is looked up or filled in.
 */
import { z } from "zod";
import { oneForm } from "../fleet/one-form";
import { PRIORITIES } from "../fleet/resolved-fleet";
import {
  count,
  namedMap,
  plainNumber,
  share,
  strict,
  text,
  tokens,
  wholeTokens,
  word,
} from "../fleet/schema-kit";
import { arrivalsSpec, traceFile } from "./arrivals-spec";
import { distribution } from "./distribution-spec";
import { duration } from "./duration-spec";

const STATISTICS = ["mean", "p50", "p90", "p95", "p99", "p999"] as const;

const tokenLengths = oneForm({
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

const objective = strict(
  Object.fromEntries(
    STATISTICS.map((name) => [name, duration(`Limit on the ${name}`, { above: 0 }).optional()]),
  ) as Record<(typeof STATISTICS)[number], z.ZodOptional<ReturnType<typeof duration>>>,
).refine((limits) => Object.keys(limits).length > 0, {
  error: `needs at least one of ${STATISTICS.join(", ")}`,
  params: { problem: "empty" },
});

const tenants = oneForm({
  what: "tenants",
  description: "Who the requests belong to: name → share (together 1), or a number of equal ones",
  style: "keys",
  bare: z.never(),
  forms: { count: strict({ count: count("Equal tenants", { min: 1, max: 10_000 }) }) },
  otherwise: namedMap("tenant", share("Share of the requests"), "Share of each tenant"),
});

/** The schema of one workload. */
export const workloadSpec = strict(
  {
    model: text("Model that answers, from the catalog"),
    arrivals: arrivalsSpec,
    tokens: tokenLengths.optional(),
    prefix: strict(
      {
        shared: wholeTokens(
          "Tokens of a shared prefix: the beginning of the input, not more of it",
          { min: 1 },
        ),
        groups: count("Different shared prefixes", { min: 1, max: 10_000_000 }).optional(),
        share: share("Share of the requests that begin with one of them", { above: 0 }).optional(),
        skew: plainNumber("Zipf exponent of their popularity; 0 = all the same", {
          min: 0,
          max: 10,
        }).optional(),
      },
      "Beginnings that requests have in common: what a prefix cache can hit",
    ).optional(),
    sessions: strict(
      {
        turns: distribution(plainNumber, "Turns of a conversation", 1),
        think: distribution(duration, "Time between an answer and the next turn"),
      },
      "Conversations: each turn's input is everything so far and new tokens",
    ).optional(),
    origins: namedMap(
      "origin",
      share("Share of the requests"),
      "Where requests come from: region or area → share (together 1)",
    ).optional(),
    tenants: tenants.optional(),
    priority: word(
      "priority",
      PRIORITIES,
      "Urgency, for priority scheduling and by-priority routing",
    ).optional(),
    slo: strict(
      {
        ttft: objective.meta({ description: "Time to first token" }).optional(),
        tpot: objective.meta({ description: "Mean time per output token of a request" }).optional(),
        itl: objective.meta({ description: "Gap between two tokens" }).optional(),
        e2e: objective.meta({ description: "Arrival to last token" }).optional(),
        queueTime: objective.meta({ description: "Arrival to the first step" }).optional(),
      },
      "Objectives: metric → statistic → limit",
    ).optional(),
  },
  "A product feature with its traffic",
);

export type WorkloadSpec = z.output<typeof workloadSpec>;
