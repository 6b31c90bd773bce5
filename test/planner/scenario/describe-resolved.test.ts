import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { describeResolved } from "../../../planner/scenario/describe-resolved";
import { parseScenario } from "../../../planner/scenario/parse-scenario";
import { resolveScenario } from "../../../planner/scenario/resolve-scenario";
import { builtInFleets } from "../../support/built-in-fleets";
import { resolveSmall, SMALL_SCENARIO } from "../../support/scenario-text";

const POOL = "fleet.regions.us-east-1.pools.h100";

function rowsOf(overrides: readonly string[]) {
  const spec = parseScenario(SMALL_SCENARIO, { overrides });
  return new Map(describeResolved(spec, resolveSmall(overrides)).map((row) => [row.path, row]));
}

describe("describeResolved", () => {
  it("says how a trace is read, for arrivals and for lengths", () => {
    const rows = rowsOf([
      "workloads.chat.arrivals={trace: small.csv}",
      "workloads.chat.tokens={trace: lengths.csv}",
    ]);
    for (const path of ["workloads.chat.arrivals", "workloads.chat.tokens"]) {
      expect(rows.get(`${path}.sort`)).toMatchObject({ value: "false", origin: "default" });
      expect(rows.get(`${path}.skipMalformed`)).toMatchObject({
        value: "false",
        origin: "default",
      });
    }
  });

  it("tells given from default from derived, in readable values", () => {
    const rows = rowsOf([
      `${POOL}.engine={maxContext: 16Ki}`,
      `${POOL}.price=$6.88`,
      "workloads.chat.slo={ttft: {p95: 0.8 s}}",
    ]);
    expect(rows.get("horizon.duration")).toEqual({
      path: "horizon.duration",
      value: "10 min",
      origin: "given",
      note: "",
    });
    expect(rows.get("replications")).toEqual({
      path: "replications",
      value: "3",
      origin: "default",
      note: "enough for a first confidence interval",
    });
    expect(rows.get("workloads.chat.arrivals.rate")).toMatchObject({
      value: "5/s",
      origin: "given",
    });
    expect(rows.get("workloads.chat.arrivals.process")).toMatchObject({
      value: "poisson",
      origin: "default",
    });
    expect(rows.get("workloads.chat.slo.ttft.p95")).toMatchObject({
      value: "800 ms",
      origin: "given",
    });
    expect(rows.get("workloads.chat.contextWindow")).toMatchObject({
      value: "16Ki",
      origin: "derived",
    });
    expect(rows.get(`${POOL}.engine.maxContext`)).toMatchObject({ value: "16Ki", origin: "given" });
    expect(rows.get(`${POOL}.engine.maxSequences`)).toMatchObject({
      value: "1024",
      origin: "default",
      note: "vLLM on 70 GiB or more",
    });
    expect(rows.get(`${POOL}.accelerator`)).toMatchObject({
      value: "h100-sxm-80gb",
      origin: "derived",
    });
    expect(rows.get(`${POOL}.price`)).toMatchObject({ value: "$6.88/h", origin: "given" });
    expect(rowsOf([]).get(`${POOL}.price.onDemand`)).toMatchObject({
      value: "$6.88/h",
      origin: "derived",
      note: expect.stringMatching(/^list: on demand \(/),
    });
    const bare = rowsOf([`${POOL}.instanceType=null`, `${POOL}.accelerator=h100-sxm-80gb`]);
    expect(bare.get(`${POOL}.price.onDemand`)).toMatchObject({
      value: "unknown",
      origin: "default",
    });
    expect(rows.get("digest")?.value).toMatch(/^[0-9a-f]{12}$/);
  });

  it("says where in the week a run starts", () => {
    expect(rowsOf([]).get("horizon.start")).toMatchObject({
      value: "mon 00:00 UTC",
      origin: "default",
    });
    expect(rowsOf(["horizon.start=sat 9:30"]).get("horizon.start")).toMatchObject({
      value: "sat 09:30 UTC",
      origin: "given",
    });
  });

  it("writes the hour of a daily peak as a clock does", () => {
    const profile = "workloads.chat.arrivals.profile={diurnal: {peakHour: 9.5, peakToMean: 2}}";
    expect(rowsOf([profile]).get("workloads.chat.arrivals.profile")?.value).toBe(
      "diurnal (peak at 09:30 local, × 2, weekend × 1)",
    );
  });

  it("says under which name the catalog knows a model", () => {
    expect(rowsOf([`${POOL}.model=meta-llama/Llama-3.1-8B`]).get(`${POOL}.model`)).toMatchObject({
      value: "llama-3.1-8b-instruct",
      note: 'written "meta-llama/Llama-3.1-8B"',
    });
  });

  it("describes replays", () => {
    const rows = rowsOf([
      "workloads.chat.arrivals={trace: small.csv, speed: 2}",
      "workloads.chat.tokens={trace: small.csv}",
    ]);
    expect(rows.get("workloads.chat.arrivals.trace.requests")).toMatchObject({
      value: "3 in 4 s",
      origin: "derived",
    });
    expect(rows.get("workloads.chat.arrivals.speed")).toMatchObject({
      value: "2",
      origin: "given",
    });
    expect(rows.get("workloads.chat.arrivals.loop")).toMatchObject({
      value: "false",
      origin: "default",
    });
  });

  it.each(builtInFleets)(
    "gives every default of $name a reason, every row a value, and no path twice",
    ({ file }) => {
      const spec = parseScenario(readFileSync(path.resolve(__dirname, "../../..", file), "utf8"));
      const rows = describeResolved(spec, resolveScenario(spec, { traces: new Map() }));
      for (const row of rows) {
        expect(row.value).not.toMatch(/undefined|NaN|\[object/);
        expect(row.value).not.toBe("");
        if (row.origin !== "given") expect(row.note).not.toBe("");
      }
      expect(new Set(rows.map((row) => row.path)).size).toBe(rows.length);
    },
  );
});
