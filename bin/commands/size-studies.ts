/**
 * What `capplan size` does around its answer: `--frontier`, `--what-if` and `--variants`. The options, how they are read
 * before the search starts, and how they are run after it; the command itself prints what comes of it.
 */
import type { Command } from "commander";
import type { Highs } from "highs";
import type { HtmlSection } from "../../planner/report/html/render-html-page";
import type { Report } from "../../planner/report/report";
import type { SizingContext } from "../../planner/sizing/evaluation-job";
import type { SizingWatch } from "../../planner/sizing/size-fleet";
import type { SizingResult } from "../../planner/sizing/sizing-result";
import type { SharedEvaluations } from "../../planner/sizing/studies/shared-evaluations";
import type { AskedStudies, SizingStudies } from "../../planner/sizing/studies/sizing-studies";
import type { Interrupts } from "../interrupts";
import type { Progress } from "../progress";

/** What commander makes of the options. */
export interface StudyFlags {
  readonly frontier?: readonly string[];
  readonly whatIf?: readonly string[];
  readonly variants?: true;
}

export function addStudyOptions(command: Command): Command {
  return command
    .option(
      "--frontier <kind>",
      "cost against latency (latency, latency:ttft@0.5,1,2) or survival; repeatable",
      collect,
    )
    .option("--what-if <change>", "size a changed scenario, too; repeatable", collect)
    .option("--variants", "static, scheduled and autoscaled replicas under the load over time");
}

function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

/** For `addHelpText`: how changes are written. */
export function studyHelp(): string {
  const { WHAT_IF_FORMS } =
    require("../../planner/sizing/studies/read-what-if") as typeof import("../../planner/sizing/studies/read-what-if");
  const width = Math.max(...WHAT_IF_FORMS.map(([form]) => form.length));
  const lines = WHAT_IF_FORMS.map(([form, what]) => `  ${form.padEnd(width)}  ${what}`);
  return `\nChanges of --what-if; several at once with +:\n${lines.join("\n")}`;
}

/**
 * Before the search: a wrong change is known at once.
 *
 * @returns undefined when no study is asked for
 * @throws PlannerError with every problem of all options
 */
export async function readStudyFlags(
  flags: StudyFlags,
  context: SizingContext,
): Promise<AskedStudies | undefined> {
  const { frontier = [], whatIf = [], variants } = flags;
  const hasVariants = variants === true;
  if (frontier.length + whatIf.length === 0 && !hasVariants) return undefined;
  const { readStudies } = await import("../../planner/sizing/studies/sizing-studies");
  return readStudies({ frontier, whatIf, hasVariants }, context);
}

export interface StudyInput {
  readonly context: SizingContext;
  /** Of the scenario as it is. */
  readonly base: SizingResult;
  readonly solver: Highs;
  /** That of the base, or a fresh one; the caller closes it. */
  readonly evaluations: SharedEvaluations;
  readonly progress: Progress;
  readonly interrupts: Pick<Interrupts, "isInterrupted">;
}

/** After the search. What is not reached before an interruption is said to be so. */
export async function runStudyFlags(
  asked: AskedStudies,
  { context, base, solver, evaluations, progress, interrupts }: StudyInput,
): Promise<SizingStudies> {
  const { runStudies } = await import("../../planner/sizing/studies/sizing-studies");
  const watch = progressOf(asked, progress, interrupts);
  try {
    return await runStudies(asked, { context, base }, { solver, evaluations, watch });
  } finally {
    progress.clear();
  }
}

/** What the command's own output takes up: its report, the `studies` of its JSON, and sections for its page. */
export async function studyOutput(studies: SizingStudies): Promise<{
  readonly addTo: (report: Report) => Report;
  readonly data: unknown;
  readonly pageSections: () => Promise<readonly HtmlSection[]>;
}> {
  const { studiesData, withStudies } = await import("../../planner/report/sizing/studies-document");
  return {
    addTo: (report) => withStudies(report, studies),
    data: studiesData(studies),
    pageSections: async () => {
      const { studiesPageSections } = await import("../../planner/report/sizing/studies-page");
      return studiesPageSections(studies);
    },
  };
}

/** Words of the options for the command line that gives the same result again. */
export function studyArguments({ frontier = [], whatIf = [], variants }: StudyFlags): string[] {
  return [
    ...frontier.flatMap((kind) => ["--frontier", kind]),
    ...whatIf.flatMap((change) => ["--what-if", change]),
    ...(variants === true ? ["--variants"] : []),
  ];
}

/** Every study takes as long as every other, as far as the bar knows. */
function progressOf(
  { frontiers, whatIfs, hasVariants }: AskedStudies,
  progress: Progress,
  { isInterrupted }: StudyInput["interrupts"],
): SizingWatch {
  const points = frontiers.map((one) =>
    one.kind === "latency" ? one.factors.length : SURVIVAL_LEVELS,
  );
  const studies =
    points.reduce((sum, count) => sum + count, 0) + whatIfs.length + (hasVariants ? 1 : 0);
  let begun = 0;
  let requestsBefore = 0;
  let requestsNow = 0;
  return {
    isInterrupted,
    onStage: (stage) => {
      if (stage !== "measuring") return;
      begun++;
      requestsBefore += requestsNow;
      requestsNow = 0;
    },
    onProgress: ({ requests }) => {
      requestsNow = requests;
      const study = Math.min(begun, studies);
      progress.update({
        fractionDone: Math.max(0, study - 0.5) / studies,
        requestsDone: requestsBefore + requests,
        label: `study ${Math.max(1, study)} of at most ${studies}`,
      });
    },
  };
}

/** Nothing lost, and each of the kinds. */
const SURVIVAL_LEVELS = 5;
