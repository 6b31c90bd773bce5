/** Plans of random fleets: workloads and evidence of a scenario that really ran, limits derived as sizing derives them. */
import { expect } from "@jest/globals";
import * as fc from "fast-check";
import { explicitFleet } from "../../../planner/fleet/explicit-fleet";
import { deriveLimits } from "../../../planner/plan/derive-limits";
import type { CapacityPlan } from "../../../planner/plan/plan-spec";
import { type FleetContext, fleetContext } from "../../../stacks/derive/fleet-context";
import { derivePlace, type PlaceContext } from "../../../stacks/derive/place-context";
import { readFleet } from "../../planner/fleet/small-fleet";
import { writtenFleet } from "../../support/random-fleet-spec";
import type { PlannedCase } from "../../support/small-plan";

const RUNS = { seed: 20261130, numRuns: 80 } as const;
const image = `docker.io/vllm/vllm-openai@sha256:${"1".repeat(64)}`;
/** What a serving layer needs beside its plan. */
export const SERVING_SETTINGS = {
  domain: "example.com",
  certificateSecret: "certificate",
  clientKeysSecret: "client-keys",
  isOpen: false,
  engineImage: image,
  weightsImage: image,
  pickerImage: image,
  sidecarImage: image,
  redisUrl: "redis:6379",
};

/** A random fleet in a plan; undefined when nothing good was left of the fleet. */
export function randomContext(base: PlannedCase): fc.Arbitrary<FleetContext | undefined> {
  const { resolved, runs, cost } = base.input;
  return writtenFleet.map((written) => {
    const { fleet } = written === undefined ? { fleet: undefined } : readFleet(written);
    if (fleet === undefined) return undefined;
    const { limits } = deriveLimits({ ...resolved, fleet, runs, cost });
    const plan: CapacityPlan = { ...base.plan, fleet: explicitFleet(fleet), limits: [...limits] };
    return fleetContext(plan);
  });
}

/** Every value in a tree that is no map and no list, with its path. */
export function leavesOf(value: unknown, path = ""): readonly (readonly [string, unknown])[] {
  if (typeof value !== "object" || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, item]) => {
    const step = Array.isArray(value) ? `[${key}]` : path === "" ? key : `.${key}`;
    return leavesOf(item, `${path}${step}`);
  });
}

/** The regions of a plan. */
export function placesOf(context: FleetContext): readonly PlaceContext[] {
  return context.fleet.regions.map(({ name }) => derivePlace(context, { place: name }).args!);
}

/** Holds for every plan. */
export function always(base: PlannedCase, law: (context: FleetContext) => void): void {
  let looked = 0;
  fc.assert(
    fc.property(randomContext(base), (context) => {
      if (context === undefined) return;
      looked += 1;
      law(context);
    }),
    RUNS,
  );
  expect(looked).toBeGreaterThan(RUNS.numRuns / 2);
}
