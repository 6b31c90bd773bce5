/**
 * Words for what went wrong: one line `error: path: message; hint` for each problem, on stderr, and the
 * exit code that goes with it. No stack trace, ever, unless CAPPLAN_DEBUG=1 asks for one.
 */
import { escapeControls } from "../planner/foundation/control-characters";
import {
  describeProblem,
  InvariantViolation,
  PlannerError,
  type Problem,
} from "../planner/foundation/errors";
import { EXIT, type ExitCode } from "./exit-codes";
import { hasColor, type Io } from "./io";
import { isSystemError, type SystemError, systemMessage } from "./system-error";

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

function describeSystemError(error: SystemError): string {
  const message = systemMessage(error);
  return error.path === undefined ? message : oneLine(`${error.path}: ${message}`);
}

/** What steers a terminal (a path or key may hold any) is shown escaped. */
function oneLine(text: string): string {
  return escapeControls(text.replaceAll("\n", " "));
}
