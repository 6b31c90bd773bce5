/**
 * Reads a small text file that a person wrote, with a clear message for everything that is not one: a missing
 * file, a folder, an empty or binary file, a file far too large.
 */
import { isUtf8 } from "node:buffer";
import fs from "node:fs";
import { PlannerError } from "../planner/foundation/errors";
import { type Io, resolvePath } from "./io";
import { isSystemError, systemMessage } from "./system-error";

/** A scenario is a few kilobytes; more than this is a trace or an archive given by mistake. */
const BYTES_MAX = 8 * 1024 * 1024;

/**
 * @param file name as the user gave it, relative to the working directory
 * @param what what the file should be, for messages: `a scenario`
 */
export function readTextFile(io: Io, file: string, what: string): string {
  const target = resolvePath(io, file);
  try {
    return textOf(file, target, what);
  } catch (error) {
    throw withFileName(error, file);
  }
}

function textOf(file: string, target: string, what: string): string {
  const stat = fs.statSync(target, { throwIfNoEntry: false });
  if (stat === undefined) {
    const isLink = fs.lstatSync(target, { throwIfNoEntry: false }) !== undefined;
    throw unreadable(file, isLink ? "is a link to a file that is not there" : "no such file");
  }
  if (stat.isDirectory()) {
    throw unreadable(file, "is a folder, not a file", `give the file of ${what} in it`);
  }
  if (stat.size > BYTES_MAX) {
    const sizeMiB = Math.round(stat.size / 1024 / 1024);
    throw unreadable(file, `is ${sizeMiB} MiB large, too large for ${what} (8 MiB at most)`);
  }
  const bytes = fs.readFileSync(target);
  if (bytes.length > BYTES_MAX) {
    throw unreadable(file, `is too large for ${what} (8 MiB at most)`);
  }
  if (bytes.includes(0) || !isUtf8(bytes)) {
    throw unreadable(file, `is not a text file in UTF-8, so not ${what}`);
  }
  const text = bytes.toString("utf8").replace(/^\ufeff/, "");
  if (text.trim() === "") {
    const problem = { code: "empty", path: file, message: "the file is empty" } as const;
    throw new PlannerError([problem]);
  }
  return text;
}

/** The error of a file that cannot be read or written; shown as `file: message; hint`. */
export function unreadable(file: string, message: string, hint?: string): PlannerError {
  const problem = { code: "unreadable-file", path: file, message } as const;
  return new PlannerError([hint === undefined ? problem : { ...problem, hint }]);
}

/** The same of an error that the system gave while the file was read or written; any other error as it is. */
export function withFileName(error: unknown, file: string): unknown {
  return isSystemError(error) ? unreadable(file, systemMessage(error)) : error;
}
