/**
 * Reads the plan that a stack deploys, and refuses one that is not there, is of another format, was edited after it was
 * verified, or is not the one that the stack was written for.
 */
import fs from "node:fs";
import path from "node:path";
import { PlannerError, type Problem } from "../planner/plan/fleet-of-plan";
import { editedProblem } from "../planner/plan/plan-digest";
import type { CapacityPlan } from "../planner/plan/plan-spec";
import { readPlan } from "../planner/plan/read-plan";

/** Which plan a stack deploys. */
export interface PlanReference {
  /** Relative to the folder of Pulumi.yaml. */
  readonly plan: string;
  readonly planDigest: string;
}

/**
 * The plan of a stack.
 *
 * @param root folder of Pulumi.yaml
 * @throws PlannerError with everything that is wrong with it
 */
export function loadPlan({ plan: file, planDigest }: PlanReference, root: string): CapacityPlan {
  const plan = readPlan(readText(file, root), { source: file });
  const problems: Problem[] = [];
  const edited = editedProblem(plan, file);
  if (edited !== undefined) problems.push(edited);
  if (plan.digest !== planDigest) {
    problems.push({
      code: "conflict",
      path: "capplan:planDigest",
      message: `is ${planDigest.slice(0, 12)}…, and ${file} is ${plan.digest.slice(0, 12)}…: another plan than the stack was written for`,
      hint: `look at what changes (capplan diff), then: capplan stacks ${file}`,
    });
  }
  if (problems.length > 0) throw new PlannerError(problems);
  return plan;
}

function readText(file: string, root: string): string {
  try {
    return fs.readFileSync(path.resolve(root, file), "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new PlannerError([
      {
        code: "unreadable-file",
        path: "capplan:plan",
        message: `cannot read ${file} (${code})`,
        hint: "the path is relative to the folder of Pulumi.yaml; capplan size --out FILE makes a plan",
      },
    ]);
  }
}
