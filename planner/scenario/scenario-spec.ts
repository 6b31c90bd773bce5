/**
 * The schema of a scenario file: workloads, the fleet that serves them, and what goes wrong. Strict everywhere: an unknown key is
 * an error. What was read is a `ScenarioSpec`: base units, names as written, nothing filled in. Names become
 * catalog rows and gaps become defaults in `resolve-scenario.ts`.
 */
import { z } from "zod";
import { fleetSpec } from "../fleet/fleet-spec";
import { unionOf } from "../fleet/one-form";
import { count, flag, namedMap, strict, text, weekTime } from "../fleet/schema-kit";
import { duration } from "./duration-spec";
import { faultsSpec } from "./faults-spec";
import { pricesSpec } from "./prices-spec";
import { REPLICATIONS_MAX } from "./replications-max";
import { searchSpec, surviveSpec } from "./search-spec";
import { stressSpec } from "./stress-spec";
import { workloadSpec } from "./workload-spec";

/** Ten years: longer than any plan, and short of a run that never ends because of a typing error. */
const DURATION_SECONDS_MAX = 3650 * 86400;

const horizon = strict(
  {
    start: weekTime(
      "Time of the week at which the run starts (UTC; a Monday without a day): what diurnal and weekly profiles follow",
    ).optional(),
    duration: duration("How long requests arrive", {
      above: 0,
      max: DURATION_SECONDS_MAX,
    }).optional(),
    warmUp: duration("Requests that arrive before this are not measured").optional(),
    requests: count(
      "Each workload ends after this many requests, if the duration has not ended it before; without a duration, it is the time that they are expected to take",
      {
        min: 1,
        max: 1e9,
      },
    ).optional(),
    drain: flag(
      "Run requests in flight at the end to their end; otherwise count them as in flight",
    ).optional(),
  },
  "How long is simulated",
);

/** The schema of a scenario file. */
export const scenarioSpec = strict(
  {
    version: count("Version of this format", { min: 1, max: 1 }).optional(),
    name: text("Name of the scenario, in reports").optional(),
    seed: count("Seed of every random stream", { min: 0, max: 2 ** 32 - 1 }).optional(),
    replications: count("Runs with different random numbers, for confidence intervals", {
      min: 1,
      max: REPLICATIONS_MAX,
    }).optional(),
    horizon: horizon.optional(),
    workloads: namedMap("workload", workloadSpec, "Product features by name"),
    fleet: fleetSpec,
    faults: faultsSpec.optional(),
    stress: stressSpec.optional(),
    survive: surviveSpec.optional(),
    search: searchSpec.optional(),
    prices: pricesSpec.optional(),
  },
  "A capplan scenario: traffic and the fleet that serves it",
);

export type ScenarioSpec = z.output<typeof scenarioSpec> & {
  /** The cases of `stress`, each as a whole scenario; `parseScenario` makes them. */
  readonly stressed?: readonly StressedSpec[];
};

/** One case of `stress`: the scenario with the case's changes and faults, and without `stress`. */
export interface StressedSpec {
  readonly name: string;
  /** Where it is written: `stress.cases[0]`. */
  readonly path: string;
  readonly spec: ScenarioSpec;
  /** Names of the faults that are the case's own, the last ones of `spec.faults`. */
  readonly faultNames: readonly string[];
}

export type HorizonSpec = NonNullable<ScenarioSpec["horizon"]>;

/** JSON Schema (draft 2020-12) of a scenario file, for editors: what may be written, with descriptions. */
export function scenarioJsonSchema(): Record<string, unknown> {
  return { ...inputSchemaOf(scenarioSpec), title: "capplan scenario" };
}

/** JSON Schema of what a schema takes, with examples and the forms of each choice. */
export function inputSchemaOf(schema: z.core.$ZodType): Record<string, unknown> {
  return z.toJSONSchema(schema, {
    io: "input",
    override: ({ zodSchema, jsonSchema }) => {
      const examples = z.globalRegistry.get(zodSchema)?.["examples"];
      if (examples !== undefined) Object.assign(jsonSchema, { examples });
      const union = unionOf(zodSchema);
      if (union === undefined) return;
      const { $schema: _, ...forms } = inputSchemaOf(union);
      Object.assign(jsonSchema, forms);
    },
  }) as Record<string, unknown>;
}
