import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { SizingResult } from "../../../../planner/sizing/sizing-result";
import type { Frontier, FrontierPoint } from "../../../../planner/sizing/studies/frontier";
import { latencyFrontier } from "../../../../planner/sizing/studies/latency-frontier";
import { readWhatIfs } from "../../../../planner/sizing/studies/read-what-if";
import { runWhatIfs } from "../../../../planner/sizing/studies/run-what-ifs";
import { studyOutcome } from "../../../../planner/sizing/studies/study-outcome";
import { survivalFrontier } from "../../../../planner/sizing/studies/survival-frontier";
import {
  type SizingTools,
  SMALL_SIZING,
  sizeSmall,
  sizingContext,
  sizingTools,
} from "../../../support/small-sizing";

const SMALL = sizingContext(SMALL_SIZING);
let tools: SizingTools;
let base: SizingResult;

beforeAll(async () => {
  tools = await sizingTools();
  base = await sizeSmall(SMALL, tools);
});
afterAll(async () => await tools.evaluations.close());

const options = () => ({ ...tools, watch: {}, base });

function costs({ points }: Frontier): number[] {
  return points.flatMap(({ outcome }) => (outcome.kind === "sized" ? [outcome.usdPerHour] : []));
}

function named({ points }: Frontier, name: string): FrontierPoint {
  return points.find((point) => point.name === name)!;
}

describe("latencyFrontier", () => {
  it("never costs less for tighter limits, and asks nothing again that is known", async () => {
    const request = { factors: [2, 0.5, 1, 1.4], objectives: [] };
    const frontier = await latencyFrontier(SMALL, request, options());
    expect(frontier.points.map(({ factor }) => factor)).toEqual([2, 1.4, 1, 0.5]);
    const usd = costs(frontier);
    expect(usd).toHaveLength(4);
    expect(usd).toEqual(usd.toSorted((a, b) => a - b));
    expect(usd.at(-1)).toBeGreaterThan(usd[0]!);
    const asItIs = named(frontier, "1 × limits");
    expect(asItIs.isBase).toBe(true);
    expect(asItIs.outcome).toMatchObject({ usdPerHour: base.kind === "sized" && base.usdPerHour });
    // Between two points of one cost nothing is searched: the more demanding fleet does.
    const between = named(frontier, "1.4 × limits").outcome;
    expect(between).toMatchObject({ kind: "sized", fleetOf: "1 × limits" });
    const before = tools.opened();
    expect(await latencyFrontier(SMALL, request, options())).toEqual(frontier);
    expect(tools.opened()).toBe(before);
  });

  it("says of a fleet at looser limits what it has to spare there", async () => {
    const request = { factors: [1, 2], objectives: ["tpot"] };
    const { points } = await latencyFrontier(SMALL, request, options());
    const [looser, asItIs] = points.map(({ outcome }) => outcome);
    if (looser?.kind !== "sized" || asItIs?.kind !== "sized") throw new Error("expected fleets");
    const spare = (outcome: typeof looser, objective: string): number =>
      outcome.objectives.find((one) => one.objective === objective)!.toSpare!;
    expect(looser.usdPerHour).toBeLessThanOrEqual(asItIs.usdPerHour);
    expect(spare(looser, "tpot p95")).toBeGreaterThan(spare(asItIs, "tpot p95"));
  });

  it("shows a point that no fleet keeps, with the reason", async () => {
    const request = { factors: [0.01, 1], objectives: ["chat.ttft"] };
    const { points } = await latencyFrontier(SMALL, request, options());
    expect(points.map(({ outcome }) => outcome.kind)).toEqual(["sized", "infeasible"]);
    expect(points[1]!.outcome).toMatchObject({
      reasons: [expect.stringMatching(/^workloads\.chat\.slo\.ttft\.p95: .* keeps 6 ms even/)],
    });
  });
});

describe("survivalFrontier", () => {
  it("costs more the more may be lost, and says what cannot be asked", async () => {
    const frontier = await survivalFrontier(SMALL, options());
    expect(frontier.points.map(({ name }) => name)).toEqual([
      "nothing",
      "any-pool",
      "any-zone",
      "any-region",
      "any-cloud",
    ]);
    const usd = costs(frontier);
    expect(usd).toHaveLength(4);
    expect(usd).toEqual(usd.toSorted((a, b) => a - b));
    // With a region gone the other one needs all of the replicas.
    expect(usd.at(-1)).toBeGreaterThan(1.5 * usd[0]!);
    expect(named(frontier, "any-cloud").outcome).toEqual({
      kind: "not-applicable",
      reason: "every region is on aws",
    });
    expect(named(frontier, "nothing").isBase).toBe(true);
  });

  it("does not ask a single gateway to survive its zone, and goes on to regions", async () => {
    const alone = sizingContext(SMALL_SIZING, ["fleet.gateway.replicas=1"]);
    const frontier = await survivalFrontier(alone, options());
    expect(named(frontier, "any-zone").outcome).toEqual({
      kind: "not-applicable",
      reason: "the only gateway of a region is in one zone",
    });
    expect(named(frontier, "any-region").outcome.kind).toBe("sized");
  });
});

describe("runWhatIfs", () => {
  it("holds each against the scenario as it is", async () => {
    const texts = ["outputs=2x", "survive=any-region", "hardware=l4", "rate=0.5x"];
    const study = await runWhatIfs(studyOutcome(base), readWhatIfs(texts, SMALL), options());
    const [longer, safer, slower, fewer] = study.whatIfs;
    // Twice the answers need more, half the requests no more, and L4s cannot keep 40 ms for each token.
    expect(longer!.change!.share).toBeGreaterThan(0.2);
    expect(fewer!.change!.usdPerHour).toBeLessThanOrEqual(0);
    expect(safer!.change!.share).toBeGreaterThan(0);
    expect(slower!.change).toBeNull();
    expect(slower!.outcome).toMatchObject({ kind: "infeasible" });
    expect(safer!.change!.fleet.length).toBeGreaterThan(0);
    expect(longer!.change!.objectives.map(({ objective }) => objective).toSorted()).toEqual([
      "tpot p95",
      "ttft p95",
    ]);
  });

  it("runs nothing again for another search over the same traffic", async () => {
    const before = tools.opened();
    const whatIfs = readWhatIfs(["survive=any-region"], SMALL);
    const study = await runWhatIfs(studyOutcome(base), whatIfs, options());
    expect(study.whatIfs[0]!.outcome.kind).toBe("sized");
    expect(tools.opened()).toBe(before);
  });

  it("says which ones an interruption left undone", async () => {
    const watch = { isInterrupted: () => true };
    const whatIfs = readWhatIfs(["rate=1.7x"], SMALL);
    const study = await runWhatIfs(studyOutcome(base), whatIfs, { ...options(), watch });
    expect(study.whatIfs[0]).toMatchObject({ outcome: { kind: "interrupted" }, change: null });
  });
});
