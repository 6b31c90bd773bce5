/** The examples are up to date: plans of their scenarios as they are, and stack files of their plans. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { mergeStackConfigs } from "../../planner/plan/merge-stack-configs";
import { checkDigest } from "../../planner/plan/plan-digest";
import { writtenScenarioOf } from "../../planner/plan/scenario-of-plan";
import { stackConfigs } from "../../planner/plan/stack-configs";
import { readScenario } from "../../planner/scenario/parse-scenario";
import { EXAMPLES, exampleFile, examplePlan, ROOT } from "./examples";

const FOLDER = path.join(ROOT, "stacks/config");
const AGAIN = "make the examples again: npm run examples";

const stackFiles: ReadonlyMap<string, string> = new Map(
  readdirSync(FOLDER)
    .filter((file) => /^Pulumi\..+\.yaml$/.test(file))
    .map((file) => [file, readFileSync(path.join(FOLDER, file), "utf8")]),
);

describe.each(EXAMPLES)("the example $name", (example) => {
  const plan = examplePlan(example);

  it("has a plan that is as it was made, of the scenario as it is", () => {
    expect(checkDigest(plan)).toEqual({ isIntact: true, edited: [] });
    const text = readFileSync(path.join(ROOT, exampleFile(example, "yaml")), "utf8");
    const { fleet: _, ...written } = readScenario(text);
    const { fleet: __, replications: ___, ...planned } = writtenScenarioOf(plan);
    expect({ [AGAIN]: planned }).toEqual({ [AGAIN]: written });
  });

  it("keeps its promises, in every case", () => {
    expect(plan.evidence.runs.length).toBeGreaterThan(0);
    for (const run of plan.evidence.runs) {
      expect(run.slo.map(({ verdict }) => verdict)).toEqual(run.slo.map(() => "PASS"));
    }
  });

  it("has the stack files of its plan, beside the keys of a person", () => {
    const wanted = stackConfigs(plan, { planPath: exampleFile(example, "plan.json") });
    const { files, stale } = mergeStackConfigs(wanted, stackFiles, { overwrite: false });
    expect(files.filter(({ state }) => state !== "same").map(({ path: file }) => file)).toEqual([]);
    expect(stale).toEqual([]);
  });
});

it("stack files are all of an example", () => {
  const wanted = EXAMPLES.flatMap((example) =>
    stackConfigs(examplePlan(example), { planPath: exampleFile(example, "plan.json") }),
  );
  expect([...stackFiles.keys()].sort()).toEqual(wanted.map(({ path: file }) => file).sort());
});

it("the largest has four regions of two clouds", () => {
  const { fleet } = examplePlan({ name: "two-clouds" });
  expect(Object.keys(fleet.regions)).toEqual([
    "europe-west4",
    "us-central1",
    "us-east-1",
    "us-west-2",
  ]);
});
