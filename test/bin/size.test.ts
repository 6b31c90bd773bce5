import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { checkDigest } from "../../planner/plan/plan-digest";
import { readPlan } from "../../planner/plan/read-plan";
import type { FleetReport } from "../../planner/report/sizing/sizing-report";
import { sizingSchema } from "../../planner/report/sizing/sizing-schema";
import { type MemoryIo, memoryIo } from "../support/memory-io";
import { type CommandResult, runCommand, runCommandIn } from "../support/run-command";
import { withTemporaryFolder } from "../support/temporary-folder";
import { TINY_SIZING } from "../support/tiny-sizing";

async function inFolder(
  use: (run: (argv: readonly string[]) => Promise<CommandResult>, cwd: string) => Promise<void>,
  scenario = TINY_SIZING,
): Promise<void> {
  await withTemporaryFolder(async (cwd) => {
    fs.writeFileSync(path.join(cwd, "capplan.yaml"), scenario);
    await use((argv) => runCommand(["size", ...argv], { cwd }), cwd);
  });
}

function fleetIn({ stdout }: CommandResult): FleetReport {
  const report = sizingSchema.parse(JSON.parse(stdout));
  if (report.kind === "infeasible") throw new Error("no fleet");
  return report;
}

/** Replicas by `region/pool`. */
function replicasOf({ pools }: FleetReport): Record<string, number> {
  return Object.fromEntries(pools.map((pool) => [`${pool.region}/${pool.name}`, pool.replicas]));
}

const textIn = (cwd: string, file: string): string => fs.readFileSync(path.join(cwd, file), "utf8");

describe("capplan size", () => {
  it("prints the answer first, then fleet, cost, cases, options and what it rests on", async () => {
    await inFolder(async (run) => {
      const { exitCode, stdout, stderr } = await run([]);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(
        /^Cheapest fleet for tiny\n\nPASS: the fleet keeps every objective in /,
      );
      // Every region alone carries all 12/s: at 9 to 10 a second a replica that is two in each, at $1.861.
      expect(stdout).toContain("4 replicas on 4 accelerators in 2 regions: $7.44 per hour");
      expect(stdout).toContain("It is the cheapest: no fleet of the search costs less.");
      expect(stdout.replace(/\s+/g, " ")).toMatch(
        /Next cheaper: \$5\.58 per hour with \S+ 2 → 1; then it breaks \(us-/,
      );
      const headings = ["Fleet", "Cost", "Case: whole scenario", "Case: peak, us-east-1 lost"];
      for (const heading of [...headings, "Assumptions", "Reproduce"]) {
        expect(stdout).toContain(`\n${heading}\n`);
      }
      expect(stdout).toContain("\n  capplan size capplan.yaml --seed 7\n");
      expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
      expect(stderr).toMatch(/^\d+ simulations, [\d,]+ requests in /);
    });
  });

  it("gives the same bytes for the same seed, however many jobs there are, and JSON that its schema takes", async () => {
    await inFolder(async (run) => {
      const argv = ["--output", "json", "--quiet"];
      const first = await run([...argv, "--jobs", "1"]);
      const second = await run([...argv, "--jobs", "3"]);
      expect(second.stdout).toBe(first.stdout);
      expect(first.stderr).toBe("");
      const report = fleetIn(first);
      expect(report).toMatchObject({
        kind: "sized",
        verdict: "PASS",
        seed: 7,
        isInterrupted: false,
      });
      expect(report.cases.map(({ name }) => name)).toEqual([
        "whole scenario",
        "peak, us-east-1 lost",
        "peak, us-west-2 lost",
      ]);
      expect(report.lowerBound!.usdPerHour).toBeCloseTo(report.cost.usdPerHour!, 6);
      expect(report.margins[0]!.toSpare).toBe(
        Math.min(...report.margins.map(({ toSpare }) => toSpare!)),
      );
    });
  });

  it("writes the plan that was verified, its stack files and a page, and leaves no journal behind", async () => {
    await inFolder(async (run, cwd) => {
      const files = ["--out", "tiny.plan.json", "--stacks", "stacks", "--html", "tiny.html"];
      const { exitCode, stderr, stdout } = await run([...files, "--output", "json"]);
      expect(exitCode).toBe(0);
      expect(stderr).toContain("wrote tiny.plan.json\nwrote tiny.html\n");
      const plan = readPlan(textIn(cwd, "tiny.plan.json"));
      expect(checkDigest(plan).isIntact).toBe(true);
      const report = fleetIn({ stdout, stderr, exitCode });
      expect(plan.evidence.runs.map((one) => one.case)).toEqual(
        report.cases.map(({ name }) => name),
      );
      expect(plan.evidence.bound).toMatchObject({
        lowerBoundUsdPerHour: report.lowerBound!.usdPerHour,
        bindingConstraint: expect.stringMatching(/^chat /),
        nextCheaper: expect.stringMatching(/^\$5\.58 per hour with /),
      });
      expect(plan.evidence.assumptions).toEqual(report.assumptions);
      expect(plan.cost.usdPerHour).toBeCloseTo(7.444, 3);
      expect(plan.scenario.written).toMatchObject({ survive: ["any-region"] });
      expect(fs.readdirSync(path.join(cwd, "stacks")).length).toBeGreaterThan(0);
      expect(textIn(cwd, "tiny.html")).toContain("Cost by region");
      expect(fs.readdirSync(cwd).toSorted()).toEqual([
        ...["capplan.yaml", "stacks", "tiny.html", "tiny.plan.json"],
      ]);
    });
  });

  it("says why each option lost when asked to", async () => {
    await inFolder(async (run) => {
      const { stdout } = await run(["--explain", "--quiet"]);
      expect(stdout).toContain("Why options for llama-3.1-8b-instruct were not taken");
      expect(stdout).toContain("Breaks an objective even with nearly nothing to do:");
      expect(stdout).toMatch(/g6-xlarge in us-east-1 and us-west-2: chat tpot\s+p95: [\d.]+ ms/);
    });
  });

  it("ends with 3 when there is no fleet, with what conflicts and what would do", async () => {
    await inFolder(async (run, cwd) => {
      const quota = "search.quotas={us-east-1: {g6e.xlarge: 1}, us-west-2: {g6e.xlarge: 9}}";
      const argv = ["--set", quota, "--out", "tiny.plan.json", "--explain"];
      const { exitCode, stdout, stderr } = await run(argv);
      expect(exitCode).toBe(3);
      expect(stdout).toMatch(/INFEASIBLE: .* 2 demands conflict/);
      expect(stdout).toMatch(/survive\[0\]: .*leave it out/);
      expect(stdout).toMatch(
        /search\.quotas\.us-east-1\.g6e\.xlarge: [\s\S]*at\s+least\s+2\s+needed/,
      );
      expect(stdout).toContain("Why options for llama-3.1-8b-instruct were not taken");
      expect(stderr).toContain("no plan was written: there is no fleet");
      expect(fs.readdirSync(cwd)).toEqual(["capplan.yaml"]);
      const json = await run(["--set", quota, "--output", "json", "--quiet"]);
      expect(sizingSchema.parse(JSON.parse(json.stdout))).toMatchObject({
        kind: "infeasible",
        conflicts: [{ path: "survive[0]" }, { path: "search.quotas.us-east-1.g6e.xlarge" }],
      });
    });
  });

  it("ends with 3 when an objective is below what hardware can do, and says what is best", async () => {
    await inFolder(async (run) => {
      const { exitCode, stdout } = await run(["--set", "workloads.chat.slo.tpot.p95=2ms"]);
      expect(exitCode).toBe(3);
      expect(stdout).toMatch(
        /workloads\.chat\.slo\.tpot\.p95: no option [\s\S]* [\d.]+ ms\s+at\s+best/,
      );
    });
  });
});

describe("capplan size with a plan", () => {
  it("verifies a plan as it is, and writes it anew in its place", async () => {
    await inFolder(async (run, cwd) => {
      await run(["--out", "tiny.plan.json", "--quiet"]);
      const before = readPlan(textIn(cwd, "tiny.plan.json"));
      const argv = ["tiny.plan.json", "--verify", "--out", "tiny.plan.json", "--output", "json"];
      const result = await run(argv);
      expect(result.exitCode).toBe(0);
      expect(fleetIn(result)).toMatchObject({
        kind: "verified",
        verdict: "PASS",
        lowerBound: null,
      });
      const after = readPlan(textIn(cwd, "tiny.plan.json"));
      expect(after.fleet).toEqual(before.fleet);
      // The same fleet under the same cases and seeds: the same evidence to the last digit.
      expect(after.evidence.runs).toEqual(before.evidence.runs);
    });
  });

  it("verifies a plan that was edited without being asked to, and ends with 4 when that breaks something", async () => {
    await inFolder(async (run, cwd) => {
      await run(["--out", "tiny.plan.json", "--quiet"]);
      const text = textIn(cwd, "tiny.plan.json");
      const edited = text.replace('"12/s"', '"60/s"');
      expect(edited).not.toBe(text);
      fs.writeFileSync(path.join(cwd, "tiny.plan.json"), edited);
      const argv = ["tiny.plan.json", "--out", "other.plan.json"];
      const { exitCode, stdout, stderr } = await run(argv);
      expect(exitCode).toBe(4);
      expect(stdout).toMatch(/^Verification of the fleet of tiny\n\nFAIL: /);
      expect(stderr).toMatch(/^note: tiny\.plan\.json was edited after it was verified/);
      expect(stderr).toContain("no plan was written: the fleet breaks an objective");
      expect(fs.existsSync(path.join(cwd, "other.plan.json"))).toBe(false);
      const anew = await run(["tiny.plan.json", "--no-verify", "--output", "json", "--quiet"]);
      expect(Math.min(...Object.values(replicasOf(fleetIn(anew))))).toBeGreaterThan(2);
    });
  });

  it("fails a given fleet that needs more than a quota allows", async () => {
    await inFolder(async (run) => {
      await run(["--out", "tiny.plan.json", "--quiet"]);
      const quota = "search.quotas={us-east-1: {l40s-48gb: 1}}";
      const { exitCode, stdout } = await run(["tiny.plan.json", "--verify", "--set", quota]);
      expect(exitCode).toBe(4);
      expect(stdout).toContain(
        "Over the quota: search.quotas.us-east-1.l40s-48gb is 1, the fleet needs 2.",
      );
    });
  });

  it("keeps the pools of the plan before, under their names, and says what changes", async () => {
    await inFolder(async (run, cwd) => {
      await run(["--out", "tiny.plan.json", "--quiet"]);
      const renamed = textIn(cwd, "tiny.plan.json").replaceAll("llama-3-1-8b-g6e-xlarge", "chat");
      fs.writeFileSync(path.join(cwd, "before.plan.json"), renamed);
      const more = ["--set", "workloads.chat.arrivals.rate=26/s"];
      const argv = ["--from", "before.plan.json", ...more];
      const report = fleetIn(await run([...argv, "--output", "json", "--quiet"]));
      expect(replicasOf(report)).toEqual({ "us-east-1/chat": 3, "us-west-2/chat": 3 });
      expect(report.change).toMatchObject({
        from: "before.plan.json",
        usdPerReplicaHour: 1,
        pools: [
          { pool: "us-east-1/chat", before: 2, after: 3 },
          { pool: "us-west-2/chat", before: 2, after: 3 },
        ],
      });
      const { stdout } = await run([...argv, "--quiet"]);
      expect(stdout).toMatch(/us-east-1\/chat +2 +3\n/);
    });
  });
});

describe("an interrupted capplan size", () => {
  /** Runs until the journal has so many lines, then presses Ctrl-C. */
  async function interruptedAt(lines: number, cwd: string): Promise<CommandResult> {
    const io: MemoryIo = memoryIo({ cwd });
    const running = runCommandIn(io, ["size", "--out", "tiny.plan.json", "--jobs", "1"]);
    const journal = path.join(cwd, "tiny.plan.json.journal");
    for (let turns = 0; turns < 1e6; turns++) {
      const count = fs.existsSync(journal)
        ? textIn(cwd, "tiny.plan.json.journal").split("\n").length
        : 0;
      if (count > lines) break;
      await new Promise((resolve) => setImmediate(resolve));
    }
    io.interrupt();
    return await running;
  }

  it("ends with 130, keeps a journal beside the plan, and goes on from there to the same bytes", async () => {
    await inFolder(async (run, cwd) => {
      const whole = await run(["--journal", "whole.journal", "--jobs", "1", "--quiet"]);
      const jobs = textIn(cwd, "whole.journal").trim().split("\n").length - 1;

      const early = await interruptedAt(4, cwd);
      expect(early.exitCode).toBe(130);
      expect(early.stdout).toBe("");
      expect(early.stderr).toContain(
        "interrupted before a fleet was found; what was simulated is in",
      );
      expect(fs.existsSync(path.join(cwd, "tiny.plan.json"))).toBe(false);

      // The verification of the last case runs: the best fleet is known.
      const late = await interruptedAt(jobs, cwd);
      expect(late.exitCode).toBe(130);
      expect(late.stdout).toContain("INTERRUPTED: the best fleet by then.");
      expect(late.stdout).toContain("$7.44 per hour");
      expect(late.stderr).toContain("no plan was written: the fleet was not verified");
      expect(fs.existsSync(path.join(cwd, "tiny.plan.json"))).toBe(false);

      const rest = await run(["--out", "tiny.plan.json", "--jobs", "1"]);
      expect(rest.exitCode).toBe(0);
      expect(rest.stdout).toBe(whole.stdout);
      expect(rest.stderr).toMatch(/^note: tiny\.plan\.json\.journal has \d+ results of this run/);
      expect(fs.readdirSync(cwd).toSorted()).toEqual([
        ...["capplan.yaml", "tiny.plan.json", "whole.journal"],
      ]);
    });
  });
});

describe("capplan size on a terminal", () => {
  it("shows the stage, the best fleet and the bound while it runs, and leaves nothing of it", async () => {
    await withTemporaryFolder(async (cwd) => {
      fs.writeFileSync(path.join(cwd, "capplan.yaml"), TINY_SIZING);
      const io = memoryIo({ cwd, isTTY: true, columns: 100, clockStepMs: 400 });
      const { exitCode, stderr } = await runCommandIn(io, ["size", "--jobs", "1"]);
      expect(exitCode).toBe(0);
      expect(stderr).toMatch(/measuring options, \d+ runs/);
      expect(stderr).toMatch(/verifying, \d+ runs, best \$7\.44\/h, at least \$7\.44\/h, gap 0 %/);
    });
  });
});

describe("bad input of capplan size", () => {
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    [
      "a plan that is not called one",
      ["--out", "prod.json"],
      /a plan's name ends with \.plan\.json/,
    ],
    ["stack files without a plan", ["--stacks", "stacks"], /--stacks needs --out/],
    ["a change cost without a plan before", ["--change-cost", "2"], /--change-cost needs --from/],
    [
      "a change of a fleet that is only verified",
      ["--verify", "--from", "a.plan.json"],
      /give one/,
    ],
    ["two results on stdout", ["--html", "-"], /cannot both be written to stdout/],
    ["no plan before", ["--from", "none.plan.json"], /none\.plan\.json/],
    ["an output that is the scenario", ["--html", "capplan.yaml"], /is the scenario itself/],
    [
      "clients that wait for an answer",
      ["--set", "workloads.chat.arrivals={closed: {concurrency: 4}}"],
      /workloads\.chat\.arrivals\.closed: .*no fleet is too small/,
    ],
    ["an unknown instance type", ["--set", "search.hardware=[p9.large]"], /search\.hardware\[0\]/],
    ["a fleet to verify that is not there", ["--verify"], /fleet\.regions: none has a pool/],
  ];
  it.each(cases)("fails for %s, and leaves no file behind", async (_, argv, message) => {
    await inFolder(async (run, cwd) => {
      const { exitCode, stdout, stderr } = await run(argv);
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
      expect(stderr).toMatch(message);
      expect(fs.readdirSync(cwd)).toEqual(["capplan.yaml"]);
    });
  });

  it("sends who simulates a scenario without pools to capplan size", async () => {
    const { exitCode, stderr } = await runCommand(["simulate", "three-region-sizing"]);
    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      "error: fleet.regions: none has a pool, so that there is nothing to run; let `capplan size` find out which, or add some\n",
    );
  });
});
