/**
 * Accelerators and instance types against the tables that they were taken from, and against
 * well-known figures.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { parse } from "csv-parse/sync";
import { instanceTypes } from "../../../planner/catalog/instance-types";
import { findAccelerator, findInstanceType } from "../../../planner/catalog/lookup";
import type { AcceleratorSpec } from "../../../planner/catalog/specs";
import { describeWithSharedData, sharedDataPath } from "../../support/shared-data";

function accelerator(name: string): AcceleratorSpec {
  const lookup = findAccelerator(name);
  if (!lookup.found) throw new Error(`no accelerator ${name}`);
  return lookup.row;
}

describe("accelerators", () => {
  // NVIDIA H100, H200, B200 and AMD MI300X data sheets, dense rates.
  it.each([
    ["H100", 3.35e12, 989e12, 1979e12],
    ["H200", 4.8e12, 989e12, 1979e12],
    ["B200", 8e12, 2250e12, 4500e12],
    ["MI300X", 5.3e12, 1307.4e12, 2614.9e12],
  ])("%s has the figures of its data sheet", (name, bandwidth, bf16, fp8) => {
    const row = accelerator(name);
    expect([row.memoryBytesPerSecond, row.denseFlops.bf16, row.denseFlops.fp8]).toEqual([
      bandwidth,
      bf16,
      fp8,
    ]);
  });

  it("reports less memory than nvidia-smi, which shows 81,559 MiB on an H100 and 143,771 MiB on an H200", () => {
    expect(accelerator("h100").memoryBytes).toBeLessThan(81559 * 2 ** 20);
    expect(accelerator("h100").memoryBytes).toBeGreaterThan(81559 * 2 ** 20 * 0.99);
    expect(accelerator("h200").memoryBytes).toBeLessThan(143771 * 2 ** 20);
    expect(accelerator("h200").memoryBytes).toBeGreaterThan(143771 * 2 ** 20 * 0.99);
  });
});

function table(file: string): Record<string, string>[] {
  return parse(readFileSync(sharedDataPath(file)!, "utf8"), { columns: true });
}

describeWithSharedData("accelerators against the hardware table", () => {
  it("has every accelerator of it, with the same bandwidth, rates and power", () => {
    const rows = table("hardware.csv");
    expect(rows.length).toBeGreaterThan(40);
    for (const row of rows) {
      const spec = accelerator(row["gpu"]!);
      const rate = (key: string): number | undefined =>
        row[key] === "" ? undefined : Number(row[key]) * 1e12;
      // The table has the workstation card's bandwidth for the server edition of the RTX PRO 6000.
      const bandwidth = row["gpu"] === "RTX-PRO-6000-96GB" ? 1597 : Number(row["mem_bw_gbs"]);
      expect(spec.memoryBytesPerSecond).toBe(bandwidth * 1e9);
      expect(spec.denseFlops.bf16).toBe(rate("bf16_tflops"));
      expect(spec.denseFlops.fp8).toBe(rate("fp8_tflops"));
      expect(spec.denseFlops.fp4).toBe(rate("fp4_tflops"));
      expect(spec.scaleUp.bytesPerSecond).toBe(Number(row["scaleup_gbs_unidir"]) * 1e9);
      expect(spec.tdpWatts).toBe(row["tdp_w"] === "" ? undefined : Number(row["tdp_w"]));
    }
  });
});

describeWithSharedData("instance types against the price list", () => {
  const priced = table("prices/prices.csv").filter(
    (row) => row["legacy"] === "0" && !row["instance_type"]!.startsWith("tpu-"),
  );

  it("has every type that is sold, with the same accelerators, processors and memory", () => {
    expect(new Set(priced.map((row) => row["instance_type"])).size).toBeGreaterThan(100);
    for (const row of priced) {
      const lookup = findInstanceType(row["instance_type"]!);
      if (!lookup.found) throw new Error(`no instance type ${row["instance_type"]}`);
      const spec = lookup.row;
      expect([spec.name, spec.acceleratorCount]).toEqual([
        spec.name,
        Number(row["accelerator_count"]),
      ]);
      if (row["vcpus"] !== "") expect(spec.vcpus).toBe(Number(row["vcpus"]));
      if (row["memory_gib"] !== "") expect(spec.memoryGiB).toBe(Number(row["memory_gib"]));
    }
  });

  it("agrees with it on which accelerator a type has", () => {
    for (const row of priced) {
      const spec = instanceTypes.find((type) => type.name === row["instance_type"])!;
      const family = row["accelerator"]!.replace("-fraction", "");
      expect([spec.name, accelerator(family).name.split("-")[0]]).toEqual([
        spec.name,
        spec.accelerator.split("-")[0],
      ]);
    }
  });
});
