/** The attempts of a request as a list through the attempt store, the latest first. */
import { ATTEMPT, type AttemptStore } from "./attempt-store";
import type { RequestTable } from "./request-table";

const NONE = -1;
const NO_OTHERS: readonly number[] = [];

/** Takes an attempt out of its request's list. */
export function unlinkAttempt(store: AttemptStore, requests: RequestTable, slot: number): void {
  const request = store.request[slot]!;
  const next = store.sibling[slot]!;
  if (requests.attempt[request] === slot) {
    requests.attempt[request] = next;
    return;
  }
  let before = requests.attempt[request]!;
  while (store.sibling[before] !== slot) before = store.sibling[before]!;
  store.sibling[before] = next;
}

/** A slot that holds what a request wants computed, in its list. */
export function linkAttempt(store: AttemptStore, requests: RequestTable, request: number): number {
  const slot = store.acquire();
  store.request[slot] = request;
  store.sibling[slot] = requests.attempt[request]!;
  requests.attempt[request] = slot;
  store.inputTokens[slot] = requests.inputTokens[request]!;
  store.outputTokens[slot] = requests.outputTokens[request]!;
  store.workload[slot] = requests.workload[request]!;
  store.prefix[slot] = requests.prefix[request];
  if (requests.generatedTokens[request]! > 0) {
    store.generatedTokens[slot] = requests.generatedTokens[request]!;
    store.firstTokenSeconds[slot] = requests.firstTokenSeconds[request]!;
  }
  return slot;
}

/** The other attempts at the request of one. */
export function othersOf(
  store: AttemptStore,
  requests: RequestTable,
  slot: number,
): readonly number[] {
  const first = requests.attempt[store.request[slot]!]!;
  if (first === slot && store.sibling[slot] === NONE) return NO_OTHERS;
  const others: number[] = [];
  for (let other = first; other !== NONE; other = store.sibling[other]!) {
    if (other !== slot) others.push(other);
  }
  return others;
}

/** The attempt that has not reached its replica yet; −1 if there is none. */
export function connectingAttempt(
  store: AttemptStore,
  requests: RequestTable,
  request: number,
): number {
  let slot = requests.attempt[request]!;
  while (slot !== NONE && !store.has(slot, ATTEMPT.connecting)) slot = store.sibling[slot]!;
  return slot;
}

/** The request's next attempt does not go to the replica. */
export function leaveOut({ tried }: RequestTable, request: number, replica: number): void {
  tried[request] = [...(tried[request] ?? []), replica];
}
