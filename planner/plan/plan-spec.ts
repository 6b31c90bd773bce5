/**
 * The schema of a plan (`*.plan.json`): the fleet exactly as it was simulated, which is the fleet that is deployed, with
 * the scenario that it was simulated under, what follows for the clouds' resources, the evidence and the prices. The
 * only file that `stacks/` reads. Reading one is `read-plan.ts`, making one `build-plan.ts`.
 */
import { z } from "zod";
import type { WrittenFleet } from "../fleet/explicit-fleet";
import { PRIORITIES } from "../fleet/priority";
import { count, plainNumber, share, strict, text, word } from "../fleet/schema-kit";
import type { WrittenScenario } from "../scenario/parse-scenario";
import type { Objective } from "../scenario/resolved-scenario";
import { costSpec, pricesSpec } from "./cost-spec";
import { evidenceSpec } from "./evidence-spec";
import { LIMIT_NAMES, LIMIT_UNITS } from "./limit-names";

/** Changes when a key changes its meaning. */
export const PLAN_VERSION = 1;

const METRICS = [
  "ttft",
  "tpot",
  "itl",
  "e2e",
  "queueTime",
] as const satisfies readonly Objective["metric"][];
const STATISTICS = [
  "mean",
  "p50",
  "p90",
  "p95",
  "p99",
  "p999",
] as const satisfies readonly Objective["statistic"][];

const map = (description: string) => z.record(z.string(), z.unknown()).meta({ description });

const scenario = strict(
  {
    name: text("Name of the scenario"),
    digest: text("Identity of the resolved scenario with this fleet"),
    seed: count("Seed of every random stream", { min: 0, max: 2 ** 32 - 1 }),
    replications: count("Runs with different random numbers"),
    written: map("The scenario as it was written, without its fleet"),
    traces: z
      .array(
        strict(
          {
            path: text("As the scenario names it, relative to this file"),
            requests: count("Requests that were read", { min: 0 }),
            digest: text("Equal digests, equal requests"),
          },
          "A trace file",
        ),
      )
      .meta({ description: "Files that the scenario needs beside this one" }),
  },
  "What the fleet was simulated under",
);

const workload = strict(
  {
    name: text("Name"),
    model: text("Model that gives the answer"),
    delivery: word("delivery", ["direct", "queue"], "Direct, or through the region's queue"),
    priority: word("priority", PRIORITIES, "Urgency"),
    origins: z.array(strict({ name: text("Origin"), share: share("Share of the requests") })),
    tenants: z.array(strict({ name: text("Tenant"), share: share("Share of the requests") })),
    objectives: z.array(
      strict({
        metric: word("metric", METRICS, "What is measured"),
        statistic: word("statistic", STATISTICS, "Of which the limit is"),
        limitSeconds: plainNumber("Limit", { above: 0 }),
      }),
    ),
  },
  "A workload as it resolved: what alerts, tenants and queues are made from",
);

const limit = strict(
  {
    of: text("fleet, a region, or region/pool"),
    name: word("limit", LIMIT_NAMES, "What is limited"),
    subject: text("What exactly, where a place has several").nullable(),
    value: plainNumber("Value"),
    unit: word("unit", LIMIT_UNITS, "Unit of the value"),
    derivation: text("How the value follows from the inputs"),
    inputs: z
      .record(z.string(), plainNumber("Value"))
      .meta({ description: "What it is derived from, by name" }),
  },
  "A limit that a resource needs, with where it comes from",
);

/** The parts of a plan, each with a digest of its own, in the order of the file. */
export const PLAN_PARTS = [
  "scenario",
  "workloads",
  "fleet",
  "limits",
  "evidence",
  "cost",
  "prices",
] as const;

export type PlanPart = (typeof PLAN_PARTS)[number];

const partDigests = strict(
  Object.fromEntries(
    PLAN_PARTS.map((part) => [part, text(`First 12 hex digits of the SHA-256 of ${part}`)]),
  ) as Record<PlanPart, ReturnType<typeof text>>,
  "Which part was edited, if one was",
);

/** The schema of a plan, but for what its fleet and its scenario say: `read-plan.ts` checks those as a scenario. */
export const planSpec = strict(
  {
    schemaVersion: count("Version of this format", { min: PLAN_VERSION, max: PLAN_VERSION }),
    digest: text("Digest of the plan without this line: SHA-256 of its JSON with sorted keys"),
    parts: partDigests,
    scenario,
    workloads: z.array(workload).meta({ description: "Every workload" }),
    fleet: map("The fleet, as in a scenario file, with nothing left to a default"),
    limits: z.array(limit).meta({ description: "Limits that follow from the fleet and the runs" }),
    evidence: evidenceSpec,
    cost: costSpec,
    prices: pricesSpec,
  },
  "A capacity plan",
);

type PlanShape = z.output<typeof planSpec>;

/** A plan. Two plans of the same input are the same bytes: it holds no time at which it was made. */
export type CapacityPlan = Omit<PlanShape, "fleet" | "scenario"> & {
  readonly fleet: WrittenFleet;
  readonly scenario: Omit<PlanShape["scenario"], "written"> & {
    readonly written: WrittenScenario;
  };
};

export type PlanLimit = z.output<typeof limit>;
export type PlanWorkload = z.output<typeof workload>;
export type PlanTrace = PlanShape["scenario"]["traces"][number];
