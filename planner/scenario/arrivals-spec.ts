/**
 * The `arrivals` of a workload as written: an open loop with a process and a profile, a closed loop, or a trace.
 * Quantities are in base units; nothing is filled in.
 */
import { z } from "zod";
import { distribution } from "../fleet/distribution-spec";
import { oneForm } from "../fleet/one-form";
import { count, flag, plainNumber, rate, share, strict, text, word } from "../fleet/schema-kit";
import { duration } from "./duration-spec";

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
  "vllm-custom",
  "vllm-result",
  "sharegpt",
] as const;

/** Keys that name a trace file and say how to read it. */
export const traceFile = {
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
  sort: flag(
    "Put rows in the order of their arrivals; otherwise a file out of order is refused",
  ).optional(),
  skipMalformed: flag(
    "Leave malformed rows out, and say how many; otherwise they are refused",
  ).optional(),
};

/** Measured traffic stays below 10. The mean burst has about cv² arrivals: with 1,000 a run would not end. */
const CV_MAX = 20;

const cv = plainNumber("Coefficient of variation of the gaps between arrivals; 1 = Poisson", {
  above: 0,
  max: CV_MAX,
  show: (max) => `${max} (a burst has about cv² arrivals, so a run would be one burst)`,
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
  description: "How the rate changes over time; horizon.start says where in the week a run starts",
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
        "A daily wave in each origin's local time, from horizon.start on",
      ),
    }),
    weekly: strict({
      weekly: z.array(factor).meta({
        description:
          "7 factors (days from Monday) or 168 (hours), in UTC; scaled so that their mean is 1",
      }),
    }),
    ramp: strict({
      ramp: strict(
        {
          from: factor,
          to: factor,
          over: duration("Length of the ramp, from the start of the run", { above: 0 }),
        },
        "A straight line from one factor to another, which then holds",
      ),
    }),
    spike: strict({
      spike: strict(
        {
          at: duration("Start of the spike, from the start of the run"),
          for: duration("Length of the spike", { above: 0 }),
          factor: plainNumber("Multiple of the rate during the spike", { min: 0 }),
        },
        "The rate times a factor for a while",
      ),
    }),
    schedule: strict({
      schedule: z
        .array(strict({ at: duration("Start of this step, from the start of the run"), factor }))
        .min(1)
        .meta({ description: "Steps: each factor holds until the next; 1 before the first" }),
    }),
  },
});

/** Requests per second beyond any fleet: a run at this rate would not end. */
export const RATE_MAX = 10_000_000;

/** The schema of `arrivals`. */
export const arrivalsSpec = oneForm({
  what: "arrivals",
  description: "When requests arrive: open loop (rate), closed loop (closed) or replay (trace)",
  style: "keys",
  bare: z.never(),
  forms: {
    rate: strict({
      rate: rate("Mean arrivals; with sessions, conversations that begin", {
        above: 0,
        max: RATE_MAX,
      }),
      process: process.optional(),
      profile: profile.optional(),
    }),
    closed: strict({
      closed: strict(
        {
          // Each is a request in memory, of about 1 kB.
          concurrency: count("Clients that each have one request at a time", {
            min: 1,
            max: 1_000_000,
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

export type ArrivalsSpec = z.output<typeof arrivalsSpec>;
