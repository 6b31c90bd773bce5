/**
 * `npm run bench`: how fast the simulator is, each row in a process of its own so that it starts cold and
 * its peak memory is its own. Prints a table; ratios are taken within one run, since machines are noisy, and the
 * seconds that the run was on a core stand beside those of the clock, since machines are shared. Compiled as the package
 * is, and run without a loader: through tsx the same code takes 10 to 15 % longer.
 * Not a test: nothing here passes or fails. Names of rows as arguments run only those.
 */

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { engineSettings } from "../../planner/simulation/engine-settings";
import { type SimulateOptions, simulate } from "../../planner/simulation/simulate";
import { PLAIN_AND_POLICIES, type SpeedScenario, scenarios } from "./speed-scenarios";

interface Measured {
  readonly seconds: number;
  /** In which the main thread was on a core; null where the system does not say. */
  readonly coreSeconds: number | null;
  readonly requests: number;
  readonly steps: number;
  readonly events: number;
  readonly peakMebibytes: number;
}

/** Arguments of the child processes. */
const JUMPING = "--jumping";
const STEPPING = "--stepping";

/** One step at a time: the same engine without its jumps. */
const stepByStep: SimulateOptions = {
  engineSettingsFor: (pool) => ({ ...engineSettings(pool), stepsPerRunMax: 1 }),
};

function main(): void {
  const [flag, name] = process.argv.slice(2);
  if (flag === JUMPING || flag === STEPPING) {
    const scenario = scenarios.find((one) => one.name === name)!;
    measureHere(scenario, flag === STEPPING ? stepByStep : {});
    return;
  }
  const wanted = process.argv.slice(2);
  const chosen = scenarios.filter((one) => wanted.length === 0 || wanted.includes(one.name));
  printRow([
    "workload",
    "requests",
    "s",
    "on core",
    "us/req",
    "steps/s",
    "steps/event",
    "MiB",
    "stepping",
    "ratio",
  ]);
  const seconds = new Map<string, number>();
  for (const scenario of chosen) printRow(rowOf(scenario, seconds));
  const [plain, policies] = PLAIN_AND_POLICIES.map((name) => seconds.get(name));
  if (plain !== undefined && policies !== undefined) {
    const ratio = (policies / plain).toFixed(2);
    console.log(`\nall policies on and none binding, over none: ${ratio} times as long`);
  }
  if (wanted.length === 0) printWholeProcess();
}

/** One run in this process, as it comes: no warm-up. */
function measureHere(scenario: SpeedScenario, options: SimulateOptions): void {
  const resolved = scenario.make();
  const start = performance.now();
  const coreStart = coreSeconds();
  const record = simulate(resolved, 1, options);
  const seconds = (performance.now() - start) / 1e3;
  const measured: Measured = {
    seconds,
    coreSeconds: coreStart === null ? null : coreSeconds()! - coreStart,
    requests: record.arrivals,
    steps: record.steps,
    events: record.events,
    peakMebibytes: process.resourceUsage().maxRSS / 1024,
  };
  console.log(JSON.stringify(measured));
}

/** Linux's account of the main thread: nanoseconds on a core come first. The compiler's threads are not in it. */
const SCHEDULE_STATISTICS = "/proc/self/schedstat";

function coreSeconds(): number | null {
  if (!existsSync(SCHEDULE_STATISTICS)) return null;
  return Number.parseInt(readFileSync(SCHEDULE_STATISTICS, "utf8"), 10) / 1e9;
}

function rowOf(scenario: SpeedScenario, secondsOf: Map<string, number>): string[] {
  const jumping = best(scenario, JUMPING);
  secondsOf.set(scenario.name, jumping.seconds);
  const stepping = scenario.isCompared ? best(scenario, STEPPING) : undefined;
  return [
    scenario.name,
    jumping.requests.toString(),
    jumping.seconds.toFixed(3),
    jumping.coreSeconds === null ? "-" : jumping.coreSeconds.toFixed(3),
    ((jumping.seconds / jumping.requests) * 1e6).toFixed(2),
    `${(jumping.steps / jumping.seconds / 1e6).toFixed(2)} M`,
    (jumping.steps / jumping.events).toFixed(1),
    jumping.peakMebibytes.toFixed(0),
    stepping === undefined ? "-" : stepping.seconds.toFixed(3),
    stepping === undefined ? "-" : (stepping.seconds / jumping.seconds).toFixed(1),
  ];
}

/** Fastest of the scenario's repeats, each a cold process, by the clock and on a core apart. */
function best(scenario: SpeedScenario, flag: string): Measured {
  const runs = Array.from(
    { length: scenario.repeats },
    () => JSON.parse(child(flag, scenario.name)) as Measured,
  );
  const fastest = runs.reduce((a, b) => (b.seconds < a.seconds ? b : a));
  if (fastest.coreSeconds === null) return fastest;
  return { ...fastest, coreSeconds: Math.min(...runs.map((run) => run.coreSeconds!)) };
}

function child(flag: string, name: string): string {
  const result = spawnSync(process.execPath, [...process.execArgv, __filename, flag, name], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  if (result.status !== 0) throw new Error(`${name} failed:\n${result.stderr}`);
  return result.stdout.trim();
}

/** The built command as a whole process, from start to exit: best of seven. */
function printWholeProcess(): void {
  const command = ["dist/bin/capplan.js", "simulate", "test/bench/ten-thousand.yaml", "--quiet"];
  const seconds = Array.from({ length: 7 }, () => {
    const start = performance.now();
    const result = spawnSync(process.execPath, command, { encoding: "utf8" });
    if (result.status !== 0) throw new Error(`${command.join(" ")}:\n${result.stderr}`);
    return (performance.now() - start) / 1e3;
  });
  const sorted = seconds.toSorted((a, b) => a - b);
  console.log(`\nwhole process, node ${command.join(" ")}`);
  console.log(`  best ${sorted[0]!.toFixed(3)} s, median ${sorted[3]!.toFixed(3)} s of 7`);
}

function printRow(cells: readonly string[]): void {
  const widths = [26, 10, 8, 8, 8, 10, 12, 9, 8, 6];
  console.log(
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join(" "),
  );
}

main();
