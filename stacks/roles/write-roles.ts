/**
 * `npm run roles -- --out FOLDER stacks/config/Pulumi.prod-*.yaml`: writes the roles of who deploys these stacks. It reads
 * the stacks' own files and plans as the program does, and asks no cloud.
 */
import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { describeProblem, PlannerError, type Problem } from "../../planner/plan/fleet-of-plan";
import { fleetContext } from "../derive/fleet-context";
import { loadPlan } from "../load-plan";
import { configOfStackFile } from "../stack-file";
import { readStackSettings } from "../stack-settings";
import { type RoleFile, roleFiles } from "./role-files";

/** The folder of Pulumi.yaml. */
const ROOT = path.resolve(__dirname, "../..");
const USAGE = "npm run roles -- --out FOLDER stacks/config/Pulumi.STACK.yaml …";
const STACK_FILE = /^Pulumi\.(?<stack>.+)\.yaml$/;
const EXIT_USAGE = 2;

/**
 * The roles of a stack.
 *
 * @param file of the stack: `stacks/config/Pulumi.prod-edge.yaml`
 * @throws PlannerError with everything that is wrong with the file or its plan
 */
export function rolesOfStackFile(file: string): readonly RoleFile[] {
  const stack = STACK_FILE.exec(path.basename(file))?.groups?.["stack"];
  if (stack === undefined) {
    throw new PlannerError([
      {
        code: "invalid-value",
        path: "",
        message: "must be the file of a stack, Pulumi.STACK.yaml",
        hint: "capplan stacks PLAN writes them",
      },
    ]);
  }
  const read = readStackSettings(configOfStackFile(readText(file)));
  if ("problems" in read) throw new PlannerError(read.problems);
  const context = fleetContext(loadPlan(read.stack.settings, ROOT));
  return roleFiles(stack, read.stack, context);
}

function readText(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new PlannerError([
      { code: "unreadable-file", path: "", message: `cannot be read (${code})` },
    ]);
  }
}

/** Every file of every stack; none is written while one of them has a problem. */
function writeRoles(folder: string, files: readonly string[]): void {
  const problems: Problem[] = [];
  const roles = files.flatMap((file) => {
    try {
      return rolesOfStackFile(file);
    } catch (error) {
      if (!(error instanceof PlannerError)) throw error;
      problems.push(
        ...error.problems.map((one) => ({
          ...one,
          path: [path.basename(file), one.path].filter((part) => part !== "").join(": "),
        })),
      );
      return [];
    }
  });
  if (problems.length > 0) throw new PlannerError(problems);
  fs.mkdirSync(folder, { recursive: true });
  for (const { name, text } of roles) {
    fs.writeFileSync(path.join(folder, name), text);
    process.stdout.write(`${path.join(folder, name)}\n`);
  }
}

/** What is asked for; undefined for anything else. */
function asked(argv: readonly string[]): { out: string; files: readonly string[] } | undefined {
  try {
    const options = { out: { type: "string" } } as const;
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    const { out } = values;
    return out === undefined || positionals.length === 0 ? undefined : { out, files: positionals };
  } catch {
    // An option that there is not: the usage says which there are.
    return undefined;
  }
}

function main(argv: readonly string[]): number {
  const what = asked(argv);
  if (what === undefined) {
    process.stderr.write(`usage: ${USAGE}\n`);
    return EXIT_USAGE;
  }
  try {
    writeRoles(what.out, what.files);
    return 0;
  } catch (error) {
    if (!(error instanceof PlannerError)) throw error;
    process.stderr.write(`${error.problems.map(describeProblem).join("\n")}\n`);
    return EXIT_USAGE;
  }
}

if (require.main === module) process.exitCode = main(process.argv.slice(2));
