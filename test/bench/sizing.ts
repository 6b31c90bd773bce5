/**
 * `npm run bench:sizing`: what `capplan size` finds against what people do today, on the scenarios of `sizing/`: priced
 * with the same book, and verified in the same simulator, in the same cases. Then how long it takes, stage by stage,
 * with one thread and with two. Not a test: nothing here passes or fails. Scenario names as arguments pick some.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { performance } from "node:perf_hooks";
import type { Highs } from "highs";
import { loadSolver } from "../../bin/load-solver";
import { JobContext } from "../../planner/execution/job-context";
import { JOB_KINDS_FILE } from "../../planner/execution/job-kinds";
import { LocalExecutor, localExecutor } from "../../planner/execution/local-executor";
import { ThreadPool } from "../../planner/execution/thread-pool";
import { parseScenario } from "../../planner/scenario/parse-scenario";
import type { SizingContext } from "../../planner/sizing/evaluation-job";
import {
  Evaluator,
  type SizingExecutor,
  type SizingJob,
  type SizingJobResult,
} from "../../planner/sizing/evaluator";
import type { FleetUnits } from "../../planner/sizing/fleet-units";
import { nodesOf } from "../../planner/sizing/offer";
import { sizeFleet } from "../../planner/sizing/size-fleet";
import { type SizingProblem, sizingProblem } from "../../planner/sizing/sizing-problem";
import type { SizedCase, SizedFleet } from "../../planner/sizing/sizing-result";
import { verifyFleet } from "../../planner/sizing/verify-fleet";
import { threadsFromSources } from "../support/source-threads";
import { rivalFleets } from "./sizing/rival-fleets";

const FOLDER = path.join(__dirname, "sizing");

async function main(): Promise<void> {
  const picked = process.argv.slice(2);
  const solver = await loadSolver();
  const files = readdirSync(FOLDER).filter((file) => file.endsWith(".yaml"));
  for (const file of files) {
    if (picked.length > 0 && !picked.some((name) => file.includes(name))) continue;
    const spec = parseScenario(readFileSync(path.join(FOLDER, file), "utf8"), {});
    await compare(spec.name ?? file, { spec, traces: [] }, solver);
  }
}

async function compare(name: string, context: SizingContext, solver: Highs): Promise<void> {
  console.log(`\n## ${name}\n`);
  const executor = localExecutor("sizing", context, 1);
  const sized = await timed(context, executor, solver);
  const { result } = sized;
  const problem = sizingProblem({ spec: context.spec, traces: new Map() });
  const evaluator = new Evaluator(executor, {});
  console.log("| how | $/h | against `capplan size` | replicas | broken objectives | cases |");
  console.log("| --- | --: | --: | --: | --- | --: |");
  for (const { name: how, units } of rivalFleets(problem, solver)) {
    const bought = boughtOnDemand(problem, units);
    const cases = await verifyFleet(problem, bought, problem.demand.losses, evaluator);
    row(how, bought.usdPerHour, result.usdPerHour, replicasOf(problem, units), cases);
  }
  const replicas = result.pools.reduce((sum, pool) => sum + pool.replicas, 0);
  row("`capplan size`", result.usdPerHour, result.usdPerHour, replicas, result.cases);
  const { gap, usdPerHour } = result.lowerBound;
  console.log(`\nlower bound $${usdPerHour?.toFixed(2)}/h, gap ${(100 * gap!).toFixed(1)} %`);
  console.log(`${result.effort.evaluations} evaluations, ${result.effort.requests} requests`);
  print("inline", sized);
  for (const threads of [1, 2]) {
    const pool = new ThreadPool(threadsFromSources(threads, JOB_KINDS_FILE));
    const threaded = new LocalExecutor<SizingJob, SizingJobResult>(
      pool,
      "sizing",
      JobContext.of(context),
    );
    // What it takes to load the sources in each thread is no part of the search.
    await timed(context, threaded, solver);
    const again = await timed(context, threaded, solver);
    if (JSON.stringify(again.result) !== JSON.stringify(result)) throw new Error("other bytes");
    print(`${threads} thread${threads > 1 ? "s" : ""}`, again);
    await threaded.close();
  }
}

interface Timed {
  readonly result: SizedFleet;
  readonly wallSeconds: number;
  readonly stages: ReadonlyMap<string, number>;
}

async function timed(
  context: SizingContext,
  executor: SizingExecutor,
  solver: Highs,
): Promise<Timed> {
  const stages = new Map<string, number>();
  const start = performance.now();
  let stage = "preparing";
  let since = start;
  const enter = (next: string): void => {
    const now = performance.now();
    stages.set(stage, (stages.get(stage) ?? 0) + (now - since) / 1e3);
    since = now;
    stage = next;
  };
  const result = await sizeFleet(context, { solver, executor, watch: { onStage: enter } });
  enter("");
  if (result.kind !== "sized") throw new Error(JSON.stringify(result.conflicts));
  return { result, wallSeconds: (performance.now() - start) / 1e3, stages };
}

function print(how: string, { wallSeconds, stages }: Timed): void {
  const shares = [...stages].map(([stage, seconds]) => `${stage} ${seconds.toFixed(1)}`);
  console.log(`${how}: ${wallSeconds.toFixed(1)} s (${shares.join(", ")})`);
}

function boughtOnDemand({ offers }: SizingProblem, units: FleetUnits) {
  const nodes = offers.map((offer) =>
    offer.option.parts.map(({ replicas }) =>
      offer.prices.map((_, way) =>
        way === 0 ? nodesOf(offer, units[offer.index]! * replicas) : 0,
      ),
    ),
  );
  const usdPerHour = offers.reduce(
    (sum, { index, prices }) =>
      sum + nodes[index]!.reduce((n, byPrice) => n + byPrice[0]! * prices[0]!.usdPerNodeHour, 0),
    0,
  );
  return { units, nodes, usdPerHour, objective: usdPerHour };
}

function replicasOf({ offers }: SizingProblem, units: FleetUnits): number {
  return offers.reduce(
    (sum, { option, index }) =>
      sum + option.parts.reduce((n, { replicas }) => n + replicas * units[index]!, 0),
    0,
  );
}

function row(
  how: string,
  usdPerHour: number,
  base: number,
  replicas: number,
  cases: readonly SizedCase[],
): void {
  const broken = cases.flatMap(({ name, summary }) => {
    const counted = (wanted: string): number =>
      summary.slo.filter(({ verdict }) => verdict === wanted).length;
    const [failed, unsure] = [counted("FAIL"), counted("UNCERTAIN")];
    if (failed + unsure === 0) return [];
    return [`${name}: ${failed}${unsure > 0 ? ` (and ${unsure} within the margin of error)` : ""}`];
  });
  const against = `${(100 * (usdPerHour / base - 1)).toFixed(0)} %`;
  console.log(
    `| ${how} | ${usdPerHour.toFixed(2)} | ${against} | ${replicas} | ${broken.join("; ") || "none"} | ${cases.length} |`,
  );
}

void main();
