/**
 * The clients' side of a run: a request goes through its steps; each call of a model is tried, timed out, tried again
 * after a backoff, handed to a fallback or given up; and every request ends once, with an answer or a reason. Clients
 * see times with the network in them: an answer that reaches them too late is none. Which replica computes an attempt
 * is gateways.ts and replica-set.ts; messages are queue-delivery.ts.
 */
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import { ATTEMPT, type AttemptStore } from "./attempt-store";
import { outcomeOfReason, REASON } from "./end-reasons";
import type { Recorder } from "./recorder";
import { REQUEST, type RequestTable } from "./request-table";
import { type ModelStep, modelsOf } from "./steps";
import { TIMER, type Timers } from "./timers";
import {
  clientsOf,
  deadlineSeconds,
  drawPatience,
  giveUpSeconds,
  type WorkloadClients,
} from "./workload-clients";

const NONE = -1;
const NEVER = Number.POSITIVE_INFINITY;
/** Rounding of times that were added up in different orders. */
const EPSILON_SECONDS = 1e-9;

/** A client that is refused does not ask again at once: without a pause it would do so for ever at one instant. */
const REFUSED_CLIENT_PAUSE_SECONDS = 1;

/** Where clients send their attempts, and what becomes of those that they give up. */
export interface ClientsListener {
  /** Sends the current attempt of a request; it ends with `attemptFailed` or `attemptAnswered`. */
  send(request: number, seconds: number): void;
  /** All attempts of the request under way are of no use any more; `isReplicasFault` when a gateway has cut them. */
  abandon(request: number, isReplicasFault: boolean, seconds: number): void;
  /** The client's attempt is over: what a gateway has admitted is free again. */
  leave(request: number, hasSucceeded: boolean, seconds: number): void;
  /** A client that waits for the end of its request may go on. */
  answer(request: number, seconds: number): void;
  /** Network, front end and what faults add, there and back, beside the replica's own time. */
  secondsBeside(slot: number): number;
  roundTripSeconds(request: number): number;
}

export class Clients {
  readonly models: readonly string[];
  private readonly workloads: readonly WorkloadClients[];
  private readonly store: AttemptStore;
  private readonly requests: RequestTable;
  private readonly timers: Timers;
  private readonly recorder: Recorder;
  private readonly listener: ClientsListener;
  private readonly gatewayTotalSeconds: number;
  private readonly gatewayFirstTokenSeconds: number;
  private readonly perRetrySeconds: number;
  private readonly hedgeSeconds: number;
  private readonly gatewayIsPatient: boolean;
  private readonly timeouts: ResolvedScenario["fleet"]["policies"]["timeout"];

  constructor(
    scenario: ResolvedScenario,
    seed: number,
    parts: {
      readonly store: AttemptStore;
      readonly requests: RequestTable;
      readonly timers: Timers;
      readonly recorder: Recorder;
      readonly listener: ClientsListener;
    },
  ) {
    this.models = modelsOf(scenario);
    this.workloads = scenario.workloads.map((workload) => clientsOf(workload, this.models, seed));
    this.store = parts.store;
    this.requests = parts.requests;
    this.timers = parts.timers;
    this.recorder = parts.recorder;
    this.listener = parts.listener;
    const { timeout, retry, hedging } = scenario.fleet.policies;
    this.timeouts = timeout;
    this.gatewayTotalSeconds = Math.min(timeout.requestSeconds, timeout.maxStreamSeconds);
    this.gatewayFirstTokenSeconds = timeout.streamIdleSeconds;
    this.perRetrySeconds = retry?.perRetryTimeoutSeconds ?? NEVER;
    this.hedgeSeconds = hedging?.afterSeconds ?? NEVER;
    this.gatewayIsPatient =
      Math.min(
        this.gatewayTotalSeconds,
        this.gatewayFirstTokenSeconds,
        this.perRetrySeconds,
        this.hedgeSeconds,
      ) === NEVER;
  }

  /** A request has arrived; its columns say what was drawn. */
  begin(request: number, isRefused: boolean, seconds: number): void {
    this.requests.step[request] = 0;
    if (isRefused) this.end(request, REASON["session-overflow"], seconds);
    else this.startStep(request, 0, seconds);
  }

  // Steps

  private startStep(request: number, index: number, seconds: number): void {
    const { requests } = this;
    const { steps } = this.workloads[requests.workload[request]!]!;
    const step = steps[index]!;
    const chain = requests.chain[request];
    requests.step[request] = index;
    requests.stepSeconds[request] = seconds;
    if (step.kind === "wait") {
      this.waitOutside(request, chain!.waitSeconds[index]!, step.timeoutSeconds, seconds);
      return;
    }
    if (chain !== undefined) {
      requests.inputTokens[request] = chain.inputTokens[index]!;
      requests.outputTokens[request] = chain.outputTokens[index]!;
      requests.prefix[request] = chain.prefixes[index];
    }
    this.call(request, step.model, false, seconds);
  }

  /** Begins a step that is no call of a model. */
  private waitOutside(
    request: number,
    waitSeconds: number,
    timeoutSeconds: number,
    seconds: number,
  ): void {
    const end = seconds + Math.min(waitSeconds, timeoutSeconds);
    const clients = this.workloads[this.requests.workload[request]!]!;
    const giveUp = Math.max(seconds, giveUpSeconds(this.requests, request, clients));
    if (giveUp < end) this.timers.at(giveUp, TIMER.attemptTimeout, request);
    else this.timers.at(end, TIMER.waitStepOver, request);
  }

  /** Asks a model for the first time. */
  private call(request: number, model: number, isFallback: boolean, seconds: number): void {
    const { requests } = this;
    requests.model[request] = model;
    if (isFallback) requests.mark(request, REQUEST.fallback | REQUEST.fellBack);
    else requests.unmark(request, REQUEST.fallback);
    requests.attempts[request] = 0;
    this.startAfresh(request);
    this.attempt(request, seconds);
  }

  /** The next attempt has nothing of those before. */
  private startAfresh(request: number): void {
    const { requests } = this;
    requests.generatedTokens[request] = 0;
    requests.firstTokenSeconds[request] = Number.NaN;
  }

  /** A wait outside the fleet is over, or the answer of a step that is not the last has come. */
  private onStepOver(request: number, seconds: number): void {
    const { requests } = this;
    const index = requests.step[request]!;
    const { steps } = this.workloads[requests.workload[request]!]!;
    const step = steps[index]!;
    if (step.kind === "wait") {
      const chain = requests.chain[request]!;
      const isLate = chain.waitSeconds[index]! > step.timeoutSeconds;
      if ((isLate || chain.fails[index] === 1) && !step.isSkippedOnFailure) {
        this.touch(request);
        this.end(request, isLate ? REASON["step-timeout"] : REASON["step-failed"], seconds);
        return;
      }
    }
    if (index + 1 < steps.length) {
      this.startStep(request, index + 1, seconds);
      return;
    }
    // The last step was a wait: the answer is complete with it.
    this.recorder.completed(request, seconds, 0);
    this.finish(request, seconds);
  }

  // Attempts

  private attempt(request: number, seconds: number): void {
    const { requests } = this;
    const clients = this.workloads[requests.workload[request]!]!;
    requests.attempts[request]!++;
    requests.attemptsOfAll[request]!++;
    requests.gatewayRetries[request] = 0;
    requests.sentSeconds[request] = seconds;
    requests.stamp[request] = (requests.stamp[request]! + 1) | 0;
    this.recorder.attempted(request, seconds);
    if (requests.attempts[request] === 1) clients.retries?.onFirstAttempt(seconds);
    const isQueued = clients.workload.delivery === "queue";
    if (!isQueued && clients.isPatient && this.gatewayIsPatient) {
      this.listener.send(request, seconds);
      return;
    }
    // An answer in time may be followed by a step that begins a rounding error too late.
    const deadline = Math.max(seconds, deadlineSeconds(this.requests, request, clients));
    if (isQueued) this.timers.at(deadline, TIMER.attemptTimeout, request);
    else this.setTimers(request, clients, deadline, seconds);
    this.listener.send(request, seconds);
  }

  /** Sets what may end an attempt before its answer. */
  private setTimers(
    request: number,
    clients: WorkloadClients,
    deadline: number,
    seconds: number,
  ): void {
    const { requests, timers } = this;
    const isFirst = requests.attemptsOfAll[request] === 1;
    if (isFirst) drawPatience(requests, request, clients);
    const total = Math.min(requests.timeoutSeconds[request]!, this.gatewayTotalSeconds);
    this.setTimer(request, TIMER.attemptTimeout, total, clients.isConstant, seconds);
    if (deadline < seconds + total) timers.at(deadline, TIMER.attemptTimeout, request);
    const first = Math.min(
      requests.firstTokenTimeoutSeconds[request]!,
      this.gatewayFirstTokenSeconds,
    );
    this.setTimer(request, TIMER.firstTokenTimeout, first, clients.isConstant, seconds);
    timers.after(seconds, this.hedgeSeconds, TIMER.hedge, request);
  }

  private setTimer(
    request: number,
    kind: number,
    delay: number,
    isConstant: boolean,
    now: number,
  ): void {
    if (isConstant) this.timers.after(now, delay, kind, request);
    else this.timers.at(now + delay, kind, request);
  }

  /** Seconds that a client still waits for its first token. */
  patienceSeconds(request: number, seconds: number): number {
    const { requests } = this;
    const clients = this.workloads[requests.workload[request]!]!;
    const elapsed = seconds - requests.sentSeconds[request]!;
    let patience = clients.isPatient
      ? NEVER
      : Math.min(
          requests.firstTokenTimeoutSeconds[request]!,
          requests.timeoutSeconds[request]!,
          deadlineSeconds(this.requests, request, clients) - requests.sentSeconds[request]!,
        );
    for (const objective of clients.workload.slo) {
      if (objective.metric === "ttft") patience = Math.min(patience, objective.limitSeconds);
    }
    return patience - elapsed - this.listener.roundTripSeconds(request);
  }

  /** A timer of a request is due. */
  onTimer(kind: number, request: number, seconds: number): void {
    switch (kind) {
      case TIMER.attemptTimeout:
        if (this.isOutside(request)) this.giveUpOutside(request, seconds);
        else this.fail(request, this.totalReason(request, seconds), 0, seconds);
        return;
      case TIMER.firstTokenTimeout:
        this.onFirstTokenTimeout(request, seconds);
        return;
      case TIMER.clientRetry:
        this.attempt(request, seconds);
        return;
      case TIMER.waitStepOver:
        this.onStepOver(request, seconds);
        return;
      default:
        // Set when it began to wait for admission; it may have come in since.
        if (!this.requests.has(request, REQUEST.admitted)) {
          this.fail(request, REASON["queue-timeout"], 0, seconds);
        }
    }
  }

  /** Whether the request is at a step that is no call of a model. */
  private isOutside(request: number): boolean {
    const { step, workload } = this.requests;
    return this.workloads[workload[request]!]!.steps[step[request]!]!.kind === "wait";
  }

  /** The client's time for all steps is over while it waits for something outside the fleet. */
  private giveUpOutside(request: number, seconds: number): void {
    this.touch(request);
    this.end(request, REASON["give-up"], seconds);
  }

  private totalReason(request: number, seconds: number): number {
    const { requests, timeouts } = this;
    const clients = this.workloads[requests.workload[request]!]!;
    if (clients.workload.delivery === "queue") return REASON["give-up"];
    const elapsed = seconds - requests.sentSeconds[request]! + EPSILON_SECONDS;
    if (!clients.isPatient && elapsed >= requests.timeoutSeconds[request]!) {
      return REASON["client-timeout"];
    }
    if (elapsed >= timeouts.requestSeconds) return REASON["request-timeout"];
    if (elapsed >= timeouts.maxStreamSeconds) return REASON["max-stream"];
    const { giveUpSeconds } = clients.workload.client;
    const age = seconds - requests.arrivalSeconds[request]! + EPSILON_SECONDS;
    return age >= giveUpSeconds ? REASON["give-up"] : REASON["step-timeout"];
  }

  /** Nothing to do when the client has a token by now; a message has no such client. */
  private onFirstTokenTimeout(request: number, seconds: number): void {
    const { requests, store } = this;
    const elapsed = seconds - requests.sentSeconds[request]! + EPSILON_SECONDS;
    const isClients = elapsed >= requests.firstTokenTimeoutSeconds[request]!;
    if (requests.firstTokenSeconds[request]! <= seconds) return;
    for (let slot = requests.attempt[request]!; slot !== NONE; slot = store.sibling[slot]!) {
      const firstToken = store.firstTokenSeconds[slot]!;
      if (Number.isNaN(firstToken)) continue;
      const beside = isClients ? this.listener.secondsBeside(slot) : 0;
      if (firstToken + beside <= seconds + EPSILON_SECONDS) return;
    }
    if (isClients) this.fail(request, REASON["first-token-timeout"], 0, seconds);
    else if (elapsed >= this.gatewayFirstTokenSeconds) {
      this.fail(request, REASON["stream-idle"], 0, seconds);
    } else if (this.hasTriedFor(request, this.perRetrySeconds, seconds)) {
      this.fail(request, REASON["per-retry-timeout"], 0, seconds);
    }
  }

  /** Whether the gateway's present try, if there is one, is so old: the timer may be that of one before. */
  private hasTriedFor(request: number, within: number, seconds: number): boolean {
    const { store } = this;
    let isTried = false;
    for (let slot = this.requests.attempt[request]!; slot !== NONE; slot = store.sibling[slot]!) {
      if (store.has(slot, ATTEMPT.hedge)) continue;
      if (seconds - store.sentSeconds[slot]! + EPSILON_SECONDS < within) return false;
      isTried = true;
    }
    return isTried;
  }

  /**
   * The attempt of `slot` has all its tokens at `seconds`; true when the client has them in time.
   *
   * @param beside seconds that the client waits beside the replica's own
   */
  isInTime(slot: number, seconds: number, beside: number): boolean {
    const request = this.store.request[slot]!;
    const clients = this.workloads[this.requests.workload[request]!]!;
    return clients.isPatient || this.isWithinPatience(slot, request, clients, seconds, beside);
  }

  private isWithinPatience(
    slot: number,
    request: number,
    clients: WorkloadClients,
    seconds: number,
    beside: number,
  ): boolean {
    const { requests, store } = this;
    const sent = requests.sentSeconds[request]! + EPSILON_SECONDS;
    const firstToken = store.firstTokenSeconds[slot]! + beside;
    const firstTokenLimit = requests.firstTokenTimeoutSeconds[request]!;
    return (
      seconds + beside <= sent + requests.timeoutSeconds[request]! &&
      // Past its timer, that one has judged; to judge anew might leave an attempt to a timer that was.
      (firstToken <= sent + firstTokenLimit ||
        seconds >= requests.sentSeconds[request]! + firstTokenLimit) &&
      seconds + beside <= deadlineSeconds(this.requests, request, clients) + EPSILON_SECONDS
    );
  }

  /** An attempt has brought the answer, in time; its siblings are over. `slot` is still there to be read. */
  succeed(slot: number, seconds: number, beside: number): void {
    const { requests, store } = this;
    const request = store.request[slot]!;
    const { steps } = this.workloads[requests.workload[request]!]!;
    requests.stamp[request] = (requests.stamp[request]! + 1) | 0;
    this.listener.leave(request, true, seconds);
    this.recorder.stepCompleted(request, slot, seconds, beside);
    if (requests.step[request]! + 1 < steps.length) {
      this.timers.at(seconds + beside, TIMER.waitStepOver, request);
      return;
    }
    this.recorder.completed(request, seconds, beside);
    this.finish(request, seconds + beside);
  }

  /** A client's attempt has ended without an answer. */
  fail(request: number, reason: number, retryAfterSeconds: number, seconds: number): void {
    const { requests } = this;
    this.touch(request);
    requests.stamp[request] = (requests.stamp[request]! + 1) | 0;
    const isReplicasFault =
      reason === REASON["request-timeout"] ||
      reason === REASON["stream-idle"] ||
      reason === REASON["per-retry-timeout"];
    this.listener.abandon(request, isReplicasFault, seconds);
    this.listener.leave(request, false, seconds);
    this.startAfresh(request);
    if (reason === REASON["context-too-long"]) {
      this.end(request, reason, seconds);
      return;
    }
    if (this.retry(request, reason, retryAfterSeconds, seconds)) return;
    const clients = this.workloads[requests.workload[request]!]!;
    const step = clients.steps[requests.step[request]!] as ModelStep;
    const canFallBack =
      step.fallback !== NONE &&
      !requests.has(request, REQUEST.fallback) &&
      step.fallbackOn.includes(outcomeOfReason(reason)) &&
      seconds < deadlineSeconds(this.requests, request, clients);
    if (canFallBack) this.call(request, step.fallback, true, seconds);
    else this.end(request, reason, seconds);
  }

  private retry(
    request: number,
    reason: number,
    retryAfterSeconds: number,
    seconds: number,
  ): boolean {
    const { requests } = this;
    const clients = this.workloads[requests.workload[request]!]!;
    const { retries, retriesOn } = clients;
    const failure = outcomeOfReason(reason);
    if (retries === undefined || !retriesOn.includes(failure)) return false;
    const deadline = deadlineSeconds(this.requests, request, clients);
    // A timeout is the client's own; an answer has to reach it first.
    const heard = failure === "timed-out" ? 0 : this.listener.roundTripSeconds(request);
    if (seconds + heard >= deadline) return false;
    const wait = retries.next(requests.attempts[request]!, failure, retryAfterSeconds, seconds);
    if (Number.isNaN(wait) || seconds + heard + wait >= deadline) return false;
    this.timers.at(seconds + heard + wait, TIMER.clientRetry, request);
    return true;
  }

  /** At least one attempt of the request has gone wrong. */
  touch(request: number): void {
    if (this.requests.has(request, REQUEST.touched)) return;
    this.requests.mark(request, REQUEST.touched);
    this.recorder.touched(request);
  }

  /** The request is over without an answer. */
  end(request: number, reason: number, seconds: number): void {
    this.recorder.ended(request, reason, seconds);
    const pause = outcomeOfReason(reason) === "timed-out" ? 0 : REFUSED_CLIENT_PAUSE_SECONDS;
    this.finish(request, seconds + pause);
  }

  private finish(request: number, seconds: number): void {
    this.listener.answer(request, seconds);
    this.requests.release(request);
  }
}
