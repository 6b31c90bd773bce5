/**
 * `npm run bench:stress`: how long a whole game day takes, as a process of the built command (`npm run build` first):
 * every built-in case on three regions, 40 replicas and 200 requests/s, an hour for each case. Not a test: nothing here
 * passes or fails. A number as argument is the number of threads (2 when it is not given).
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { stressReportSchema } from "../../planner/report/stress/stress-schema";

const SCENARIO = path.join(__dirname, "three-regions.yaml");
const TARGET_SECONDS = 60;

function main(): void {
  const threads = Number(process.argv[2] ?? 2);
  const folder = mkdtempSync(path.join(tmpdir(), "capplan-bench-"));
  try {
    const out = path.join(folder, "stress.json");
    const start = performance.now();
    const run = spawnSync(
      process.execPath,
      ["dist/bin/capplan.js", "stress", SCENARIO, "--jobs", String(threads), "--out", out],
      { encoding: "utf8" },
    );
    const wallSeconds = (performance.now() - start) / 1e3;
    if (run.status !== 0) throw new Error(`stress failed:\n${run.stderr}`);
    print(readFileSync(out, "utf8"), wallSeconds, threads);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function print(json: string, wallSeconds: number, threads: number): void {
  const report = stressReportSchema.parse(JSON.parse(json));
  const run = report.cases.filter(({ measured }) => measured !== null);
  const perCase = (wallSeconds * threads) / (run.length + threads);
  console.log(`cases            ${run.length} of ${report.cases.length}, and the baseline`);
  console.log(`threads          ${threads}`);
  console.log(
    `wall             ${wallSeconds.toFixed(1)} s (target ${TARGET_SECONDS} s on 2 free cores)`,
  );
  console.log(`thread time/run  ${perCase.toFixed(2)} s`);
  for (const { name, verdict, measured } of run) {
    const recovery = measured?.recoverySeconds;
    const back = recovery === null || recovery === undefined ? "" : `, back after ${recovery} s`;
    console.log(`  ${name}: ${verdict}${back}`);
  }
}

main();
