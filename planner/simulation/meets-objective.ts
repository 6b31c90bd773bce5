/** Whether a single request is within a limit of its workload. Verdicts over all requests are metrics/slo.ts. */
import type { Objective } from "../scenario/resolved-scenario";
import type { CellRecord } from "./run-record";

/** Whether one request is within the limit. A limit on ITL is held against the request's mean gap, its TPOT. */
export function meets(
  objective: Objective,
  ttft: number,
  tpot: number,
  e2e: number,
  queueTime: number,
): boolean {
  const limit = objective.limitSeconds;
  switch (objective.metric) {
    case "ttft":
      return ttft <= limit;
    case "e2e":
      return e2e <= limit;
    case "queueTime":
      return queueTime <= limit;
    case "tpot":
    case "itl":
      // A single token has no gap, so nothing to break.
      return !(tpot > limit);
  }
}

/** What is known of a metric of an unfinished request; NaN when nothing is. */
function knownSeconds(objective: Objective, ttft: number, queueTime: number): number {
  if (objective.metric === "ttft") return ttft;
  return objective.metric === "queueTime" ? queueTime : Number.NaN;
}

/**
 * Judges a request that the end of the run finds unfinished by what is known of it: each objective is met, broken
 * with or without a value to show for it, or open.
 *
 * @param ageSeconds since its arrival
 * @param ttft NaN while it has no token
 * @param queueTime NaN while it was not scheduled
 */
export function judgeUnfinished(
  cell: CellRecord,
  objectives: readonly Objective[],
  ageSeconds: number,
  ttft: number,
  queueTime: number,
): void {
  let hasBroken = false;
  for (const [i, objective] of objectives.entries()) {
    const known = knownSeconds(objective, ttft, queueTime);
    const limit = objective.limitSeconds;
    const isGap = objective.metric === "tpot" || objective.metric === "itl";
    if (!Number.isNaN(known)) {
      if (known <= limit) cell.met[i]!++;
      else hasBroken = true;
    } else if (!isGap && ageSeconds > limit) {
      cell.unanswered[i]!++;
      hasBroken = true;
    } else {
      cell.censored[i]!++;
    }
  }
  if (!hasBroken) cell.censoredAll++;
}
