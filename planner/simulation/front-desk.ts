/**
 * The admission of requests at gateway processes: who is let in, who waits for it, and who is refused. What lets in
 * is gateway/admission.ts, one for each process; here stand the lines of those that wait.
 */
import { PRIORITIES } from "../fleet/priority";
import type { ResolvedAdmission } from "../fleet/resolved-policies";
import { IndexDeque } from "../foundation/index-deque";
import { LET_IN, WAITS } from "./gateway/admission";
import type { GatewayProcess } from "./gateway/gateway-process";
import type { Recorder } from "./recorder";
import { REQUEST, type RequestTable } from "./request-table";
import { TIMER, type Timers } from "./timers";

const NONE = -1;

/** Whom it asks about clients, and tells of those that it turns away. */
export interface FrontDeskListener {
  /** The client's current attempt is over without an answer. */
  refuse(request: number, reason: number, retryAfterSeconds: number, seconds: number): void;
  /** How long a client still waits for its first token, and how long it would wait at a replica now. */
  patienceSeconds(request: number, seconds: number): number;
  expectedWaitSeconds(model: number, site: number, seconds: number): number;
}

export interface FrontDeskParts {
  readonly policy: ResolvedAdmission;
  readonly processes: readonly GatewayProcess[];
  readonly requests: RequestTable;
  readonly timers: Timers;
  readonly recorder: Recorder;
  readonly listener: FrontDeskListener;
  readonly priorityOf: Int32Array;
  /** By workload: number of its first tenant among those of all workloads. */
  readonly tenantBase: readonly number[];
  /** A request may go on to a replica. */
  readonly onAdmitted: (request: number, process: number, seconds: number) => void;
}

export class FrontDesk {
  private readonly parts: FrontDeskParts;
  /** Requests that wait to be admitted, by process and priority. */
  private readonly waiting: readonly (readonly IndexDeque[])[];

  constructor(parts: FrontDeskParts) {
    this.parts = parts;
    this.waiting = parts.processes.map(() => PRIORITIES.map(() => new IndexDeque()));
  }

  /** A request comes to a process. */
  receive(request: number, index: number, seconds: number): void {
    const { requests, listener, policy, priorityOf } = this.parts;
    const { admission, site } = this.parts.processes[index]!;
    const workload = requests.workload[request]!;
    const priority = priorityOf[workload]!;
    const answer = admission!.admit(
      this.parts.tenantBase[workload]! + requests.tenant[request]!,
      priority,
      requests.inputTokens[request]!,
      listener.expectedWaitSeconds(requests.model[request]!, site, seconds),
      listener.patienceSeconds(request, seconds),
      seconds,
    );
    if (answer === LET_IN) {
      requests.mark(request, REQUEST.admitted);
      this.parts.onAdmitted(request, index, seconds);
    } else if (answer === WAITS) {
      requests.waitingSeconds[request] = seconds;
      this.waiting[index]![priority]!.pushBack(request);
      const { timers } = this.parts;
      timers.after(seconds, policy.queueTimeoutSeconds, TIMER.gatewayQueueTimeout, request);
    } else {
      requests.gateway[request] = NONE;
      listener.refuse(request, answer, policy.retryAfterSeconds, seconds);
    }
  }

  /** A client's attempt is over: its place is free for another, or it waits no more. */
  leave(request: number, index: number, hasSucceeded: boolean, seconds: number): void {
    const { requests } = this.parts;
    const admission = this.parts.processes[index]!.admission!;
    if (requests.has(request, REQUEST.admitted)) {
      requests.unmark(request, REQUEST.admitted);
      admission.onOver(hasSucceeded, seconds);
      this.letIn(index, seconds);
      return;
    }
    const priority = this.parts.priorityOf[requests.workload[request]!]!;
    this.waiting[index]![priority]!.remove(request);
    admission.leaveQueue();
    this.stopWaiting(request, seconds);
  }

  /** The most urgent of those that wait may come in. */
  private letIn(index: number, seconds: number): void {
    const { admission, faults } = this.parts.processes[index]!;
    // Those that wait at a process that is gone go with it.
    if (faults > 0) return;
    for (const [priority, line] of this.waiting[index]!.entries()) {
      while (line.length > 0 && admission!.canEnter(priority)) {
        const request = line.popFront();
        admission!.enterFromQueue();
        this.parts.requests.mark(request, REQUEST.admitted);
        this.stopWaiting(request, seconds);
        this.parts.onAdmitted(request, index, seconds);
      }
    }
  }

  private stopWaiting(request: number, seconds: number): void {
    const { requests, recorder } = this.parts;
    recorder.waited(request, requests.waitingSeconds[request]!, seconds);
    requests.waitingSeconds[request] = Number.NaN;
  }
}
