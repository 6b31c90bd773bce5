/**
 * Every stack of every fleet keeps every rule of the policy pack, which finds the plans of the examples by the stacks' own
 * files, and those that were made for a test by the configuration of the pack.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  judgedResources,
  type PolicyAnalyzer,
  type RuleConfigs,
  startPolicyAnalyzer,
} from "../../support/policy-analyzer";
import { type ExampleStack, ROOT } from "../examples";
import { FLEETS, type Fleet } from "../fleets";
import { referencedStacks, runExampleStack } from "../run-example";

let analyzer: PolicyAnalyzer;
beforeAll(async () => {
  analyzer = await startPolicyAnalyzer();
}, 60_000);
afterAll(() => analyzer?.close());

/** Rules that hold resources against the plan. */
const WITH_PLAN = [
  "timeouts-outlast-streams",
  "gpu-pools-are-within-plan",
  "fleet-has-budget",
] as const;

/** What the rules are told for a fleet: the file beside it, where there is one, and where its plan is. */
function configsOf(
  { name, planFile }: Fleet,
  root: string,
  { layer, place }: ExampleStack,
): RuleConfigs {
  if (planFile !== undefined) {
    const where = { plan: path.join(root, planFile), layer, place };
    const withPlan = Object.fromEntries(WITH_PLAN.map((rule) => [rule, where]));
    return { ...withPlan, "data-is-under-own-keys": {} };
  }
  const file = path.join(ROOT, "stacks/config", `${name}.policy.json`);
  const own = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as RuleConfigs) : {};
  return { ...own, "data-is-under-own-keys": {} };
}

describe.each(FLEETS)("the stacks of $name", (fleet) => {
  it("keep every rule, in a preview and once they are up", async () => {
    const runs = await fleet.putUp();
    await fleet.inRoot(async (root) => {
      for (const [index, { stack, run }] of runs.entries()) {
        const stacks = referencedStacks(runs.slice(0, index));
        const preview = await runExampleStack(stack, stacks, { isPreview: true }, root);
        for (const one of [preview, run]) {
          const configs = configsOf(fleet, root, stack);
          const violations = await analyzer.judge(judgedResources(one), configs);
          expect({ stack: stack.name, violations }).toEqual({ stack: stack.name, violations: [] });
        }
      }
    });
  });
});
