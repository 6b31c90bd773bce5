/**
 * The search against brute force on small random spaces: it finds the cheapest fleet that holds, or states a gap that
 * covers it; its lower bound is never above that fleet's cost, and there is no fleet exactly where brute force finds
 * none. Both ask the same simulator; nothing else is shared. SIZING_CASES sets how many instances are tried.
 */
import { beforeAll, describe, expect, it } from "@jest/globals";
import { loadSolver } from "../../bin/load-solver";
import { TooManyFleets } from "../support/brute-force-sizing";
import { type Comparison, compare } from "../support/compare-sizing";
import { Coverage } from "../support/law-tools";
import { randomSizing } from "../support/random-sizing";

const CASES = Number(process.env["SIZING_CASES"] ?? 24);
const FIRST = Number(process.env["SIZING_FIRST"] ?? 1);
/** Far below the price of anything. */
const CENT = 1e-6;

describe("the search and brute force", () => {
  const compared: { readonly number: number; readonly result: Comparison }[] = [];
  const seen = new Coverage();
  let skipped = 0;

  beforeAll(async () => {
    const solver = await loadSolver();
    for (let number = FIRST; number < FIRST + CASES; number++) {
      const instance = randomSizing(number);
      try {
        compared.push({ number, result: await compare(instance, solver) });
        for (const trait of instance.traits) seen.add(trait, 1);
      } catch (error) {
        if (!(error instanceof TooManyFleets)) throw error;
        skipped++;
      }
    }
  }, 600_000);

  const expectEach = (isRight: (result: Comparison) => boolean): void => {
    expect(compared.length).toBeGreaterThan(0);
    expect(compared.filter(({ result }) => !isRight(result))).toEqual([]);
  };

  it("agree on whether there is a fleet at all", () => {
    expectEach(({ found, optimum }) => (found === undefined) === (optimum === undefined));
  });

  it("have the search's fleet hold in the simulator", () => {
    expectEach(({ isHeld }) => isHeld);
  });

  it("have the bounds in order: analytic, proven, the cheapest fleet, the search's fleet", () => {
    expectEach(({ found, optimum, lowerBound, analyticBound }) => {
      if (found === undefined) return true;
      const bounds = [analyticBound!, lowerBound!, optimum!, found];
      return bounds.every((bound, place) => place === 0 || bounds[place - 1]! <= bound + CENT);
    });
  });

  it("agree on the cheapest fleet where no gap was allowed and the budget was not spent", () => {
    expectEach(
      ({ found, optimum, gap, isSpent }) =>
        found === undefined || gap > 0 || isSpent || found <= optimum! + CENT,
    );
  });

  it("have the gap that was asked for where the budget was not spent", () => {
    expectEach(
      ({ found, lowerBound, gap, isSpent }) =>
        found === undefined || isSpent || lowerBound! >= found * (1 - gap) - CENT,
    );
  });

  it("were put to the test", () => {
    if (CASES < 24) return;
    expect(skipped).toBeLessThan(CASES / 8);
    const none = compared.filter(({ result }) => result.found === undefined).length;
    expect(none).toBeGreaterThan(2);
    expect(none).toBeLessThan(CASES / 2);
    const fleets = compared.reduce((sum, { result }) => sum + result.fleetsTried, 0);
    expect(fleets).toBeGreaterThan(10 * CASES);
    if (CASES < 50) return;
    seen.expectAll([
      ..."any-region any-zone any-pool pooled latency geo primaryBackup residency".split(" "),
      ..."quotas chain bursty diurnal replicasMin regionsMin".split(" "),
      "two models",
      "shared nodes",
      "on-demand and spot",
      "reserved-1y and on-demand",
    ]);
  });
});
