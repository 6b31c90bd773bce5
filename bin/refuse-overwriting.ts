/**
 * Refuses a command line whose outputs would replace what it reads, or each other, before anything is read or
 * computed for long. Files are compared by where they really lie: `./a.csv`, `../x/a.csv` and a link to it are one.
 */
import fs from "node:fs";
import path from "node:path";
import { UsageError } from "./describe-error";
import { type Io, resolvePath } from "./io";

/** A file that the command reads. */
export interface InputFile {
  /** Absolute, or relative to the working directory. */
  readonly file: string;
  /** What it is to the command, for the message: `the scenario itself`. */
  readonly role: string;
}

/**
 * @param outputs file by the option that names it; `-` is stdout and never a file
 * @throws UsageError when an output is one of the inputs, or two outputs are one file
 */
export function refuseOverwriting(
  io: Io,
  outputs: Readonly<Record<string, string | undefined>>,
  inputs: readonly InputFile[],
): void {
  const optionByTarget = new Map<string, string>();
  for (const [option, file] of Object.entries(outputs)) {
    if (file === undefined || file === "-" || file === "") continue;
    const target = realPath(resolvePath(io, file));
    // A device or a pipe takes what it is given; nothing in it is lost.
    if (isSpecial(target)) continue;
    const input = inputs.find((one) => realPath(resolvePath(io, one.file)) === target);
    if (input !== undefined) {
      throw new UsageError(`${option}: ${file} is ${input.role}`, "choose another file");
    }
    const other = optionByTarget.get(target);
    if (other !== undefined) {
      throw new UsageError(
        `${other} and ${option} name the same file, ${file}`,
        "choose another file for one of them",
      );
    }
    optionByTarget.set(target, option);
  }
}

/** With links followed, those of the folders too; a file that is not there yet lies in its real folder. */
function realPath(file: string): string {
  if (fs.existsSync(file)) return fs.realpathSync.native(file);
  const folder = path.dirname(file);
  return folder === file ? file : path.join(realPath(folder), path.basename(file));
}

function isSpecial(target: string): boolean {
  const stat = fs.statSync(target, { throwIfNoEntry: false });
  return stat !== undefined && !stat.isFile() && !stat.isDirectory();
}
