/** Cold starts: the sum of their parts, in the mean and draw by draw. */
import { describe, expect, it } from "@jest/globals";
import { type Distribution, meanOf } from "../../../../planner/foundation/distributions";
import { RandomStream } from "../../../../planner/foundation/random";
import { ColdStarts } from "../../../../planner/simulation/autoscaling/cold-start";

const NODE: Distribution = { kind: "lognormal", median: 200, sigma: 0.4, max: 900 };
const PULL: Distribution = { kind: "exponential", mean: 60 };
const LOAD: Distribution = { kind: "normal", mean: 180, sd: 30, min: 60, max: 400 };

const coldStart = { nodeSeconds: NODE, imagePullSeconds: PULL, weightLoadSeconds: LOAD };

function draws(isNewNode: boolean, count: number): number[] {
  const starts = new ColdStarts({ coldStart }, new RandomStream(7, "cold-start"));
  return Array.from({ length: count }, () => secondsOf(starts, isNewNode));
}

function secondsOf(starts: ColdStarts, isNewNode: boolean): number {
  const { nodeSeconds, startSeconds } = starts.next();
  return (isNewNode ? nodeSeconds : 0) + startSeconds;
}

describe("ColdStarts", () => {
  it.each([
    [true, meanOf(NODE) + meanOf(PULL) + meanOf(LOAD)],
    [false, meanOf(PULL) + meanOf(LOAD)],
  ])(
    "has the sum of the means of its parts as its mean, on a new node: %s",
    (isNewNode, expected) => {
      const count = 20_000;
      const seconds = draws(isNewNode, count);
      const mean = seconds.reduce((sum, one) => sum + one, 0) / count;
      const squares = seconds.reduce((sum, one) => sum + (one - mean) ** 2, 0);
      const standardError = Math.sqrt(squares / (count - 1) / count);
      expect(Math.abs(mean - expected)).toBeLessThan(4 * standardError);
    },
  );

  it("is the sum itself when nothing is random", () => {
    const constant = (value: number): Distribution => ({ kind: "constant", value });
    const parts = {
      nodeSeconds: constant(240),
      imagePullSeconds: constant(30),
      weightLoadSeconds: constant(90),
    };
    const starts = new ColdStarts({ coldStart: parts }, new RandomStream(1, "x"));
    expect([secondsOf(starts, true), secondsOf(starts, false)]).toEqual([360, 120]);
  });

  it("draws the same pulls and loads whichever replicas need a node", () => {
    const mixed = new ColdStarts({ coldStart }, new RandomStream(7, "cold-start"));
    const onNewNodes = draws(true, 6);
    const whereTheyWere = draws(false, 6);
    for (let i = 0; i < 6; i++) {
      const isNewNode = i % 2 === 0;
      expect(secondsOf(mixed, isNewNode)).toBe(isNewNode ? onNewNodes[i] : whereTheyWere[i]);
      expect(onNewNodes[i]).toBeGreaterThan(whereTheyWere[i]!);
    }
  });
});
