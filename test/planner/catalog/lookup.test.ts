/** Lookups by name and alias, and what a misspelt name gets. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { accelerators } from "../../../planner/catalog/accelerators";
import { instanceTypes } from "../../../planner/catalog/instance-types";
import {
  findAccelerator,
  findInstanceType,
  findModel,
  findOrigin,
  findRegion,
  findTrafficProfile,
} from "../../../planner/catalog/lookup";
import { models } from "../../../planner/catalog/models";
import { didYouMean, suggestions } from "../../../planner/catalog/suggest";

const seed = { seed: 20261122, numRuns: 200 };

describe("find", () => {
  it.each([
    "llama-3.1-8b-instruct",
    "llama-3.1-8b",
    "Llama-3.1-8B",
    "meta-llama/Llama-3.1-8B-Instruct",
  ])("knows a model as %s", (name) => {
    expect(findModel(name)).toMatchObject({ found: true, row: { name: "llama-3.1-8b-instruct" } });
  });

  it.each([
    ["H100", "h100-sxm-80gb"],
    ["A100-40GB", "a100-sxm-40gb"],
    ["RTX PRO 6000", "rtx-pro-6000-96gb"],
    ["rtx_pro_6000", "rtx-pro-6000-96gb"],
    ["TPU v6e", "tpu-v6e"],
  ])("knows the accelerator %s", (name, canonical) => {
    expect(findAccelerator(name)).toMatchObject({ found: true, row: { name: canonical } });
  });

  it("finds for all rows the row itself, in any case", () => {
    fc.assert(
      fc.property(fc.constantFrom(...models, ...accelerators), fc.boolean(), (row, upper) => {
        const find = "layers" in row ? findModel : findAccelerator;
        for (const name of [row.name, ...row.aliases]) {
          expect(find(upper ? name.toUpperCase() : name)).toMatchObject({ found: true, row });
        }
      }),
      seed,
    );
  });

  it("tells regions of the two clouds apart, and takes a region as an origin", () => {
    expect(findRegion("us-east-1")).toMatchObject({ found: true, row: { cloud: "aws" } });
    expect(findRegion("us-east1")).toMatchObject({ found: true, row: { cloud: "gcp" } });
    expect(findRegion("us-east").found).toBe(false);
    expect(findOrigin("us-east")).toMatchObject({ found: true, row: { place: "New York" } });
    expect(findOrigin("us-east-1")).toMatchObject({ found: true, row: { lastMileSeconds: 0 } });
  });

  it.each([
    "us-east",
    "us-west",
    "us-central",
    "eu-west",
    "eu-central",
    "eu-north",
    "asia-east",
    "asia-south",
    "asia-southeast",
    "oceania",
    "south-america",
    "middle-east",
    "africa",
  ])("knows the origin %s", (name) => {
    expect(findOrigin(name).found).toBe(true);
  });
});

describe("fails when a name is not known", () => {
  it("with the nearest names and a hint", () => {
    expect(findInstanceType("p5.48xlrge")).toMatchObject({
      found: false,
      unknown: "p5.48xlrge",
      hint: 'did you mean "p5.48xlarge"?',
    });
    expect(findTrafficProfile("azure-conversation")).toMatchObject({
      hint: 'did you mean "azure-conversation-2023"?',
    });
    expect(findModel("gpt-oss")).toMatchObject({ hint: expect.stringContaining("gpt-oss-") });
  });

  it("without a hint when nothing is near", () => {
    expect(findModel("zzzzzzzzzzzz")).toEqual({
      found: false,
      unknown: "zzzzzzzzzzzz",
      suggestions: [],
      hint: undefined,
    });
  });

  it.each(["__proto__", "constructor", "", " ", "toString"])("also for %j", (name) => {
    expect(findAccelerator(name).found).toBe(false);
  });
});

describe("suggestions", () => {
  const names = instanceTypes.map((row) => row.name);

  it("contain for all names with one letter dropped the name itself, or one as near", () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.nat(), (name, at) => {
        const cut = at % name.length;
        const misspelt = name.slice(0, cut) + name.slice(cut + 1);
        if (names.includes(misspelt)) return;
        expect(suggestions(misspelt, names, 20)).toContain(name);
      }),
      seed,
    );
  });

  it("do not depend on the order of the candidates, and end at the limit", () => {
    expect(suggestions("g5.48xlrge", names)).toEqual(
      suggestions("g5.48xlrge", [...names].reverse()),
    );
    expect(suggestions("g5", names, 2).length).toBeLessThanOrEqual(2);
  });

  it("do not take a short name for a part of everything", () => {
    expect(didYouMean("x", ["p5.48xlarge"])).toBeUndefined();
  });
});
