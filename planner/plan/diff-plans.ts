/** What changed between two plans, and why: traffic, promises, prices, fleet, limits, margins, verdicts and cost. */

import { digestOf } from "../scenario/digest";
import { diffCost } from "./diff-cost";
import { diffFleets } from "./diff-fleets";
import { diffLeaves } from "./diff-leaves";
import { explainChanges } from "./explain-changes";
import {
  CHANGE_AREAS,
  type ChangeArea,
  type PlanChange,
  type PlanDiff,
  type PlanIdentity,
} from "./plan-diff";
import { checkDigest } from "./plan-digest";
import { fleetArea, planLeaves } from "./plan-leaves";
import { type CapacityPlan, PLAN_PARTS } from "./plan-spec";

/** The difference of two plans; empty for the same plan, and its own mirror image when they change places. */
export function diffPlans(before: CapacityPlan, after: CapacityPlan): PlanDiff {
  const changes = [...leafChanges(before, after), ...fleetChanges(before, after)].toSorted(
    (a, b) => CHANGE_AREAS.indexOf(a.area) - CHANGE_AREAS.indexOf(b.area),
  );
  return {
    schemaVersion: 1,
    before: identityOf(before),
    after: identityOf(after),
    isSame: PLAN_PARTS.every((part) => digestOf(before[part]) === digestOf(after[part])),
    changes: explainChanges(changes, before, after),
    cost: diffCost(before.cost, after.cost),
  };
}

function identityOf(plan: CapacityPlan): PlanIdentity {
  return {
    name: plan.scenario.name,
    digest: plan.digest,
    isIntact: checkDigest(plan).isIntact,
    capplan: plan.evidence.capplan,
  };
}

function leafChanges(before: CapacityPlan, after: CapacityPlan): PlanChange[] {
  const [was, is] = [planLeaves(before), planLeaves(after)];
  return CHANGE_AREAS.flatMap((area: ChangeArea) => {
    const differences = diffLeaves(was[area] ?? new Map(), is[area] ?? new Map());
    return differences.map((change) => ({ area, ...change, why: [] }));
  });
}

function fleetChanges(before: CapacityPlan, after: CapacityPlan): PlanChange[] {
  return diffFleets(before.fleet, after.fleet).map((change) => ({
    area: fleetArea(change.path),
    ...change,
    why: [],
  }));
}
