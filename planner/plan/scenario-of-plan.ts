/** The scenario that a plan was made for, with the plan's fleet in it: what is simulated to see the plan run again. */
import { PlannerError } from "../foundation/errors";
import { checkScenario, type WrittenScenario } from "../scenario/parse-scenario";
import type { ScenarioSpec } from "../scenario/scenario-spec";
import type { CapacityPlan } from "./plan-spec";

/** What of a plan is simulated. */
export interface SimulatedPart {
  readonly scenario: Pick<CapacityPlan["scenario"], "written">;
  readonly fleet: CapacityPlan["fleet"];
}

/** Where the scenario stands in a plan. */
const WRITTEN = "scenario.written";

/** As a scenario file would say it: for `--set`, and for reading it. */
export function writtenScenarioOf({ scenario, fleet }: SimulatedPart): WrittenScenario {
  return { ...scenario.written, fleet };
}

/**
 * The scenario of a plan in base units; its traces are not read yet.
 *
 * @throws PlannerError with everything that the schema of scenarios refuses, at its place in the plan
 */
export function scenarioOfPlan(plan: SimulatedPart): ScenarioSpec {
  return atPlaceInPlan(() => checkScenario(writtenScenarioOf(plan)));
}

/** What `read` makes of a plan's scenario; its problems name the place in the plan. */
export function atPlaceInPlan<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PlannerError)) throw error;
    throw new PlannerError(
      error.problems.map((problem) => ({ ...problem, path: pathInPlan(problem.path) })),
    );
  }
}

/** `workloads.chat.model` → `scenario.written.workloads.chat.model`; paths of the fleet are the same. */
function pathInPlan(path: string): string {
  if (/^fleet(?:[.[]|$)/.test(path)) return path;
  return path === "" ? WRITTEN : `${WRITTEN}.${path}`;
}
