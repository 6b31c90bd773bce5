/** Plans of the examples with one thing changed, sealed again or not, and a folder that holds them. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { sealPlan } from "../../planner/plan/plan-digest";
import type { CapacityPlan } from "../../planner/plan/plan-spec";
import { runStack } from "../../stacks/run-stack";
import { registered } from "../support/mini-engine/in-process";
import { withTemporaryFolder } from "../support/temporary-folder";
import { type ExampleStack, exampleFile, examplePlan, exampleStacks } from "./examples";
import { referencedStacks, type StackRun, WORLD } from "./run-example";

/** What a stack of an example says of a changed plan or configuration. */
export interface Attempt {
  readonly example: string;
  readonly layer: string;
  /** @default - the first of the layer */
  readonly place?: string;
  /** @default - the plan as it is */
  readonly edit?: (plan: CapacityPlan) => void;
  /** Whether the plan has digests that fit; false for one that was edited by hand. @default true */
  readonly isSealed?: boolean;
  /** Keys of the configuration to be replaced; undefined takes one out. @default - none */
  readonly config?: Readonly<Record<string, string | undefined>>;
  /** Whether the file of the plan is there. @default true */
  readonly hasFile?: boolean;
}

/** The refusal, line by line; "registered N resources" where there is none. */
export async function refusalOf(attempt: Attempt): Promise<readonly string[]> {
  const { layer, place, edit, isSealed = true, hasFile = true } = attempt;
  const example = { name: attempt.example };
  const stack = exampleStacks(example).find(
    (one) => one.layer === layer && (place === undefined || one.place === place),
  )!;
  const copy: CapacityPlan = structuredClone(examplePlan(example));
  edit?.(copy);
  const plan = isSealed ? sealed(copy) : copy;
  const config = { "capplan:planDigest": plan.digest, ...attempt.config };
  const file = exampleFile(example, "plan.json");
  return await refusalLines(
    { ...stack, config: configured(stack, config) },
    file,
    hasFile ? plan : undefined,
  );
}

/** Keys of a stack with some replaced; undefined takes one out. */
export function configured(
  stack: Pick<ExampleStack, "config">,
  keys: NonNullable<Attempt["config"]>,
): ExampleStack["config"] {
  return Object.fromEntries(
    Object.entries({ ...stack.config, ...keys }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
}

/** What a stack says, line by line. @param planFile relative to the folder of Pulumi.yaml. @param plan to be in it */
export async function refusalLines(
  { name, config }: Pick<ExampleStack, "name" | "config">,
  planFile: string,
  plan: CapacityPlan | undefined,
): Promise<readonly string[]> {
  let lines: readonly string[] = [];
  await withTemporaryFolder(async (root) => {
    const file = path.join(root, planFile);
    mkdirSync(path.dirname(file), { recursive: true });
    if (plan !== undefined) writeFileSync(file, JSON.stringify(plan));
    let resources = 0;
    const program = () => runStack({ config, root });
    const count = (): undefined => {
      resources += 1;
      return undefined;
    };
    try {
      await registered(program, { ...WORLD, stack: name, failure: count });
      lines = [`registered ${resources} resources`];
    } catch (error) {
      // The stack itself is there before the program runs.
      if (resources > 1)
        throw new Error(`${resources} resources were registered`, { cause: error });
      lines = (error as Error).message.split("\n").map((line) => line.trim());
    }
  });
  return lines;
}

/** Foundations and serving layers of an example with a changed plan, put up in order. @param config by layer */
export async function editedRuns(
  name: string,
  edit: (plan: CapacityPlan) => void,
  config: Readonly<Record<string, Readonly<Record<string, string>>>> = {},
): Promise<readonly StackRun[]> {
  const copy: CapacityPlan = structuredClone(examplePlan({ name }));
  edit(copy);
  const plan = sealed(copy);
  const runs: StackRun[] = [];
  await withTemporaryFolder(async (root) => {
    const file = path.join(root, exampleFile({ name }, "plan.json"));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(plan));
    for (const stack of exampleStacks({ name }).filter(({ layer }) => layer !== "edge")) {
      const values = { ...stack.config, "capplan:planDigest": plan.digest, ...config[stack.layer] };
      const program = () => runStack({ config: values, root });
      const options = { ...WORLD, stack: stack.name, stacks: referencedStacks(runs) };
      runs.push({ stack, run: await registered(program, options) });
    }
  });
  return runs;
}

function sealed({ digest: _, parts: __, ...content }: CapacityPlan): CapacityPlan {
  return sealPlan(content);
}
