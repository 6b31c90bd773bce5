import { beforeAll, describe, expect, it } from "@jest/globals";
import type { SizedFleet } from "../../../../planner/sizing/sizing-result";
import type {
  ScalingStudy,
  ScalingVariant,
} from "../../../../planner/sizing/studies/scaling-study";
import { scalingVariants } from "../../../../planner/sizing/studies/scaling-variants";
import {
  type SizingTools,
  SMALL_SIZING,
  sizeSmall,
  sizingContext,
  sizingTools,
  VARYING_SIZING,
} from "../../../support/small-sizing";

const HOUR = 3600;
let tools: SizingTools;
let sized: SizedFleet;
let study: ScalingStudy;

async function fleetOf(text: string): Promise<SizedFleet> {
  const result = await sizeSmall(sizingContext(text), tools);
  if (result.kind !== "sized") throw new Error("expected a fleet");
  return result;
}

beforeAll(async () => {
  tools = await sizingTools();
  sized = await fleetOf(VARYING_SIZING);
  study = await scalingVariants(sizingContext(VARYING_SIZING), sized, { ...tools, watch: {} });
});

function variant(name: ScalingVariant["name"]): ScalingVariant {
  return study.variants.find((one) => one.name === name)!;
}

describe("scalingVariants", () => {
  it("bills the static fleet as it was sized", () => {
    expect(variant("static").usdPerHour).toBeCloseTo(sized.usdPerHour, 9);
    expect(variant("static").damage).toEqual([
      { workload: "chat", outsideShare: expect.any(Number), addedShare: 0, stretches: [] },
    ]);
  });

  it("bills a schedule no more than all replicas, and no less than what the hours need", () => {
    const { usdPerHour } = variant("scheduled");
    expect(usdPerHour).toBeLessThan(variant("static").usdPerHour!);
    expect(usdPerHour).toBeGreaterThanOrEqual(study.hourlyUsdPerHour!);
  });

  it("needs all of the fleet in the highest hour, and less in the others", () => {
    const all = sized.pools.reduce((sum, { replicas }) => sum + replicas, 0);
    const [first, second, third] = study.hours;
    expect(study.hours.map(({ callsPerSecond }) => callsPerSecond)).toEqual([
      expect.closeTo(0.5, 6),
      expect.closeTo(3, 6),
      expect.closeTo(1, 6),
    ]);
    expect(second!.replicas).toBe(all);
    expect(first!.replicas).toBeLessThan(third!.replicas);
    expect(third!.replicas).toBeLessThan(all);
  });

  it("has the replicas of each hour ready when it begins", () => {
    for (const { fromSeconds, toSeconds, ready } of variant("scheduled").replicas) {
      const hour = study.hours.find(
        (one) => one.fromSeconds <= fromSeconds && toSeconds <= one.toSeconds,
      );
      if (hour !== undefined) expect(ready).toBeGreaterThanOrEqual(hour.replicas - 1e-6);
    }
    // And gives them back: an hour on, only those of the last hour are left.
    expect(variant("scheduled").replicas.at(-1)!.ready).toBeCloseTo(study.hours[2]!.replicas, 6);
  });

  it("withstands the loss of a region at every hour where replicas follow the schedule", () => {
    expect(variant("static").survival).toEqual({ keptShare: 1, isKept: true, worst: null });
    expect(variant("scheduled").survival).toMatchObject({ isKept: true });
  });

  it("says that replicas that follow the load come too late for a loss", () => {
    const { survival } = variant("autoscaled");
    expect(survival).toMatchObject({ isKept: false });
    expect(survival!.worst!.loss).toMatch(/^us-(east-1|west-2) lost$/);
    // When the load has risen and the replicas have not.
    expect(survival!.worst!.atSeconds).toBeGreaterThanOrEqual(HOUR);
    expect(survival!.worst!.atSeconds).toBeLessThan(1.25 * HOUR);
    expect(study.choice).toMatchObject({ chosen: "scheduled" });
    expect(study.choice.against.find(({ name }) => name === "autoscaled")!.reasons).toContain(
      "survival",
    );
  });

  it("scales between the lowest hour and all of the pool", () => {
    for (const { name, pools } of [variant("scheduled"), variant("autoscaled")]) {
      for (const pool of pools) {
        const own = sized.pools.find(
          (one) => one.name === pool.name && one.region === pool.region,
        )!;
        expect([name, pool.max]).toEqual([name, own.replicas]);
        expect(pool.min).toBeLessThan(pool.max);
        expect(pool.min).toBeGreaterThanOrEqual(1);
      }
    }
    const [pool] = variant("autoscaled").pools;
    const holds = sized.options.find(({ isUsed }) => isUsed)!.holds;
    // Half of what a replica takes at most: the other region's half comes when that one is lost.
    expect(pool!.autoscaling).toMatchObject({ metric: "request-rate", target: { unit: "rate" } });
    expect(pool!.autoscaling!.target.value).toBeLessThan(0.6 * holds);
  });

  it("gives the same again", async () => {
    const again = await scalingVariants(sizingContext(VARYING_SIZING), sized, {
      ...tools,
      watch: {},
    });
    expect(again).toEqual(study);
  });

  it("leaves a load alone that does not vary", async () => {
    const flat = await scalingVariants(sizingContext(SMALL_SIZING), await fleetOf(SMALL_SIZING), {
      ...tools,
      watch: {},
    });
    expect(flat.variants.map(({ name }) => name)).toEqual(["static"]);
    expect(flat.choice).toEqual({ chosen: "static", against: [] });
    expect(flat.variants[0]!.survival).toBeNull();
  });
});
