/** Laws that hold for every row of every table: provenance, names, references, and physics. */
import { describe, expect, it } from "@jest/globals";
import { accelerators } from "../../../planner/catalog/accelerators";
import { instanceTypes } from "../../../planner/catalog/instance-types";
import { models } from "../../../planner/catalog/models";
import { origins } from "../../../planner/catalog/origins";
import { regions } from "../../../planner/catalog/regions";
import { trafficProfiles } from "../../../planner/catalog/traffic-profiles";

const tables = {
  accelerators,
  models,
  instanceTypes,
  regions,
  origins,
  trafficProfiles,
} as const;

describe.each(Object.entries(tables))("every row of %s", (_table, rows) => {
  it("names its source and an ISO date", () => {
    for (const row of rows) {
      expect(row.source.length).toBeGreaterThan(5);
      expect(new Date(row.date).toISOString().slice(0, 10)).toBe(row.date);
    }
  });

  it("has names and aliases in lower case that no other row has", () => {
    const taken = new Map<string, string>();
    for (const row of rows) {
      const aliases = "aliases" in row ? row.aliases : [];
      const huggingFace = "huggingFaceId" in row ? [row.huggingFaceId.toLowerCase()] : [];
      for (const name of [row.name, ...aliases, ...huggingFace]) {
        expect(name).toMatch(/^[a-z0-9][a-z0-9./+-]*$/);
        expect([name, taken.get(name)]).toEqual([name, undefined]);
        taken.set(name, row.name);
      }
    }
  });
});

describe("the catalog's size", () => {
  it("covers what is promised", () => {
    expect(accelerators.length).toBeGreaterThanOrEqual(20);
    expect(models.length).toBeGreaterThanOrEqual(25);
    expect(regions.length).toBeGreaterThanOrEqual(20);
    expect(new Set(instanceTypes.map((row) => row.cloud))).toEqual(new Set(["aws", "gcp"]));
  });
});

describe("for all accelerators", () => {
  it("the usable memory is below the vendor's figure in GiB and near it in GB", () => {
    for (const row of accelerators) {
      expect(row.memoryBytes).toBeLessThanOrEqual(row.memoryGb * 2 ** 30);
      expect(row.memoryBytes).toBeGreaterThan(row.memoryGb * 1e9 * 0.97);
    }
  });

  it("narrower operands are no slower, but where a unit was given up", () => {
    for (const { name, denseFlops } of accelerators) {
      const { fp16 = 0, bf16 = 0, fp8, fp4, int8 } = denseFlops;
      const wide = Math.max(fp16, bf16);
      expect([name, wide > 0]).toEqual([name, true]);
      expect(fp8 ?? wide).toBeGreaterThanOrEqual(wide);
      expect(fp4 ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(fp8 ?? wide);
      // Blackwell Ultra keeps only a few INT8 units.
      if (!/b300/.test(name)) expect(int8 ?? wide).toBeGreaterThanOrEqual(wide);
    }
  });

  it("a FLOP per byte of memory traffic is what chips of the last decade can do, 25 to 600", () => {
    for (const row of accelerators) {
      const wide = Math.max(row.denseFlops.fp16 ?? 0, row.denseFlops.bf16 ?? 0);
      const intensity = wide / row.memoryBytesPerSecond;
      expect([row.name, intensity > 25 && intensity < 600]).toEqual([row.name, true]);
    }
  });

  it("the link is slower than the memory, and uncertain fields are fields", () => {
    for (const row of accelerators) {
      expect(row.scaleUp.bytesPerSecond).toBeLessThan(row.memoryBytesPerSecond);
      expect(Number.isInteger(row.scaleUp.domainSize)).toBe(true);
      for (const field of row.uncertain) expect(Object.keys(row)).toContain(field);
    }
  });
});

describe("for all instance types", () => {
  const known = new Set(accelerators.map((row) => row.name));

  it("the accelerator is in the catalog", () => {
    for (const row of instanceTypes) expect(known).toContain(row.accelerator);
  });

  it("counts are whole, or a binary share of one accelerator", () => {
    for (const row of instanceTypes) {
      const count = row.acceleratorCount;
      expect([row.name, Number.isInteger(count) || [0.125, 0.25, 0.5].includes(count)]).toEqual([
        row.name,
        true,
      ]);
    }
  });

  it("figures are positive, or zero disks, or not known", () => {
    for (const row of instanceTypes) {
      for (const figure of [row.vcpus, row.memoryGiB, row.networkGbps]) {
        expect(figure ?? 1).toBeGreaterThan(0);
      }
      expect(row.localDiskGb ?? 0).toBeGreaterThanOrEqual(0);
    }
  });

  it("RDMA comes with a network that is worth it", () => {
    for (const row of instanceTypes) {
      if (row.hasRdma) expect([row.name, row.networkGbps ?? 100]).not.toEqual([row.name, 10]);
      if ((row.networkGbps ?? 0) >= 400 && !row.name.startsWith("g4-")) {
        expect([row.name, row.hasRdma]).toEqual([row.name, true]);
      }
    }
  });
});

describe("for all places", () => {
  it("coordinates are on the globe and the offset from UTC goes with the longitude", () => {
    for (const row of origins) {
      expect(Math.abs(row.latitude)).toBeLessThan(66);
      expect(Math.abs(row.longitude)).toBeLessThanOrEqual(180);
      // Legal time strays from solar time by at most three hours anywhere.
      expect([row.name, Math.abs(row.utcOffsetHours - row.longitude / 15) < 3]).toEqual([
        row.name,
        true,
      ]);
    }
  });
});
