/**
 * `capplan size [SCENARIO]`: the cheapest fleet that keeps the promises of a scenario, with proof, and its plan. With
 * `--verify`, and for a plan that was edited, the fleet that is there is held against them as it is. The scenario is read
 * and files are opened before the first simulation; Ctrl-C keeps the best fleet so far, and what the journal has.
 */
import type { Command } from "commander";
import { isPlanFile } from "../../planner/plan/plan-file-name";
import type { CapacityPlan } from "../../planner/plan/plan-spec";
import { formatCount, formatNumber, plural } from "../../planner/report/format-number";
import type { SizingReport } from "../../planner/report/sizing/sizing-report";
import type { SizingResult, VerifiedFleet } from "../../planner/sizing/sizing-result";
import type { SizingStudies } from "../../planner/sizing/studies/sizing-studies";
import { UsageError } from "../describe-error";
import { EndWith } from "../end-with";
import { EXIT } from "../exit-codes";
import { watchInterrupts } from "../interrupts";
import type { Io } from "../io";
import { type LoadedSpec, loadSpec, SCENARIO_ARGUMENT } from "../load-scenario";
import type { ExecutorChoice } from "../open-executor";
import {
  addExecutorOptions,
  integerOption,
  outputOption,
  overrideOption,
  positiveOption,
  refuseTwoOnStdout,
} from "../options";
import { type OutputFile, OutputFiles, openOutputFile } from "../output-file";
import { makeProgress } from "../progress";
import { type InputFile, refuseOverwriting } from "../refuse-overwriting";
import { type OutputFormat, renderAs } from "../render-table";
import { shellCommand } from "../shell-words";
import { type Asked, changeOf, type PlanBefore, planBefore, whatIsAsked } from "../sizing-asked";
import { planOf, planText, writeStackFiles } from "../sizing-files";
import { runSizing, type SizingOutcome } from "../sizing-run";
import {
  addStudyOptions,
  readStudyFlags,
  type StudyFlags,
  studyArguments,
  studyHelp,
  studyOutput,
} from "./size-studies";

interface SizeOptions extends ExecutorChoice, StudyFlags {
  readonly seed?: number;
  readonly set?: readonly string[];
  readonly from?: string;
  readonly changeCost?: number;
  /** undefined: what the scenario asks for by itself. */
  readonly verify?: boolean;
  readonly explain?: true;
  readonly output: OutputFormat;
  readonly out?: string;
  readonly stacks?: string;
  readonly html?: string;
  readonly quiet?: true;
}

const SEED_MAX = 2 ** 32 - 1;
/** US dollars per hour: $730 a month, so that pools are not moved about for small change. */
const CHANGE_COST_DEFAULT = 1;

export function configureSize(command: Command, io: Io): void {
  command
    .argument("[scenario]", SCENARIO_ARGUMENT)
    .option("--seed <n>", "seed of every random number", integerOption(0, SEED_MAX))
    .option("--set <path=value>", "change a value of the scenario; repeatable", overrideOption)
    .option("--out <file>", "write the plan: a *.plan.json file")
    .option("--stacks <folder>", "also write the Pulumi stack files of the plan; needs --out")
    .option("--from <plan>", "change as little as pays of the fleet of this plan")
    .option(
      "--change-cost <usd>",
      `with --from, what a replica more or less is taken to cost per hour (default: ${CHANGE_COST_DEFAULT})`,
      positiveOption,
    )
    .option(
      "--verify",
      "hold the fleet that the scenario or plan has against its promises, and search nothing; the default for a plan that was edited",
    )
    .option("--no-verify", "also size a plan anew that was edited")
    .option("--explain", "also say why each option was not taken")
    .addOption(outputOption())
    .option("--html <file>", "also write a page with pictures");
  addStudyOptions(command);
  addExecutorOptions(command, "simulations")
    .option("--quiet", "no progress, warnings or timings on stderr")
    .addHelpText("after", () => `${studyHelp()}\n${EXAMPLES}`)
    .action((scenario: string | undefined, options: SizeOptions) => size(scenario, options, io));
}

const EXAMPLES = `
The scenario says where pools may be (fleet.regions), what may be bought
(search) and what must be withstood (survive); pools that it has are not looked
at. With --out, finished simulations are kept beside the plan until the search
is over: after Ctrl-C the same command goes on from there.

Exit codes: 0 the fleet keeps every objective, 3 there is no such fleet, 4 the
fleet breaks an objective or it cannot be told, 130 interrupted.

Examples:
  capplan size three-region-sizing
  capplan size fleet.yaml --out prod.plan.json --stacks stacks/config
  capplan size fleet.yaml --from prod.plan.json --out next.plan.json
  capplan size prod.plan.json --verify --out prod.plan.json`;

async function size(name: string | undefined, options: SizeOptions, io: Io): Promise<void> {
  checkOptions(options);
  const { out: outName, html, journal, from } = options;
  const outputs = { "--out": outName, "--html": html, "--journal": journal };
  refuseOverwriting(io, outputs, []);
  const loaded = await loadSpec(io, name, options.set ?? []);
  const before = await planBefore(io, from, options.changeCost ?? CHANGE_COST_DEFAULT);
  refuseReplacing(io, outputs, loaded, from);
  const asked = await whatIsAsked(loaded, options);
  const studied = await readStudyFlags(options, asked.context);
  const files = new OutputFiles();
  const progress = makeProgress(io, options.quiet === true);
  const interrupts = watchInterrupts(io, () => {
    progress.clear();
    files.discard();
  });
  const note = (text: string): void => {
    if (options.quiet === true) return;
    progress.clear();
    io.stderr.write(`note: ${text}\n`);
  };
  for (const text of asked.notes) note(text);
  try {
    const planFile = outName === undefined ? undefined : files.add(openOutputFile(io, outName));
    const page = html === undefined ? undefined : files.add(openOutputFile(io, html));
    const startedMs = io.now();
    const outcome = await runSizing(
      { context: asked.context, verifies: asked.verifies, existing: before?.existing, studied },
      { io, progress, interrupts, executor: options, planFile: outName, onNote: note },
    );
    const { result } = outcome;
    if (result === undefined) {
      io.stderr.write(`interrupted before a fleet was found; ${keptText(outcome)}\n`);
      throw new EndWith(interrupts.exitCode());
    }
    const report = await reportOf(result, asked, before);
    const reproduce = reproduceCommand(loaded.name, asked, options);
    await writeReport(report, { studies: outcome.studies, page, reproduce, options, io });
    const plan = await planOf(result, { asked: asked.context.spec, loaded, outName, io });
    if (plan === undefined) planFile?.discard();
    else {
      planFile!.write(await planText(plan));
      planFile!.commit();
    }
    page?.commit();
    if (plan !== undefined && options.stacks !== undefined) {
      await writeStackFiles(io, plan, { planFile: outName!, folder: options.stacks, onNote: note });
    }
    if (options.quiet !== true) {
      writeNotes({ report, outcome, plan, seconds: (io.now() - startedMs) / 1e3 }, options, io);
    }
    endWith(report, interrupts.exitCode());
  } finally {
    files.discard();
    interrupts.stop();
  }
}

function checkOptions(options: SizeOptions): void {
  const { out, stacks, from, changeCost, verify, html } = options;
  if (verify === true && studyArguments(options).length > 0) {
    throw new UsageError(
      "--verify with a study: studies are about fleets that are searched",
      "leave --verify out",
    );
  }
  if (out !== undefined && !isPlanFile(out)) {
    throw new UsageError(
      `--out ${out}: a plan's name ends with .plan.json`,
      `use ${out.replace(/(\.plan)?(\.json)?$/, "")}.plan.json; the result itself is on stdout`,
    );
  }
  if (stacks !== undefined && out === undefined) {
    throw new UsageError("--stacks needs --out", "the stack files say where the plan is");
  }
  if (verify === true && from !== undefined) {
    throw new UsageError(
      "--verify and --from: a fleet that is verified is not changed",
      "give one",
    );
  }
  if (changeCost !== undefined && from === undefined) {
    throw new UsageError("--change-cost needs --from", "add the plan to start from");
  }
  refuseTwoOnStdout({ "the result": "-", "--html": html });
}

/** A plan may be written over the one that it is made from; nothing else that is read may be replaced. */
function refuseReplacing(
  io: Io,
  {
    "--out": out,
    ...others
  }: Readonly<Record<"--out" | "--html" | "--journal", string | undefined>>,
  { inputs, plan }: LoadedSpec,
  from: string | undefined,
): void {
  const [own, ...traces] = inputs;
  const before: InputFile[] = from === undefined ? [] : [{ file: from, role: "the plan before" }];
  refuseOverwriting(io, others, [...inputs, ...before]);
  refuseOverwriting(io, { "--out": out }, plan === undefined ? [own!, ...traces] : traces);
}

function keptText({ journal }: SizingOutcome): string {
  return journal === undefined
    ? "nothing is kept"
    : `what was simulated is in ${journal}, and the same command goes on from there`;
}

async function reportOf(
  result: SizingResult | VerifiedFleet,
  { context, seed }: Asked,
  before: PlanBefore | undefined,
): Promise<SizingReport> {
  const { fleetReport, infeasibleReport } = await import(
    "../../planner/report/sizing/sizing-report"
  );
  const run = { asked: context.spec, seed };
  if (result.kind === "infeasible") return infeasibleReport(result, run);
  return fleetReport(result, { ...run, change: changeOf(result, before) });
}

interface ReportFiles {
  readonly studies: SizingStudies | undefined;
  readonly page: OutputFile | undefined;
  readonly reproduce: string;
  readonly options: SizeOptions;
  readonly io: Io;
}

async function writeReport(
  report: SizingReport,
  { studies, page, reproduce, options, io }: ReportFiles,
): Promise<void> {
  const { sizingDocument } = await import("../../planner/report/sizing/sizing-document");
  const how = { reproduce, explains: options.explain === true };
  const more = studies === undefined ? undefined : await studyOutput(studies);
  const document = sizingDocument(report, how);
  const content = {
    report: () => (more === undefined ? document : more.addTo(document)),
    data: () => (more === undefined ? report : { ...report, studies: more.data }),
  };
  io.stdout.write(renderAs(options.output, content, io));
  if (page === undefined) return;
  const { sizingPage } = await import("../../planner/report/sizing/sizing-page");
  page.write(sizingPage(report, how, (await more?.pageSections()) ?? []));
}

/** Everything that changes the result, and nothing that does not. */
function reproduceCommand(name: string, { seed, verifies }: Asked, options: SizeOptions): string {
  const { from, changeCost, explain, set = [], verify } = options;
  return shellCommand([
    "capplan",
    "size",
    name,
    ...(verifies ? ["--verify"] : []),
    ...(verify === false ? ["--no-verify"] : []),
    "--seed",
    String(seed),
    ...(from === undefined ? [] : ["--from", from]),
    ...(changeCost === undefined ? [] : ["--change-cost", String(changeCost)]),
    ...(explain === true ? ["--explain"] : []),
    ...studyArguments(options),
    ...set.flatMap((override) => ["--set", override]),
  ]);
}

interface Finished {
  readonly report: SizingReport;
  readonly outcome: SizingOutcome;
  readonly plan: CapacityPlan | undefined;
  readonly seconds: number;
}

function writeNotes(
  { report, outcome, plan, seconds }: Finished,
  options: SizeOptions,
  io: Io,
): void {
  const { out, html } = options;
  const lines: string[] = [];
  if (out !== undefined)
    lines.push(plan === undefined ? `no plan was written: ${whyNoPlan(report)}` : `wrote ${out}`);
  if (html !== undefined) lines.push(`wrote ${html}`);
  if (report.kind !== "infeasible" && report.isInterrupted) lines.push(keptText(outcome));
  const { evaluations, requests } = report.effort ?? { evaluations: 0, requests: 0 };
  lines.push(
    `${plural(evaluations, "simulation")}, ${formatCount(Math.round(requests))} requests in ${formatNumber(seconds)} s`,
  );
  io.stderr.write(`${lines.join("\n")}\n`);
}

function whyNoPlan(report: SizingReport): string {
  if (report.kind === "infeasible") return "there is no fleet";
  return report.isInterrupted ? "the fleet was not verified" : "the fleet breaks an objective";
}

function endWith(report: SizingReport, interrupted: EndWith["exitCode"]): void {
  if (report.kind === "infeasible") throw new EndWith(EXIT.noFeasiblePlan);
  if (report.isInterrupted) throw new EndWith(interrupted);
  const isKept = report.verdict === "PASS" || report.verdict === "NONE";
  if (!isKept || report.quotasBroken.length > 0) throw new EndWith(EXIT.objectiveFailed);
}
