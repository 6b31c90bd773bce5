/** The row that a recorder fills for its observer, again and again. */
import type { FinishedRequest } from "./observer";
import { REQUEST, type RequestTable } from "./request-table";

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

/** What the table says of a request. Its times are not known here, nor how it ended. */
export function fillRow(
  row: Mutable<FinishedRequest>,
  requests: RequestTable,
  request: number,
): void {
  row.id = requests.serial[request]!;
  row.workloadIndex = requests.workload[request]!;
  row.tenantIndex = requests.tenant[request]!;
  row.originIndex = requests.origin[request]!;
  const isAnswered = requests.has(request, REQUEST.answered);
  row.poolIndex = isAnswered ? requests.pool[request]! : NONE;
  row.replicaIndex = isAnswered ? requests.replica[request]! : NONE;
  row.arrivalSeconds = requests.arrivalSeconds[request]!;
  row.inputTokens = requests.inputTokens[request]!;
  row.outputTokens = requests.outputTokens[request]!;
  row.cachedTokens = isAnswered ? requests.cachedTokens[request]! : 0;
  row.preemptions = isAnswered ? requests.preemptions[request]! : 0;
  row.queueTimeSeconds = Number.NaN;
  row.ttftSeconds = Number.NaN;
  row.tpotSeconds = Number.NaN;
  row.e2eSeconds = Number.NaN;
  row.attempts = requests.attemptsOfAll[request]!;
}
