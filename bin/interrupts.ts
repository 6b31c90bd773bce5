/**
 * Ctrl-C, or SIGTERM, during a run. The first one ends the run at its next slice, with the replications that are finished by
 * then; the second one ends the process at once.
 */
import { EXIT, type ExitCode } from "./exit-codes";
import type { InterruptSignal, Io } from "./io";

export interface Interrupts {
  /** To be asked between slices of the run. */
  isInterrupted(): boolean;
  /** What an interrupted run ends with: it says which signal came first. */
  exitCode(): ExitCode;
  /** Gives the signals back. */
  stop(): void;
}

/** @param cleanUp called before a second signal ends the process */
export function watchInterrupts(io: Io, cleanUp: () => void): Interrupts {
  let first: InterruptSignal | undefined;
  const exitCode = (): ExitCode => (first === "SIGTERM" ? EXIT.terminated : EXIT.interrupted);
  const stop = io.onInterrupt((signal) => {
    if (first === undefined) {
      first = signal;
      return;
    }
    cleanUp();
    io.exitNow(exitCode());
  });
  return { isInterrupted: () => first !== undefined, exitCode, stop };
}
