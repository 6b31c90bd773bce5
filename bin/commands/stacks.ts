/** `capplan stacks PLAN`: writes the configuration files of the Pulumi stacks that deploy a plan. */
import type { Command } from "commander";
import { PlannerError } from "../../planner/foundation/errors";
import { displayPath, type Io } from "../io";
import { readTextFile } from "../read-text-file";
import { writeStacks } from "../write-stacks";

interface StacksOptions {
  readonly dir: string;
  readonly organization?: string;
  readonly force?: true;
  readonly quiet?: true;
}

export function configureStacks(command: Command, io: Io): void {
  command
    .argument("<plan>", "the plan to deploy: a *.plan.json file")
    .option("--dir <folder>", "where the stack files go", "stacks/config")
    .option("--organization <name>", "Pulumi organization of the stacks (default: organization)")
    .option("--force", "also overwrite keys of the plan that you have changed")
    .option("--quiet", "print nothing")
    .addHelpText("after", EXAMPLES)
    .action((plan: string, options: StacksOptions) => stacks(plan, options, io));
}

const EXAMPLES = `
Files that are there keep what is yours: other keys, comments, their order.

Examples:
  capplan stacks prod.plan.json
  capplan stacks prod.plan.json --dir deploy --organization acme`;

async function stacks(file: string, options: StacksOptions, io: Io): Promise<void> {
  const { readPlan } = await import("../../planner/plan/read-plan");
  const { editedProblem } = await import("../../planner/plan/plan-digest");
  const source = displayPath(io, file);
  const plan = readPlan(readTextFile(io, file, "a plan"), { source });
  const edited = editedProblem(plan, source);
  if (edited !== undefined) throw new PlannerError([edited]);
  const { dir, organization, force } = options;
  const { files, stale } = await writeStacks(io, plan, {
    planFile: file,
    folder: dir,
    force: force === true,
    ...(organization === undefined ? {} : { organization }),
  });
  if (options.quiet === true) return;
  const words = { new: "new", changed: "changed", same: "unchanged" } as const;
  for (const { path, state, changes } of files) {
    const keys = changes.length === 0 ? "" : `: ${changes.map(({ key }) => key).join(", ")}`;
    io.stdout.write(`${path} ${words[state]}${keys}\n`);
  }
  for (const path of stale) {
    io.stderr.write(
      `warning: ${path} is of a stack that the plan no longer has; run \`pulumi destroy\` for it, then delete the file\n`,
    );
  }
}
