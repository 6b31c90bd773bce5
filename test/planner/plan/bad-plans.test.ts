/** Plans that are none: each refused with what is wrong, where, and what to do, and nothing else. */
import { beforeAll, describe, expect, it } from "@jest/globals";
import { describeProblem } from "../../../planner/foundation/errors";
import type { CapacityPlan } from "../../../planner/plan/plan-spec";
import { readPlan } from "../../../planner/plan/read-plan";
import { writePlan } from "../../../planner/plan/write-plan";
import { problemsIn } from "../../support/scenario-text";
import { PLANNED_SCENARIO, plannedCase } from "../../support/small-plan";

let text: string;
beforeAll(async () => {
  text = writePlan((await plannedCase()).plan);
});

const shown = (content: string): string[] =>
  problemsIn(() => readPlan(content, { source: "p.plan.json" })).map(describeProblem);

type Tree = { [key: string]: Tree };

/** The plan with one value set, or taken out. */
function changed(path: string, value: unknown): string {
  const plan = JSON.parse(text) as Tree;
  const steps = path.split(".");
  const last = steps.pop()!;
  const place = steps.reduce((tree, step) => tree[step]!, plan);
  if (value === undefined) delete place[last];
  else place[last] = value as Tree;
  return JSON.stringify(plan);
}

describe("files that are no plans", () => {
  const cases: [string, () => string, string][] = [
    ["an empty file", () => " \n", "p.plan.json: is empty; capplan size writes plans"],
    [
      "some text",
      () => "Dear all,",
      "p.plan.json: is not JSON, so no plan; capplan size writes plans",
    ],
    [
      "a scenario in YAML",
      () => PLANNED_SCENARIO,
      "p.plan.json: is not JSON, so no plan; capplan size writes plans",
    ],
    [
      "a scenario in JSON",
      () => '{"workloads": {}, "fleet": {}}',
      "p.plan.json: is a scenario, not a plan; capplan size p.plan.json makes a plan of it",
    ],
    [
      "the result of a simulation",
      () => '{"schemaVersion": 1, "verdict": "PASS", "horizonSeconds": 60}',
      "p.plan.json: is the result of a simulation, not a plan; capplan size writes plans",
    ],
    [
      "a list",
      () => "[1, 2]",
      "p.plan.json: expected a plan, got a list; capplan size writes plans",
    ],
    ["a number", () => "3", "p.plan.json: expected a plan, got 3; capplan size writes plans"],
    [
      "half a plan",
      () => text.slice(0, text.length / 2),
      "p.plan.json: ends in the middle: a part of the file is missing; copy it again, or make it again",
    ],
    [
      "a plan with a comma too few",
      () => text.replace('"schemaVersion": 1,', '"schemaVersion": 1'),
      "p.plan.json:3:3: is not JSON here; look for a comma or a quote too many or too few",
    ],
    [
      "a plan with a key twice",
      () => text.replace('"schemaVersion": 1,', '"schemaVersion": 1, "schemaVersion": 1,'),
      "p.plan.json:2:23: this key is given twice in the same map; keep one of them",
    ],
    [
      "a plan without a version",
      () => changed("schemaVersion", undefined),
      "schemaVersion: is missing from p.plan.json; this capplan reads plans of version 1; capplan size writes plans",
    ],
    [
      "a plan of a newer version",
      () => changed("schemaVersion", 2),
      "schemaVersion: this capplan reads plans of version 1, got 2 in p.plan.json; use a newer capplan, or make the plan again with this one: capplan size",
    ],
    [
      "a plan of an older version",
      () => changed("schemaVersion", 0),
      "schemaVersion: this capplan reads plans of version 1, got 0 in p.plan.json; make the plan again: capplan size",
    ],
    [
      "a version in words",
      () => changed("schemaVersion", "one"),
      'schemaVersion: this capplan reads plans of version 1, got "one" in p.plan.json; make the plan again: capplan size',
    ],
  ];
  it.each(cases)("%s", (_, content, message) => {
    expect(shown(content())).toEqual([message]);
  });
});

describe("plans with a mistake", () => {
  const H100 = "fleet.regions.us-east-1.pools.h100";
  const cases: [string, unknown, string][] = [
    [
      "digest",
      undefined,
      "digest: is missing; digest of the plan without this line: SHA-256 of its JSON with sorted keys",
    ],
    ["digest", 7, "digest: expected a text, got 7"],
    [
      "parts.fleet",
      undefined,
      "parts.fleet: is missing; first 12 hex digits of the SHA-256 of fleet",
    ],
    ["scenario", undefined, "scenario: is missing; give a map"],
    ["scenario.name", "", "scenario.name: must not be empty"],
    ["scenario.seed", -1, "scenario.seed: must be at least 0, got -1"],
    ["scenario.traces", {}, "scenario.traces: expected a list, got a map"],
    ["scenario.written", [], "scenario.written: expected a map, got a list"],
    ["scenario.written.workloads", undefined, "scenario.written.workloads: is missing; give a map"],
    [
      "scenario.written.workloads.chat.arrivals.rate",
      4,
      "scenario.written.workloads.chat.arrivals.rate: a rate needs a unit (/s, /min, /h, /d), got 4",
    ],
    [
      "scenario.written.fleet",
      {},
      "scenario.written.fleet: a plan has one fleet, at its top, and not a second one here; take it out",
    ],
    ["fleet", undefined, "fleet: is missing; give a map"],
    ["fleet.regions", {}, "fleet.regions: needs at least one region"],
    ["fleet.routng", {}, 'fleet.routng: unknown key; did you mean "routing"?'],
    [`${H100}.replicas`, "ten", `${H100}.replicas: expected a number, got "ten"`],
    [
      `${H100}.engine.maxSequences`,
      1.5,
      `${H100}.engine.maxSequences: must be a whole number, got 1.5`,
    ],
    [
      `${H100}.circuitBreaker.retryBudget.percent`,
      0.2,
      `${H100}.circuitBreaker.retryBudget.percent: expected a percentage with its sign, such as 20%, got 0.2; did you mean 20%?`,
    ],
    [
      "fleet.failover.ttl",
      60,
      "fleet.failover.ttl: a duration needs a unit (ms, s, min, h, d), got 60",
    ],
    ["limits", undefined, "limits: is missing; give a list"],
    [
      "limits.0.name",
      "requestTimeout",
      'limits[0].name: unknown limit "requestTimeout"; did you mean "requestTimeoutSeconds"?',
    ],
    ["limits.0.value", null, "limits[0].value: is missing; value"],
    ["limits.0.inputs", 3, "limits[0].inputs: expected a map, got 3"],
    [
      "workloads.0.delivery",
      "post",
      'workloads[0].delivery: unknown delivery "post"; use direct or queue',
    ],
    [
      "evidence.runs.0.verdict",
      "GOOD",
      'evidence.runs[0].verdict: unknown verdict "GOOD"; use PASS, FAIL, UNCERTAIN or NONE',
    ],
    ["evidence.bound.gap", "8%", 'evidence.bound.gap: expected a number, got "8%"'],
    [
      "evidence.generatedAt",
      "today",
      "evidence.generatedAt: unknown key; allowed here: capplan, runs, bound, assumptions, warnings or provenance",
    ],
    ["cost.usdPerHour", -3, "cost.usdPerHour: must be at least 0, got -3"],
    [
      "cost.lines.0.purchase",
      "rented",
      'cost.lines[0].purchase: unknown purchase "rented"; use on-demand, spot, reserved-1y, reserved-3y or capacity-block',
    ],
    ["cost.isLowerBound", "no", 'cost.isLowerBound: expected true or false, got "no"'],
    ["prices.rows.0.per", "gpu", 'prices.rows[0].per: unknown unit "gpu"; use instance or replica'],
  ];
  it.each(cases)("%s: %j", (path, value, message) => {
    expect(shown(changed(path, value))).toEqual([message]);
  });

  it("all of them at once", () => {
    const plan = JSON.parse(changed("fleet.routng", {})) as CapacityPlan;
    const worse = { ...plan, digest: 7, cost: null, extra: 1 };
    expect(shown(JSON.stringify(worse))).toEqual([
      "digest: expected a text, got 7",
      "cost: is missing; give a map",
      "extra: unknown key; allowed here: schemaVersion, digest, parts, scenario, workloads, fleet, limits, evidence, cost or prices",
      'fleet.routng: unknown key; did you mean "routing"?',
    ]);
  });
});
