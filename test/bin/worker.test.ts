/** `capplan worker` and `--executor` as processes of their own, behind a real redis-server. */
import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "@jest/globals";
import { describeWithRedis } from "../support/redis-server";
import { type CommandResult, runCommand } from "../support/run-command";
import { withTemporaryFolder } from "../support/temporary-folder";
import { TINY_SIZING } from "../support/tiny-sizing";

const ROOT = path.resolve(__dirname, "../..");
const CAPPLAN = ["--import", require.resolve("tsx"), path.join(ROOT, "bin/capplan.ts")];

/** Cases that take a second or so each. */
const SCENARIO = `version: 1
name: shared
seed: 5
horizon: { duration: 20 min, warmUp: 1 min }
workloads:
  chat:
    model: llama-3.1-8b-instruct
    arrivals: { rate: 8/s }
    tokens: { input: 300, output: 60 }
    slo: { ttft: { p95: 2 s } }
fleet:
  regions:
    us-east-1: { pools: { h100: { model: llama-3.1-8b-instruct, instanceType: p5.4xlarge, replicas: 2, price: 6 } } }
    us-west-2: { pools: { h100: { model: llama-3.1-8b-instruct, instanceType: p5.4xlarge, replicas: 2, price: 6 } } }
`;
const ARGV = ["stress", "--output", "json", "--only", "peak-1.5x,region-loss,retry-storm"];

interface Running {
  readonly child: ChildProcess;
  readonly stderr: () => string;
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string }>;
}

const running = new Set<ChildProcess>();

afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
});

function start(argv: readonly string[], cwd: string): Running {
  const env = { ...process.env, NO_COLOR: "1", NODE_OPTIONS: "" };
  const child = spawn(process.execPath, [...CAPPLAN, ...argv], { cwd, env });
  running.add(child);
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = new Promise<{ code: number | null; stdout: string }>((resolve) => {
    child.once("close", (code) => {
      running.delete(child);
      resolve({ code, stdout });
    });
  });
  return { child, stderr: () => stderr, ended };
}

async function worker(url: string, cwd: string): Promise<Running> {
  const started = start(["worker", "--redis", url], cwd);
  await until(() => started.stderr().includes("takes jobs from"), started);
  return started;
}

async function until(isSo: () => boolean, { child, stderr }: Running): Promise<void> {
  while (!isSo()) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(stderr());
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function inFolder(
  use: (cwd: string, local: () => Promise<CommandResult>) => Promise<void>,
): Promise<void> {
  await withTemporaryFolder(async (cwd) => {
    fs.writeFileSync(path.join(cwd, "capplan.yaml"), SCENARIO);
    await use(cwd, () => runCommand([...ARGV, "--quiet", "--jobs", "1"], { cwd }));
  });
}

describeWithRedis("capplan worker", (url) => {
  it("gives the same bytes as this machine, with two workers that end with 0 at SIGTERM", async () => {
    await inFolder(async (cwd, local) => {
      const workers = [await worker(url(), cwd), await worker(url(), cwd)];
      const { code, stdout } = await start([...ARGV, "--executor", url()], cwd).ended;
      expect(code).toBe(0);
      expect(stdout).toBe((await local()).stdout);
      for (const one of workers) {
        expect(one.stderr()).toMatch(/^stress-[0-9a-f]{13} finished after [\d.]+ m?s$/m);
        one.child.kill("SIGTERM");
        expect(await one.ended).toEqual({ code: 0, stdout: "" });
      }
    });
  });

  it("sizes a fleet to the same bytes as this machine", async () => {
    await withTemporaryFolder(async (cwd) => {
      fs.writeFileSync(path.join(cwd, "capplan.yaml"), TINY_SIZING);
      const argv = ["size", "--output", "json", "--quiet"];
      const workers = [await worker(url(), cwd), await worker(url(), cwd)];
      const { code, stdout } = await start([...argv, "--executor", url()], cwd).ended;
      expect(code).toBe(0);
      expect(stdout).toBe((await runCommand([...argv, "--jobs", "1"], { cwd })).stdout);
      for (const one of workers) {
        expect(one.stderr()).toMatch(/^sizing-[0-9a-f]{13} finished after /m);
        one.child.kill("SIGTERM");
        expect((await one.ended).code).toBe(0);
      }
    });
  });

  it("loses and repeats nothing when a worker is killed and the command is interrupted", async () => {
    await inFolder(async (cwd, local) => {
      const argv = [...ARGV, "--executor", url(), "--journal", "run.journal"];
      const journal = path.join(cwd, "run.journal");
      const results = (): number =>
        fs.existsSync(journal) ? fs.readFileSync(journal, "utf8").split("\n").length - 2 : 0;
      const doomed = await worker(url(), cwd);
      const first = start(argv, cwd);
      await until(() => results() >= 2, first);
      doomed.child.kill("SIGKILL");
      first.child.kill("SIGINT");
      expect((await first.ended).code).toBe(130);
      const kept = results();
      const survivor = await worker(url(), cwd);
      const second = start(argv, cwd);
      const { code, stdout } = await second.ended;
      expect(code).toBe(0);
      expect(second.stderr()).toContain(
        `run.journal has ${kept} results of this run; they are not run again`,
      );
      expect(stdout).toBe((await local()).stdout);
      // The baseline and four cases.
      expect(survivor.stderr().match(/ finished /g)).toHaveLength(5 - kept);
    });
  });

  it("is silent with --quiet", async () => {
    await inFolder(async (cwd) => {
      const quiet = start(["worker", "--redis", url(), "--quiet"], cwd);
      const { code } = await start([...ARGV, "--executor", url()], cwd).ended;
      expect(code).toBe(0);
      quiet.child.kill("SIGINT");
      expect(await quiet.ended).toEqual({ code: 0, stdout: "" });
      expect(quiet.stderr()).toBe("");
    });
  });
});

describe("capplan worker", () => {
  it("fails when it is not told of a Redis, or there is none", async () => {
    const none = await runCommand(["worker"]);
    expect(none.exitCode).toBe(2);
    expect(none.stderr).toMatch(/required option '--redis <url>' not specified/);
    const away = await runCommand(["worker", "--redis", "redis://127.0.0.1:1"]);
    expect(away.exitCode).toBe(2);
    expect(away.stderr).toMatch(/^error: redis:\/\/127\.0\.0\.1:1: Redis cannot be reached: /);
  });
});
