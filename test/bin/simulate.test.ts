import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { REQUEST_COLUMNS } from "../../planner/report/request-rows";
import { summarySchema } from "../../planner/report/summary-schema";
import { type MemoryIo, memoryIo } from "../support/memory-io";
import { type CommandResult, runCommand, runCommandIn } from "../support/run-command";
import { SMALL_SCENARIO } from "../support/small-scenario";
import { withTemporaryFolder } from "../support/temporary-folder";

const FEW_REQUESTS = ["--set", "horizon.duration=10s", "--set", "horizon.warmUp=1s"];

/** Runs in a folder that has SMALL_SCENARIO as ./capplan.yaml. */
async function inFolder(
  use: (
    run: (argv: readonly string[], options?: object) => Promise<CommandResult>,
    cwd: string,
  ) => Promise<void>,
): Promise<void> {
  await withTemporaryFolder(async (cwd) => {
    fs.writeFileSync(path.join(cwd, "capplan.yaml"), SMALL_SCENARIO);
    await use((argv, options = {}) => runCommand(argv, { cwd, ...options }), cwd);
  });
}

describe("capplan simulate", () => {
  it("runs ./capplan.yaml and prints a table on stdout, timings on stderr", async () => {
    await inFolder(async (run) => {
      const { exitCode, stdout, stderr } = await run(["simulate"]);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/^Simulation of small\n\nPASS: the objective is met; /);
      expect(stdout).toContain("capplan simulate capplan.yaml --seed 3 --replications 2\n");
      expect(stderr).toMatch(/measured \d+ requests in /);
    });
  });

  it("gives the same bytes for the same seed, and others for another", async () => {
    await inFolder(async (run) => {
      const argv = ["simulate", "--output", "json", "--seed", "11"];
      const [first, second] = [await run(argv), await run(argv)];
      expect(first.stdout).toBe(second.stdout);
      const other = await run(["simulate", "--output", "json", "--seed", "12"]);
      expect(other.stdout).not.toBe(first.stdout);
    });
  });

  it("prints JSON that its own schema takes", async () => {
    await inFolder(async (run) => {
      const { stdout } = await run(["simulate", "--output", "json", "--timeline", "4"]);
      const summary = summarySchema.parse(JSON.parse(stdout));
      expect(summary).toMatchObject({ schemaVersion: 2, seed: 3, replications: 2 });
      expect(summary.timeline).toHaveLength(4);
    });
  });

  it("says how wide the margins of two replications are, and that five have better ones", async () => {
    await inFolder(async (run) => {
      const argv = ["simulate", "--output", "json", ...FEW_REQUESTS, "--replications"];
      const codes = async (replications: string): Promise<string[]> => {
        const { warnings } = summarySchema.parse(
          JSON.parse((await run([...argv, replications])).stdout),
        );
        return warnings.map(({ code }) => code);
      };
      expect(await codes("2")).toContain("two-replications");
      expect(await codes("3")).not.toContain("two-replications");
    });
  });

  it("counts replications of what is not drawn as the one run that they are, and says so", async () => {
    await inFolder(async (run) => {
      const fixed = [
        "workloads.chat.tokens={input: 100, output: 20}",
        "workloads.chat.arrivals={rate: 5/s, process: deterministic}",
        "workloads.chat.slo={ttft: {p95: 1s}}",
      ].flatMap((change) => ["--set", change]);
      const summaryOf = async (replications: string) => {
        const argv = ["simulate", "--output", "json", ...fixed, "--replications", replications];
        return summarySchema.parse(JSON.parse((await run(argv)).stdout));
      };
      const [one, three] = [await summaryOf("1"), await summaryOf("3")];
      const { warnings, ...numbers } = three;
      expect(numbers).toEqual({ ...one, warnings: undefined });
      expect(numbers.interrupted).toBeNull();
      expect(warnings.map(({ code }) => code)).toContain("same-replications");
      expect(warnings.map(({ code }) => code)).not.toContain("single-replication");
    });
  });

  it("prints Markdown", async () => {
    await inFolder(async (run) => {
      const { stdout } = await run(["simulate", "--output", "markdown"]);
      expect(stdout).toMatch(/^# Simulation of small\n/);
      expect(stdout).toContain("| workload | objective |");
    });
  });

  it("colours a terminal, and nothing else", async () => {
    await inFolder(async (run) => {
      const argv = ["simulate", "--quiet"];
      const escapeCode = "\u001b[";
      expect((await run(argv, { isTTY: true })).stdout).toContain(escapeCode);
      const plain = await run(argv, { isTTY: true, env: { NO_COLOR: "1" } });
      expect(plain.stdout + plain.stderr).not.toContain(escapeCode);
      expect((await run(argv)).stdout).not.toContain(escapeCode);
    });
  });

  it("is silent on stderr with --quiet, also on a terminal", async () => {
    await inFolder(async (run) => {
      expect((await run(["simulate", "--quiet"], { isTTY: true })).stderr).toBe("");
    });
  });

  it("takes overrides, and repeats them in the command that reproduces", async () => {
    await inFolder(async (run) => {
      const { exitCode, stdout } = await run(["simulate", ...FEW_REQUESTS, "--replications", "1"]);
      expect(exitCode).toBe(0);
      expect(stdout).toContain(
        "capplan simulate capplan.yaml --seed 3 --replications 1 --set horizon.duration=10s --set horizon.warmUp=1s",
      );
    });
  });

  it("ends with 4 for a missed objective, but only with --fail-on-slo", async () => {
    await inFolder(async (run) => {
      const strict = ["simulate", "--set", "workloads.chat.slo.ttft.p95=1ms"];
      expect((await run(strict)).exitCode).toBe(0);
      const { exitCode, stdout } = await run([...strict, "--fail-on-slo"]);
      expect(exitCode).toBe(4);
      expect(stdout).toContain("FAIL: the objective is not met.");
    });
  });

  it("writes the result to a file in the format of its name, and nothing on stdout", async () => {
    await inFolder(async (run, cwd) => {
      const { exitCode, stdout, stderr } = await run(["simulate", "--out", "result.json"]);
      expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "" });
      expect(stderr).toContain("wrote result.json\n");
      const text = fs.readFileSync(path.join(cwd, "result.json"), "utf8");
      expect(summarySchema.parse(JSON.parse(text)).scenario.name).toBe("small");
      expect(fs.readdirSync(cwd).sort()).toEqual(["capplan.yaml", "result.json"]);
    });
  });

  it("refuses a file whose name says no format before anything runs, unless --output says it", async () => {
    await inFolder(async (run, cwd) => {
      const { exitCode, stderr } = await run(["simulate", "--quiet", "--out", "result.html"]);
      expect({ exitCode, stderr }).toEqual({
        exitCode: 2,
        stderr:
          "error: --out result.html: the extension says the format, and it is none of .json, .md, .markdown, .txt; --html writes a page, and --output says the format of a file with any other name\n",
      });
      expect(fs.readdirSync(cwd)).toEqual(["capplan.yaml"]);
      const argv = ["simulate", "--quiet", ...FEW_REQUESTS];
      await run([...argv, "--output", "table", "--out", "result.log"]);
      await run([...argv, "--out", "RESULT.MD"]);
      await run([...argv, "--out", "result"]);
      const read = (name: string): string => fs.readFileSync(path.join(cwd, name), "utf8");
      expect(read("result.log")).toBe(read("result"));
      expect(read("RESULT.MD")).toMatch(/^# Simulation of small/);
    });
  });

  it("writes a row for each request of each replication", async () => {
    await inFolder(async (run, cwd) => {
      const argv = ["simulate", "--set", "horizon.warmUp=0s", "--output", "json"];
      const { stdout } = await run([...argv, "--requests", "rows.csv"]);
      const { requests, replications } = summarySchema.parse(JSON.parse(stdout));
      const rows = fs.readFileSync(path.join(cwd, "rows.csv"), "utf8").trimEnd().split("\n");
      expect(rows[0]).toBe(REQUEST_COLUMNS.join(","));
      expect(rows.length - 1).toBe(requests.offered * replications);
      expect(new Set(rows.slice(1).map((row) => row.split(",")[0]))).toEqual(new Set(["1", "2"]));
      await run([...argv, "--requests", "rows.jsonl"]);
      const lines = fs.readFileSync(path.join(cwd, "rows.jsonl"), "utf8").trimEnd().split("\n");
      expect(lines).toHaveLength(rows.length - 1);
      expect(JSON.parse(lines[0]!)).toMatchObject({ workload: "chat", pool: "us-east-1/h100" });
    });
  });

  it("writes trace events that parse, of the time asked for", async () => {
    await inFolder(async (run, cwd) => {
      const argv = ["simulate", "--trace-events", "run.json", "--trace-events-seconds", "5"];
      const { exitCode, stderr } = await run(argv);
      expect(exitCode).toBe(0);
      expect(stderr).toContain("note: run.json holds the first 5 s of replication 1");
      const text = fs.readFileSync(path.join(cwd, "run.json"), "utf8");
      const { traceEvents }: { readonly traceEvents: readonly { ph: string; ts?: number }[] } =
        JSON.parse(text);
      const slices = traceEvents.filter((event) => event.ph === "X");
      expect(slices.length).toBeGreaterThan(0);
      expect(Math.max(...slices.map((event) => event.ts!))).toBeLessThan(5e6);
    });
  });

  it("changes no result by watching it", async () => {
    await inFolder(async (run) => {
      const argv = ["simulate", "--output", "json"];
      const plain = await run(argv);
      const watched = await run([...argv, "--requests", "r.csv", "--trace-events", "t.json"]);
      expect(watched.stdout).toBe(plain.stdout);
    });
  });

  it("fails before it runs when a file cannot be written, and leaves nothing behind", async () => {
    await inFolder(async (run, cwd) => {
      const argv = ["simulate", "--out", "result.json", "--requests", "missing/rows.csv"];
      const { exitCode, stdout, stderr } = await run([...argv, "--quiet"]);
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
      expect(stderr).toBe(
        "error: missing/rows.csv: cannot be written: its folder does not exist; create it first\n",
      );
      expect(fs.readdirSync(cwd)).toEqual(["capplan.yaml"]);
    });
  });

  it("refuses two results on stdout, and rows in a format that it does not know", async () => {
    await inFolder(async (run) => {
      expect((await run(["simulate", "--requests", "-"])).stderr).toBe(
        "error: the result and --requests cannot both be written to stdout; give one of them a file name\n",
      );
      const { exitCode, stderr } = await run(["simulate", "--requests", "rows.xlsx"]);
      expect(exitCode).toBe(2);
      expect(stderr).toContain("none of .csv, .jsonl, .ndjson");
    });
  });

  it("draws progress on a terminal's stderr only", async () => {
    await inFolder(async (run) => {
      const long = ["simulate", "--set", "horizon.duration=6h"];
      const slow = { isTTY: true, clockStepMs: 1000 };
      const { stdout, stderr } = await run([...long, "--replications", "2"], slow);
      expect(stderr).toContain("requests/s");
      expect(stdout).not.toContain("left");
    });
  });

  it("keeps what is finished at Ctrl-C, says so, and ends with 130", async () => {
    await withTemporaryFolder(async (cwd) => {
      fs.writeFileSync(path.join(cwd, "capplan.yaml"), SMALL_SCENARIO);
      const io = memoryIo({ cwd });
      // The event loop turns between slices: the run is some way into its replications by then.
      interruptAfterTurns(io, 20);
      const argv = ["simulate", "--replications", "1000", "--requests", "rows.csv"];
      const { exitCode, stdout, stderr } = await runCommandIn(io, argv);
      expect(exitCode).toBe(130);
      const finished = Number(
        /INTERRUPTED: made from (\d+) of 1,000 replications/.exec(stdout)?.[1],
      );
      expect(finished).toBeGreaterThanOrEqual(1);
      expect(finished).toBeLessThan(1000);
      expect(stderr).toContain(`warning: interrupted after ${finished} of 1000 replications`);
      expect(io.listenerCount()).toBe(0);
      const rows = fs.readFileSync(path.join(cwd, "rows.csv"), "utf8").trimEnd().split("\n");
      const replications = new Set(rows.slice(1).map((row) => Number(row.split(",")[0])));
      expect(Math.max(...replications)).toBe(finished);
    });
  });

  it("says in one line that nothing was finished, removes partial files, and ends with 130", async () => {
    await withTemporaryFolder(async (cwd) => {
      fs.writeFileSync(path.join(cwd, "capplan.yaml"), SMALL_SCENARIO);
      const io = memoryIo({ cwd });
      const pressWhenHeard = (): void => {
        if (io.listenerCount() > 0) io.interrupt();
        else setImmediate(pressWhenHeard);
      };
      setImmediate(pressWhenHeard);
      const argv = ["simulate", "--set", "horizon.duration=100h", "--requests", "rows.csv"];
      expect(await runCommandIn(io, argv)).toEqual({
        exitCode: 130,
        stdout: "",
        stderr: "interrupted before the first replication was finished; nothing is kept\n",
      });
      expect(fs.readdirSync(cwd)).toEqual(["capplan.yaml"]);
    });
  });
});

function interruptAfterTurns(io: MemoryIo, turns: number): void {
  const turn = (left: number): void => {
    if (left === 0) io.interrupt();
    else setImmediate(() => turn(io.listenerCount() > 0 ? left - 1 : left));
  };
  turn(turns);
}
