/**
 * The user's own part of a game day, as written: cases beside the built-in ones, and what fails it. How a case
 * becomes a scenario is `stressed-specs.ts`.
 */
import { z } from "zod";
import { duration, flag, type IssueParams, share, strict, text } from "../fleet/schema-kit";
import { faultsSpec } from "./faults-spec";

const CASES_MAX = 200;

const stressCase = strict({
  name: text("Name of the case in reports"),
  faults: faultsSpec.optional().meta({ description: "Faults beside those of the scenario" }),
  set: z
    .record(z.string(), z.unknown())
    .meta({
      description:
        "What is different in this case: path → value, such as workloads.chat.arrivals.rate: 80/s; null takes a key out",
    })
    .optional(),
}).refine(({ faults = [], set = {} }) => faults.length + Object.keys(set).length > 0, {
  error: "needs faults or set",
  params: { problem: "empty" } satisfies IssueParams,
});

const failOn = strict(
  {
    availability: share("Least share of the requests in the window that is answered").optional(),
    goodput: share(
      "Least share of the requests in the window that meets its objectives",
    ).optional(),
    blastRadius: share("Largest share of the requests that is touched").optional(),
    tenants: share("Largest share of the tenants that is touched").optional(),
    detection: duration("Longest time until a fault is noticed").optional(),
    shift: duration("Longest time until traffic has moved").optional(),
    recovery: duration("Longest time until the objectives hold again").optional(),
    recovers: flag("Whether a case must come back by itself").optional(),
  },
  "Limits that a case may not break, or the whole fails",
);

/** The schema of `stress`. */
export const stressSpec = strict(
  {
    cases: z
      .array(stressCase)
      .min(1)
      .max(CASES_MAX)
      .meta({ description: "Cases beside the built-in ones" })
      .optional(),
    failOn: failOn.optional(),
  },
  "Game day: what `capplan stress` tries beside its own cases, and what fails it",
);
