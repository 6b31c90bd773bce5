/** The examples of stacks/config: fleets with their plans, and the stacks that deploy them. */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { CapacityPlan } from "../../planner/plan/plan-spec";
import { readPlan } from "../../planner/plan/read-plan";
import { stackConfigs } from "../../planner/plan/stack-configs";
import { configOfStackFile } from "../../stacks/stack-file";

/** One fleet. */
export interface Example {
  /** Of the scenario, and of its files. */
  readonly name: string;
  /** Whether the scenario has a fleet, which is held against its promises, and none is searched. */
  readonly isGiven: boolean;
}

export const EXAMPLES: readonly Example[] = [
  { name: "development", isGiven: false },
  { name: "two-regions-aws", isGiven: true },
  { name: "two-regions-gcp", isGiven: false },
  { name: "two-clouds", isGiven: false },
];

export const ROOT = path.resolve(__dirname, "../..");

/** A stack of an example. */
export interface ExampleStack {
  /** `development-foundation-us-east-1`. */
  readonly name: string;
  readonly layer: string;
  readonly place: string;
  /** Every value by its full key, as Pulumi gives it. */
  readonly config: Readonly<Record<string, string>>;
}

/** A file of an example, relative to the folder of Pulumi.yaml. */
export function exampleFile({ name }: Pick<Example, "name">, ending: "yaml" | "plan.json"): string {
  return `stacks/config/${name}.${ending}`;
}

export function examplePlan(example: Pick<Example, "name">): CapacityPlan {
  return readPlan(readFileSync(path.join(ROOT, exampleFile(example, "plan.json")), "utf8"));
}

/** The stacks of an example in the order in which they are deployed. */
export function exampleStacks(example: Pick<Example, "name">): readonly ExampleStack[] {
  const planPath = exampleFile(example, "plan.json");
  return stackConfigs(examplePlan(example), { planPath }).map(({ path: file, values }) => {
    const text = readFileSync(path.join(ROOT, "stacks/config", file), "utf8");
    return {
      name: file.replace(/^Pulumi\.|\.yaml$/g, ""),
      layer: String(values.get("capplan:layer")),
      place: String(values.get("capplan:place")),
      config: configOfStackFile(text),
    };
  });
}
