/**
 * One stack: reads its configuration and its plan, derives everything that is to be, refuses what cannot be, and only
 * then registers resources.
 */
import { describeProblem, PlannerError, type Problem } from "../planner/plan/fleet-of-plan";
import { undeployable } from "./derive/deployable";
import { type FleetContext, fleetContext } from "./derive/fleet-context";
import { edgeStack } from "./edge";
import { foundationStack } from "./foundation";
import { loadPlan } from "./load-plan";
import { servingStack } from "./serving";
import type { StackExports } from "./stack-exports";
import { stackRefusal } from "./stack-refusal";
import { readStackSettings, type StackSettings } from "./stack-settings";

/** What a stack is run with. */
export interface StackInput {
  /** Every value of the stack's configuration by its full key. */
  readonly config: Readonly<Record<string, string>>;
  /** Folder of Pulumi.yaml. */
  readonly root: string;
}

/**
 * Registers the resources of a stack.
 *
 * @throws pulumi.RunError with everything that is wrong with configuration and plan, before anything is registered
 */
export function runStack({ config, root }: StackInput): StackExports {
  try {
    const read = readStackSettings(config);
    if ("problems" in read) throw new PlannerError(read.problems);
    const plan = loadPlan(read.stack.settings, root);
    const context = fleetContext(plan);
    return registerLayer(read.stack, context, undeployable(context));
  } catch (error) {
    if (!(error instanceof PlannerError)) throw error;
    throw refusal(error.problems);
  }
}

/** @param problems of the plan as a whole, which every layer refuses together with its own */
function registerLayer(
  stack: StackSettings,
  context: FleetContext,
  problems: readonly Problem[],
): StackExports {
  switch (stack.layer) {
    case "foundation":
      return foundationStack(context, stack.settings, stack.cloud, problems);
    case "serving":
      return servingStack(context, stack.settings, stack.cloud, problems);
    case "edge":
      return edgeStack(context, stack.settings, stack.cloud, problems);
  }
}

/** All problems, each on a line. */
function refusal(problems: readonly Problem[]): Error {
  const lines = [...new Set(problems.map(describeProblem))];
  return stackRefusal(["nothing was registered:", ...lines].join("\n  "));
}
