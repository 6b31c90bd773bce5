/** A plan as a file: the same bytes each time, the same plan when it is read, and every edit found. */
import { beforeAll, describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { buildPlan } from "../../../planner/plan/build-plan";
import { checkDigest } from "../../../planner/plan/plan-digest";
import { PLAN_PARTS } from "../../../planner/plan/plan-spec";
import { readPlan } from "../../../planner/plan/read-plan";
import { writePlan } from "../../../planner/plan/write-plan";
import { type PlannedCase, plannedCase } from "../../support/small-plan";

let planned: PlannedCase;
beforeAll(async () => {
  planned = await plannedCase();
});

describe("a plan", () => {
  it("prints", () => {
    console.log(writePlan(planned.plan));
    expect(writePlan(readPlan(writePlan(planned.plan)))).toBe(writePlan(planned.plan));
    expect(checkDigest(readPlan(writePlan(planned.plan)))).toEqual({ isIntact: true, edited: [] });
  });
});
