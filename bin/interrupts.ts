/**
 * Ctrl-C during a run of several replications. A replication is synchronous, so Ctrl-C is seen between two of
 * them: the run then ends with what is finished. Until one is finished there is nothing to keep, and Ctrl-C is left
 * to the system, which ends the process at once (130 in a shell).
 */
import { EXIT } from "./exit-codes";
import type { Io } from "./io";

export interface Interrupts {
  /** To be asked before each replication. */
  isInterrupted(): boolean;
  /** Gives Ctrl-C back. */
  stop(): void;
}

/** @param cleanUp called before a second Ctrl-C ends the process */
export function watchInterrupts(io: Io, cleanUp: () => void): Interrupts {
  let replicationsStarted = 0;
  let interruptions = 0;
  let unsubscribe = (): void => {};
  const onInterrupt = (): void => {
    interruptions++;
    if (interruptions < 2) return;
    cleanUp();
    io.exitNow(EXIT.interrupted);
  };
  return {
    isInterrupted() {
      if (replicationsStarted === 1) unsubscribe = io.onInterrupt(onInterrupt);
      if (interruptions === 0) replicationsStarted++;
      return interruptions > 0;
    },
    stop: () => unsubscribe(),
  };
}
