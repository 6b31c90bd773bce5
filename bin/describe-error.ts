/**
 * Words for what went wrong: one line `error: path: message; hint` for each problem, on stderr, and the
 * exit code that goes with it. No stack trace, ever, unless CAPPLAN_DEBUG=1 asks for one.
 */
import {
  describeProblem,
  InvariantViolation,
  PlannerError,
  type Problem,
} from "../planner/foundation/errors";
import { EXIT, type ExitCode } from "./exit-codes";
import { hasColor, type Io } from "./io";

/** Most problems printed; a trace with a million bad rows is still one screen. */
const PROBLEMS_SHOWN_MAX = 100;

/** Wrong use of the command line: an option or argument that makes no sense. Exit code 2. */
export class UsageError extends Error {
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.name = "UsageError";
    this.hint = hint;
  }
}

/** Prints `error` to stderr and says which exit code it means. */
export function reportError(error: unknown, io: Io): ExitCode {
  const label = hasColor(io, io.stderr) ? "\u001b[31merror:\u001b[39m" : "error:";
  const { lines, exitCode } = describeError(error);
  for (const line of lines) io.stderr.write(`${label} ${line}\n`);
  if (exitCode === EXIT.bug) io.stderr.write(describeBug(error, io));
  return exitCode;
}

/** What `reportError` prints, without the label: one line for each problem. */
export function describeError(error: unknown): {
  readonly lines: readonly string[];
  readonly exitCode: ExitCode;
} {
  if (error instanceof PlannerError) {
    return { lines: describeProblems(error.problems), exitCode: EXIT.badInput };
  }
  if (error instanceof UsageError) {
    const hint = error.hint === undefined ? "" : `; ${error.hint}`;
    return { lines: [`${error.message}${hint}`], exitCode: EXIT.badInput };
  }
  if (isSystemError(error)) {
    return { lines: [describeSystemError(error)], exitCode: EXIT.badInput };
  }
  const message = error instanceof Error ? oneLine(error.message) : oneLine(String(error));
  const kind = error instanceof InvariantViolation ? "broken invariant: " : "unexpected: ";
  return { lines: [`${kind}${message}`], exitCode: EXIT.bug };
}

function describeProblems(problems: readonly Problem[]): string[] {
  const lines = problems
    .slice(0, PROBLEMS_SHOWN_MAX)
    .map((problem) => oneLine(describeProblem(problem)));
  const left = problems.length - lines.length;
  return left > 0 ? [...lines, `and ${left} more problems of the same input`] : lines;
}

function describeBug(error: unknown, io: Io): string {
  const stack = error instanceof Error ? error.stack : undefined;
  if (io.env["CAPPLAN_DEBUG"] === "1" && stack !== undefined) return `${stack}\n`;
  return (
    "this is a bug in capplan, not in your input. Please report it with the command line, the scenario\n" +
    "and the output of the same command run with CAPPLAN_DEBUG=1 (it adds the stack).\n"
  );
}

/** An error of the file system, with the path it is about. */
interface SystemError extends Error {
  readonly code: string;
  readonly path?: string;
}

/** Codes that say something about the user's files and machine, not about this program. */
const SYSTEM_MESSAGES: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder",
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EISDIR: "is a folder, not a file",
  ENOTDIR: "a part of the path is not a folder",
  ENOSPC: "no space left on device",
  EROFS: "the file system is read-only",
  EMFILE: "too many open files",
  EEXIST: "already exists",
  ELOOP: "too many symbolic links",
  ENAMETOOLONG: "the name is too long",
  EIO: "input/output error",
};

function isSystemError(error: unknown): error is SystemError {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    error.code in SYSTEM_MESSAGES
  );
}

function describeSystemError(error: SystemError): string {
  const message = SYSTEM_MESSAGES[error.code] ?? error.code;
  return error.path === undefined ? message : `${error.path}: ${message}`;
}

/** Control characters (a path or key may hold any) are shown escaped: nothing of the input steers the terminal. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => {
    if (character === "\n") return " ";
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
