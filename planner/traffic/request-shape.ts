/**
 * Everything of a request but its time: lengths, origin, tenant and shared prefix, or the steps of a chain, each from
 * a stream of its own, so that a change to one leaves the draws of the others as they are (common random numbers).
 */
import { RandomStream } from "../foundation/random";
import type { ResolvedWorkload } from "../scenario/resolved-scenario";
import { AliasTable } from "./alias-table";
import { ChainShape, type ChainStreams } from "./chain-shape";
import { clipToWindow } from "./clip-to-window";
import type { LengthSource } from "./lengths";
import { OriginMix } from "./origin-mix";
import { PrefixGroups } from "./prefix-groups";
import type { CompiledProfile } from "./rate-profile";
import type { ClippedCounts, PrefixChain, RequestDraw, SegmentIds } from "./request-source";

/** The streams that a request's shape is drawn from. */
export interface ShapeStreams {
  readonly input: RandomStream;
  readonly output: RandomStream;
  readonly origin: RandomStream;
  readonly tenant: RandomStream;
  readonly prefix: RandomStream;
  /** Absent without a chain. */
  readonly chain: ChainStreams | undefined;
}

export class RequestShape {
  readonly clipped: ClippedCounts = { inputs: 0, outputs: 0, overflows: 0 };
  readonly contextWindowTokens: number;
  private readonly origins: OriginMix;
  private readonly tenants: AliasTable;
  private readonly tenantCount: number;
  private readonly groups: PrefixGroups | undefined;
  private readonly chain: ChainShape | undefined;

  /** @param lengths undefined when each arrival of a trace brings its own, or each step of a chain has its own */
  constructor(
    workload: ResolvedWorkload,
    private readonly lengths: LengthSource | undefined,
    profile: CompiledProfile | undefined,
    ids: SegmentIds,
  ) {
    const { chain, prefix, tenants } = workload;
    this.contextWindowTokens = workload.contextWindowTokens;
    this.origins = new OriginMix(workload.origins, profile);
    this.tenantCount = tenants.length;
    this.tenants = new AliasTable(tenants.map((tenant) => tenant.share));
    this.chain = chain === undefined ? undefined : new ChainShape(chain, ids);
    this.groups =
      prefix === undefined || chain !== undefined ? undefined : new PrefixGroups(prefix, ids);
  }

  /** @param path `WORKLOAD`, or `WORKLOAD/client/3` for one client of several */
  createStreams(seed: number, path: string): ShapeStreams {
    return {
      input: new RandomStream(seed, `${path}/input`),
      output: new RandomStream(seed, `${path}/output`),
      origin: new RandomStream(seed, `${path}/origin`),
      tenant: new RandomStream(seed, `${path}/tenant`),
      prefix: new RandomStream(seed, `${path}/prefix`),
      chain: this.chain?.createStreams(seed, path),
    };
  }

  /** Writes a whole request, for an arrival time already in `draw`. */
  draw(streams: ShapeStreams, draw: RequestDraw): void {
    draw.isRefused = false;
    this.drawOwner(streams, draw);
    if (streams.chain !== undefined) {
      streams.chain.draw(draw, this.clipped);
      return;
    }
    draw.chain = undefined;
    this.drawLengths(streams, draw);
    clipToWindow(draw, this.contextWindowTokens, this.clipped);
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
