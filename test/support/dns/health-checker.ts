/**
 * When checks notice that an endpoint is lost for good, and what a client that keeps answers for a TTL then still uses.
 * Checks run at regular times, each checker with a phase of its own; nothing is faster than that.
 */

/** A prober that asks at `phase`, and every `interval` after it. */
export interface Checker {
  /** From 0 up to the interval. */
  readonly phaseSeconds: number;
}

/** How checkers decide. */
export interface Verdict {
  readonly intervalSeconds: number;
  readonly failureThreshold: number;
  /** Checkers that must find an endpoint unhealthy. */
  readonly quorum: number;
}

/** The moment from which an endpoint, lost at second 0, counts as unhealthy. */
export function noticedAtSeconds(
  checkers: readonly Checker[],
  { intervalSeconds, failureThreshold, quorum }: Verdict,
): number {
  const noticed = checkers
    .map(({ phaseSeconds }) => phaseSeconds + intervalSeconds * (failureThreshold - 1))
    .sort((one, other) => one - other);
  return noticed[quorum - 1]!;
}

/** Answers over time of a client that asks anew whenever the TTL of what it knows is over. */
export function answersOver(
  answerAt: (seconds: number) => readonly string[],
  {
    firstAtSeconds,
    ttlSeconds,
    untilSeconds,
  }: Readonly<Record<"firstAtSeconds" | "ttlSeconds" | "untilSeconds", number>>,
): readonly { readonly fromSeconds: number; readonly answer: readonly string[] }[] {
  const lookups = Math.ceil((untilSeconds - firstAtSeconds) / ttlSeconds) + 1;
  return Array.from({ length: lookups }, (_, index) => {
    const fromSeconds = firstAtSeconds + index * ttlSeconds;
    return { fromSeconds, answer: answerAt(fromSeconds) };
  });
}
