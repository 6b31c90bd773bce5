/**
 * From a scenario as written to one that can be simulated: every name looked up, every default filled in, every trace
 * in place, and all problems reported at once. After this, no code asks what a missing value means.
 */
import { findOrigin } from "../catalog";
import { canonicalModel, unknown } from "../fleet/names";
import { resolveFleet } from "../fleet/resolve-fleet";
import { PlannerError, type Problem } from "../foundation/errors";
import { formatDuration } from "../foundation/format-units";
import { SCENARIO_DEFAULTS, warmUpDefault } from "./defaults";
import { digestOf } from "./digest";
import { resolveWorkload } from "./resolve-workload";
import type { ResolvedScenario } from "./resolved-scenario";
import type { HorizonSpec, ScenarioSpec } from "./scenario-spec";
import { type TracesRead, traceFilesOf } from "./trace-files";

/**
 * Resolves a scenario.
 *
 * @param traces tables of the files that `traceFilesOf(spec)` names, by their `key`
 * @throws PlannerError with every problem
 */
export function resolveScenario(
  spec: ScenarioSpec,
  { traces }: { readonly traces: TracesRead },
): ResolvedScenario {
  const problems: Problem[] = [];
  const fleet = resolveFleet(spec.fleet, originNames(spec, problems), problems);
  const modelsNamed = new Set(
    Object.values(spec.fleet.regions).flatMap(({ pools }) =>
      Object.values(pools).map((pool) => canonicalModel(pool.model)),
    ),
  );
  const requestsMax = spec.horizon?.requests ?? Number.POSITIVE_INFINITY;
  const workloads = Object.entries(spec.workloads)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, workload]) => {
      const context = { name, fleet, modelsNamed, requestsMax, traces };
      return resolveWorkload(workload, context, problems) ?? [];
    });
  const horizon = resolveHorizon(spec, traces, problems);
  if (problems.length > 0) throw new PlannerError(problems);
  const resolved = {
    name: spec.name ?? SCENARIO_DEFAULTS.name.value,
    seed: spec.seed ?? SCENARIO_DEFAULTS.seed.value,
    replications: spec.replications ?? replicationsDefault(spec).value,
    horizon,
    workloads,
    fleet,
  };
  return { ...resolved, digest: digestOf(resolved) };
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

/** Whether every workload repeats a trace with its own lengths, so that little is left to chance. */
function replaysOnly(spec: ScenarioSpec): boolean {
  return Object.values(spec.workloads).every(({ arrivals }) => "trace" in arrivals);
}

/** Replications when the scenario does not say. */
export function replicationsDefault(spec: ScenarioSpec): { value: number; reason: string } {
  const isFixed = Object.values(spec.workloads).every(
    ({ arrivals, tokens }) =>
      "trace" in arrivals && tokens === undefined && (arrivals.sample ?? 1) === 1,
  );
  return isFixed
    ? { value: 1, reason: "replays of traces repeat themselves" }
    : SCENARIO_DEFAULTS.replications;
}

/** Duration when the scenario does not say: an hour, or the whole of the traces when there is nothing else. */
function durationDefault(
  spec: ScenarioSpec,
  traces: TracesRead,
): { value: number; reason: string } {
  const { value, reason } = SCENARIO_DEFAULTS.durationSeconds;
  const keys = new Map(
    traceFilesOf(spec).flatMap(({ key, namedAt }) => namedAt.map((at) => [at, key])),
  );
  const lastSeconds = Object.entries(spec.workloads).map(([name, workload]) => {
    if (!("trace" in workload.arrivals) || workload.arrivals.loop === true) return Number.NaN;
    const table = traces.get(keys.get(`workloads.${name}.arrivals.trace`) ?? "");
    const last = table?.arrivalSeconds[table.requests - 1];
    return last === undefined
      ? Number.NaN
      : last / (workload.arrivals.speed ?? SCENARIO_DEFAULTS.speed.value);
  });
  const span = Math.max(...lastSeconds);
  if (!Number.isFinite(span)) return { value, reason };
  return { value: Math.floor(span) + 1, reason: "until the last request of the traces" };
}

function resolveHorizon(
  spec: ScenarioSpec,
  traces: TracesRead,
  problems: Problem[],
): ResolvedScenario["horizon"] {
  const given: HorizonSpec = spec.horizon ?? {};
  const durationSeconds = given.duration ?? durationDefault(spec, traces).value;
  const isReplay = replaysOnly(spec);
  const warmUpSeconds = given.warmUp ?? warmUpDefault(durationSeconds, isReplay).value;
  if (warmUpSeconds >= durationSeconds) {
    problems.push({
      code: "conflict",
      path: "horizon.warmUp",
      message: `must be shorter than the duration (${formatDuration(durationSeconds)}), got ${formatDuration(warmUpSeconds)}`,
    });
  }
  if (given.requests !== undefined && isReplay) {
    problems.push({
      code: "conflict",
      path: "horizon.requests",
      message: "replayed traces end with their last request",
      hint: "use horizon.duration or arrivals.sample",
    });
  }
  return { durationSeconds, warmUpSeconds, drain: given.drain ?? SCENARIO_DEFAULTS.drain.value };
}
