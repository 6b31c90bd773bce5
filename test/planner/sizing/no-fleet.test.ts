/** Searches that have no fleet, and some that only look so: what is said, and what would do. */
import { beforeAll, describe, expect, it } from "@jest/globals";
import type { Highs } from "highs";
import { loadSolver } from "../../../bin/load-solver";
import { localExecutor } from "../../../planner/execution/local-executor";
import { parseScenario } from "../../../planner/scenario/parse-scenario";
import { sizeFleet } from "../../../planner/sizing/size-fleet";
import type { SizingResult } from "../../../planner/sizing/sizing-result";
import { TWO_REGION_SIZING } from "../../support/two-region-sizing";

describe("a search without a fleet", () => {
  let solver: Highs;
  beforeAll(async () => {
    solver = await loadSolver();
  });

  const sized = async (overrides: readonly string[]): Promise<SizingResult> => {
    const context = { spec: parseScenario(TWO_REGION_SIZING, { overrides }), traces: [] };
    const executor = localExecutor("sizing", context, 1);
    return await sizeFleet(context, { solver, executor, watch: {} });
  };
  const conflictsOf = async (overrides: readonly string[]): Promise<readonly string[]> => {
    const result = await sized(overrides);
    if (result.kind === "sized") return ["there is a fleet"];
    return result.conflicts.map(({ path, message, relax }) => `${path}: ${message}; ${relax}`);
  };

  it("names quotas of 0, and what of each would do", async () => {
    const none = "{g6.xlarge: 0, l40s: 0}";
    expect(await conflictsOf([`search.quotas={us-east-1: ${none}, us-west-2: ${none}}`])).toEqual([
      "search.quotas.us-east-1.g6.xlarge: at most 0 × g6.xlarge in us-east-1; at least 2 needed",
      "search.quotas.us-east-1.l40s: at most 0 × l40s-48gb in us-east-1; at least 1 needed",
      "search.quotas.us-west-2.g6.xlarge: at most 0 × g6.xlarge in us-west-2; at least 2 needed",
      "search.quotas.us-west-2.l40s: at most 0 × l40s-48gb in us-west-2; at least 1 needed",
    ]);
  });

  it("names the loss and the quotas that do not go together", async () => {
    const conflicts = await conflictsOf([
      "search.quotas={us-west-2: {g6.xlarge: 1, g6e.xlarge: 0}}",
    ]);
    expect(conflicts.map((one) => one.split(":")[0])).toEqual([
      "survive[0]",
      "search.quotas.us-west-2.g6.xlarge",
      "search.quotas.us-west-2.g6e.xlarge",
    ]);
    // What is said to do does.
    const enough = "search.quotas={us-west-2: {g6.xlarge: 1, g6e.xlarge: 1}}";
    expect(await conflictsOf([enough])).toEqual(["there is a fleet"]);
  });

  it("says which region has nothing to take over with", async () => {
    // g6 and g6e are not sold in Jakarta: `capplan catalog prices region=ap-southeast-3`.
    const conflicts = await conflictsOf(["fleet.regions={us-east-1: {}, ap-southeast-3: {}}"]);
    expect(conflicts).toEqual([
      "survive[0]: the loss of any-region must break no objective; leave it out, or allow what is sold in ap-southeast-3 (search.hardware, search.purchase) or give it a price in prices.overrides: nothing there can serve llama-3.1-8b-instruct",
    ]);
  });

  it.each([
    ["ttft", "10 ms"],
    ["tpot", "5 ms"],
    ["e2e", "100 ms"],
  ])("says what is possible at best of %s", async (metric, limit) => {
    const [conflict = "", ...others] = await conflictsOf([
      `workloads.chat.slo={${metric}: {p95: ${limit}}}`,
    ]);
    expect(others).toEqual([]);
    const said = /at best, .*; allow (\S+ m?s), or faster hardware/.exec(conflict);
    expect(conflict).toMatch(
      new RegExp(`^workloads\\.chat\\.slo\\.${metric}\\.p95: no option for`),
    );
    // Twice of it is enough where requests stay near: the best is that of an idle replica beside its clients.
    const [value = "", unit = ""] = said![1]!.split(" ");
    const twice = `workloads.chat.slo={${metric}: {p95: ${2 * Number(value)} ${unit}}}`;
    expect((await sized([twice, "survive=[]"])).kind).toBe("sized");
  });

  it("says how near any fleet came where an idle replica would do, and a fleet does not", async () => {
    const tight = "workloads.chat.slo={ttft: {p95: 150 ms}}";
    const [conflict, ...others] = await conflictsOf([tight, "survive=[]"]);
    expect(others).toEqual([]);
    expect(conflict).toMatch(
      /^workloads\.chat\.slo\.ttft\.p95: none of \d+ fleets keeps 150 ms: 1[5-9]\d ms at best, .*; allow 1[5-9]\d ms, or faster hardware/,
    );
  });

  it("names residency that keeps requests where they are lost", async () => {
    const conflicts = await conflictsOf(["fleet.residency={us-east: [us-east-1]}"]);
    expect(conflicts.map((one) => one.split(":")[0])).toEqual(["survive[0]", "fleet.residency"]);
    const kept = ["fleet.residency={us-east: [us-east-1]}", "survive=[]"];
    expect((await sized(kept)).kind).toBe("sized");
  });

  it("names a pool that may be lost where there can be only one", async () => {
    const one = [
      "search.hardware=[g6.xlarge]",
      "fleet.regions.us-west-2=null",
      "fleet.failover=null",
    ];
    expect(await conflictsOf([...one, "survive=[any-pool]"])).toEqual([
      "survive[0]: the loss of any-pool must break no objective; leave it out",
    ]);
  });

  it("says why nothing that is for sale can serve a model", async () => {
    expect(await conflictsOf(["search.hardware=[g6.xlarge]", "search.purchase=[spot]"])).toEqual([
      "search.hardware: nothing that is for sale can serve llama-3.1-8b-instruct: no price of g6.xlarge in us-east-1 (spot): not sold there, or not known; no price of g6.xlarge in us-west-2 (spot): not sold there, or not known; allow other hardware, engines, regions or ways to buy, or give a price in prices.overrides",
    ]);
    const [tooSmall] = await conflictsOf([
      "search.hardware=[g6.xlarge]",
      "workloads.chat.model=llama-3.3-70b-instruct",
    ]);
    expect(tooSmall).toMatch(/nothing that is for sale can serve llama-3.3-70b-instruct: .*GiB/);
  });

  it("does not take these for impossible", async () => {
    for (const overrides of [
      // More replicas than one kind's quota: two kinds, or the other region.
      ["search.replicasMin=5", "search.quotas={us-east-1: {g6.xlarge: 4, g6e.xlarge: 4}}"],
      // A model that is only a fallback has nothing to carry.
      ["workloads.chat.fallback={model: qwen3-8b}"],
      // A zone, or a region, in which the fleet has nothing.
      ["survive=[any-zone]", "fleet.gateway.replicas=2"],
      ["survive=[{region: us-east-1}]"],
      // Each origin by itself.
      ["fleet.residency={us-east: [us-east-1], us-west: [us-west-2]}", "survive=[]"],
      ["survive=[any-pool]", "fleet.regions.us-west-2=null", "fleet.failover=null"],
      ["search.engine.split=[{prefill: 1, decode: 1}]"],
      ["workloads.chat.slo=null"],
    ]) {
      const result = await sized(overrides);
      expect([overrides, result.kind]).toEqual([overrides, "sized"]);
      if (result.kind !== "sized") continue;
      expect([overrides, ["PASS", "NONE"].includes(result.verdict)]).toEqual([overrides, true]);
      // The summary is priced from the resolved scenario, not from the programme.
      const priced = result.cases[0]!.summary.cost.usdPerHour;
      expect(priced).toBeCloseTo(result.usdPerHour, 6);
    }
  });
});
