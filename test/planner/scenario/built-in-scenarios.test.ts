import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { unpricedParts } from "../../../planner/fleet/resolved-price";
import { builtInScenarios } from "../../../planner/scenario/built-in-scenarios";
import { INIT_TEMPLATE } from "../../../planner/scenario/init-template";
import { parseScenario } from "../../../planner/scenario/parse-scenario";
import { resolveScenario } from "../../../planner/scenario/resolve-scenario";
import { scenarioNotes } from "../../../planner/scenario/scenario-notes";
import { sizingProblem } from "../../../planner/sizing/sizing-problem";
import { compileProfile } from "../../../planner/traffic/rate-profile";
import { builtInFleets } from "../../support/built-in-fleets";

const ROOT = path.resolve(__dirname, "../../..");

function resolve(text: string) {
  return resolveScenario(parseScenario(text), { traces: new Map() });
}

describe("built-in scenarios", () => {
  it("are the files of the folder", () => {
    const files = readdirSync(path.join(ROOT, "planner/scenarios")).filter((file) =>
      file.endsWith(".yaml"),
    );
    expect(builtInScenarios.map(({ file }) => path.basename(file)).sort()).toEqual(files.sort());
  });

  it.each(builtInFleets)(
    "$name parses and resolves, has its name, objectives and prices, and no oddities",
    ({ name, file }) => {
      const scenario = resolve(readFileSync(path.join(ROOT, file), "utf8"));
      expect(scenario.name).toBe(name);
      expect(scenario.workloads.some(({ slo }) => slo.length > 0)).toBe(true);
      for (const pool of scenario.fleet.pools) expect(unpricedParts(pool)).toEqual([]);
      expect(scenarioNotes(scenario).filter(({ code }) => code !== "weight-only")).toEqual([]);
    },
  );

  it("three-region-sizing can be sized: three regions of two clouds, four workloads, two models", () => {
    const { file } = builtInScenarios.find(({ isToBeSized }) => isToBeSized)!;
    const spec = parseScenario(readFileSync(path.join(ROOT, file), "utf8"));
    expect(spec.name).toBe("three-region-sizing");
    const { demand, offers, search } = sizingProblem({ spec, traces: new Map() });
    expect(demand.regions.map(({ name }) => name)).toEqual([
      "europe-west4",
      "us-east-1",
      "us-west-2",
    ]);
    expect(new Set(demand.regions.map(({ cloud }) => cloud)).size).toBe(2);
    expect(demand.scenario.workloads).toHaveLength(4);
    expect(demand.groups.flatMap(({ models }) => models)).toHaveLength(2);
    expect(demand.losses).toHaveLength(1 + 3);
    expect(new Set(offers.map(({ region }) => region)).size).toBe(3);
    expect(search.quotas).toHaveLength(1);
  });

  it("support-assistant runs at the busiest time of its day", () => {
    const { workloads, horizon } = resolve(
      readFileSync(path.join(ROOT, "planner/scenarios/support-assistant.yaml"), "utf8"),
    );
    const { arrivals, origins } = workloads.find(({ name }) => name === "chat")!;
    if (arrivals.kind !== "open") throw new Error(arrivals.kind);
    const { total } = compileProfile(arrivals.profile, 1, origins);
    const { startSeconds, durationSeconds } = horizon;
    const perHour = Array.from({ length: 24 }, (_, hour) => total.rateAt(hour * 3600));
    const inRun =
      (total.countUntil(startSeconds + durationSeconds) - total.countUntil(startSeconds)) /
      durationSeconds;
    expect(inRun).toBeGreaterThan(0.99 * Math.max(...perHour));
  });

  it("support-assistant has three regions of two clouds, two models and three kinds of GPU", () => {
    const { fleet, workloads } = resolve(
      readFileSync(path.join(ROOT, "planner/scenarios/support-assistant.yaml"), "utf8"),
    );
    expect(fleet.regions).toHaveLength(3);
    expect(new Set(fleet.regions.map(({ spec }) => spec.cloud)).size).toBe(2);
    expect(new Set(workloads.map(({ model }) => model)).size).toBe(2);
    expect(new Set(fleet.pools.map(({ accelerator }) => accelerator.name)).size).toBe(3);
  });
});

describe("INIT_TEMPLATE", () => {
  it("is a scenario without oddities", () => {
    expect(scenarioNotes(resolve(INIT_TEMPLATE))).toEqual([]);
  });

  it("shows alternatives in comments that are good when switched on", () => {
    const alternatives = INIT_TEMPLATE.split("\n").filter((line) => /^ +# [a-z]+: \{/.test(line));
    expect(alternatives.length).toBeGreaterThanOrEqual(3);
    for (const line of alternatives) {
      const [key = ""] = line.trim().slice(2).split(":");
      const setting = line
        .trim()
        .slice(2)
        .slice(key.length + 1)
        .trim();
      const place = key === "profile" ? "arrivals.profile" : key;
      const parent = key === "purchase" ? "fleet.regions.us-east-1.pools.h100" : "workloads.chat";
      const overrides = [`${parent}.${place}=${setting}`];
      expect(() =>
        resolveScenario(parseScenario(INIT_TEMPLATE, { overrides }), { traces: new Map() }),
      ).not.toThrow();
    }
  });

  it("shows negotiated prices in comments that are good when switched on", () => {
    const [, comments = ""] = /\n# prices:([\s\S]*?)\n# faults:/.exec(INIT_TEMPLATE)!;
    const { prices, fleet } = resolve(
      `${INIT_TEMPLATE}\nprices:${comments.replaceAll("\n# ", "\n")}`,
    );
    expect(prices.overrides).toHaveLength(1);
    expect(fleet.pools[0]!.prices[0]!.kind).toBe("override");
  });

  it("shows faults and a game day in comments that are good when switched on", () => {
    const [plain = "", comments = ""] = INIT_TEMPLATE.split("\n# faults:");
    const on = `${plain}\nfaults:${comments.replaceAll("\n# ", "\n")}`;
    const { faults } = resolve(on);
    expect(faults.faults.map(({ name }) => name)).toEqual([
      "1-lose-us-east-1",
      "2-lose-each-node-of-fleet",
    ]);
    expect(parseScenario(on).stress?.failOn).toEqual({ availability: 0.99, recovery: 600 });
  });
});
