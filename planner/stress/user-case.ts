/** The cases of the user's own as cases of the suite: what each changes is in its scenario, and its faults are known by name. */
import { PlannerError, type Problem } from "../foundation/errors";
import { resolveScenario } from "../scenario/resolve-scenario";
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import type { ScenarioSpec } from "../scenario/scenario-spec";
import { stressedSpecs } from "../scenario/stressed-specs";
import type { TracesRead } from "../scenario/trace-files";
import type { ApplicableCase } from "./stress-case";
import { spoken, stressTimes } from "./stress-times";

export interface UserCase {
  readonly name: string;
  /** Where it is written: `stress.cases[0]`. */
  readonly path: string;
  readonly scenario: ResolvedScenario;
  /** Of the scenario's faults, those that are the case's own. */
  readonly faultNames: readonly string[];
}

/**
 * @param base the scenario without any case, as resolved: its cases are then known to resolve too
 * @param written the same as written, and the traces that it and its cases name
 * @param taken names of the built-in cases
 * @throws PlannerError when a case cannot be told from a built-in one, or not be compared with the scenario
 */
export function userStressCases(
  base: ResolvedScenario,
  written: { readonly spec: ScenarioSpec; readonly traces: TracesRead },
  taken: readonly string[],
): ApplicableCase[] {
  const problems: Problem[] = [];
  const cases = stressedSpecs(written.spec).map(({ name, path, spec, faultNames }) => {
    const scenario = resolveScenario(spec, { traces: written.traces });
    if (taken.includes(name)) {
      const message = `"${name}" is the name of a built-in case`;
      problems.push({ code: "conflict", path: `${path}.name`, message, hint: "choose another" });
    }
    problems.push(...horizonProblems(base, scenario, path));
    return userStressCase({ name, path, faultNames, scenario });
  });
  if (problems.length > 0) throw new PlannerError(problems);
  return cases;
}

/** Runs over different times cannot be compared bucket by bucket. */
function horizonProblems(base: ResolvedScenario, other: ResolvedScenario, path: string): Problem[] {
  const { startSeconds, durationSeconds, warmUpSeconds, drain } = base.horizon;
  const { horizon } = other;
  const isSame =
    horizon.startSeconds === startSeconds &&
    horizon.durationSeconds === durationSeconds &&
    horizon.warmUpSeconds === warmUpSeconds &&
    horizon.drain === drain;
  if (isSame) return [];
  const message =
    "changes the horizon, but a case is compared with the scenario over the same time";
  const hint = "leave the horizon to the scenario";
  return [{ code: "conflict", path: `${path}.set`, message, hint }];
}

/**
 * A case with faults of its own is looked at from the first of them to the end of the last; one that only changes the
 * scenario, at the peak, as a load.
 */
export function userStressCase(user: UserCase): ApplicableCase {
  const { scenario, faultNames, name, path } = user;
  const { peak, windowStartSeconds, windowEndSeconds } = stressTimes(scenario);
  const spans = spansOf(scenario, new Set(faultNames));
  const isFault = faultNames.length > 0;
  const clip = (seconds: number): number =>
    Math.min(windowEndSeconds, Math.max(windowStartSeconds, seconds));
  const startSeconds = clip(Math.min(...spans.map(([start]) => start)));
  const endSeconds = clip(Math.max(...spans.map(([, end]) => end)));
  return {
    applies: true,
    kind: isFault ? "fault" : "load",
    name,
    title: name,
    tests: `A case of your own (${path}).`,
    how: [
      isFault
        ? `Faults of its own from ${spoken(startSeconds)} to ${spoken(endSeconds)} into the run, beside what it changes of the scenario.`
        : "It changes the scenario, and has no faults of its own.",
    ],
    scenario,
    faultNames,
    faultStartSeconds: isFault ? startSeconds : peak.fromSeconds,
    faultEndSeconds: isFault ? endSeconds : peak.toSeconds,
  };
}

/** When the named faults strike; a random one may strike at any time of the run. */
function spansOf(
  { faults, horizon }: ResolvedScenario,
  names: ReadonlySet<string>,
): (readonly [start: number, end: number])[] {
  const isOwn = ({ name }: { readonly name: string }): boolean => names.has(name);
  const spans = [
    ...faults.faults.filter(isOwn).map(({ when }): readonly [number, number] => {
      if (when.kind === "random") return [horizon.warmUpSeconds, horizon.durationSeconds];
      return [when.startSeconds, when.startSeconds + when.durationSeconds];
    }),
    ...faults.poison
      .filter(isOwn)
      .map(({ startSeconds, endSeconds }): readonly [number, number] => [startSeconds, endSeconds]),
    ...faults.spotWaves
      .filter(isOwn)
      .map(({ atSeconds, unavailableSeconds }): readonly [number, number] => [
        atSeconds,
        atSeconds + unavailableSeconds,
      ]),
  ];
  return spans.length > 0 ? spans : [[horizon.warmUpSeconds, horizon.durationSeconds]];
}
