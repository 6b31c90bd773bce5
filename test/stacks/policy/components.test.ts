/** What the components make by default keeps every rule of the policy pack, in a preview and once it is there. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { writePlan } from "../../../planner/plan/write-plan";
import { dnsArgs, dnsProgram } from "../../components/dns/dns-fixture";
import { registered } from "../../support/mini-engine/in-process";
import {
  judgedResources,
  type PolicyAnalyzer,
  startPolicyAnalyzer,
} from "../../support/policy-analyzer";
import { plannedCase } from "../../support/small-plan";
import {
  longestSilenceSeconds,
  longestStreamSeconds,
  placeOnAws,
  placeOnGcp,
} from "./every-component";

let folder: string;
let analyzer: PolicyAnalyzer;
beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "capplan-policy-"));
  const [{ plan }, started] = await Promise.all([plannedCase(), startPolicyAnalyzer()]);
  analyzer = started;
  fs.writeFileSync(path.join(folder, "planned.plan.json"), writePlan(plan));
}, 60_000);
afterAll(() => {
  analyzer?.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

const world = {
  invokes: {
    "aws:index/getCallerIdentity:getCallerIdentity": () => ({ accountId: "123456789012" }),
  },
};
const dns = (...args: Parameters<typeof dnsArgs>) => {
  const made = dnsArgs(...args);
  return dnsProgram({ ...made, allocation: { ...made.allocation, planDigest: "0123456789ab" } });
};

describe("components and the policy pack", () => {
  it.each([
    ["a place on AWS", "us-east-1", placeOnAws],
    ["a place on Google Cloud", "europe-west4", placeOnGcp],
    ["latency over failover pairs", "us-east-1", dns("latency", 3, "route53")],
    ["a primary and its backups on both clouds", "us-east-1", dns("primary-backup", 2, "both")],
    ["continents", "us-east-1", dns("geo", 3, "both")],
    ["weights", "us-east-1", dns("weighted", 3, "both")],
  ] as const)("%s keeps all rules", async (_, place, program) => {
    const plan = path.join(folder, "planned.plan.json");
    const configs = {
      "gpu-pools-are-within-plan": { plan, place },
      "fleet-has-budget": { plan, place, layer: "foundation" },
      "timeouts-outlast-streams": {
        requestSeconds: longestStreamSeconds,
        idleSeconds: longestSilenceSeconds,
      },
    };
    for (const isPreview of [true, false]) {
      const run = await registered(program, { ...world, isPreview });
      const resources = judgedResources(run);
      expect(resources.length).toBeGreaterThan(5);
      expect(await analyzer.judge(resources, configs)).toEqual([]);
    }
  });
});
