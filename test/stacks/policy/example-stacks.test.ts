/** Every stack of every example keeps every rule of the policy pack, which finds the plans by the stacks' own files. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  judgedResources,
  type PolicyAnalyzer,
  type RuleConfigs,
  startPolicyAnalyzer,
} from "../../support/policy-analyzer";
import { EXAMPLES, ROOT } from "../examples";
import { putUp, referencedStacks, runExampleStack } from "../run-example";

let analyzer: PolicyAnalyzer;
beforeAll(async () => {
  analyzer = await startPolicyAnalyzer();
}, 60_000);
afterAll(() => analyzer?.close());

/** What the rules are told for an example: the file beside it, where there is one; and the optional rule is on. */
function configsOf({ name }: (typeof EXAMPLES)[number]): RuleConfigs {
  const file = path.join(ROOT, "stacks/config", `${name}.policy.json`);
  const own = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as RuleConfigs) : {};
  return { ...own, "data-is-under-own-keys": {} };
}

describe.each(EXAMPLES)("the stacks of $name", (example) => {
  it("keep every rule, in a preview and once they are up", async () => {
    const runs = await putUp(example);
    for (const [index, { stack, run }] of runs.entries()) {
      const stacks = referencedStacks(runs.slice(0, index));
      const preview = await runExampleStack(stack, stacks, { isPreview: true });
      for (const one of [preview, run]) {
        const violations = await analyzer.judge(judgedResources(one), configsOf(example));
        expect({ stack: stack.name, violations }).toEqual({ stack: stack.name, violations: [] });
      }
    }
  });
});
