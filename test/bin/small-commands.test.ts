import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { listCatalog } from "../../planner/catalog/list";
import { INIT_TEMPLATE } from "../../planner/scenario/init-template";
import { runCommand } from "../support/run-command";
import { SMALL_SCENARIO } from "../support/small-scenario";
import { withTemporaryFolder } from "../support/temporary-folder";

describe("capplan init", () => {
  it("writes ./capplan.yaml, which is valid as it is", async () => {
    await withTemporaryFolder(async (cwd) => {
      const { exitCode, stdout, stderr } = await runCommand(["init"], { cwd });
      expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "" });
      expect(stderr).toBe("wrote capplan.yaml; run it with: capplan simulate\n");
      expect((await runCommand(["validate", "--quiet"], { cwd })).exitCode).toBe(0);
    });
  });

  it("refuses to replace a file, but for --force", async () => {
    await withTemporaryFolder(async (cwd) => {
      const file = path.join(cwd, "mine.yaml");
      fs.writeFileSync(file, "mine");
      const { exitCode, stderr } = await runCommand(["init", "mine.yaml"], { cwd });
      expect(exitCode).toBe(2);
      expect(stderr).toBe(
        "error: mine.yaml: exists already; give another file name, or --force to replace it\n",
      );
      expect(fs.readFileSync(file, "utf8")).toBe("mine");
      expect((await runCommand(["init", "mine.yaml", "--force"], { cwd })).exitCode).toBe(0);
      expect(fs.readFileSync(file, "utf8")).toBe(INIT_TEMPLATE);
    });
  });

  it("writes to stdout for -", async () => {
    const { stdout, stderr } = await runCommand(["init", "-"]);
    expect({ stdout, stderr }).toEqual({ stdout: INIT_TEMPLATE, stderr: "" });
  });
});

describe("capplan validate", () => {
  it("prints every value with where it comes from", async () => {
    await withTemporaryFolder(async (cwd) => {
      fs.writeFileSync(path.join(cwd, "capplan.yaml"), SMALL_SCENARIO);
      const { exitCode, stdout } = await runCommand(["validate"], { cwd });
      expect(exitCode).toBe(0);
      expect(stdout).toContain("Valid: 1 workload, 1 pool, 1 replica.");
      expect(stdout).toMatch(/arrivals\.rate +2\/s +given/);
      expect(stdout).toMatch(/arrivals\.process +poisson +default: /);
      expect(stdout).toMatch(/accelerator +h100-sxm-80gb +derived/);
      expect(stdout).toMatch(
        /us-east-1\/h100: [\d,]+ blocks of 16 tokens = [\d,]+ tokens \(computed\)/,
      );
      expect(stdout).toContain("79.18 GiB × 0.9 = 71.26 GiB usable on each h100-sxm-80gb");
    });
  });

  it("prints the same as JSON", async () => {
    await withTemporaryFolder(async (cwd) => {
      fs.writeFileSync(path.join(cwd, "capplan.yaml"), SMALL_SCENARIO);
      const argv = ["validate", "--output", "json", "--set", "seed=9"];
      const document = JSON.parse((await runCommand(argv, { cwd })).stdout);
      expect(document).toMatchObject({ schemaVersion: 1, scenario: { name: "small" } });
      expect(document.values).toContainEqual({
        path: "seed",
        value: "9",
        origin: "given",
        note: "",
      });
      const capacity = document.kvCapacity["us-east-1/h100"];
      expect(capacity).toMatchObject({ blockTokens: 16, basis: "computed" });
      expect(capacity.tokens).toBe(capacity.blocks * 16);
    });
  });
});

describe("capplan schema", () => {
  it.each(["scenario", "summary"])("prints the JSON Schema of a %s", async (what) => {
    const { exitCode, stdout } = await runCommand(["schema", what]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
    });
  });

  it("fails for another word, with those allowed", async () => {
    const { exitCode, stderr } = await runCommand(["schema", "fleet"]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("allowed choices are scenario, summary, plan");
  });
});

describe("capplan catalog", () => {
  it("lists the kinds with their number of rows", async () => {
    const { stdout } = await runCommand(["catalog"]);
    expect(stdout).toMatch(new RegExp(`models +${listCatalog("models").total}\n`));
  });

  it("filters, and counts on stderr", async () => {
    const argv = ["catalog", "accelerators", "vendor=nvidia", "memoryGb>=141"];
    const { exitCode, stdout, stderr } = await runCommand(argv);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("h200-sxm-141gb");
    expect(stdout).not.toContain("h100-sxm-80gb");
    expect(stderr).toMatch(/^\d+ of \d+ rows\n$/);
  });

  it("prints every column as JSON, and what is not known as null", async () => {
    const { stdout } = await runCommand(["catalog", "accelerators", "--output", "json"]);
    const rows: readonly Record<string, unknown>[] = JSON.parse(stdout);
    const h100 = rows.find((row) => row["name"] === "h100-sxm-80gb");
    // NVIDIA's data sheet: 80 GB, no FP4.
    expect(h100).toMatchObject({ vendor: "nvidia", memoryGb: 80, fp4Tflops: null });
  });

  it("prints a Markdown table", async () => {
    const { stdout } = await runCommand(["catalog", "regions", "tokyo", "--output", "markdown"]);
    expect(stdout.split("\n")[0]).toMatch(/^\| name \| cloud \|/);
  });

  it("prints a row in full with --details", async () => {
    const { stdout } = await runCommand(["catalog", "accelerators", "h100-sxm", "--details"]);
    expect(stdout).toMatch(/^name +h100-sxm-80gb\n/);
    expect(stdout).toMatch(/\ndate +\d{4}-\d\d-\d\d\n/);
  });

  it("stays within 80 columns for every kind", async () => {
    for (const kind of ["accelerators", "models", "instance-types", "regions", "profiles"]) {
      const { stdout } = await runCommand(["catalog", kind]);
      for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    }
  });

  it("fails for a kind that there is not, with the nearest", async () => {
    const { exitCode, stderr } = await runCommand(["catalog", "acelerators"]);
    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      'error: catalog: unknown kind "acelerators"; did you mean "accelerators"?\n',
    );
  });
});
