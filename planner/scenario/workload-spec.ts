/**
 * One workload of a scenario file, as written: arrivals, token lengths, shared prefixes, conversations, origins,
 * tenants and objectives. Quantities are in base units; nothing is looked up or filled in.
 */
import { z } from "zod";
import { oneForm } from "../fleet/one-form";
import { PRIORITIES } from "../fleet/resolved-fleet";
import {
  count,
  duration,
  flag,
  namedMap,
  plainNumber,
  rate,
  share,
  strict,
  text,
  tokens,
  wholeTokens,
  word,
} from "../fleet/schema-kit";
import { distribution } from "./distribution-spec";

/** Formats of trace files that have a name; the readers are in `planner/traffic/trace/`. */
export const TRACE_FORMATS = [
  "azure",
  "burstgpt",
  "splitwise",
  "apexplus",
  "vidur",
  "lengths",
  "bailian",
  "mooncake",
  "vllm-lengths",
  "vllm-result",
] as const;

const STATISTICS = ["mean", "p50", "p90", "p95", "p99", "p999"] as const;

const traceFile = {
  trace: text("Trace file, relative to the scenario file; .gz is read as well"),
  format: word(
    "format",
    TRACE_FORMATS,
    "Format of the file; otherwise recognised by its columns",
  ).optional(),
  columns: strict(
    {
      arrival: text("Column of the arrival time; absent in a list of lengths").optional(),
      input: text("Column of the input tokens"),
      output: text("Column of the output tokens"),
      timeUnit: word(
        "unit",
        ["s", "ms", "us", "ns", "iso"],
        "Unit of the arrival column",
      ).optional(),
    },
    "Which column holds what, for a file of no known format",
  ).optional(),
};

const cv = plainNumber("Coefficient of variation of the gaps between arrivals; 1 = Poisson", {
  above: 0,
});

const process = oneForm({
  what: "process",
  description: "How arrivals are spread at a constant rate",
  style: "tag",
  bare: word("process", ["poisson", "deterministic"], "A process without parameters"),
  words: ["poisson", "deterministic"],
  forms: {
    gamma: strict({ gamma: strict({ cv }, "Gamma-distributed gaps") }),
    weibull: strict({ weibull: strict({ cv }, "Weibull-distributed gaps") }),
    onOff: strict({
      onOff: strict(
        {
          on: duration("Mean length of a burst", { above: 0 }),
          off: duration("Mean length of the silence between bursts", { above: 0 }),
        },
        "Poisson bursts and silence, both exponentially long; the mean rate is kept",
      ),
    }),
    mmpp: strict({
      mmpp: strict(
        {
          states: z
            .array(
              strict({
                relativeRate: plainNumber("Rate of this state relative to the others", { min: 0 }),
                mean: duration("Mean time in this state", { above: 0 }),
              }),
            )
            .min(2)
            .max(64)
            .meta({ description: "States, visited in turn; the mean rate is kept" }),
        },
        "Markov-modulated Poisson process",
      ),
    }),
  },
});

const factor = plainNumber("Multiple of the rate", { min: 0 });

const profile = oneForm({
  what: "profile",
  description: "How the rate changes over time; runs start on a Monday at 00:00 UTC",
  style: "tag",
  bare: word("profile", ["constant"], "A profile without parameters"),
  words: ["constant"],
  forms: {
    diurnal: strict({
      diurnal: strict(
        {
          peakHour: plainNumber("Local hour of the peak at each origin", { min: 0, max: 24 }),
          peakToMean: plainNumber("Rate at the peak divided by the day's mean", {
            min: 1,
            max: 24,
          }),
          weekend: plainNumber("Rate on Saturday and Sunday relative to other days", {
            min: 0,
          }).optional(),
        },
        "A daily wave in each origin's local time",
      ),
    }),
    weekly: strict({
      weekly: z.array(factor).meta({
        description: "7 factors (days from Monday) or 168 (hours); scaled so that their mean is 1",
      }),
    }),
    ramp: strict({
      ramp: strict(
        {
          from: factor,
          to: factor,
          over: duration("Length of the ramp, from the start", { above: 0 }),
        },
        "A straight line from one factor to another, which then holds",
      ),
    }),
    spike: strict({
      spike: strict(
        {
          at: duration("Start of the spike"),
          for: duration("Length of the spike", { above: 0 }),
          factor: plainNumber("Multiple of the rate during the spike", { min: 0 }),
        },
        "The rate times a factor for a while",
      ),
    }),
    schedule: strict({
      schedule: z
        .array(strict({ at: duration("Start of this step"), factor }))
        .min(1)
        .meta({ description: "Steps: each factor holds until the next; 1 before the first" }),
    }),
  },
});

const arrivals = oneForm({
  what: "arrivals",
  description: "When requests arrive: open loop (rate), closed loop (closed) or replay (trace)",
  style: "keys",
  bare: z.never(),
  forms: {
    rate: strict({
      rate: rate("Mean arrivals; with sessions, conversations that begin", { above: 0 }),
      process: process.optional(),
      profile: profile.optional(),
    }),
    closed: strict({
      closed: strict(
        {
          concurrency: count("Clients that each have one request at a time", {
            min: 1,
            max: 10_000_000,
          }),
          think: distribution(
            duration,
            "Time between an answer and the client's next request",
          ).optional(),
        },
        "A fixed number of clients",
      ),
    }),
    trace: strict({
      ...traceFile,
      speed: plainNumber("2 replays twice as fast", { above: 0 }).optional(),
      loop: flag("Start again at the end of the trace").optional(),
      sample: share("Share of the requests that is kept, at random", { above: 0 }).optional(),
    }),
  },
});

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
      ),
      output: distribution(tokens, "Output tokens of a request"),
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
    arrivals,
    tokens: tokenLengths.optional(),
    prefix: strict(
      {
        shared: wholeTokens("Tokens of a shared prefix", { min: 1 }),
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
        turns: distribution(plainNumber, "Turns of a conversation"),
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
export type ArrivalsSpec = WorkloadSpec["arrivals"];
export type TokensSpec = NonNullable<WorkloadSpec["tokens"]>;
