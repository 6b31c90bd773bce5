/**
 * All requests in flight: what a client wants, from its arrival until it is answered or given up, over all steps and
 * attempts. One try of it is an attempt (attempt-store.ts).
 */
import type { ChainDraw, PrefixChain } from "../traffic/request-source";
import { ColumnTable } from "./column-table";

const NONE = -1;

/** What may be true of a request. */
export const REQUEST = {
  /** It kills the replica that schedules it. */
  poison: 1,
  /** Its present step asks its fallback model. */
  fallback: 2,
  /** A gateway's admission has let its current attempt in. */
  admitted: 4,
  /** At least one of its attempts has ended without an answer; a second was sent beside a first. */
  touched: 8,
  hedged: 16,
  /** At least one of its model steps is answered. */
  answered: 32,
  /** At least one of its steps has asked its fallback. */
  fellBack: 64,
} as const;

export class RequestTable extends ColumnTable {
  // What arrived
  arrivalSeconds = new Float64Array(0);
  /** Running number over the whole run. */
  serial = new Float64Array(0);
  workload = new Int32Array(0);
  tenant = new Int32Array(0);
  origin = new Int32Array(0);
  client = new Int32Array(0);
  readonly chain: (ChainDraw | undefined)[] = [];

  // The step it is at, and what its call of a model is
  step = new Int32Array(0);
  stepSeconds = new Float64Array(0);
  /** Index of the model that is asked now: the step's, or its fallback. */
  model = new Int32Array(0);
  inputTokens = new Int32Array(0);
  outputTokens = new Int32Array(0);
  readonly prefix: (PrefixChain | undefined)[] = [];

  // Its attempts
  /** First of those in flight (the others by `sibling`), or −1. */
  attempt = new Int32Array(0);
  /** By the client, at this step with this model; and over all steps. */
  attempts = new Int32Array(0);
  attemptsOfAll = new Int32Array(0);
  gatewayRetries = new Int32Array(0);
  /** Replicas at which the current attempt has come to nothing. */
  readonly tried: (number[] | undefined)[] = [];
  /** Changes whenever what its timers wait for is over: see timers.ts. */
  stamp = new Int32Array(0);
  /** Drawn patience of its client; Infinity = none. */
  timeoutSeconds = new Float64Array(0);
  firstTokenTimeoutSeconds = new Float64Array(0);
  /** When the current attempt was sent by the client. */
  sentSeconds = new Float64Array(0);
  /** Output tokens that an attempt before has left to go on from, and when the first of them came. */
  generatedTokens = new Int32Array(0);
  firstTokenSeconds = new Float64Array(0);
  /** Phase of its client's DNS resolver, in [0, 1). */
  resolverPhase = new Float64Array(0);
  /** Region that the last attempt was sent to, or −1. */
  region = new Int32Array(0);
  /** Since when it waits in a gateway or a message queue; NaN while it does not. */
  waitingSeconds = new Float64Array(0);
  /** Gateway process that the current attempt is at, or −1. */
  gateway = new Int32Array(0);

  // For the record
  /** Metrics cell, or −1 before it has one. */
  cell = new Int32Array(0);
  clientRetries = new Int32Array(0);
  gatewayRetriesOfAll = new Int32Array(0);
  hedges = new Int32Array(0);
  /** Of its answered model steps: waited for a first schedule, all together; and of the last of them. */
  queueSeconds = new Float64Array(0);
  answerSeconds = new Float64Array(0);
  besideSeconds = new Float64Array(0);
  cachedTokens = new Int32Array(0);
  preemptions = new Int32Array(0);
  replica = new Int32Array(0);
  pool = new Int32Array(0);

  acquire(): number {
    const request = this.take();
    this.attempt[request] = NONE;
    this.attemptsOfAll[request] = 0;
    this.stamp[request] = (this.stamp[request]! + 1) | 0;
    this.region[request] = NONE;
    this.gateway[request] = NONE;
    this.waitingSeconds[request] = Number.NaN;
    this.cell[request] = NONE;
    this.queueSeconds[request] = 0;
    return request;
  }

  release(request: number): void {
    this.stamp[request] = (this.stamp[request]! + 1) | 0;
    if (this.has(request, REQUEST.touched | REQUEST.hedged)) {
      this.clientRetries[request] = 0;
      this.gatewayRetriesOfAll[request] = 0;
      this.hedges[request] = 0;
    }
    this.chain[request] = undefined;
    this.prefix[request] = undefined;
    this.tried[request] = undefined;
    this.giveBack(request);
  }

  /** Requests in use, in order of arrival. */
  liveRequests(): number[] {
    return this.live().sort((a, b) => this.serial[a]! - this.serial[b]!);
  }

  protected growObjects(from: number, to: number): void {
    for (let request = from; request < to; request++) {
      this.prefix.push(undefined);
      this.chain.push(undefined);
      this.tried.push(undefined);
    }
  }
}
