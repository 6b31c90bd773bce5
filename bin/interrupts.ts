/**
 * Ctrl-C during a run. The first one ends the run at its next slice, with the replications that are finished by
 * then; the second one ends the process at once.
 */
import { EXIT } from "./exit-codes";
import type { Io } from "./io";

export interface Interrupts {
  /** To be asked between slices of the run. */
  isInterrupted(): boolean;
  /** Gives Ctrl-C back. */
  stop(): void;
}

/** @param cleanUp called before a second Ctrl-C ends the process */
export function watchInterrupts(io: Io, cleanUp: () => void): Interrupts {
  let interruptions = 0;
  const stop = io.onInterrupt(() => {
    interruptions++;
    if (interruptions < 2) return;
    cleanUp();
    io.exitNow(EXIT.interrupted);
  });
  return { isInterrupted: () => interruptions > 0, stop };
}
