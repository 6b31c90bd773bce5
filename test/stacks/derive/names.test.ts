/** Names and blocks follow from what they are of, and stay apart. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { models } from "../../../planner/catalog";
import { regions } from "../../../planner/catalog/regions";
import { continentOfOrigin, nearestOf, nearestRegion } from "../../../planner/plan/places";
import { wholeWeights } from "../../../stacks/derive/failover-policy";
import {
  clusterPoolName,
  modelComponentName,
  modelHost,
  modelName,
  placeName,
  regionCode,
} from "../../../stacks/derive/names";
import { networkBlock } from "../../../stacks/derive/network-blocks";

const NAME = /^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/;

describe("names of places", () => {
  it("tell all regions of a cloud apart", () => {
    for (const cloud of ["aws", "gcp"] as const) {
      const codes = regions
        .filter((one) => one.cloud === cloud)
        .map(({ name }) => regionCode(name));
      expect(new Set(codes).size).toBe(codes.length);
    }
  });

  it("are short, whatever the fleet is called", () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...regions), (fleet, { name }) => {
        expect(placeName(fleet, name)).toMatch(NAME);
        expect(placeName(fleet)).toMatch(NAME);
      }),
      { seed: 1 },
    );
    expect(placeName("support", "europe-west4")).toBe("support-euw4");
    expect(regionCode("australia-southeast1")).toBe("ause1");
    expect(regionCode("us-east-1")).toBe("use1");
  });

  it("leave each region a block of addresses of its own", () => {
    const blocks = regions.map(({ name }) => networkBlock(name));
    expect(new Set(blocks).size).toBe(blocks.length);
    for (const block of blocks) expect(block).toMatch(/^10\.\d{1,3}\.0\.0\/16$/);
    // Blocks never move: a moved one replaces a network.
    expect(networkBlock("us-east-1")).toBe("10.0.0.0/16");
    expect(networkBlock("europe-west4")).toBe("10.146.0.0/16");
  });
});

describe("names of pools and models", () => {
  it("fit, and stay apart", () => {
    const names = models.map(({ name }) => name);
    for (const nameOf of [modelName, modelComponentName]) {
      expect(new Set(names.map(nameOf)).size).toBe(names.length);
      for (const name of names) expect(nameOf(name)).toMatch(/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/);
    }
    expect(modelHost("qwen3-8b", "example.com")).toBe("qwen3-8b.example.com");
    expect(clusterPoolName("us-east-1/h100")).toBe("h100");
    expect(clusterPoolName("us-east-1/llama-3-1-8b-p5-48xlarge-tp2")).toMatch(NAME);
  });
});

describe("weights of DNS", () => {
  it("are in the proportion of those of the plan, in whole numbers up to 255", () => {
    const weight = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(
        fc.array(weight, { minLength: 2, maxLength: 5 }),
        fc.double({ min: 0.01, max: 9, noNaN: true }),
        (weights, scale) => {
          fc.pre(Math.max(...weights) > 0);
          const whole = wholeWeights(weights.map((one) => one * scale))!;
          const most = Math.max(...weights);
          whole.forEach((one, index) => {
            expect(one).toBeLessThanOrEqual(255);
            expect(one / Math.max(...whole)).toBeCloseTo(weights[index]! / most, 6);
          });
        },
      ),
      { seed: 2 },
    );
    expect(wholeWeights([0.7, 0.3])).toEqual([7, 3]);
    expect(wholeWeights([1, 1 / 997])).toBeUndefined();
  });
});

describe("where places lie", () => {
  it("is known of all regions, and the nearest is itself in its own cloud", () => {
    for (const { name, cloud } of regions) {
      expect(nearestRegion(name, cloud)).toBe(name);
      expect(continentOfOrigin(name)).toBeDefined();
    }
    // Frankfurt is nearer to Groningen than Dublin is; Virginia than Ohio to South Carolina.
    expect(nearestRegion("europe-west3", "aws")).toBe("eu-central-1");
    expect(nearestRegion("us-east4", "aws")).toBe("us-east-1");
    expect(nearestOf("us-east-1", ["us-west-2", "eu-west-1", "us-east-2"])).toBe("us-east-2");
    expect(nearestOf("us-east-1", [])).toBeUndefined();
    expect(nearestRegion("mars-1", "aws")).toBeUndefined();
  });
});
