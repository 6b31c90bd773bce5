/**
 * The parts of a plan that say why it may be believed: the runs of the simulator behind it, how far it is from the
 * cheapest that could be, and what it takes for granted.
 */
import { z } from "zod";
import { count, plainNumber, strict, text, word } from "../fleet/schema-kit";
import type { ProvenanceRow, Verdict } from "../metrics/simulation-summary";

const VERDICTS = ["PASS", "FAIL", "UNCERTAIN", "NONE"] as const satisfies readonly Verdict[];
const KINDS = [
  "measured",
  "calibrated",
  "modelled",
  "given",
] as const satisfies readonly ProvenanceRow["kind"][];

const known = (description: string) => plainNumber(`${description}; null = not known`).nullable();

const sloResult = strict(
  {
    workload: text("Workload"),
    objective: text("Objective: ttft p95"),
    limitMs: plainNumber("Limit"),
    valueMs: known("Value in the run"),
    lowMs: known("The value is no less, with the confidence interval and the error of the model"),
    highMs: known("The value is no more; null beside a known lower end = it may saturate"),
    attainment: known("Share of the requests within the limit"),
    verdict: word("verdict", VERDICTS, "Whether the objective is met"),
  },
  "One objective in one run",
);

const workloadMeasure = strict(
  {
    workload: text("Workload"),
    requestsPerSecond: plainNumber("Completed requests", { min: 0 }),
    inputTokensPerRequest: known("Mean input"),
    outputTokensPerRequest: known("Mean output"),
    ttftMsP999: known("99.9th percentile of the time to first token"),
    e2eMsP999: known("99.9th percentile of the time to last token"),
  },
  "One workload in one run: what alerts on drift compare with, and what timeouts follow",
);

const poolMeasure = strict(
  {
    pool: text("region/pool"),
    readyReplicas: plainNumber("Mean replicas that take requests", { min: 0 }),
    paidReplicas: plainNumber("Mean replicas that are paid for", { min: 0 }),
    utilization: plainNumber("Share of time that a step was running", { min: 0 }),
  },
  "One pool in one run",
);

const run = strict(
  {
    case: text("What was simulated: nominal, peak, loss:region:us-east-1"),
    seed: count("Seed", { min: 0, max: 2 ** 32 - 1 }),
    replications: count("Runs with different random numbers"),
    horizonSeconds: plainNumber("How long requests arrived", { above: 0 }),
    verdict: word("verdict", VERDICTS, "Of all objectives together"),
    stepTimeMargin: known("Relative error of step times that the verdict allows for"),
    requests: strict(
      {
        offered: plainNumber("Requests that arrived", { min: 0 }),
        completed: plainNumber("Of those, the ones that were answered", { min: 0 }),
      },
      "Requests of the measured window, mean per replication",
    ),
    usdPerHour: known("Cost of the replicas that ran"),
    slo: z.array(sloResult).meta({ description: "Every objective" }),
    workloads: z.array(workloadMeasure).meta({ description: "Every workload" }),
    pools: z.array(poolMeasure).meta({ description: "Every pool" }),
  },
  "One case that was simulated",
);

/** The schema of `evidence`. */
export const evidenceSpec = strict(
  {
    capplan: text("Version of capplan that made the plan"),
    runs: z.array(run).meta({ description: "Every case that was simulated, nominal first" }),
    bound: strict(
      {
        lowerBoundUsdPerHour: known("No fleet that keeps the promises costs less"),
        gap: known("Share of the plan's cost that a cheaper fleet could save at most"),
        bindingConstraint: text("What keeps the fleet from being smaller").nullable(),
        nextCheaper: text("The next cheaper fleet, and the promise that it breaks").nullable(),
      },
      "How far the plan is from the cheapest that could be",
    ),
    assumptions: z.array(text("An assumption")).meta({ description: "What is taken for granted" }),
    warnings: z
      .array(strict({ code: text("Kind"), message: text("Sentence") }, "A warning"))
      .meta({ description: "What a reader should know before the plan is deployed" }),
    provenance: z
      .array(
        strict(
          {
            what: text("Coefficient or figure"),
            kind: word("kind", KINDS, "How it is known"),
            source: text("Where from"),
            date: text("As of"),
          },
          "Where a figure comes from",
        ),
      )
      .meta({ description: "Where the coefficients come from" }),
  },
  "Why the plan may be believed",
);

export type PlanEvidence = z.output<typeof evidenceSpec>;
export type EvidenceRun = z.output<typeof run>;
