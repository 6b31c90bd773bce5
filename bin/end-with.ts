/** How a command that has printed its result ends with another exit code than 0. */
import type { ExitCode } from "./exit-codes";

/** Thrown by commands, caught by `runCapplan`; nothing is printed for it. */
export class EndWith extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode) {
    super(`exit ${exitCode}`);
    this.name = "EndWith";
    this.exitCode = exitCode;
  }
}
