/** The `prices` section of a scenario: negotiated prices and estimates, from the file to the pool. */
import { describe, expect, it } from "@jest/globals";
import { listPriceBook } from "../../../planner/catalog/prices/list-price-book";
import { describeProblem, PlannerError } from "../../../planner/foundation/errors";
import { describeResolved } from "../../../planner/scenario/describe-resolved";
import { parseScenario } from "../../../planner/scenario/parse-scenario";
import { priceBookOf } from "../../../planner/scenario/resolve-prices";
import { resolveScenario } from "../../../planner/scenario/resolve-scenario";
import { scenarioNotes } from "../../../planner/scenario/scenario-notes";

function textWith(prices: string, pool = "", fleet = ""): string {
  return `
workloads:
  chat:
    model: llama-3.1-8b-instruct
    arrivals: { rate: 1/s }
    tokens: { input: 500, output: 100 }
fleet:
  regions:
    us-east-1:
      pools:
        h100: { model: llama-3.1-8b-instruct, instanceType: p5.48xlarge, replicas: 8${pool} }
${fleet}${prices}`;
}

function resolve(text: string) {
  return resolveScenario(parseScenario(text), { traces: new Map() });
}

function problemsOf(text: string): string[] {
  try {
    resolve(text);
  } catch (error) {
    if (error instanceof PlannerError) return error.problems.map(describeProblem);
    throw error;
  }
  return [];
}

const listed = listPriceBook().byKey.get("aws p5.48xlarge us-east-1 on-demand")!.usdPerHour;
const priceOf = (text: string) => resolve(text).fleet.pools[0]!.prices[0];

describe("prices", () => {
  it("are those of the price book when nothing is said", () => {
    const { prices } = resolve(textWith(""));
    expect(prices).toEqual({
      book: listPriceBook().identity,
      overrides: [],
      estimateSpot: false,
      estimateServices: false,
    });
    expect(priceBookOf(prices)).toBe(listPriceBook());
  });

  it("take a discount, and a price in dollars before it, and name the book that comes of it", () => {
    const discount = "prices: { overrides: [{ cloud: aws, discount: 12%, source: agreement }] }";
    expect(priceOf(textWith(discount))).toMatchObject({
      kind: "override",
      usdPerReplicaHour: expect.closeTo((listed * 0.88) / 8, 9),
      source: expect.stringMatching(/^agreement on /),
    });
    const both = `
prices:
  overrides:
    - { discount: 12% }
    - { region: us-east-1, instanceType: p5.48xlarge, purchase: on-demand, usdPerHour: $40, date: 2026-11-01 }
`;
    expect(priceOf(textWith(both))).toMatchObject({ usdPerReplicaHour: 5, date: "2026-11-01" });
    const { prices, digest } = resolve(textWith(both));
    expect(prices.book.id).toBe("capplan-list+overrides");
    expect(priceBookOf(prices).identity).toEqual(prices.book);
    expect(digest).not.toBe(resolve(textWith(discount)).digest);
  });

  it("estimate spot prices only when asked, and mark them", () => {
    const pool = ", purchase: { spot: rest }";
    const g6 = (prices: string) =>
      priceOf(textWith(prices, pool).replace("p5.48xlarge", "g6.xlarge"));
    expect(g6("")).toBeUndefined();
    expect(g6("prices: { estimateSpot: true }")).toMatchObject({
      purchase: "spot",
      kind: "estimated",
    });
    // Where the book has one, it is taken.
    expect(priceOf(textWith("prices: { estimateSpot: true }", pool))).toMatchObject({
      kind: "spot-observed",
    });
  });

  it.each([
    [
      "a discount that is no share",
      "{ discount: 120% }",
      'prices.overrides[0].discount: must be at most 1 (100%), got "120%"',
    ],
    [
      "a discount of everything",
      "{ discount: 1 }",
      "prices.overrides[0].discount: a discount is a share between 0 and 1, got 1",
    ],
    [
      "neither discount nor price",
      "{ cloud: aws }",
      "prices.overrides[0]: give either discount or usdPerHour",
    ],
    [
      "an unknown option",
      "{ discount: 0.1, purchase: preemptible }",
      'prices.overrides[0].purchase: unknown purchase option "preemptible"; use on-demand, spot, reserved-1y, reserved-3y or capacity-block',
    ],
    [
      "an unknown key",
      "{ discont: 0.1 }",
      'prices.overrides[0].discont: unknown key; did you mean "discount"?',
    ],
    [
      "an unknown type",
      "{ discount: 0.1, instanceType: p5.48xlrge }",
      'prices.overrides[0].instanceType: unknown name "p5.48xlrge"; did you mean "p5.48xlarge"?',
    ],
    [
      "a date that is none",
      "{ discount: 0.1, date: 2026-02-30 }",
      'prices.overrides[0].date: must be a day such as 2026-09-27, got "2026-02-30"',
    ],
    [
      "a placeholder",
      "{ region: us-east-1, instanceType: p5.48xlarge, purchase: spot, usdPerHour: 9999 }",
      "prices.overrides[0].usdPerHour: 9999 looks like a placeholder: an accelerator costs from 0.01 to 50 an hour; it is of the instance with 8 accelerators, per hour",
    ],
  ])("refuse %s", (_, override, problem) => {
    expect(problemsOf(textWith(`prices: { overrides: [${override}] }`))).toEqual([problem]);
  });

  it("list all problems at once, with those of the fleet", () => {
    const prices = `
prices:
  overrides:
    - { discount: 0.1, region: us-esat-1 }
    - { usdPerHour: 5 }
`;
    const problems = problemsOf(textWith(prices, ", purchase: { onDemand: 1 }"));
    expect(problems.map((text) => text.split(":")[0])).toEqual([
      "prices.overrides[0].region",
      "prices.overrides[1].region",
      "prices.overrides[1].instanceType",
      "prices.overrides[1].purchase",
      "fleet.regions.us-east-1.pools.h100.purchase",
    ]);
  });

  it("are noted where they stand to others as prices seldom do", () => {
    const notesOf = (override: string) =>
      scenarioNotes(resolve(textWith(`prices: { overrides: [${override}] }`)))
        .filter(({ about }) => about === "prices.overrides")
        .map(({ message }) => message);
    const place = "region: us-east-1, instanceType: p5.48xlarge";
    expect(notesOf(`{ ${place}, purchase: spot, usdPerHour: 60 }`)).toEqual([
      "the spot price of p5.48xlarge in us-east-1, $60, is above the on-demand price of $55.04",
      "the spot price of p5.48xlarge in us-east-1, $60, is 3.21 × the price in the price book",
    ]);
    expect(notesOf(`{ ${place}, purchase: on-demand, discount: 50% }`)).toEqual([
      "the capacity-block price of p5.48xlarge in us-east-1, $41.528, is above the on-demand price of $27.52",
      "the reserved-1y price of p5.48xlarge in us-east-1, $34.6752, is above the on-demand price of $27.52",
    ]);
    expect(notesOf("{ discount: 10% }")).toEqual([]);
  });

  it("are needed of every pool by cheapest-first routing", () => {
    const fleet = "  routing: { policy: cheapest-first }\n";
    expect(problemsOf(textWith("", "", fleet))).toEqual([]);
    expect(
      problemsOf(
        textWith("", ", purchase: { reserved3y: rest }", fleet).replace("us-east-1", "eu-west-2"),
      ),
    ).toEqual([
      "fleet.regions.eu-west-2.pools.h100.price: is missing; cheapest-first routing needs the price of every pool, and the price book has no reserved-3y price of p5.48xlarge there; for example price: $27.52, for a replica and hour",
    ]);
  });

  it("are shown by validate, with their source, and the mix of a pool", () => {
    const text = textWith(
      "prices: { estimateSpot: true }",
      ", purchase: { reserved1y: 2, onDemand: rest }, engine: { tensorParallel: 4 }",
    );
    const spec = parseScenario(text);
    const rows = describeResolved(spec, resolveScenario(spec, { traces: new Map() }));
    const row = (path: string) => rows.find((one) => one.path === path);
    const pool = "fleet.regions.us-east-1.pools.h100";
    expect(row(`${pool}.purchase.reserved1y`)).toMatchObject({ value: "2", origin: "given" });
    expect(row(`${pool}.purchase.onDemand`)).toMatchObject({ value: "6", note: "the rest of 8" });
    expect(row(`${pool}.price.onDemand`)).toMatchObject({
      value: `$${(listed / 2).toFixed(2)}/h`,
      note: expect.stringMatching(/^list: on demand \(.*, 2026-07-20\)$/),
    });
    expect(row("prices.estimateSpot")).toMatchObject({ value: "true", origin: "given" });
    expect(row("prices.book")).toMatchObject({ value: expect.stringContaining("capplan-list") });
  });
});
