/** The row that a recorder fills for its observer, again and again. */
import type { FinishedRequest } from "./observer";

const NONE = -1;

export type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

export function emptyRow(): Mutable<FinishedRequest> {
  return {
    id: 0,
    workloadIndex: 0,
    tenantIndex: 0,
    originIndex: 0,
    poolIndex: 0,
    replicaIndex: 0,
    arrivalSeconds: 0,
    inputTokens: 0,
    outputTokens: 0,
    cachedTokens: 0,
    queueTimeSeconds: 0,
    ttftSeconds: 0,
    tpotSeconds: 0,
    e2eSeconds: 0,
    preemptions: 0,
    outcomeIndex: 0,
    reasonIndex: NONE,
    attempts: 0,
    sloMet: 0,
  };
}
