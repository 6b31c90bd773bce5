/**
 * Makes the plans and the stack files of the examples anew, from their scenarios, with the commands that a person would
 * use. Keys that are a person's stay in the stack files. `npm run examples`.
 */
import { execFileSync } from "node:child_process";
import path from "node:path";
import { EXAMPLES, type Example, exampleFile } from "./examples";

const ROOT = path.resolve(__dirname, "../..");

for (const example of EXAMPLES) {
  capplan(sizeArguments(example));
  capplan(["stacks", exampleFile(example, "plan.json")]);
}

function sizeArguments({ isGiven, ...example }: Example): string[] {
  const scenario = exampleFile(example, "yaml");
  const plan = exampleFile(example, "plan.json");
  return ["size", scenario, ...(isGiven ? ["--verify"] : []), "--out", plan, "--quiet"];
}

function capplan(argv: readonly string[]): void {
  const command = path.join(ROOT, "bin/capplan.ts");
  execFileSync(process.execPath, ["--import", "tsx", command, ...argv], {
    cwd: ROOT,
    stdio: "inherit",
  });
}
