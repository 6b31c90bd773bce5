/**
 * One workload of a scenario file, as written: arrivals, token lengths, shared prefixes, chains, conversations,
 * clients, origins, tenants and objectives. Quantities are in base units; nothing is looked up or filled in.
 */
import { z } from "zod";
import { distribution } from "../fleet/distribution-spec";
import { oneForm } from "../fleet/one-form";
import { PRIORITIES } from "../fleet/priority";
import {
  count,
  type IssueParams,
  namedMap,
  plainNumber,
  share,
  strict,
  text,
  wholeTokens,
  word,
} from "../fleet/schema-kit";
import { arrivalsSpec } from "./arrivals-spec";
import { chainSpec } from "./chain-spec";
import { clientSpec, fallbackSpec } from "./client-spec";
import { duration } from "./duration-spec";
import type { ResolvedWorkload } from "./resolved-scenario";
import { prefixSpec, tokensSpec } from "./tokens-spec";

const STATISTICS = ["mean", "p50", "p90", "p95", "p99", "p999"] as const;

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

const DELIVERIES: readonly ResolvedWorkload["delivery"][] = ["direct", "queue"];
const OVERFLOWS = ["end", "truncate", "reject"] as const;

const overflow = oneForm({
  what: "overflow",
  description:
    "A turn that does not fit the context window: end (cut, and the session's last), truncate (oldest context dropped), reject, or summarise",
  style: "tag",
  bare: word("overflow", OVERFLOWS, "An overflow without parameters"),
  words: OVERFLOWS,
  forms: {
    summarise: strict({
      summarise: wholeTokens("Tokens of the summary that replaces the context so far", { min: 1 }),
    }),
  },
});

const fields = strict(
  {
    model: text("Model that answers, from the catalog").optional(),
    arrivals: arrivalsSpec,
    tokens: tokensSpec.optional(),
    prefix: prefixSpec.optional(),
    chain: chainSpec.optional(),
    fallback: fallbackSpec.optional(),
    delivery: word(
      "delivery",
      DELIVERIES,
      "direct: to a replica at once; queue: a message that replicas pull when they have room",
    ).optional(),
    sessions: strict(
      {
        turns: distribution(plainNumber, "Turns of a conversation", 1),
        think: distribution(duration, "Time between an answer and the next turn"),
        overflow: overflow.optional(),
      },
      "Conversations: each turn's input is everything so far and new tokens",
    ).optional(),
    client: clientSpec.optional(),
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

/** The schema of one workload. */
export const workloadSpec = fields.refine(
  ({ model, chain }) => model !== undefined || chain !== undefined,
  {
    path: ["model"],
    error: "is missing; model that answers, from the catalog",
    params: { problem: "missing" } satisfies IssueParams,
  },
);

export type WorkloadSpec = z.output<typeof workloadSpec>;
