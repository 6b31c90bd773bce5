/**
 * Sessions (conversations): each turn's input is the whole context so far (every earlier input and
 * output) plus newly drawn tokens, and the next turn comes when the last is over and the user has thought.
 * What the context holds, and what becomes of it when it outgrows the window, is `session-context.ts`.
 *
 * The arrivals are starts of sessions: a rate of 2/s with 5 turns on average offers up to 10 requests/s,
 * and `requestsMax` counts requests. In a closed loop each client holds one session after another.
 */
import { FlatHeap } from "../foundation/flat-heap";
import { RandomStream } from "../foundation/random";
import type { Sampler } from "../foundation/sampler";
import type { ResolvedOverflow } from "../scenario/resolved-scenario";
import type { ArrivalClock } from "./arrivals";
import type { RequestShape, ShapeStreams } from "./request-shape";
import type { ClippedCounts, RequestDraw, RequestSource, SegmentIds } from "./request-source";
import { SessionContext } from "./session-context";

/** Clients that hold one session after another, with a pause between two. */
export interface SessionClients {
  readonly concurrency: number;
  readonly thinkSeconds: Sampler;
}

export interface SessionOptions {
  readonly workloadName: string;
  readonly seed: number;
  readonly shape: RequestShape;
  readonly ids: SegmentIds;
  /** What starts sessions: an arrival clock, or clients in a closed loop. */
  readonly start: ArrivalClock | SessionClients;
  readonly turns: Sampler;
  /** Between the end of a turn and the next turn of the session. */
  readonly thinkSeconds: Sampler;
  /** What becomes of a turn whose context does not fit the window. */
  readonly overflow: ResolvedOverflow;
  /** Turns that would start at or after this are not started. */
  readonly horizonSeconds: number;
  readonly requestsMax: number;
}

/** One conversation. It has streams of its own, so its turns are the same however fast the fleet is. */
interface Session {
  readonly streams: ShapeStreams;
  readonly think: RandomStream;
  readonly originIndex: number;
  readonly tenantIndex: number;
  readonly context: SessionContext;
  turnsLeft: number;
}

const NEVER = Number.POSITIVE_INFINITY;

export class SessionSource implements RequestSource {
  readonly clipped: ClippedCounts;
  private readonly options: SessionOptions;
  private readonly shape: RequestShape;
  private readonly clock: ArrivalClock | undefined;
  private readonly clients: SessionClients | undefined;
  /** Clients about to take a turn, by (time, client). */
  private readonly ready = new FlatHeap();
  /** Session of each client; undefined between sessions. */
  private readonly sessions: (Session | undefined)[] = [];
  private readonly idleClients: number[] = [];
  /** Closed loop: sessions that each client has started. */
  private readonly sessionsOfClient: number[] = [];
  private requestsLeft: number;
  private sessionsStarted = 0;
  private startSeconds = NEVER;

  constructor(options: SessionOptions) {
    this.options = options;
    this.shape = options.shape;
    this.clipped = options.shape.clipped;
    this.requestsLeft = options.requestsMax;
    if ("concurrency" in options.start) {
      this.clients = options.start;
      for (let client = 0; client < this.clients.concurrency; client++) {
        this.sessions.push(undefined);
        this.sessionsOfClient.push(0);
        this.schedule(client, 0);
      }
    } else {
      this.clock = options.start;
      this.startSeconds = this.nextStart();
    }
  }

  peekSeconds(): number {
    if (this.requestsLeft <= 0) return NEVER;
    const turnSeconds = this.ready.topKey;
    return Math.min(turnSeconds, this.startSeconds);
  }

  take(draw: RequestDraw): void {
    if (this.ready.topKey <= this.startSeconds) {
      draw.arrivalSeconds = this.ready.topKey;
      draw.client = this.ready.pop();
    } else {
      draw.arrivalSeconds = this.startSeconds;
      draw.client = this.idleClients.pop() ?? this.sessions.push(undefined) - 1;
      this.startSeconds = this.nextStart();
    }
    const session = this.sessions[draw.client] ?? this.startSession(draw);
    this.sessions[draw.client] = session;
    this.takeTurn(session, draw);
    this.requestsLeft--;
  }

  finished(client: number, seconds: number): void {
    const session = this.sessions[client];
    if (session === undefined) return;
    const next = seconds + this.options.thinkSeconds.sample(session.think);
    if (session.turnsLeft > 0 && next < this.options.horizonSeconds) {
      this.schedule(client, next);
      return;
    }
    this.sessions[client] = undefined;
    if (this.clients === undefined) {
      this.idleClients.push(client);
    } else if (session.turnsLeft === 0) {
      this.schedule(client, seconds + this.clients.thinkSeconds.sample(session.think));
    }
  }

  /** Writes the next turn of a session into `draw`. */
  private takeTurn(session: Session, draw: RequestDraw): void {
    draw.originIndex = session.originIndex;
    draw.tenantIndex = session.tenantIndex;
    this.shape.drawLengths(session.streams, draw);
    const goesOn = session.context.takeTurn(draw);
    session.turnsLeft = goesOn ? session.turnsLeft - 1 : 0;
  }

  private startSession(draw: RequestDraw): Session {
    const { workloadName, seed, turns } = this.options;
    const path = `${workloadName}/session/${this.sessionName(draw.client)}`;
    const streams = this.shape.createStreams(seed, path);
    this.shape.drawOwner(streams, draw);
    return {
      streams,
      think: new RandomStream(seed, `${path}/think`),
      originIndex: draw.originIndex,
      tenantIndex: draw.tenantIndex,
      context: new SessionContext(this.options, this.shape.drawGroup(streams)),
      turnsLeft: Math.max(1, Math.round(turns.sample(new RandomStream(seed, `${path}/turns`)))),
    };
  }

  /** Ordinal of a session, in a closed loop per client: the fleet's speed must not matter. */
  private sessionName(client: number): string {
    if (this.clients === undefined) return `${this.sessionsStarted++}`;
    return `${client}.${this.sessionsOfClient[client]!++}`;
  }

  private schedule(client: number, seconds: number): void {
    if (seconds < this.options.horizonSeconds) this.ready.push(seconds, client, client);
  }

  private nextStart(): number {
    const seconds = this.clock?.next() ?? NEVER;
    return seconds < this.options.horizonSeconds ? seconds : NEVER;
  }
}
