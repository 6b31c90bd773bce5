/**
 * Writes the Pulumi stack files of a plan into a folder, beside what a person has in it: new files are made, the plan
 * and its digest are renewed, and nothing else is changed without being told to.
 */
import fs from "node:fs";
import path from "node:path";
import type { MergedStacks } from "../planner/plan/merge-stack-configs";
import type { CapacityPlan } from "../planner/plan/plan-spec";
import { displayPath, type Io, resolvePath } from "./io";
import { OutputFiles, openOutputFile } from "./output-file";
import { readTextFile } from "./read-text-file";

export interface WriteStacksOptions {
  /** The plan's file, as given. */
  readonly planFile: string;
  /** Where the stack files go; it is made when it is not there. */
  readonly folder: string;
  readonly organization?: string;
  /** Also change keys of the plan that a person has changed. */
  readonly force: boolean;
}

/**
 * Writes the files; all of them or none.
 *
 * @throws PlannerError with every file or key that a person has to decide on
 */
export async function writeStacks(
  io: Io,
  plan: CapacityPlan,
  options: WriteStacksOptions,
): Promise<MergedStacks> {
  const { stackConfigs } = await import("../planner/plan/stack-configs");
  const { mergeStackConfigs } = await import("../planner/plan/merge-stack-configs");
  const folder = resolvePath(io, options.folder);
  const { organization } = options;
  const wanted = stackConfigs(plan, {
    planPath: planPathOf(io, options.planFile, folder),
    ...(organization === undefined ? {} : { organization }),
  });
  const merged = mergeStackConfigs(wanted, existingFiles(io, folder), { overwrite: options.force });
  fs.mkdirSync(folder, { recursive: true });
  const files = new OutputFiles();
  try {
    for (const { path: name, text, state } of merged.files) {
      if (state === "same") continue;
      files.add(openOutputFile(io, path.join(folder, name))).write(text);
    }
    files.commit();
  } finally {
    files.discard();
  }
  return merged;
}

/** Relative to the folder of the Pulumi project, which is the nearest one above that has a `Pulumi.yaml`. */
function planPathOf(io: Io, planFile: string, folder: string): string {
  let root = folder;
  while (!fs.existsSync(path.join(root, "Pulumi.yaml"))) {
    const above = path.dirname(root);
    if (above === root) return path.relative(io.cwd, resolvePath(io, planFile));
    root = above;
  }
  return path.relative(root, resolvePath(io, planFile)).split(path.sep).join("/");
}

function existingFiles(io: Io, folder: string): ReadonlyMap<string, string> {
  if (!fs.existsSync(folder)) return new Map();
  return new Map(
    fs
      .readdirSync(folder)
      .filter((name) => /^Pulumi\..+\.yaml$/.test(name))
      .map((name) => {
        const file = displayPath(io, path.join(folder, name));
        return [name, readTextFile(io, file, "a stack's configuration")];
      }),
  );
}
