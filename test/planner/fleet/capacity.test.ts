import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { findInstanceType, instanceTypes, models } from "../../../planner/catalog";
import {
  hasSpot,
  interruptionsPerHourDefault,
  replicasPerNode,
  SPOT_BAND_OF_FAMILY,
  weightLoadDefault,
} from "../../../planner/fleet/capacity-defaults";
import { meanOf } from "../../../planner/foundation/distributions";
import { describeWithSharedData, sharedDataPath } from "../../support/shared-data";
import { goodFleet, goodPool } from "./small-fleet";

const REST = Number.POSITIVE_INFINITY;

describe("replicasPerNode", () => {
  it.each([
    // p5.48xlarge has 8 accelerators.
    ["{ tensorParallel: 2, maxSequences: 100 }", 4],
    ["{ tensorParallel: 8 }", 1],
    ["{ tensorParallel: 2, pipelineParallel: 3 }", 1],
    ["{}", 8],
  ])("is what fits into a node: %s", (engine, count) => {
    expect(goodPool({ "h100.engine": engine }).replicasPerNode).toBe(count);
  });

  it("is one where a replica spans nodes, or no instance type is given", () => {
    const [machine] = instanceTypes.filter(({ name }) => name === "p6e-gb200.36xlarge");
    expect(replicasPerNode(machine, machine!.acceleratorCount * 4).value).toBe(1);
    expect(
      goodPool({ "h100.instanceType": "null", "h100.accelerator": "h100" }).replicasPerNode,
    ).toBe(1);
  });

  it("never needs more accelerators than the node has, and would with one replica more", () => {
    for (const type of instanceTypes) {
      for (const perReplica of [1, 2, 3, 4, 8, 16]) {
        const count = replicasPerNode(type, perReplica).value;
        expect(Number.isInteger(count)).toBe(true);
        if (count > 1) expect(count * perReplica).toBeLessThanOrEqual(type.acceleratorCount);
        expect((count + 1) * perReplica).toBeGreaterThan(type.acceleratorCount);
      }
    }
  });
});

describe("purchase", () => {
  // A replica of eight accelerators: every replica has a node of its own.
  const alone = { "h100.engine": "{ tensorParallel: 8 }" };
  const onDemand = (purchase: string, replicas = "6") =>
    goodPool({
      ...alone,
      "h100.replicas": replicas,
      "h100.purchase": purchase,
      ...(replicas === "6" ? {} : { "h100.autoscaling": "{ metric: waiting, target: 1 }" }),
    }).purchase;

  it.each([
    ["{ onDemand: 2, spot: rest }", 2],
    ["{ onDemand: rest, spot: 2 }", 4],
    ["{ onDemand: 4, spot: 2 }", 4],
    ["{ spot: rest }", 0],
    ["{ spot: 6 }", 0],
    ["{ onDemand: 0, spot: rest }", 0],
    ["{ onDemand: rest }", REST],
    ["{ onDemand: 6 }", REST],
    ["{ onDemand: rest, spot: 0 }", REST],
  ])("buys of six replicas by %s so many on demand: %d", (purchase, count) => {
    const resolved = onDemand(purchase);
    expect(resolved.onDemandReplicas).toBe(count);
    expect(resolved.spot === undefined).toBe(count === REST);
  });

  it("counts from the most that a pool can have", () => {
    expect(onDemand("{ onDemand: rest, spot: 4 }", "{ min: 2, max: 10 }").onDemandReplicas).toBe(6);
    expect(onDemand("{ onDemand: 2, spot: 8 }", "{ min: 2, max: 10 }").onDemandReplicas).toBe(2);
  });

  it.each([
    ["{ reserved3y: 1, reserved1y: 2, capacityBlock: 1, onDemand: 1, spot: rest }", [1, 2, 1], 1],
    ["{ reserved1y: 2, onDemand: rest }", [0, 2, 0], REST],
    ["{ reserved1y: rest, capacityBlock: 2 }", [0, 4, 2], REST],
    ["{ reserved3y: 2, spot: rest }", [2, 0, 0], 0],
    ["{ spot: 2, onDemand: 2, reserved3y: rest }", [2, 0, 0], 2],
  ])("%s commits to %j of six and buys %d on demand", (purchase, counts, count) => {
    const resolved = onDemand(purchase);
    const committed = new Map(
      resolved.committed.map((part) => [part.purchase, part.replicas] as const),
    );
    expect(
      (["reserved-3y", "reserved-1y", "capacity-block"] as const).map(
        (option) => committed.get(option) ?? 0,
      ),
    ).toEqual(counts);
    expect(resolved.onDemandReplicas).toBe(count);
  });

  it("takes figures of spot capacity from the pool, then the fleet, then the defaults", () => {
    const { spot } = goodPool({
      ...alone,
      "h100.purchase": "{ spot: rest }",
      "h100.spot": "{ notice: 1 min }",
      spot: "{ notice: 5 min, interruptionsPerHour: 0.05 }",
    }).purchase;
    expect(spot).toEqual({
      interruptionsPerHour: 0.05,
      noticeSeconds: 60,
      unavailableSeconds: { kind: "exponential", mean: 3600 },
    });
  });

  it("knows the notice of each cloud: two minutes on EC2, 30 s on Compute Engine", () => {
    const pool = (type: string) =>
      `{ pools: { a: { model: llama-3.1-8b-instruct, instanceType: ${type}, replicas: 1, purchase: { spot: rest } } } }`;
    const { pools } = goodFleet({
      regions: `{ us-east-1: ${pool("g6e.xlarge")}, us-central1: ${pool("g2-standard-12")} }`,
    });
    // Sorted: us-central1, us-east-1.
    expect(pools.map(({ purchase }) => purchase.spot?.noticeSeconds)).toEqual([30, 120]);
  });
});

describe("interruptions of spot capacity", () => {
  const rate = (name: string) => {
    const lookup = findInstanceType(name);
    if (!lookup.found) throw new Error(name);
    const region = { cloud: lookup.row.cloud } as Parameters<typeof interruptionsPerHourDefault>[1];
    return interruptionsPerHourDefault(lookup.row, region).value;
  };

  it("leave as many instances after a month as the band says", () => {
    // 5 to 10 % a month: 92.5 % are left after 730 h of an exponential lifetime.
    expect(Math.exp(-730 * rate("p5.48xlarge"))).toBeCloseTo(0.925, 9);
    expect(Math.exp(-730 * rate("g5.xlarge"))).toBeCloseTo(0.75, 9);
  });

  it("leave nine tenths after a day on Google Cloud", () => {
    expect(Math.exp(-24 * rate("a3-highgpu-8g"))).toBeCloseTo(0.9, 9);
  });

  it("have a figure for every type, and a spot market for all but those sold by reservation", () => {
    for (const type of instanceTypes) {
      expect(rate(type.name)).toBeGreaterThan(0);
      expect(rate(type.name)).toBeLessThan(0.01);
    }
    expect(instanceTypes.filter((type) => !hasSpot(type)).map(({ name }) => name)).toEqual([
      "p6e-gb200.36xlarge",
      "a4x-highgpu-4g",
      "a4x-maxgpu-4g-metal",
    ]);
  });
});

describeWithSharedData("spot bands", () => {
  it("are the medians of the advisor's", () => {
    const file = sharedDataPath("prices/prices.csv");
    const [head = "", ...lines] = readFileSync(file!, "utf8").trim().split("\n");
    const columns = head.split(",");
    const bands = ["<5%", "5-10%", "10-15%", "15-20%", ">20%"];
    const counts = new Map<string, number[]>();
    for (const line of lines) {
      const cells = line.match(/("[^"]*"|[^,]*)(,|$)/g)!.map((cell) => cell.replace(/,$/, ""));
      const family = cells[columns.indexOf("instance_type")]!.split(".")[0]!;
      const band = bands.indexOf(cells[columns.indexOf("spot_interruption_band_2025_06")]!);
      if (band < 0) continue;
      counts.set(family, [...(counts.get(family) ?? []), band]);
    }
    expect(counts.size).toBeGreaterThan(15);
    for (const [family, band] of Object.entries(SPOT_BAND_OF_FAMILY)) {
      const sorted = counts.get(family)!.toSorted((a, b) => a - b);
      expect({ family, band }).toEqual({ family, band: bands[sorted[sorted.length >> 1]!] });
    }
  });
});

describe("coldStart", () => {
  it("reads the weights at 1 GB/s and starts the engine in a minute", () => {
    for (const model of models.slice(0, 10)) {
      expect(meanOf(weightLoadDefault(model, "bf16").value)).toBeCloseTo(
        (2 * model.parameters) / 1e9 + 60,
        6,
      );
      expect(meanOf(weightLoadDefault(model, "fp8").value)).toBeCloseTo(
        model.parameters / 1e9 + 60,
        6,
      );
    }
  });

  it("takes each part from the pool, then the fleet, then the defaults", () => {
    const { coldStart } = goodPool({
      coldStart: "{ node: 4 min, imagePull: { lognormal: { p50: 60 s, p99: 3 min } } }",
      "h100.coldStart": "{ node: 10 s }",
    });
    expect(coldStart.nodeSeconds).toEqual({ kind: "constant", value: 10 });
    expect(coldStart.imagePullSeconds).toMatchObject({ kind: "lognormal", median: 60 });
    expect(meanOf(coldStart.weightLoadSeconds)).toBeGreaterThan(60);
  });

  it("is known without being given", () => {
    const { coldStart } = goodPool({});
    expect(meanOf(coldStart.nodeSeconds)).toBe(240);
    expect(meanOf(coldStart.imagePullSeconds)).toBe(150);
  });
});
