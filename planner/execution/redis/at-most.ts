/** Waiting with an end: a connection that is lost may never say so. */
import { setTimeout as pause } from "node:timers/promises";

/** Time to part from Redis in an orderly way. */
export const GOODBYE_MS = 3000;

/** Waits for `work` to end in whatever way, but not for longer; whether it has ended. */
export async function atMost(limitMs: number, work: Promise<unknown>): Promise<boolean> {
  const waiting = new AbortController();
  const hasEnded = await Promise.race([
    work.then(
      () => true,
      () => true,
    ),
    pause(limitMs, false, { signal: waiting.signal }).catch(() => false),
  ]);
  waiting.abort();
  return hasEnded;
}
