/**
 * `capplan stress [SCENARIO]`: the game day before deploying. The scenario is run without and with each case of the
 * built-in suite and of its own `stress.cases`; printed are a scorecard and what breaks with each part of the fleet.
 */
import type { Command } from "commander";
import type { RunProgress } from "../../planner/foundation/job-executor";
import { formatCount, formatNumber, plural } from "../../planner/report/format-number";
import type { Report } from "../../planner/report/report";
import type { StressDocumentOptions } from "../../planner/report/stress/stress-document";
import type { ResolvedScenario } from "../../planner/scenario/resolved-scenario";
import type { StressCase } from "../../planner/stress/stress-case";
import type { StressReport } from "../../planner/stress/stress-report";
import { FAIL_ON_NAMES } from "../../planner/stress/thresholds";
import { UsageError } from "../describe-error";
import { EndWith } from "../end-with";
import { EXIT } from "../exit-codes";
import { type Interrupts, watchInterrupts } from "../interrupts";
import type { Io } from "../io";
import { type LoadedScenario, loadScenario, SCENARIO_ARGUMENT, warnOfPlan } from "../load-scenario";
import { type ExecutorChoice, openExecutor } from "../open-executor";
import {
  addExecutorOptions,
  fileOutputOption,
  integerOption,
  overrideOption,
  PAGE_HINT,
  refuseTwoOnStdout,
  type WithoutFormat,
  withFormat,
} from "../options";
import { type OutputFile, OutputFiles, openOutputFile } from "../output-file";
import { makeProgress, type Progress } from "../progress";
import { refuseOverwriting } from "../refuse-overwriting";
import { type OutputFormat, renderAs, renderTableAs } from "../render-table";
import { shellCommand } from "../shell-words";

interface StressOptions extends ExecutorChoice {
  readonly seed?: number;
  readonly set?: readonly string[];
  readonly only?: string;
  readonly list?: true;
  readonly failOn?: string;
  readonly domains?: "worst" | "all";
  readonly output: OutputFormat;
  readonly out?: string;
  readonly html?: string;
  readonly quiet?: true;
}

const SEED_MAX = 2 ** 32 - 1;

export function configureStress(command: Command, io: Io): void {
  command
    .argument("[scenario]", SCENARIO_ARGUMENT)
    .option("--seed <n>", "seed of every random number", integerOption(0, SEED_MAX))
    .option("--set <path=value>", "change a value of the scenario; repeatable", overrideOption)
    .option("--only <cases>", "run only these cases, or groups of them, separated by commas")
    .addOption(
      command
        .createOption("--list", "print the cases and what they test, and run nothing")
        .conflicts(["out", "html", "journal"]),
    )
    .option(
      "--fail-on <thresholds>",
      "what fails a case, and with it the command (exit code 4): availability=99%,recovery=10m",
    )
    .addOption(
      command
        .createOption("--domains <which>", "nodes and replicas in the blast radius")
        .choices(["worst", "all"]),
    );
  addExecutorOptions(command, "cases")
    .addOption(fileOutputOption())
    .option("--out <file>", "write the result to a file instead of stdout")
    .option("--html <file>", "also write a page with charts")
    .option("--quiet", "no progress, warnings or timings on stderr")
    .addHelpText("after", HELP)
    .action((scenario: string | undefined, options: WithoutFormat<StressOptions>) =>
      stress(scenario, options, io),
    );
}

const HELP = `
Thresholds: ${FAIL_ON_NAMES.slice(0, 4).join(", ")} (shares),
${FAIL_ON_NAMES.slice(4, 7).join(", ")} (times), ${FAIL_ON_NAMES.slice(7).join(", ")} (alone).
They win over those of the scenario (stress.failOn), name by name. Without any,
a fleet has to come back from every fault by itself, and to keep its objectives
under more load; the exit code is then 0 whatever the verdict.

Examples:
  capplan stress fleet.yaml --list
  capplan stress fleet.yaml --fail-on availability=99% --html stress.html
  capplan stress fleet.yaml --only region-loss,retry-storm`;

async function stress(
  name: string | undefined,
  asked: WithoutFormat<StressOptions>,
  io: Io,
): Promise<void> {
  const { out: outName, html, journal } = asked;
  refuseTwoOnStdout({ "the result": outName ?? "-", "--html": html });
  const outputs = { "--out": outName, "--html": html, "--journal": journal };
  refuseOverwriting(io, outputs, []);
  const { givenThresholds } = await import("../../planner/stress/thresholds");
  const fromCommandLine = givenThresholds(undefined, asked.failOn);
  const loaded = await loadScenario(io, name, asked.set ?? []);
  refuseOverwriting(io, outputs, loaded.inputs);
  const options = withFormat(asked, PAGE_HINT);
  warnOfPlan(io, loaded, options.quiet === true);
  const cases = chosenCases(await allCases(loaded), options.only);
  if (options.list === true) {
    io.stdout.write(await renderList(cases, options, io));
    return;
  }
  const thresholds = givenThresholds(loaded.spec.stress?.failOn, options.failOn) ?? fromCommandLine;
  const files = new OutputFiles();
  const progress = makeProgress(io, options.quiet === true);
  const interrupts = watchInterrupts(io, () => {
    progress.clear();
    files.discard();
  });
  try {
    const out = files.add(openOutputFile(io, outName ?? "-"));
    const page = html === undefined ? undefined : files.add(openOutputFile(io, html));
    const startedMs = io.now();
    const seed = options.seed ?? loaded.scenario.seed;
    const run = { seed, cases, thresholds };
    const surroundings = { io, progress, interrupts };
    const { report, requests } = await runCases(loaded.scenario, run, options, surroundings);
    if (report === undefined) {
      const kept = journal === undefined ? "nothing is kept" : `what was is in ${journal}`;
      io.stderr.write(`interrupted before the baseline was finished; ${kept}\n`);
      throw new EndWith(interrupts.exitCode());
    }
    const reproduce = reproduceCommand(loaded.name, seed, options);
    await writeResult(report, { out, page, reproduce }, options, io);
    files.commit();
    if (options.quiet !== true)
      writeNotes(report, requests, (io.now() - startedMs) / 1e3, options, io);
    if (report.interrupted !== null) throw new EndWith(interrupts.exitCode());
    if (report.thresholdsFrom === "given" && report.verdict === "FAIL") {
      throw new EndWith(EXIT.objectiveFailed);
    }
  } finally {
    files.discard();
    interrupts.stop();
  }
}

/** The built-in suite, then the scenario's own cases. */
async function allCases({ scenario, spec, traces }: LoadedScenario): Promise<StressCase[]> {
  const { stressCases } = await import("../../planner/stress/stress-suite");
  const { userStressCases } = await import("../../planner/stress/user-case");
  const builtIn = stressCases(scenario);
  const names = builtIn.map(({ name }) => name);
  return [...builtIn, ...userStressCases(scenario, { spec, traces }, names)];
}

/** By name, or by the part before the colon: `region-loss` is every region. */
function chosenCases(cases: readonly StressCase[], only: string | undefined): StressCase[] {
  if (only === undefined) return [...cases];
  const groupOf = (name: string): string => name.split(":")[0]!;
  const wanted = only.split(",").map((one) => one.trim());
  const known = new Set(cases.flatMap(({ name }) => [name, groupOf(name)]));
  const strange = wanted.find((one) => !known.has(one));
  if (strange !== undefined) {
    const { didYouMean } =
      require("../../planner/catalog/suggest") as typeof import("../../planner/catalog/suggest");
    const hint = didYouMean(strange, known) ?? "`capplan stress --list` lists them";
    throw new UsageError(`--only: unknown case "${strange}"`, hint);
  }
  return cases.filter(({ name }) => wanted.includes(name) || wanted.includes(groupOf(name)));
}

async function renderList(
  cases: readonly StressCase[],
  options: StressOptions,
  io: Io,
): Promise<string> {
  const { caseListTable } = await import("../../planner/report/stress/case-list");
  const data = () =>
    cases.map((one) => {
      const { name, title, tests } = one;
      return one.applies
        ? { name, title, tests, applies: true, how: one.how }
        : { name, title, tests, applies: false, why: one.why };
    });
  return renderTableAs(options.output, { table: () => caseListTable(cases), data }, io);
}

/** What hears of a run, and what it listens to, while it goes on. */
interface RunSurroundings {
  readonly io: Io;
  readonly progress: Progress;
  readonly interrupts: Interrupts;
}

/** @returns the report, undefined when the baseline was not finished; and how many requests were simulated for it */
async function runCases(
  scenario: ResolvedScenario,
  run: Pick<
    Parameters<typeof import("../../planner/stress/run-stress")["runStress"]>[1],
    "seed" | "cases" | "thresholds"
  >,
  options: StressOptions,
  { io, progress, interrupts }: RunSurroundings,
): Promise<{ readonly report: StressReport | undefined; readonly requests: number }> {
  const { runStress } = await import("../../planner/stress/run-stress");
  let requests = 0;
  const onProgress = ({ jobsDone, jobs, fractionDone, workDone }: RunProgress): void => {
    requests = workDone;
    const label = `${jobsDone} of ${jobs} runs`;
    progress.update({ fractionDone, requestsDone: workDone, label });
  };
  const onNote = (note: string): void => {
    if (options.quiet === true) return;
    progress.clear();
    io.stderr.write(`note: ${note}\n`);
  };
  try {
    const report = await runStress(scenario, {
      ...run,
      openExecutor: (suite) => openExecutor(io, "stress", suite, { ...options, onNote }),
      watch: { onProgress, isInterrupted: interrupts.isInterrupted },
    });
    return { report, requests };
  } finally {
    progress.clear();
  }
}

interface ResultFiles {
  readonly out: OutputFile;
  readonly page: OutputFile | undefined;
  readonly reproduce: string;
}

async function writeResult(
  report: StressReport,
  { out, page, reproduce }: ResultFiles,
  options: StressOptions,
  io: Io,
): Promise<void> {
  const { stressDocument } = await import("../../planner/report/stress/stress-document");
  const how: StressDocumentOptions = { reproduce, allDomains: options.domains === "all" };
  const target = options.out === undefined || options.out === "-" ? "stdout" : "file";
  if (options.html !== "-") {
    const content = { report: (): Report => stressDocument(report, how), data: () => report };
    out.write(renderAs(options.output, content, io, target));
  }
  if (page === undefined) return;
  const { stressPage } = await import("../../planner/report/stress/stress-page");
  page.write(stressPage(report, how));
}

/** Everything that changes the result, and nothing that does not. */
function reproduceCommand(name: string, seed: number, options: StressOptions): string {
  const given = (option: string, value: string | undefined): string[] =>
    value === undefined ? [] : [option, value];
  return shellCommand([
    "capplan",
    "stress",
    name,
    "--seed",
    String(seed),
    ...given("--only", options.only),
    ...given("--fail-on", options.failOn),
    ...given("--domains", options.domains),
    ...(options.set ?? []).flatMap((override) => ["--set", override]),
  ]);
}

function writeNotes(
  report: StressReport,
  requests: number,
  wallSeconds: number,
  options: StressOptions,
  io: Io,
): void {
  const files = [options.out, options.html].filter((file) => file !== undefined && file !== "-");
  const runs = report.cases.filter(({ measured }) => measured !== null).length + 1;
  io.stderr.write(
    [
      ...files.map((file) => `wrote ${file}`),
      `${plural(runs, "run")}, ${formatCount(requests)} requests in ${formatNumber(wallSeconds)} s`,
      "",
    ].join("\n"),
  );
}
