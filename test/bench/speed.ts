/**
 * `npm run bench`: how fast the simulator is, each row in a process of its own so that it starts cold and
 * its peak memory is its own. Prints a table; ratios are taken within one run, since machines are noisy.
 * Not a test: nothing here passes or fails. Names of rows as arguments run only those.
 */

import { spawnSync } from "node:child_process";
import { performance } from "node:perf_hooks";
import { simulate } from "../../planner/simulation/simulate";
import { naiveRunSeconds } from "./naive-run";
import { type SpeedScenario, scenarios } from "./speed-scenarios";

interface Measured {
  readonly seconds: number;
  readonly requests: number;
  readonly steps: number;
  readonly events: number;
  readonly peakMebibytes: number;
}

const NAIVE_FLAG = "--naive";
const CHILD_FLAG = "--child";

function main(): void {
  const [flag, name] = process.argv.slice(2);
  if (flag === CHILD_FLAG && name !== undefined) {
    measureHere(scenarios.find((one) => one.name === name)!);
    return;
  }
  if (flag === NAIVE_FLAG && name !== undefined) {
    console.log(naiveRunSeconds(scenarios.find((one) => one.name === name)!.make()));
    return;
  }
  const wanted = process.argv.slice(2);
  const chosen = scenarios.filter((one) => wanted.length === 0 || wanted.includes(one.name));
  printRow([
    "workload",
    "requests",
    "s",
    "us/req",
    "steps/s",
    "steps/event",
    "peak MiB",
    "naive s",
    "ratio",
  ]);
  for (const scenario of chosen) printRow(rowOf(scenario));
  if (wanted.length === 0) printWholeProcess();
}

/** One run in this process, as it comes: no warm-up. */
function measureHere(scenario: SpeedScenario): void {
  const resolved = scenario.make();
  const start = performance.now();
  const record = simulate(resolved, 1);
  const seconds = (performance.now() - start) / 1e3;
  const measured: Measured = {
    seconds,
    requests: record.arrivals,
    steps: record.steps,
    events: record.events,
    peakMebibytes: process.resourceUsage().maxRSS / 1024,
  };
  console.log(JSON.stringify(measured));
}

function rowOf(scenario: SpeedScenario): string[] {
  const runs = Array.from({ length: scenario.repeats }, () => {
    return JSON.parse(child(CHILD_FLAG, scenario.name)) as Measured;
  });
  const best = runs.reduce((a, b) => (b.seconds < a.seconds ? b : a));
  const naive = scenario.isComparedToNaive ? Number(child(NAIVE_FLAG, scenario.name)) : undefined;
  return [
    scenario.name,
    best.requests.toString(),
    best.seconds.toFixed(3),
    ((best.seconds / best.requests) * 1e6).toFixed(2),
    `${(best.steps / best.seconds / 1e6).toFixed(2)} M`,
    (best.steps / best.events).toFixed(1),
    best.peakMebibytes.toFixed(0),
    naive === undefined ? "-" : naive.toFixed(3),
    naive === undefined ? "-" : (naive / best.seconds).toFixed(1),
  ];
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
  const widths = [26, 10, 8, 8, 10, 12, 9, 8, 6];
  console.log(
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join(" "),
  );
}

main();
