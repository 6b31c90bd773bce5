/**
 * Closed loop: a fixed number of clients, each with one request at a time. All send their first at t = 0,
 * as a benchmark client with a concurrency limit does; the next follows when the last is over and the
 * client has thought. Every client has streams of its own, so its k-th request is the same however fast
 * the fleet answers the others.
 */
import { FlatHeap } from "../foundation/flat-heap";
import { RandomStream } from "../foundation/random";
import type { Sampler } from "../foundation/sampler";
import type { RequestShape, ShapeStreams } from "./request-shape";
import type { ClippedCounts, RequestDraw, RequestSource } from "./request-source";

export interface ClosedLoopOptions {
  readonly workloadName: string;
  readonly seed: number;
  readonly concurrency: number;
  readonly thinkSeconds: Sampler;
  readonly shape: RequestShape;
  /** Requests that would start at or after this are not started. */
  readonly horizonSeconds: number;
  readonly requestsMax: number;
}

export class ClosedLoopSource implements RequestSource {
  readonly clipped: ClippedCounts;
  private readonly thinkSeconds: Sampler;
  private readonly shape: RequestShape;
  private readonly horizonSeconds: number;
  private requestsLeft: number;
  /** Clients about to send, by (time, client). */
  private readonly ready: FlatHeap;
  private readonly streams: ShapeStreams[] = [];
  private readonly thinkStreams: RandomStream[] = [];

  constructor(options: ClosedLoopOptions) {
    const { concurrency, seed, workloadName } = options;
    this.thinkSeconds = options.thinkSeconds;
    this.shape = options.shape;
    this.clipped = options.shape.clipped;
    this.horizonSeconds = options.horizonSeconds;
    this.requestsLeft = options.requestsMax;
    this.ready = new FlatHeap(Math.max(1, concurrency));
    for (let client = 0; client < concurrency; client++) {
      const path = `${workloadName}/client/${client}`;
      this.streams.push(this.shape.createStreams(seed, path));
      this.thinkStreams.push(new RandomStream(seed, `${path}/think`));
      this.schedule(client, 0);
    }
  }

  peekSeconds(): number {
    return this.requestsLeft > 0 ? this.ready.topKey : Number.POSITIVE_INFINITY;
  }

  take(draw: RequestDraw): void {
    draw.arrivalSeconds = this.ready.topKey;
    const client = this.ready.pop();
    draw.client = client;
    this.shape.draw(this.streams[client]!, draw);
    this.requestsLeft--;
  }

  finished(client: number, seconds: number): void {
    this.schedule(client, seconds + this.thinkSeconds.sample(this.thinkStreams[client]!));
  }

  private schedule(client: number, seconds: number): void {
    if (seconds < this.horizonSeconds) this.ready.push(seconds, client, client);
  }
}
