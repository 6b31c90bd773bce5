/**
 * Open loop: requests arrive whether or not earlier ones are done. The times come from any arrival
 * clock, the arrivals of a trace included, when the lengths are drawn.
 */
import type { ArrivalClock } from "./arrivals";
import type { RequestShape, ShapeStreams } from "./request-shape";
import type { ClippedCounts, RequestDraw, RequestSource } from "./request-source";

export interface OpenLoopOptions {
  readonly clock: ArrivalClock;
  readonly shape: RequestShape;
  readonly streams: ShapeStreams;
  /** Arrivals at or after this are not started. */
  readonly horizonSeconds: number;
  readonly requestsMax: number;
}

export class OpenLoopSource implements RequestSource {
  readonly clipped: ClippedCounts;
  private readonly clock: ArrivalClock;
  private readonly shape: RequestShape;
  private readonly streams: ShapeStreams;
  private readonly horizonSeconds: number;
  private requestsLeft: number;
  private nextSeconds = 0;

  constructor(options: OpenLoopOptions) {
    this.clock = options.clock;
    this.shape = options.shape;
    this.streams = options.streams;
    this.horizonSeconds = options.horizonSeconds;
    this.requestsLeft = options.requestsMax;
    this.clipped = options.shape.clipped;
    this.advance();
  }

  peekSeconds(): number {
    return this.nextSeconds;
  }

  take(draw: RequestDraw): void {
    draw.arrivalSeconds = this.nextSeconds;
    draw.client = -1;
    this.shape.draw(this.streams, draw);
    this.requestsLeft--;
    this.advance();
  }

  /** Nobody waits for a request to end. */
  finished(): void {}

  private advance(): void {
    const next = this.requestsLeft > 0 ? this.clock.next() : Number.POSITIVE_INFINITY;
    this.nextSeconds = next < this.horizonSeconds ? next : Number.POSITIVE_INFINITY;
  }
}
