/**
 * `capplan simulate [SCENARIO]`: runs the fleet under its traffic and prints what it does. The scenario is read and
 * files are opened before the first event is simulated; Ctrl-C keeps the replications that are finished.
 */
import type { Command } from "commander";
import type { SimulationSummary } from "../../planner/metrics/simulation-summary";
import { formatCount, formatNumber } from "../../planner/report/format-number";
import { simulationReport } from "../../planner/report/simulation-report";
import { REPLICATIONS_MAX } from "../../planner/scenario/replications-max";
import type { ResolvedScenario } from "../../planner/scenario/resolved-scenario";
import { UsageError } from "../describe-error";
import { EndWith } from "../end-with";
import { EXIT } from "../exit-codes";
import { type Interrupts, watchInterrupts } from "../interrupts";
import type { Io } from "../io";
import { loadScenario, SCENARIO_ARGUMENT, warnOfPlan } from "../load-scenario";
import {
  fileOutputOption,
  integerOption,
  overrideOption,
  PAGE_HINT,
  positiveOption,
  refuseTwoOnStdout,
  type WithoutFormat,
  withFormat,
} from "../options";
import { OutputFiles, openOutputFile } from "../output-file";
import { makeProgress, type Progress } from "../progress";
import { refuseOverwriting } from "../refuse-overwriting";
import { type OutputFormat, renderAs } from "../render-table";
import { openRunFiles, type RunFiles } from "../run-files";
import { shellCommand } from "../shell-words";

interface SimulateOptions {
  readonly seed?: number;
  readonly replications?: number;
  readonly set?: readonly string[];
  readonly timeline?: number | true;
  readonly html?: string;
  readonly output: OutputFormat;
  readonly out?: string;
  readonly requests?: string;
  readonly traceEvents?: string;
  readonly traceEventsSeconds?: number;
  readonly failOnSlo?: true;
  readonly quiet?: true;
}

interface RunResult {
  readonly summary: SimulationSummary;
  /** Of all replications. */
  readonly requests: number;
  readonly wallSeconds: number;
}

/** What hears of a run, and what it listens to, while it goes on. */
interface RunSurroundings {
  readonly runFiles: RunFiles;
  readonly progress: Progress;
  readonly interrupts: Interrupts;
}

/** Where nobody has asked for a number: fine enough to time a recovery. */
const FINE_TIMELINE_BUCKETS = 240;
const TIMELINE_BUCKETS = 24;
const TRACE_EVENTS_SECONDS = 60;
const SEED_MAX = 2 ** 32 - 1;

export function configureSimulate(command: Command, io: Io): void {
  command
    .argument("[scenario]", SCENARIO_ARGUMENT)
    .option("--seed <n>", "seed of every random number", integerOption(0, SEED_MAX))
    .option(
      "--replications <n>",
      "runs with different random numbers",
      integerOption(1, REPLICATIONS_MAX),
    )
    .option("--set <path=value>", "change a value of the scenario; repeatable", overrideOption)
    .option(
      "--timeline [buckets]",
      `also figures over time, in so many buckets (default: ${TIMELINE_BUCKETS})`,
      integerOption(1, 10_000),
    )
    .addOption(fileOutputOption())
    .option("--out <file>", "write the result to a file instead of stdout")
    .option("--html <file>", "also write a page with charts over time")
    .option("--requests <file>", "write a row for each request: .csv or .jsonl")
    .option("--trace-events <file>", "write the first replication for ui.perfetto.dev")
    .option(
      "--trace-events-seconds <n>",
      `simulated seconds that go into --trace-events (default: ${TRACE_EVENTS_SECONDS})`,
      positiveOption,
    )
    .option("--fail-on-slo", "exit with 4 when an objective is not met")
    .option("--quiet", "no progress, warnings or timings on stderr")
    .addHelpText("after", EXAMPLES)
    .action((scenario: string | undefined, options: WithoutFormat<SimulateOptions>) =>
      simulate(scenario, options, io),
    );
}

const EXAMPLES = `
Examples:
  capplan simulate                 run ./capplan.yaml
  capplan simulate chat.yaml --seed 7 --set workloads.chat.arrivals.rate=80/s
  capplan simulate chat.yaml --timeline --out result.json
  capplan simulate retry-storm --html retry-storm.html`;

async function simulate(
  name: string | undefined,
  asked: WithoutFormat<SimulateOptions>,
  io: Io,
): Promise<void> {
  const { out: outName, html, requests, traceEvents, traceEventsSeconds } = asked;
  const further = { "--html": html, "--requests": requests, "--trace-events": traceEvents };
  refuseTwoOnStdout({ "the result": outName ?? "-", ...further });
  if (traceEventsSeconds !== undefined && traceEvents === undefined) {
    throw new UsageError("--trace-events-seconds needs --trace-events", "add the file to write");
  }
  const outputs = { "--out": outName, ...further };
  refuseOverwriting(io, outputs, []);
  const loaded = await loadScenario(io, name, asked.set ?? []);
  refuseOverwriting(io, outputs, loaded.inputs);
  const options = withFormat(asked, PAGE_HINT);
  warnOfPlan(io, loaded, options.quiet === true);
  const scenario = withRunOptions(loaded.scenario, options);
  if (options.quiet !== true) await warnOfOddities(scenario, io);
  const files = new OutputFiles();
  const progress = makeProgress(io, options.quiet === true);
  const interrupts = watchInterrupts(io, () => {
    progress.clear();
    files.discard();
  });
  try {
    const out = files.add(openOutputFile(io, options.out ?? "-"));
    const page = html === undefined ? undefined : files.add(openOutputFile(io, html));
    const runFiles = openRunFiles(io, scenario, {
      ...options,
      traceEventsSeconds: traceEventsSeconds ?? TRACE_EVENTS_SECONDS,
    });
    for (const file of runFiles.files) files.add(file);
    const result = await run(scenario, options, { runFiles, progress, interrupts }, io);
    if (result === undefined) {
      io.stderr.write("interrupted before the first replication was finished; nothing is kept\n");
      throw new EndWith(interrupts.exitCode());
    }
    const reproduce = reproduceCommand(loaded.name, scenario, options);
    out.write(renderSummary(withAskedTimeline(result.summary, options), reproduce, options, io));
    page?.write(await renderPage(result.summary, reproduce));
    runFiles.finish({ isInterrupted: result.summary.interrupted !== null });
    files.commit();
    if (options.quiet !== true) writeNotes(result, runFiles, options, io);
    endWithVerdict(result.summary, options, interrupts);
  } finally {
    files.discard();
    interrupts.stop();
  }
}

/** Before the run: a setting that nothing reads is best known early. */
async function warnOfOddities(scenario: ResolvedScenario, io: Io): Promise<void> {
  const { scenarioNotes } = await import("../../planner/scenario/scenario-notes");
  const { kvNotes } = await import("../../planner/simulation/kv-notes");
  const notes = [...scenarioNotes(scenario), ...kvNotes(scenario.fleet)];
  for (const { code, about, message } of notes) {
    // What is left out of a trace or estimated belongs to the result, which says so itself.
    if (code === "skipped-rows" || code === "estimated-lengths") continue;
    io.stderr.write(`warning: ${about}: ${message}\n`);
  }
}

/** The command line wins over the file. */
function withRunOptions(scenario: ResolvedScenario, options: SimulateOptions): ResolvedScenario {
  return {
    ...scenario,
    seed: options.seed ?? scenario.seed,
    replications: options.replications ?? scenario.replications,
  };
}

/** undefined when it was interrupted before the first replication was finished. */
async function run(
  scenario: ResolvedScenario,
  options: SimulateOptions,
  { runFiles, progress, interrupts }: RunSurroundings,
  io: Io,
): Promise<RunResult | undefined> {
  const { runReplications } = await import("../../planner/execution/run-replications");
  const startedMs = io.now();
  try {
    const summary = await runReplications(scenario, {
      seed: scenario.seed,
      replications: scenario.replications,
      ...timelineOf(scenario, options),
      isInterrupted: interrupts.isInterrupted,
      observerFor: (replication) => runFiles.observerFor(replication),
      onProgress: ({ fractionDone, requestsDone, replication, replications }) =>
        progress.update({
          fractionDone,
          requestsDone,
          label: replications === 1 ? "" : `replication ${replication + 1} of ${replications}`,
        }),
    });
    if (summary === undefined) return undefined;
    const requests = summary.requests.offered * summary.replications;
    return { summary, requests, wallSeconds: (io.now() - startedMs) / 1000 };
  } finally {
    progress.clear();
  }
}

/** Resilience and charts are measured in steps of a timeline, whether it is asked for or not. */
function timelineOf(
  scenario: ResolvedScenario,
  options: SimulateOptions,
): { readonly timelineBuckets?: number } {
  if (options.timeline !== undefined) return { timelineBuckets: bucketsOf(options.timeline) };
  const isNeeded = options.html !== undefined || hasFaults(scenario);
  return isNeeded ? { timelineBuckets: FINE_TIMELINE_BUCKETS } : {};
}

function hasFaults({ faults, fleet }: ResolvedScenario): boolean {
  const { faults: effects, poison, spotWaves } = faults;
  return (
    effects.length + poison.length + spotWaves.length > 0 ||
    fleet.pools.some(({ purchase }) => purchase.spot !== undefined)
  );
}

function withAskedTimeline(
  summary: SimulationSummary,
  { timeline }: SimulateOptions,
): SimulationSummary {
  return timeline === undefined ? { ...summary, timeline: null } : summary;
}

/** Charts are loaded when they are drawn: they take longer to load than a small run takes. */
async function renderPage(summary: SimulationSummary, reproduce: string): Promise<string> {
  const { simulationPage } = await import("../../planner/report/html/simulation-page");
  return simulationPage(summary, { reproduce });
}

function bucketsOf(timeline: number | true): number {
  return timeline === true ? TIMELINE_BUCKETS : timeline;
}

function renderSummary(
  summary: SimulationSummary,
  reproduce: string,
  options: SimulateOptions,
  io: Io,
): string {
  const report = () => simulationReport(summary, { reproduce });
  const target = options.out === undefined || options.out === "-" ? "stdout" : "file";
  return renderAs(options.output, { report, data: () => summary }, io, target);
}

/** Everything that changes the result, and nothing that does not. */
function reproduceCommand(
  name: string,
  scenario: ResolvedScenario,
  options: SimulateOptions,
): string {
  const buckets =
    options.timeline === undefined ? [] : [`--timeline=${bucketsOf(options.timeline)}`];
  const sets = (options.set ?? []).flatMap((override) => ["--set", override]);
  return shellCommand([
    "capplan",
    "simulate",
    name,
    "--seed",
    String(scenario.seed),
    "--replications",
    String(scenario.replications),
    ...buckets,
    ...sets,
  ]);
}

/** On stderr: warnings where stdout does not show them to a person, what was written, and how long it took. */
function writeNotes(result: RunResult, runFiles: RunFiles, options: SimulateOptions, io: Io): void {
  const { summary, requests, wallSeconds } = result;
  const isShown = (options.out ?? "-") === "-" && options.output !== "json";
  const lines: string[] = [];
  if (!isShown) lines.push(...summary.warnings.map((warning) => `warning: ${warning.message}`));
  if (summary.interrupted !== null) {
    const { finished, asked } = summary.interrupted;
    lines.push(`warning: interrupted after ${finished} of ${asked} replications`);
  }
  lines.push(...runFiles.notes().map((note) => `note: ${note}`));
  for (const file of [options.out, options.html, options.requests, options.traceEvents]) {
    if (file !== undefined && file !== "-") lines.push(`wrote ${file}`);
  }
  lines.push(
    `measured ${formatCount(Math.round(requests))} requests in ${formatNumber(wallSeconds)} s`,
  );
  io.stderr.write(`${lines.join("\n")}\n`);
}

function endWithVerdict(
  summary: SimulationSummary,
  options: SimulateOptions,
  interrupts: Interrupts,
): void {
  if (summary.interrupted !== null) throw new EndWith(interrupts.exitCode());
  if (options.failOnSlo === true && summary.verdict === "FAIL") {
    throw new EndWith(EXIT.objectiveFailed);
  }
}
