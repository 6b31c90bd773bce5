/** A plan as a file: the same bytes each time, the same plan when it is read, and every edit found. */
import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { buildPlan, renewPlan } from "../../../planner/plan/build-plan";
import { checkDigest, editedProblem } from "../../../planner/plan/plan-digest";
import { type CapacityPlan, PLAN_PARTS } from "../../../planner/plan/plan-spec";
import { readPlan } from "../../../planner/plan/read-plan";
import { scenarioOfPlan } from "../../../planner/plan/scenario-of-plan";
import { writePlan } from "../../../planner/plan/write-plan";
import { resolveScenario } from "../../../planner/scenario/resolve-scenario";
import { copyOf, type PlannedCase, plannedCase } from "../../support/small-plan";

let planned: PlannedCase;
let plan: CapacityPlan;
beforeAll(async () => {
  planned = await plannedCase();
  ({ plan } = planned);
});

type Tree = { [key: string]: unknown };

/** Paths of all leaves; an empty map or list is one. */
function leafPaths(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  const isTree = typeof value === "object" && value !== null && Object.keys(value).length > 0;
  if (!isTree) return [path];
  return Object.entries(value).flatMap(([key, field]) => leafPaths(field, [...path, key]));
}

function valueAt(tree: unknown, path: readonly string[]): unknown {
  return path.reduce((value, step) => (value as Tree)[step], tree);
}

/** Another value of the same kind. */
function edited(value: unknown): unknown {
  if (typeof value === "number") return value + 1;
  if (typeof value === "boolean") return !value;
  if (value === null) return 7;
  return typeof value === "string" ? `${value} ` : ["more"];
}

/** All maps with their keys in the opposite order; those of inputs have names of their own. */
function backwards(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(backwards);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(
    ([key, field]) => [key, key === "inputs" ? field : backwards(field)] as const,
  );
  return Object.fromEntries(entries.reverse());
}

/** Sorted keys, no spaces: written here a second time, from the description of the digest alone. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical((value as Tree)[key])}`).join()}}`;
}

describe("a plan as a file", () => {
  it("is read and written back byte for byte", () => {
    const text = writePlan(plan);
    expect(writePlan(readPlan(text))).toBe(text);
    expect(readPlan(text)).toEqual(copyOf(plan));
    expect(text.endsWith("}\n")).toBe(true);
  });

  it("is the same bytes when it is made again", async () => {
    expect(writePlan(buildPlan(planned.input))).toBe(writePlan(plan));
    expect(writePlan((await plannedCase()).plan)).toBe(writePlan(plan));
  });

  it("has the keys that the schema names in the schema's order, whatever order they were read in", () => {
    const { fleet, scenario, ...rest } = copyOf(plan);
    const { written, ...others } = scenario;
    const turned = {
      ...(backwards(rest) as object),
      fleet,
      scenario: { written, ...(backwards(others) as object) },
    };
    expect(writePlan(readPlan(JSON.stringify(turned)))).toBe(writePlan(plan));
    expect(Object.keys(JSON.parse(writePlan(plan)) as object)).toEqual([
      ...["schemaVersion", "digest", "parts", "scenario", "workloads", "fleet", "limits"],
      ...["evidence", "cost", "prices"],
    ]);
  });

  it("has the SHA-256 of everything but the digest as its digest", () => {
    const { digest, ...rest } = copyOf(plan);
    expect(digest).toBe(createHash("sha256").update(canonical(rest)).digest("hex"));
  });
});

describe("the digest of a plan", () => {
  it("for all edits of one leaf, finds the edit and the part it is in", () => {
    const paths = leafPaths(plan).filter(([part]) => part !== "digest");
    expect(paths.length).toBeGreaterThan(300);
    expect(checkDigest(plan)).toEqual({ isIntact: true, edited: [] });
    for (const path of paths) {
      const copy = copyOf(plan);
      const last = path.at(-1)!;
      const place = valueAt(copy, path.slice(0, -1)) as Tree;
      place[last] = edited(place[last]);
      const part = PLAN_PARTS.find((one) => one === path[0] || one === path[1]);
      const found = checkDigest(copy);
      expect({ path, ...found }).toEqual({
        path,
        isIntact: false,
        edited: part === undefined ? [] : [part],
      });
    }
  });

  it("for all sets of parts, says which were edited", () => {
    fc.assert(
      fc.property(fc.subarray([...PLAN_PARTS], { minLength: 1 }), (parts) => {
        const copy = copyOf(plan) as unknown as Tree;
        for (const part of parts) copy[part] = { other: copy[part] };
        expect(checkDigest(copy as unknown as CapacityPlan).edited).toEqual(parts);
      }),
      { seed: 5, numRuns: 40 },
    );
  });

  it("is no different for another order of keys, or of decimal digits", () => {
    const text = JSON.stringify(backwards(copyOf(plan))).replace('"value":30,', '"value":3.0e1,');
    expect(text).toContain("3.0e1");
    expect(checkDigest(JSON.parse(text) as CapacityPlan).isIntact).toBe(true);
  });

  it("says what was edited and how to renew it", () => {
    const copy = copyOf(plan);
    (copy.fleet.gateway as Tree)["replicas"] = 9;
    expect(editedProblem(copy, "prod.plan.json")).toEqual({
      code: "conflict",
      path: "prod.plan.json",
      message:
        "fleet was edited after the plan was verified, so that its evidence no longer stands",
      hint: "capplan size prod.plan.json verifies it as it is now and renews the evidence",
    });
    (copy.cost as Tree)["usdPerHour"] = 1;
    expect(editedProblem(copy, "p")?.message).toMatch(/^fleet and cost were edited/);
    const signed = { ...copyOf(plan), digest: "0" };
    expect(editedProblem(signed, "p")?.message).toMatch(/^its digest was edited/);
    expect(editedProblem(plan, "p")).toBeUndefined();
  });
});

describe("the scenario of a plan", () => {
  it("is the one that was simulated, to the digest", () => {
    const spec = scenarioOfPlan(readPlan(writePlan(plan)));
    const again = resolveScenario(spec, { traces: new Map() });
    expect(again).toEqual(planned.input.resolved);
    expect(again.digest).toBe(plan.scenario.digest);
  });

  it("keeps what the command line had set", async () => {
    const other = await plannedCase(["seed=99", "fleet.gateway.replicas=2"]);
    const spec = scenarioOfPlan(other.plan);
    expect(spec).toMatchObject({ seed: 99, fleet: { gateway: { replicas: 2 } } });
  });

  it("of an edited plan can be verified again: what follows is derived anew", async () => {
    const copy = copyOf(plan);
    (copy.fleet.gateway as Tree)["replicas"] = 5;
    const resolved = resolveScenario(scenarioOfPlan(copy), { traces: new Map() });
    const fresh = await plannedCase(["fleet.gateway.replicas=5"]);
    expect(resolved).toEqual(fresh.input.resolved);
    const renewed = renewPlan(copy, fresh.input);
    expect(checkDigest(renewed).isIntact).toBe(true);
    expect(writePlan(renewed)).toBe(writePlan(fresh.plan));
    // 1000 requests over 5 processes.
    expect(
      renewed.limits.find(
        ({ of, name }) => of === "us-east-1/h100" && name === "maxParallelRequestsPerProcess",
      )?.value,
    ).toBe(200);
  });
});
