/** `capplan diff A B`: what changed between two plans, what it does to the cost, and why. */
import type { Command } from "commander";
import { PlannerError } from "../../planner/foundation/errors";
import type { CapacityPlan } from "../../planner/plan/plan-spec";
import { EndWith } from "../end-with";
import { EXIT } from "../exit-codes";
import { displayPath, type Io } from "../io";
import { fileOutputOption, type WithoutFormat, withFormat } from "../options";
import { openOutputFile } from "../output-file";
import { readTextFile } from "../read-text-file";
import { refuseOverwriting } from "../refuse-overwriting";
import { type OutputFormat, renderAs } from "../render-table";
import { shellCommand } from "../shell-words";

interface DiffOptions {
  readonly output: OutputFormat;
  readonly out?: string;
  readonly exitCode?: true;
}

export function configureDiff(command: Command, io: Io): void {
  command
    .argument("<before>", "a plan: the file that capplan size wrote")
    .argument("<after>", "another plan")
    .addOption(fileOutputOption())
    .option("--out <file>", "write the result to a file instead of stdout")
    .option("--exit-code", "exit with 4 when the plans differ")
    .addHelpText("after", EXAMPLES)
    .action((before: string, after: string, options: WithoutFormat<DiffOptions>) =>
      diff(before, after, options, io),
    );
}

const EXAMPLES = `
As of other tools that compare, the exit code is 0 whether the plans differ or
not; --exit-code makes it 4 when they do, and 0 when they say the same.

Examples:
  capplan diff prod.plan.json next.plan.json
  capplan diff prod.plan.json next.plan.json --output markdown
  capplan diff prod.plan.json next.plan.json --exit-code`;

async function diff(
  before: string,
  after: string,
  asked: WithoutFormat<DiffOptions>,
  io: Io,
): Promise<void> {
  const { diffPlans } = await import("../../planner/plan/diff-plans");
  const { diffDocument } = await import("../../planner/report/plan/diff-document");
  refuseOverwriting(io, { "--out": asked.out }, [
    { file: before, role: "a plan that is compared" },
    { file: after, role: "a plan that is compared" },
  ]);
  const options = withFormat(asked);
  const result = diffPlans(...(await readBoth(io, before, after)));
  const words = ["capplan", "diff", before, after];
  const content = {
    report: () => diffDocument(result, { files: [before, after], reproduce: shellCommand(words) }),
    data: () => result,
  };
  const isFile = options.out !== undefined && options.out !== "-";
  const out = openOutputFile(io, options.out ?? "-");
  out.write(renderAs(options.output, content, io, isFile ? "file" : "stdout"));
  out.commit();
  if (options.exitCode === true && !result.isSame) throw new EndWith(EXIT.objectiveFailed);
}

/** Both plans; the problems of both together, each with its file. */
async function readBoth(
  io: Io,
  before: string,
  after: string,
): Promise<[CapacityPlan, CapacityPlan]> {
  const { readPlan } = await import("../../planner/plan/read-plan");
  const read = [before, after].map((file) => {
    const name = displayPath(io, file);
    try {
      return readPlan(readTextFile(io, file, "a plan"), { source: name });
    } catch (error) {
      if (!(error instanceof PlannerError)) throw error;
      return error.problems.map((problem) =>
        problem.path.startsWith(name) ? problem : { ...problem, path: `${name}: ${problem.path}` },
      );
    }
  });
  const problems = read.flatMap((one) => (Array.isArray(one) ? one : []));
  if (problems.length > 0) throw new PlannerError(problems);
  return read as [CapacityPlan, CapacityPlan];
}
