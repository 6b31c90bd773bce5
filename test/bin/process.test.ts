/** The executable as a process of its own: signals, pipes and exit codes, which memory cannot show. */
import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { SMALL_SCENARIO } from "../support/small-scenario";
import { withTemporaryFolder } from "../support/temporary-folder";

const ROOT = path.resolve(__dirname, "../..");
const CAPPLAN = ["--import", require.resolve("tsx"), path.join(ROOT, "bin/capplan.ts")];

/** A device on which every write fails for lack of space; Linux has it. */
const FULL_DEVICE = "/dev/full";

function onFullDevice(name: string, test: () => Promise<void>): void {
  if (fs.existsSync(FULL_DEVICE)) it(name, test);
  else it.skip(`${name} (skipped: no ${FULL_DEVICE} here)`, test);
}

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(
  argv: readonly string[],
  cwd: string,
  stdio: StdioOptions = "pipe",
): { child: ChildProcess; ended: Promise<Ended> } {
  const env = { ...process.env, NO_COLOR: "1", NODE_OPTIONS: "" };
  const child = spawn(process.execPath, [...CAPPLAN, ...argv], { cwd, env, stdio });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => stderr.push(chunk));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) =>
      resolve({
        code,
        signal,
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      }),
    );
  });
  return { child, ended };
}

/** Waits until `isSo` holds: the child has come as far as the test needs it. An early end is told by `ended`. */
async function until(isSo: () => boolean, child: ChildProcess): Promise<void> {
  while (!isSo() && child.exitCode === null) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A folder with SMALL_SCENARIO; the requests of a run lie in a partial file while it goes on. */
async function whileRunning(
  argv: readonly string[],
  use: (run: {
    child: ChildProcess;
    ended: Promise<Ended>;
    partial: () => number;
  }) => Promise<void>,
): Promise<string[]> {
  let left: string[] = [];
  await withTemporaryFolder(async (cwd) => {
    fs.writeFileSync(path.join(cwd, "capplan.yaml"), SMALL_SCENARIO);
    const run = start(["simulate", "--requests", "rows.csv", ...argv], cwd);
    const name = `.rows.csv.${run.child.pid}.partial`;
    const partial = (): number =>
      fs.statSync(path.join(cwd, name), { throwIfNoEntry: false })?.size ?? -1;
    await use({ ...run, partial });
    left = fs.readdirSync(cwd).sort();
  });
  return left;
}

/** Far more than can be simulated before the signal comes. */
const ENDLESS = ["--set", "horizon.duration=50000h"];

describe("capplan as a process", () => {
  it("ends with 130 at Ctrl-C, with the replications that were finished", async () => {
    const left = await whileRunning(
      ["--replications", "1000"],
      async ({ child, ended, partial }) => {
        // A replication has some 80 requests of 100 bytes.
        await until(() => partial() > 20_000, child);
        child.kill("SIGINT");
        const { code, signal, stdout, stderr } = await ended;
        expect({ code, signal }).toEqual({ code: 130, signal: null });
        expect(stdout).toMatch(/^INTERRUPTED: made from \d+ of 1,000 replications\.$/m);
        expect(stderr).toMatch(/^warning: interrupted after \d+ of 1000 replications$/m);
      },
    );
    expect(left).toEqual(["capplan.yaml", "rows.csv"]);
  });

  it("ends within a replication too, with one line and no file", async () => {
    const left = await whileRunning(ENDLESS, async ({ child, ended, partial }) => {
      await until(() => partial() > 0, child);
      child.kill("SIGINT");
      expect(await ended).toEqual({
        code: 130,
        signal: null,
        stdout: "",
        stderr: "interrupted before the first replication was finished; nothing is kept\n",
      });
    });
    expect(left).toEqual(["capplan.yaml"]);
  });

  it("ends with 143 at SIGTERM, otherwise as at Ctrl-C", async () => {
    const left = await whileRunning(
      ["--replications", "1000"],
      async ({ child, ended, partial }) => {
        await until(() => partial() > 20_000, child);
        child.kill("SIGTERM");
        const { code, signal, stdout } = await ended;
        expect({ code, signal }).toEqual({ code: 143, signal: null });
        expect(stdout).toMatch(/^INTERRUPTED: made from \d+ of 1,000 replications\.$/m);
      },
    );
    expect(left).toEqual(["capplan.yaml", "rows.csv"]);
  });

  onFullDevice("says in one line that stdout is full, and ends with 2", async () => {
    const full = fs.openSync(FULL_DEVICE, "w");
    const { ended } = start(["catalog", "models"], ROOT, ["ignore", full, "pipe"]);
    fs.closeSync(full);
    const { code, stderr } = await ended;
    expect(stderr.split("\n").filter((line) => line.startsWith("error"))).toEqual([
      "error: stdout: no space left on device",
    ]);
    expect(stderr).not.toContain("    at ");
    expect(code).toBe(2);
  });

  onFullDevice("ends with 2 when stderr is full, with its result on stdout", async () => {
    const full = fs.openSync(FULL_DEVICE, "w");
    const { ended } = start(["catalog", "models"], ROOT, ["ignore", "pipe", full]);
    fs.closeSync(full);
    const { code, stdout } = await ended;
    expect(stdout).toContain("llama-3.1-8b-instruct");
    expect(code).toBe(2);
  });

  it("ends without an error when the reader of a pipe has seen enough", async () => {
    const { child, ended } = start(["catalog", "models", "--output", "json"], ROOT);
    child.stdout?.once("data", () => child.stdout?.destroy());
    const { code, signal } = await ended;
    expect({ code, signal }).toEqual({ code: 0, signal: null });
  });
});
