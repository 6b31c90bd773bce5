import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { stressReportSchema } from "../../planner/report/stress/stress-schema";
import { memoryIo } from "../support/memory-io";
import { freePort } from "../support/redis-server";
import { type CommandResult, runCommand, runCommandIn } from "../support/run-command";
import { SMALL_SCENARIO } from "../support/small-scenario";
import { withTemporaryFolder } from "../support/temporary-folder";

/** Two regions of two replicas, and a case of its own. */
const TWO_REGIONS = `version: 1
name: two
seed: 5
horizon: { duration: 240 s, warmUp: 8 s }
workloads:
  chat:
    model: llama-3.1-8b-instruct
    arrivals: { rate: 4/s }
    tokens: { input: 300, output: 30 }
    slo: { ttft: { p95: 2 s } }
fleet:
  failover: { healthCheck: { interval: 10 s, failureThreshold: 1 }, ttl: 5 s }
  coldStart: { node: 1 s, imagePull: 1 s, weights: 1 s }
  regions:
    us-east-1: { pools: { h100: { model: llama-3.1-8b-instruct, instanceType: p5.4xlarge, replicas: 2, price: 6 } } }
    us-west-2: { pools: { h100: { model: llama-3.1-8b-instruct, instanceType: p5.4xlarge, replicas: 2, price: 6 } } }
stress:
  cases:
    - name: half gone
      faults: [ { name: half, at: 60 s, lose: { pool: us-west-2/h100 }, for: 20 s } ]
`;

async function inFolder(
  use: (run: (argv: readonly string[]) => Promise<CommandResult>, cwd: string) => Promise<void>,
  scenario = TWO_REGIONS,
): Promise<void> {
  await withTemporaryFolder(async (cwd) => {
    fs.writeFileSync(path.join(cwd, "capplan.yaml"), scenario);
    await use((argv) => runCommand(["stress", ...argv], { cwd }), cwd);
  });
}

const ONE_CASE = ["--only", "half gone", "--jobs", "1"];

describe("capplan stress", () => {
  it("prints a scorecard on stdout, and how long it took on stderr", async () => {
    await inFolder(async (run) => {
      const { exitCode, stdout, stderr } = await run(["--only", "half gone,peak-2x,cold-start"]);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/^Stress test of two\n\n(PASS|FAIL): /);
      expect(stdout).toMatch(/^ {2}half gone +(PASS|FAIL) /m);
      expect(stdout).toMatch(/^ {2}us-east-1 +region /m);
      expect(stdout).toContain("capplan stress capplan.yaml --seed 5");
      expect(stderr).toMatch(/^4 runs, [\d,]+ requests in /);
    });
  });

  it("runs the whole suite, gives the same bytes for the same seed, and JSON that its schema takes", async () => {
    await inFolder(async (run) => {
      const argv = ["--output", "json", "--quiet"];
      const [first, second] = [await run(argv), await run(argv)];
      expect(first.stdout).toBe(second.stdout);
      expect(first.stderr).toBe("");
      const report = stressReportSchema.parse(JSON.parse(first.stdout));
      expect(report.cases.map(({ name }) => name)).toEqual([
        "peak-1.5x",
        "peak-2x",
        "long-context",
        "region-loss:us-east-1",
        "region-loss:us-west-2",
        "pool-loss:us-east-1/h100",
        "pool-loss:us-west-2/h100",
        "gateway-replica-loss",
        "stale-dns",
        "spot-reclaim-wave",
        "retry-storm",
        "cold-start",
        "slow-replica",
        "poison-requests",
        "queue-backlog",
        "half gone",
      ]);
      const lost = report.cases.find(({ name }) => name === "region-loss:us-east-1")!.measured!;
      // Nothing is answered from there until clients are sent elsewhere: 10 s of checks, and a TTL of 5 s.
      expect(lost.requestShare).toBeGreaterThan(0);
      expect(lost.recovered).toBe(true);
      const other = await run([...argv, "--seed", "6", "--only", "cold-start"]);
      expect(stressReportSchema.parse(JSON.parse(other.stdout)).seed).toBe(6);
    });
  });

  it("lists the cases without running any", async () => {
    await inFolder(async (run) => {
      const { stdout } = await run(["--list"]);
      expect(stdout).toMatch(/^region-loss:us-east-1 +Does the rest/m);
      expect(stdout).toMatch(/^queue-backlog +not applicable: no workload/m);
      expect(stdout).toContain("half gone");
      const json: unknown = JSON.parse((await run(["--list", "--output", "json"])).stdout);
      expect(json).toContainEqual(
        expect.objectContaining({ name: "queue-backlog", applies: false }),
      );
    });
  });

  it("takes cases by name or group, and says what it takes for a misspelt one", async () => {
    await inFolder(async (run) => {
      const names = async (only: string): Promise<string[]> => {
        const { stdout } = await run(["--list", "--output", "json", "--only", only]);
        return (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name);
      };
      expect(await names("region-loss, half gone")).toEqual([
        "region-loss:us-east-1",
        "region-loss:us-west-2",
        "half gone",
      ]);
      const { exitCode, stderr } = await run(["--only", "regionloss"]);
      expect(exitCode).toBe(2);
      expect(stderr).toBe(
        'error: --only: unknown case "regionloss"; did you mean "region-loss"?\n',
      );
    });
  });

  it("exits with 4 where a threshold is broken, and with 0 where none was given or all hold", async () => {
    await inFolder(async (run) => {
      const broken = await run([...ONE_CASE, "--fail-on", "recovery=1s,blast-radius=0%"]);
      expect(broken.exitCode).toBe(4);
      expect(broken.stdout).toMatch(/half gone: requests touched .*at most 0% is asked for/);
      expect((await run([...ONE_CASE, "--fail-on", "availability=1%,recovers"])).exitCode).toBe(0);
      expect((await run(ONE_CASE)).exitCode).toBe(0);
    });
    const asked = `${TWO_REGIONS}  failOn: { blastRadius: 0% }\n`;
    await inFolder(async (run) => {
      expect((await run(ONE_CASE)).exitCode).toBe(4);
      expect((await run([...ONE_CASE, "--fail-on", "blast-radius=100%"])).exitCode).toBe(0);
    }, asked);
  });

  it("refuses thresholds and options that it does not know before it runs anything", async () => {
    await inFolder(async (run) => {
      const { exitCode, stderr } = await run(["--fail-on", "availability"]);
      expect(exitCode).toBe(2);
      expect(stderr).toBe(
        "error: --fail-on: availability needs a value; write availability=99%, say\n",
      );
      expect((await run(["--jobs", "0"])).exitCode).toBe(2);
      expect((await run(["--domains", "few"])).exitCode).toBe(2);
      expect((await run(["--html", "-", "--out", "-"])).exitCode).toBe(2);
      expect((await run(["--out", "stress.html"])).stderr).toMatch(/^error: --out stress\.html: /);
      expect((await run(["--list", "--out", "list.json"])).stderr).toMatch(/cannot be used with/);
    });
  });

  it("writes the result and the page to files, and leaves the scenario alone", async () => {
    await inFolder(async (run, cwd) => {
      const { stdout, stderr } = await run([
        ...ONE_CASE,
        "--out",
        "stress.md",
        "--html",
        "stress.html",
      ]);
      expect(stdout).toBe("");
      expect(stderr).toContain("wrote stress.md\nwrote stress.html\n");
      expect(fs.readFileSync(path.join(cwd, "stress.md"), "utf8")).toMatch(/^# Stress test of two/);
      const page = fs.readFileSync(path.join(cwd, "stress.html"), "utf8");
      expect(page).toMatch(/^<!doctype html>/);
      expect(page).toContain("<svg ");
      const { exitCode } = await run(["--out", "capplan.yaml"]);
      expect(exitCode).toBe(2);
    });
  });

  it("changes values of the scenario with --set, and says so in the command to repeat it", async () => {
    await inFolder(async (run) => {
      const { stdout } = await run([...ONE_CASE, "--set", "workloads.chat.arrivals.rate=2/s"]);
      expect(stdout).toMatch(/Without any case: [12]\.\d+ requests\/s/);
      expect(stdout).toContain("--only 'half gone' --set workloads.chat.arrivals.rate=2/s");
    });
  });

  it("says which cases do not apply to a single pool", async () => {
    await inFolder(async (run) => {
      const { stdout } = await run(["--only", "region-loss,pool-loss"]);
      expect(stdout).toContain("No verdict: none of the cases applies to this fleet.");
      expect(stdout).toContain("- region-loss: the fleet is in one region");
    }, SMALL_SCENARIO);
  });

  it("stops at Ctrl-C before the baseline is finished with 130, and keeps nothing", async () => {
    await withTemporaryFolder(async (cwd) => {
      fs.writeFileSync(path.join(cwd, "capplan.yaml"), TWO_REGIONS);
      const io = memoryIo({ cwd });
      const running = runCommandIn(io, ["stress", "--out", "report.txt", "--jobs", "1"]);
      // Once the command listens it is about to run.
      for (let turns = 0; io.listenerCount() === 0 && turns < 1e6; turns++) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      io.interrupt();
      const { exitCode, stdout, stderr } = await running;
      expect(exitCode).toBe(130);
      expect(stdout).toBe("");
      expect(stderr).toBe("interrupted before the baseline was finished; nothing is kept\n");
      expect(fs.readdirSync(cwd)).toEqual(["capplan.yaml"]);
      expect(io.listenerCount()).toBe(0);
    });
  });

  it("goes on from a journal, with the same bytes, and repeats nothing", async () => {
    await inFolder(async (run, cwd) => {
      const argv = ["--only", "half gone,peak-2x", "--jobs", "1", "--output", "json"];
      const without = await run([...argv, "--quiet"]);
      const first = await run([...argv, "--journal", "run.journal"]);
      expect(first.stderr).toMatch(/^3 runs, [1-9][\d,]* requests/);
      const written = fs.readFileSync(path.join(cwd, "run.journal"), "utf8");
      const second = await run([...argv, "--journal", "run.journal"]);
      expect(second.stderr).toMatch(
        /^note: run\.journal has 3 results of this run; they are not run again\n3 runs, 0 requests/,
      );
      expect([first.stdout, second.stdout]).toEqual([without.stdout, without.stdout]);
      expect(fs.readFileSync(path.join(cwd, "run.journal"), "utf8")).toBe(written);
      const other = await run([...argv, "--journal", "run.journal", "--seed", "6"]);
      expect(other.stderr).toMatch(
        /^note: run\.journal also has 3 of other scenarios, which are not used\n3 runs, [1-9]/,
      );
    });
  });

  it("fails when its journal is the scenario, or a stream, and leaves them alone", async () => {
    await inFolder(async (run, cwd) => {
      expect((await run([...ONE_CASE, "--journal", "capplan.yaml"])).exitCode).toBe(2);
      const { exitCode, stderr } = await run([...ONE_CASE, "--journal", "-"]);
      expect(exitCode).toBe(2);
      expect(stderr).toBe(
        "error: --journal: a journal is a file, not a stream; give a file name\n",
      );
      fs.writeFileSync(path.join(cwd, "notes.txt"), "mine\n");
      const foreign = await run([...ONE_CASE, "--journal", "notes.txt"]);
      expect(foreign.stderr).toBe(
        "error: notes.txt: is there, and is not a journal; name another file\n",
      );
      expect(fs.readFileSync(path.join(cwd, "notes.txt"), "utf8")).toBe("mine\n");
      expect((await run([...ONE_CASE, "--journal", "no/such.journal"])).stderr).toBe(
        "error: no/such.journal: cannot be written: its folder does not exist; create it first\n",
      );
    });
  });

  it("fails when its executor is no Redis, in one line that says what to do", async () => {
    await inFolder(async (run, cwd) => {
      const port = await freePort();
      const { exitCode, stdout, stderr } = await run([
        ...["--only", "half gone", "--out", "report.txt"],
        ...["--executor", `redis://:secret@127.0.0.1:${port}`],
      ]);
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
      expect(stderr).toBe(
        `error: redis://:***@127.0.0.1:${port}: Redis cannot be reached: connect ECONNREFUSED 127.0.0.1:${port}; start redis-server there, or correct the address (rediss:// where it takes TLS only)\n`,
      );
      expect(fs.readdirSync(cwd)).toEqual(["capplan.yaml"]);
      for (const url of [
        "http://x",
        "redis://",
        "redis://host/name",
        "6379",
        "redis://host/0?password=s3cret",
        "redis://u:s3cret#1@localhost:1",
        "redis://u:s3cret/1@localhost:1",
        "redis://u:s3cret%zz@localhost:1",
        "redis://u:s3cret%ff@localhost:1",
      ]) {
        const wrong = await run(["--executor", url]);
        expect(wrong.exitCode).toBe(2);
        expect(wrong.stderr).toMatch(/^error: the address of Redis must be redis:\/\/HOST:PORT/);
        expect(wrong.stderr).not.toContain("s3cret");
      }
      const both = await run([...ONE_CASE, "--executor", "redis://x"]);
      expect(both.stderr).toMatch(/'--executor <url>' cannot be used with option '--jobs <n>'/);
    });
  });

  it("shows on a terminal how many runs are done", async () => {
    await withTemporaryFolder(async (cwd) => {
      fs.writeFileSync(path.join(cwd, "capplan.yaml"), TWO_REGIONS);
      // The clock jumps, so that the line is drawn at once.
      const io = memoryIo({ cwd, isTTY: true, clockStepMs: 400 });
      await runCommandIn(io, ["stress", ...ONE_CASE, "--quiet"]);
      expect(io.stderrText()).toBe("");
      const loud = memoryIo({ cwd, isTTY: true, clockStepMs: 400 });
      await runCommandIn(loud, [
        "stress",
        "--only",
        "peak-2x",
        "--jobs",
        "1",
        "--set",
        "workloads.chat.arrivals.rate=60/s",
      ]);
      expect(loud.stderrText()).toMatch(/\d of 2 runs/);
    });
  });
});
