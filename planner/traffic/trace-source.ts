/**
 * Replays a trace row by row: its arrivals, its lengths and, where it has them, its prefix blocks.
 * Blocks win over the workload's prefix groups. Only whole blocks within the (clipped) input can be
 * shared: the hash of a partial last block stands for tokens that no longer request has at that place.
 * Each pass of a looped trace is new content: its blocks are not those of the pass before, or the cache
 * would answer everything from the second pass on.
 */
import type { TraceTable } from "../scenario/trace-table";
import { clipToWindow } from "./clip-to-window";
import type { RequestShape, ShapeStreams } from "./request-shape";
import type {
  ClippedCounts,
  PrefixChain,
  RequestDraw,
  RequestSource,
  SegmentIds,
} from "./request-source";
import type { TraceClock } from "./trace-clock";

export interface TraceSourceOptions {
  readonly trace: TraceTable;
  readonly clock: TraceClock;
  readonly shape: RequestShape;
  readonly streams: ShapeStreams;
  readonly ids: SegmentIds;
  readonly horizonSeconds: number;
}

export class TraceSource implements RequestSource {
  readonly clipped: ClippedCounts;
  private readonly trace: TraceTable;
  private readonly clock: TraceClock;
  private readonly shape: RequestShape;
  private readonly streams: ShapeStreams;
  private readonly horizonSeconds: number;
  private readonly blocks: TraceBlocks | undefined;
  private nextSeconds = 0;

  constructor(options: TraceSourceOptions) {
    this.trace = options.trace;
    this.clock = options.clock;
    this.shape = options.shape;
    this.streams = options.streams;
    this.clipped = options.shape.clipped;
    this.horizonSeconds = options.horizonSeconds;
    const blocks = options.trace.prefixBlocks;
    this.blocks = blocks === undefined ? undefined : new TraceBlocks(blocks, options.ids);
    this.advance();
  }

  peekSeconds(): number {
    return this.nextSeconds;
  }

  take(draw: RequestDraw): void {
    const { row, pass } = this.clock;
    draw.arrivalSeconds = this.nextSeconds;
    draw.client = -1;
    draw.isRefused = false;
    draw.chain = undefined;
    draw.inputTokens = Math.max(1, this.trace.inputTokens[row]!);
    draw.outputTokens = Math.max(1, this.trace.outputTokens[row]!);
    clipToWindow(draw, this.shape.contextWindowTokens, this.clipped);
    this.shape.drawOwner(this.streams, draw);
    draw.prefix =
      this.blocks === undefined
        ? this.shape.chainOf(this.shape.drawGroup(this.streams), draw.inputTokens)
        : this.blocks.chainOf(row, pass, draw.inputTokens);
    this.advance();
  }

  /** Nobody waits for a request to end. */
  finished(): void {}

  private advance(): void {
    const next = this.clock.next();
    this.nextSeconds = next < this.horizonSeconds ? next : Number.POSITIVE_INFINITY;
  }
}

/** Prefix chains of the rows: views into one array of identities per pass. */
class TraceBlocks {
  private pass = -1;
  private passIds = new Int32Array(0);
  /** Ends of blocks 0, 1, 2 …, the same for every row. */
  private readonly endTokens: Int32Array;

  constructor(
    private readonly blocks: NonNullable<TraceTable["prefixBlocks"]>,
    private readonly ids: SegmentIds,
  ) {
    let longest = 0;
    for (let row = 0; row + 1 < blocks.offsets.length; row++) {
      longest = Math.max(longest, blocks.offsets[row + 1]! - blocks.offsets[row]!);
    }
    this.endTokens = Int32Array.from(
      { length: longest },
      (_, block) => (block + 1) * blocks.tokensPerBlock,
    );
  }

  chainOf(row: number, pass: number, inputTokens: number): PrefixChain | undefined {
    if (pass !== this.pass) {
      const first = this.ids.allocate(this.blocks.distinct);
      this.passIds = this.blocks.ids.map((id) => first + id);
      this.pass = pass;
    }
    const start = this.blocks.offsets[row]!;
    const whole = Math.floor(inputTokens / this.blocks.tokensPerBlock);
    const length = Math.min(this.blocks.offsets[row + 1]! - start, whole);
    if (length === 0) return undefined;
    return { ids: this.passIds.subarray(start, start + length), endTokens: this.endTokens, length };
  }
}
