/**
 * A fleet that is sized from one that is there: what changes cost decides what is bought, and is no part of what the
 * bound says that a fleet costs.
 */
import { expect, it } from "@jest/globals";
import { sizeFleet } from "../../../planner/sizing/size-fleet";
import { SMALL_SIZING, sizingContext, sizingTools } from "../../support/small-sizing";

it("bounds the cost of fleets from below, however much a change is taken to cost", async () => {
  const { solver, evaluations } = await sizingTools();
  const context = sizingContext(SMALL_SIZING);
  const executor = evaluations.executorFor(context);
  const size = async (usdPerHour: number) => {
    // From nothing: every replica is a change.
    const result = await sizeFleet(context, {
      solver,
      executor,
      watch: {},
      existing: { pools: [], usdPerHour },
    });
    if (result.kind !== "sized") throw new Error("there is a fleet");
    return result;
  };
  const [free, dear] = [await size(0), await size(50)];
  expect(dear.usdPerHour).toBeCloseTo(free.usdPerHour, 9);
  for (const { lowerBound, usdPerHour } of [free, dear]) {
    expect(lowerBound.usdPerHour!).toBeLessThanOrEqual(usdPerHour + 1e-6);
    expect(lowerBound.usdPerHour!).toBeGreaterThan(usdPerHour / 4);
    expect(lowerBound.gap!).toBeCloseTo(1 - lowerBound.usdPerHour! / usdPerHour, 9);
    expect(lowerBound.gapWithChanges!).toBeLessThanOrEqual(0.05 + 1e-6);
  }
}, 120_000);
