/** Stack files of a plan: which there are, what is in them, and that a person's own lines are kept. */
import { beforeAll, describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { describeProblem } from "../../../planner/foundation/errors";
import { mergeStackConfigs } from "../../../planner/plan/merge-stack-configs";
import type { CapacityPlan } from "../../../planner/plan/plan-spec";
import { stackConfigs } from "../../../planner/plan/stack-configs";
import { expectGolden } from "../../support/golden";
import { problemsIn } from "../../support/scenario-text";
import { plannedCase } from "../../support/small-plan";

let plan: CapacityPlan;
beforeAll(async () => {
  ({ plan } = await plannedCase());
});

const OPTIONS = { planPath: "prod.plan.json" };
const wanted = () => stackConfigs(plan, OPTIONS);
const files = () => new Map(wanted().map(({ path, text }) => [path, text]));
const FOUNDATION = "Pulumi.planned-foundation-us-east-1.yaml";

describe("stackConfigs", () => {
  it("has two stacks for each region and one for the fleet, in the order of deployment", () => {
    expect(wanted().map(({ path }) => path)).toEqual([
      "Pulumi.planned-foundation-europe-west4.yaml",
      "Pulumi.planned-foundation-us-east-1.yaml",
      "Pulumi.planned-serving-europe-west4.yaml",
      "Pulumi.planned-serving-us-east-1.yaml",
      "Pulumi.planned-edge.yaml",
    ]);
  });

  it("says the layer, the place, the plan, the region and what the stack reads", () => {
    const config = (path: string) => (parse(files().get(path)!) as { config: unknown }).config;
    expect(config(FOUNDATION)).toEqual({
      "capplan:layer": "foundation",
      "capplan:place": "us-east-1",
      "capplan:plan": "prod.plan.json",
      "capplan:planDigest": plan.digest,
      "aws:region": "us-east-1",
    });
    expect(config("Pulumi.planned-serving-europe-west4.yaml")).toMatchObject({
      "capplan:foundation": "organization/capplan/planned-foundation-europe-west4",
      "gcp:region": "europe-west4",
    });
    expect(config("Pulumi.planned-edge.yaml")).toMatchObject({
      "capplan:place": "fleet",
      "capplan:serving": [
        "organization/capplan/planned-serving-europe-west4",
        "organization/capplan/planned-serving-us-east-1",
      ],
      "aws:region": "us-east-1",
      "gcp:region": "europe-west4",
    });
  });

  it("leaves the Google project to the person, and says so", () => {
    expect(files().get("Pulumi.planned-serving-europe-west4.yaml")).toContain("# gcp:project: ");
    expect(files().get(FOUNDATION)).not.toContain("gcp");
  });

  it("names stacks as Pulumi can", () => {
    const scenario = { ...plan.scenario, name: "Prod (EU & US) ümlaut!" };
    const paths = stackConfigs({ ...plan, scenario }, OPTIONS).map(({ path }) => path);
    expect(paths.at(-1)).toBe(
      "Pulumi.prod-EU-US-mlaut-edge.yaml".toLowerCase().replace("pulumi", "Pulumi"),
    );
    for (const path of paths) expect(path).toMatch(/^Pulumi\.[a-z0-9_.-]+\.yaml$/);
  });

  it("is written as it stands here", () => {
    const all = [...files()].map(([path, text]) => `==> ${path}\n${text}`).join("\n");
    expect(all).toContain(plan.digest);
    expectGolden("stack-configs.txt", all.replaceAll(plan.digest, "<digest>"));
  });
});

describe("mergeStackConfigs", () => {
  const merge = (existing: ReadonlyMap<string, string>, overwrite = false) =>
    mergeStackConfigs(wanted(), existing, { overwrite });

  it("makes files that are not there, and changes none that is as it should be", () => {
    expect(merge(new Map()).files.map(({ state }) => state)).toEqual(Array(5).fill("new"));
    const again = merge(files());
    expect(again.files.map(({ state }) => state)).toEqual(Array(5).fill("same"));
    expect(again.files.map(({ text }) => text)).toEqual([...files().values()]);
  });

  it("renews the plan and keeps a person's keys, comments and order", () => {
    const mine = [
      "# Mine.",
      "config:",
      "  other:key: 7 # why",
      "  capplan:layer: foundation",
      "  capplan:place: us-east-1",
      "  capplan:plan: old.plan.json",
      "  aws:region: us-east-1",
      "encryptionsalt: v1:abc",
      "",
    ].join("\n");
    const merged = merge(new Map([[FOUNDATION, mine]]));
    const file = merged.files.find(({ path }) => path === FOUNDATION)!;
    expect(file).toMatchObject({
      state: "changed",
      changes: [
        { key: "capplan:plan", before: "old.plan.json", after: "prod.plan.json" },
        { key: "capplan:planDigest", before: null, after: plan.digest },
      ],
    });
    expect(file.text).toBe(
      mine
        .replace("old.plan", "prod.plan")
        .replace("encryption", `  capplan:planDigest: ${plan.digest}\nencryption`),
    );
  });

  it("fails when a person has changed a key of the plan, unless told to overwrite it", () => {
    const text = files().get(FOUNDATION)!.replace("aws:region: us-east-1", "aws:region: us-west-2");
    const existing = new Map([[FOUNDATION, text]]);
    expect(problemsIn(() => merge(existing)).map(describeProblem)).toEqual([
      `${FOUNDATION}: aws:region: is us-west-2, and the plan says us-east-1; take your change out, or overwrite it with --force`,
    ]);
    const forced = merge(existing, true).files.find(({ path }) => path === FOUNDATION)!;
    expect(forced.text).toBe(files().get(FOUNDATION));
  });

  it.each(["config: [1]", "a: [", "config: text"])("fails when the file is %j", (text) => {
    const problems = problemsIn(() => merge(new Map([[FOUNDATION, text]])));
    expect(problems.map(describeProblem)).toEqual([
      `${FOUNDATION}: is no configuration of a Pulumi stack; repair it, or move it away to have it written anew`,
    ]);
  });

  it("names files of stacks that the plan no longer has, and no others", () => {
    const gone = files().get(FOUNDATION)!.replaceAll("us-east-1", "us-west-2");
    const existing = new Map([
      ["Pulumi.planned-foundation-us-west-2.yaml", gone],
      ["Pulumi.other.yaml", gone.replace("prod.plan.json", "other.plan.json")],
      ["Pulumi.none.yaml", "config: {}\n"],
    ]);
    expect(merge(existing).stale).toEqual(["Pulumi.planned-foundation-us-west-2.yaml"]);
  });
});
