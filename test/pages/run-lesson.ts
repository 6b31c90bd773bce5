/** Runs the variants of a lesson, each with the scenario's own seed and replications, and a timeline. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { summarize } from "../../planner/metrics/summarize";
import { builtInScenarios } from "../../planner/scenario/built-in-scenarios";
import { parseScenario } from "../../planner/scenario/parse-scenario";
import { resolveScenario } from "../../planner/scenario/resolve-scenario";
import type { ResolvedScenario } from "../../planner/scenario/resolved-scenario";
import { simulate } from "../../planner/simulation/simulate";
import type { Lesson, Run, RunOf, Variant } from "./lesson";

export const ROOT = path.resolve(__dirname, "../..");

/** Seeds of replications as `capplan simulate` derives them. */
const SEED_FACTOR = 1000;

export function runLesson(lesson: Lesson): RunOf {
  const runs = new Map(
    lesson.variants.map((variant) => [variant.name, runVariant(lesson, variant)]),
  );
  return (name) => {
    const run = runs.get(name);
    if (run === undefined) throw new Error(`${lesson.scenario} has no variant "${name}"`);
    return run;
  };
}

export function scenarioOf({ scenario: name }: Lesson, { set }: Variant): ResolvedScenario {
  const builtIn = builtInScenarios.find((one) => one.name === name);
  if (builtIn === undefined) throw new Error(`no built-in scenario "${name}"`);
  const text = readFileSync(path.join(ROOT, builtIn.file), "utf8");
  const spec = parseScenario(text, { source: name, overrides: set });
  return resolveScenario(spec, { traces: new Map() });
}

function runVariant(lesson: Lesson, variant: Variant): Run {
  const scenario = scenarioOf(lesson, variant);
  const { seed, replications } = scenario;
  const { timelineBuckets } = lesson;
  const records = Array.from({ length: replications }, (_, replication) =>
    simulate(scenario, seed * SEED_FACTOR + replication, { timelineBuckets }),
  );
  return { variant, scenario, summary: summarize(scenario, records, { seed, replications }) };
}
