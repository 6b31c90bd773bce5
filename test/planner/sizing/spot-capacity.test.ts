/**
 * Spot capacity that is taken back too often for the promises: what it cannot do, as much hardware that is not taken
 * back still can, so that a fleet of it is the answer. An interruption a minute leaves no replica to speak of.
 */
import { beforeAll, describe, expect, it } from "@jest/globals";
import type { SizedFleet } from "../../../planner/sizing/sizing-result";
import {
  type SizingTools,
  SMALL_SIZING,
  sizeSmall,
  sizingContext,
  sizingTools,
} from "../../support/small-sizing";

const AT_WILL = ["prices.estimateSpot=true", "search.spotShareMax=100%"];
const OFTEN = "fleet.spot.interruptionsPerHour=60";

describe("sizing with spot capacity", () => {
  let tools: SizingTools;
  beforeAll(async () => {
    tools = await sizingTools();
  });

  async function sized(...overrides: readonly string[]): Promise<SizedFleet> {
    const result = await sizeSmall(sizingContext(SMALL_SIZING, [...AT_WILL, ...overrides]), tools);
    if (result.kind !== "sized") throw new Error("there is a fleet");
    return result;
  }

  const boughtAs = ({ pools }: SizedFleet): Set<string> =>
    new Set(pools.flatMap(({ purchases }) => purchases.map(({ purchase }) => purchase)));

  it("buys it where it is never taken back, and something else where it always is", async () => {
    const ways = "search.purchase=[spot, on-demand]";
    const calm = await sized(ways, "fleet.spot.interruptionsPerHour=0");
    const restless = await sized(ways, OFTEN);
    expect([calm.verdict, restless.verdict]).toEqual(["PASS", "PASS"]);
    expect([...boughtAs(calm)]).toEqual(["spot"]);
    expect([...boughtAs(restless)]).toEqual(["on-demand"]);
    expect(calm.usdPerHour).toBeLessThan(restless.usdPerHour);
  }, 120_000);

  it("finds the same fleet in whichever order the ways to buy are written", async () => {
    const first = await sized("search.purchase=[spot, on-demand]", OFTEN);
    const second = await sized("search.purchase=[on-demand, spot]", OFTEN);
    expect(second.pools).toEqual(first.pools);
  }, 120_000);
});
