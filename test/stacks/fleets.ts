/** Every fleet whose stacks are run: those of stacks/config, and those that are only planned for a test. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { CapacityPlan } from "../../planner/plan/plan-spec";
import { stackConfigs } from "../../planner/plan/stack-configs";
import { withTemporaryFolder } from "../support/temporary-folder";
import {
  EXAMPLES,
  type ExampleStack,
  exampleFile,
  examplePlan,
  exampleStacks,
  ROOT,
} from "./examples";
import { PLANNED_FLEETS, type PlannedFleet, planOf } from "./planned-fleets";
import { putUp, type StackRun } from "./run-example";

/** A fleet with its stacks. */
export interface Fleet {
  readonly name: string;
  readonly plan: () => Promise<CapacityPlan>;
  /** All stacks, put up in order; once for all who ask. */
  readonly putUp: () => Promise<readonly StackRun[]>;
  /** Does something while the folder of Pulumi.yaml is there, in which the plan lies. */
  readonly inRoot: <Result>(use: (root: string) => Promise<Result>) => Promise<Result>;
  /** File of the plan for rules that do not find it by the stack's own file; undefined where they do. */
  readonly planFile: string | undefined;
}

export const FLEETS: readonly Fleet[] = [
  ...EXAMPLES.map(
    (example): Fleet => ({
      name: example.name,
      plan: async () => examplePlan(example),
      putUp: async () => await putUp(example.name, exampleStacks(example), ROOT),
      inRoot: async (use) => await use(ROOT),
      planFile: undefined,
    }),
  ),
  ...PLANNED_FLEETS.map(plannedFleet),
];

/** The fleet of that name. */
export function fleetOf(name: string): Fleet {
  const fleet = FLEETS.find((one) => one.name === name);
  if (fleet === undefined) throw new Error(`no fleet ${name}`);
  return fleet;
}

function plannedFleet(planned: PlannedFleet): Fleet {
  const planFile = exampleFile(planned, "plan.json");
  const plan = async () => await planOf(planned);
  const inRoot: Fleet["inRoot"] = async (use) => {
    const text = JSON.stringify(await plan());
    const results: Awaited<ReturnType<typeof use>>[] = [];
    await withTemporaryFolder(async (root) => {
      mkdirSync(path.dirname(path.join(root, planFile)), { recursive: true });
      writeFileSync(path.join(root, planFile), text);
      results.push(await use(root));
    });
    return results[0]!;
  };
  return {
    name: planned.name,
    plan,
    inRoot,
    planFile,
    putUp: async () =>
      await inRoot(
        async (root) => await putUp(planned.name, stacksOf(planned, await plan()), root),
      ),
  };
}

/** The stacks of a plan, with the keys of a person in them. */
export function stacksOf(planned: PlannedFleet, plan: CapacityPlan): readonly ExampleStack[] {
  return stackConfigs(plan, { planPath: exampleFile(planned, "plan.json") }).map(
    ({ path: file, values }) => {
      const layer = String(values.get("capplan:layer"));
      const written = [...values].map(([key, value]) => [
        key,
        typeof value === "string" ? value : JSON.stringify(value),
      ]);
      return {
        name: file.replace(/^Pulumi\.|\.yaml$/g, ""),
        layer,
        place: String(values.get("capplan:place")),
        config: {
          ...(Object.fromEntries(written) as Record<string, string>),
          ...planned.keys[layer as keyof PlannedFleet["keys"]],
        },
      };
    },
  );
}
