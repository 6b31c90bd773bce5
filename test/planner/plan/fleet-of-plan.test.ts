import { beforeAll, describe, expect, it } from "@jest/globals";
import { fleetOfPlan, limitOfPlan } from "../../../planner/plan/fleet-of-plan";
import { readPlan } from "../../../planner/plan/read-plan";
import { writePlan } from "../../../planner/plan/write-plan";
import { problemsIn } from "../../support/scenario-text";
import { type PlannedCase, plannedCase } from "../../support/small-plan";

let planned: PlannedCase;
beforeAll(async () => {
  planned = await plannedCase();
});

describe("what stacks take out of a plan", () => {
  it("is the fleet that was simulated, number for number", () => {
    const plan = readPlan(writePlan(planned.plan));
    expect(fleetOfPlan(plan)).toEqual(planned.input.resolved.fleet);
  });

  it("is a limit by place, name and subject", () => {
    const { plan } = planned;
    expect(limitOfPlan(plan, "us-east-1/h100", "acceleratorsMax")?.value).toBe(24);
    expect(limitOfPlan(plan, "us-east-1", "vcpuQuota", "P instances spot")?.value).toBe(384);
    expect(limitOfPlan(plan, "us-east-1", "vcpuQuota")).toBeUndefined();
    expect(limitOfPlan(plan, "europe-west4", "vcpuQuota", "P instances spot")).toBeUndefined();
  });

  it("fails for a fleet that was edited into one that cannot be", () => {
    const text = writePlan(planned.plan).replace('"p5.48xlarge"', '"p9.large"');
    expect(problemsIn(() => fleetOfPlan(readPlan(text)))).toMatchObject([
      { path: "fleet.regions.us-east-1.pools.h100.instanceType" },
    ]);
  });
});
