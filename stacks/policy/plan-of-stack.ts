/**
 * The plan that a stack deploys, for rules that hold the one against the other. It is found the way the program finds it:
 * the stack's own file says where the plan is, which layer the stack is, and of which place. A configuration of the pack
 * may say otherwise, for stacks whose file is elsewhere.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { PolicyConfigSchema } from "@pulumi/policy";
import { parse } from "yaml";
import { PlannerError } from "../../planner/plan/fleet-of-plan";
import { editedProblem } from "../../planner/plan/plan-digest";
import type { CapacityPlan } from "../../planner/plan/plan-spec";
import { readPlan } from "../../planner/plan/read-plan";
import { configOfStackFile } from "../stack-file";

/** What a configuration of the pack may say to a rule that needs the plan. */
export interface PlanConfig {
  /** Plan file, absolute or relative to the folder of Pulumi.yaml. @default - what the stack's file says */
  readonly plan: string;
  /** `foundation`, `serving` or `edge`. @default - what the stack's file says */
  readonly layer: string;
  /** Region of the stack. @default - what the stack's file says */
  readonly place: string;
}

export const planConfigProperties: PolicyConfigSchema["properties"] = {
  plan: { type: "string" },
  layer: { type: "string" },
  place: { type: "string" },
};

/** What is known of the stack that is judged. */
export interface PlannedStack {
  readonly plan: CapacityPlan | undefined;
  readonly layer: string | undefined;
  readonly place: string | undefined;
  /** Why there is no plan. */
  readonly problem: string | undefined;
}

/** The folder of Pulumi.yaml. */
const ROOT = path.resolve(__dirname, "../..");

/** Read once: the pack lives as long as one preview or update. */
const plans = new Map<string, Pick<PlannedStack, "plan" | "problem">>();

/** What is known of the stack of a resource. */
export function planOfStack(urn: string, config: Partial<PlanConfig>): PlannedStack {
  const own = stackFile(urn);
  const layer = config.layer ?? own.layer;
  const place = config.place ?? own.place;
  const file = config.plan ?? own.plan;
  if (file === undefined) {
    const problem = `no plan to judge by: neither the stack's file nor the configuration of the pack names one; set capplan:plan`;
    return { plan: undefined, layer, place, problem };
  }
  const read = plans.get(file) ?? readPlanFile(file);
  plans.set(file, read);
  return { layer, place, ...read };
}

/** What the configuration file of the stack says. */
function stackFile(urn: string): Partial<PlanConfig> {
  const [, , stack] = urn.split("::")[0]!.split(":");
  const project = parse(readFileSync(path.join(ROOT, "Pulumi.yaml"), "utf8")) as {
    readonly name: string;
    readonly stackConfigDir?: string;
  };
  const file = path.join(ROOT, project.stackConfigDir ?? "", `Pulumi.${stack}.yaml`);
  if (!existsSync(file)) return {};
  const config = configOfStackFile(readFileSync(file, "utf8"));
  const text = (key: string) => {
    const value = config[`${project.name}:${key}`];
    return value === undefined ? {} : { [key]: value };
  };
  return { ...text("plan"), ...text("layer"), ...text("place") };
}

/** An edited plan judges nothing: whoever raises a limit in it has not verified it. */
function readPlanFile(file: string): Pick<PlannedStack, "plan" | "problem"> {
  const absolute = path.resolve(ROOT, file);
  if (!existsSync(absolute)) {
    return { plan: undefined, problem: `no plan to judge by: there is no file ${file}` };
  }
  try {
    const plan = readPlan(readFileSync(absolute, "utf8"), { source: file });
    const edited = editedProblem(plan, file);
    if (edited === undefined) return { plan, problem: undefined };
    return { plan: undefined, problem: `${edited.path}: ${edited.message}; ${edited.hint ?? ""}` };
  } catch (error) {
    if (!(error instanceof PlannerError)) throw error;
    return { plan: undefined, problem: error.message };
  }
}
