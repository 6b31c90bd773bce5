/** Every rule of the policy pack with stacks that break it and stacks that keep it, through the pack's own analyzer. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { writePlan } from "../../../planner/plan/write-plan";
import {
  type PolicyAnalyzer,
  type RuleConfigs,
  startPolicyAnalyzer,
} from "../../support/policy-analyzer";
import { plannedCase } from "../../support/small-plan";
import { accountCases } from "./cases/account";
import { clusterCases } from "./cases/clusters";
import { dataCases } from "./cases/data";
import { trafficCases } from "./cases/traffic";
import type { RuleCase } from "./rule-case";

const cases = [...clusterCases, ...dataCases, ...trafficCases, ...accountCases];
const PLAN_RULES = ["gpu-pools-are-within-plan", "timeouts-outlast-streams", "fleet-has-budget"];

let folder: string;
let analyzer: PolicyAnalyzer;
beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "capplan-policy-"));
  const [{ plan }, started] = await Promise.all([plannedCase(), startPolicyAnalyzer()]);
  analyzer = started;
  fs.writeFileSync(path.join(folder, "planned.plan.json"), writePlan(plan));
  const edited = writePlan(plan).replaceAll('"requestTimeoutSeconds"', '"dnsDetectionSeconds"');
  fs.writeFileSync(path.join(folder, "edited.plan.json"), edited);
}, 60_000);
afterAll(() => {
  analyzer?.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** What the rule of a case says. */
async function said({ rule, resources, config }: RuleCase) {
  const planned = PLAN_RULES.includes(rule)
    ? { plan: path.join(folder, "planned.plan.json"), place: "us-east-1" }
    : {};
  const configs: RuleConfigs =
    config === undefined && Object.keys(planned).length === 0
      ? {}
      : { [rule]: { ...planned, ...config } };
  const violations = await analyzer.judge(resources, configs);
  return violations.filter((one) => one.rule === rule);
}

/** In an order that does not depend on that of the answers. */
const sorted = (breaches: readonly (readonly [string, string])[]) =>
  breaches.map(([resource, message]) => `${resource} | ${message}`).sort();

describe("the policy pack", () => {
  for (const one of cases) {
    const isKept = one.breaches.length === 0;
    it(`${one.rule} ${isKept ? "accepts" : "refuses"} ${one.what}`, async () => {
      const violations = await said(one);
      // Each message, cut to as much of it as the case names.
      const found = violations.map(({ resource, message }): [string, string] => {
        const [, start = message] =
          one.breaches.find(([name, text]) => name === resource && message.startsWith(text)) ?? [];
        return [resource, start];
      });
      expect(sorted(found)).toEqual(sorted(one.breaches));
      expect(violations.every(({ level }) => level === "mandatory")).toBe(true);
    });
  }

  it("has a stack that breaks and one that keeps each rule", () => {
    const names = (isKept: boolean) => [
      ...new Set(
        cases.filter(({ breaches }) => (breaches.length === 0) === isKept).map(({ rule }) => rule),
      ),
    ];
    const rules = analyzer.rules.map(({ name }) => name).sort();
    expect(names(false).sort()).toEqual(rules);
    expect(names(true).sort()).toEqual(rules);
  });

  it("has all rules on but the one that not everybody needs", () => {
    const off = analyzer.rules.filter(({ isOn }) => !isOn).map(({ name }) => name);
    expect(off).toEqual(["data-is-under-own-keys"]);
  });

  it("judges by no plan that was edited after it was verified", async () => {
    const rule = "timeouts-outlast-streams";
    const backends = clusterless("gcp:compute/backendService:BackendService");
    const plan = path.join(folder, "edited.plan.json");
    const violations = await analyzer.judge([backends], { [rule]: { plan } });
    expect(violations.find((one) => one.rule === rule)?.message).toMatch(
      /limits was edited after the plan was verified/,
    );
  });

  it("says that it has no plan where neither the stack nor the configuration names one", async () => {
    const backends = clusterless("gcp:compute/backendService:BackendService");
    const violations = await analyzer.judge([backends]);
    expect(violations.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^no plan to judge by: .* set capplan:plan$/),
    ]);
  });
});

function clusterless(type: string) {
  return { type, name: "backends", inputs: {} };
}
