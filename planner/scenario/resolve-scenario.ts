/**
 * From a scenario as written to one that can be simulated: every name looked up, every default filled in, every trace
 * in place, and all problems reported at once. After this, no code asks what a missing value means.
 */
import { findOrigin } from "../catalog";
import { canonicalModel, unknown } from "../fleet/names";
import { resolveFleet } from "../fleet/resolve-fleet";
import { PlannerError, type Problem } from "../foundation/errors";
import { checkResidency } from "./check-residency";
import { SCENARIO_DEFAULTS } from "./defaults";
import { digestOf } from "./digest";
import { resolveFaults } from "./resolve-faults";
import { replicationsDefault, resolveHorizon } from "./resolve-horizon";
import { resolvePrices } from "./resolve-prices";
import { resolveSearch } from "./resolve-search";
import { resolveWorkload } from "./resolve-workload";
import type { ResolvedScenario } from "./resolved-scenario";
import type { ScenarioSpec } from "./scenario-spec";
import { problemOfCase, stressedSpecs } from "./stressed-specs";
import type { TracesRead } from "./trace-files";

/**
 * Resolves a scenario.
 *
 * @param traces tables of the files that `traceFilesOf(spec)` names, by their `key`
 * @throws PlannerError with every problem, those of the cases of `stress` among them
 */
export function resolveScenario(
  spec: ScenarioSpec,
  { traces }: { readonly traces: TracesRead },
): ResolvedScenario {
  const problems: Problem[] = [];
  const { book, prices } = resolvePrices(spec.prices, problems);
  const { estimateSpot } = prices;
  const fleet = resolveFleet(
    spec.fleet,
    { origins: originNames(spec, problems), prices: { book, estimateSpot } },
    problems,
  );
  const modelsNamed = new Set(
    Object.values(spec.fleet.regions).flatMap(({ pools }) =>
      Object.values(pools).map((pool) => canonicalModel(pool.model)),
    ),
  );
  const requestsMax = spec.horizon?.requests ?? Number.POSITIVE_INFINITY;
  const names = Object.keys(spec.workloads).sort();
  const workloads = names.flatMap((name) => {
    const context = { name, fleet, modelsNamed, requestsMax, traces };
    return resolveWorkload(spec.workloads[name]!, context, problems) ?? [];
  });
  checkResidency(fleet, workloads, problems);
  const horizon = resolveHorizon(spec, traces, problems);
  const { durationSeconds } = horizon;
  const faultContext = { fleetSpec: spec.fleet, fleet, workloads: names, durationSeconds };
  const faults = resolveFaults(spec.faults ?? [], faultContext, problems);
  resolveSearch(spec, problems);
  problems.push(...problemsOfCases(spec, traces, problems));
  if (problems.length > 0) throw new PlannerError(problems);
  const resolved = {
    name: spec.name ?? SCENARIO_DEFAULTS.name.value,
    seed: spec.seed ?? SCENARIO_DEFAULTS.seed.value,
    replications: spec.replications ?? replicationsDefault(spec).value,
    horizon,
    workloads,
    fleet,
    faults,
    prices,
  };
  return { ...resolved, digest: digestOf(resolved) };
}

/** Problems that the cases of `stress` have beside those of the scenario itself. */
function problemsOfCases(
  spec: ScenarioSpec,
  traces: TracesRead,
  known: readonly Problem[],
): Problem[] {
  const isKnown = (problem: Problem) =>
    known.some(({ path, message }) => path === problem.path && message === problem.message);
  return stressedSpecs(spec).flatMap((one) => {
    try {
      resolveScenario(one.spec, { traces });
      return [];
    } catch (error) {
      if (!(error instanceof PlannerError)) throw error;
      return error.problems
        .filter((problem) => !isKnown(problem))
        .map((problem) => problemOfCase(problem, one));
    }
  });
}

/** Canonical names of all places that requests come from, sorted; unknown ones become problems. */
function originNames(spec: ScenarioSpec, problems: Problem[]): string[] {
  const names = new Set<string>();
  for (const [workload, { origins }] of Object.entries(spec.workloads)) {
    // Without origins, requests come from regions of the fleet: see `originsDefault`.
    for (const name of Object.keys(origins ?? spec.fleet.regions)) {
      const origin = findOrigin(name);
      if (origin.found) names.add(origin.row.name);
      else if (origins !== undefined) {
        const path = `workloads.${workload}.origins.${name}`;
        problems.push(unknown(path, "origin", name, origin.hint, "origins"));
      }
    }
  }
  return [...names].sort();
}
