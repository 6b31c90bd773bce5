/**
 * Everything of a request but its time: lengths, origin, tenant and shared prefix, each from a stream of
 * its own, so that a change to one leaves the draws of the others as they are (common random numbers).
 */
import { RandomStream } from "../foundation/random";
import type { ResolvedWorkload } from "../scenario/resolved-scenario";
import { AliasTable } from "./alias-table";
import type { LengthSource } from "./lengths";
import { OriginMix } from "./origin-mix";
import { PrefixGroups } from "./prefix-groups";
import type { CompiledProfile } from "./rate-profile";
import type { PrefixChain, RequestDraw, SegmentIds } from "./request-source";

/** The streams that a request's shape is drawn from. */
export interface ShapeStreams {
  readonly input: RandomStream;
  readonly output: RandomStream;
  readonly origin: RandomStream;
  readonly tenant: RandomStream;
  readonly prefix: RandomStream;
}

/** @param path `WORKLOAD`, or `WORKLOAD/client/3` for one client of several */
export function createShapeStreams(seed: number, path: string): ShapeStreams {
  return {
    input: new RandomStream(seed, `${path}/input`),
    output: new RandomStream(seed, `${path}/output`),
    origin: new RandomStream(seed, `${path}/origin`),
    tenant: new RandomStream(seed, `${path}/tenant`),
    prefix: new RandomStream(seed, `${path}/prefix`),
  };
}

/** Counts of requests whose input, or output, was cut to fit the context window. */
export interface ClippedCounts {
  inputs: number;
  outputs: number;
}

/**
 * Cuts a request to the context window and counts it: the input to the window less one token, so that
 * there is room to answer, then the output to what the input leaves.
 */
export function clipToWindow(
  draw: RequestDraw,
  contextWindowTokens: number,
  clipped: ClippedCounts,
): void {
  if (draw.inputTokens >= contextWindowTokens) {
    draw.inputTokens = contextWindowTokens - 1;
    clipped.inputs++;
  }
  const room = contextWindowTokens - draw.inputTokens;
  if (draw.outputTokens > room) {
    draw.outputTokens = room;
    clipped.outputs++;
  }
}

export class RequestShape {
  readonly clipped: ClippedCounts = { inputs: 0, outputs: 0 };
  readonly contextWindowTokens: number;
  private readonly origins: OriginMix;
  private readonly tenants: AliasTable;
  private readonly tenantCount: number;
  private readonly groups: PrefixGroups | undefined;

  /** @param lengths undefined when each arrival of a trace brings its own */
  constructor(
    workload: ResolvedWorkload,
    private readonly lengths: LengthSource | undefined,
    profile: CompiledProfile | undefined,
    ids: SegmentIds,
  ) {
    this.contextWindowTokens = workload.contextWindowTokens;
    this.origins = new OriginMix(workload.origins, profile);
    this.tenantCount = workload.tenants.length;
    this.tenants = new AliasTable(workload.tenants.map((tenant) => tenant.share));
    this.groups =
      workload.prefix === undefined ? undefined : new PrefixGroups(workload.prefix, ids);
  }

  /** Writes a whole request, for an arrival time already in `draw`. */
  draw(streams: ShapeStreams, draw: RequestDraw): void {
    this.drawLengths(streams, draw);
    clipToWindow(draw, this.contextWindowTokens, this.clipped);
    this.drawOwner(streams, draw);
    draw.prefix = this.chainOf(this.drawGroup(streams), draw.inputTokens);
  }

  /** Writes lengths before clipping. */
  drawLengths(streams: ShapeStreams, draw: RequestDraw): void {
    const lengths = this.lengths;
    if (lengths === undefined) return;
    lengths.draw(streams.input, streams.output);
    draw.inputTokens = lengths.inputTokens;
    draw.outputTokens = lengths.outputTokens;
  }

  /** Writes origin and tenant. */
  drawOwner(streams: ShapeStreams, draw: RequestDraw): void {
    draw.originIndex = this.origins.draw(streams.origin, draw.arrivalSeconds);
    draw.tenantIndex = this.tenantCount === 1 ? 0 : this.tenants.pick(streams.tenant.uniform());
  }

  /** Prefix group, or -1. */
  drawGroup(streams: ShapeStreams): number {
    return this.groups === undefined ? -1 : this.groups.drawGroup(streams.prefix);
  }

  chainOf(group: number, inputTokens: number): PrefixChain | undefined {
    return this.groups?.chainOf(group, inputTokens);
  }
}
