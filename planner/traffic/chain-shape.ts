/**
 * The steps of a chain: lengths and prefix of every model call, length and failure of every wait. All steps of a
 * request are drawn when it arrives, each from streams of its own, so that neither the fleet nor another step moves
 * what a step draws. Timeouts and fallbacks are the simulation's: what is drawn here is what a step would take.
 */
import { RandomStream } from "../foundation/random";
import { createSampler, type Sampler } from "../foundation/sampler";
import type {
  ResolvedModelStep,
  ResolvedStep,
  ResolvedWaitStep,
} from "../scenario/resolved-client";
import { clipToWindow } from "./clip-to-window";
import { createLengthSource, type LengthSource } from "./lengths";
import { PrefixGroups } from "./prefix-groups";
import type { ClippedCounts, PrefixChain, RequestDraw, SegmentIds } from "./request-source";

/** A `ChainDraw` that is being written. */
interface OpenChainDraw {
  readonly inputTokens: Int32Array;
  readonly outputTokens: Int32Array;
  readonly prefixes: (PrefixChain | undefined)[];
  readonly waitSeconds: Float64Array;
  readonly fails: Uint8Array;
}

/** One step with the streams that it is drawn from. */
interface StepStreams {
  draw(index: number, into: OpenChainDraw, clipped: ClippedCounts): void;
}

/** What the requests of one workload have in common; `createStreams` gives what draws them. */
export class ChainShape {
  private readonly steps: readonly (ModelStepShape | WaitStepShape)[];
  private readonly firstModelStep: number;

  constructor(steps: readonly ResolvedStep[], ids: SegmentIds) {
    this.steps = steps.map((step) =>
      step.kind === "model" ? new ModelStepShape(step, ids) : new WaitStepShape(step),
    );
    this.firstModelStep = steps.findIndex((step) => step.kind === "model");
  }

  /** @param path `WORKLOAD`, or `WORKLOAD/client/3`: a step's streams are called after it and the step's name */
  createStreams(seed: number, path: string): ChainStreams {
    return new ChainStreams(
      this.steps.map((step) => step.createStreams(seed, `${path}/step/${step.name}`)),
      this.firstModelStep,
    );
  }
}

/** Draws the chains of one client, or of all of an open loop. */
export class ChainStreams {
  constructor(
    private readonly steps: readonly StepStreams[],
    private readonly firstModelStep: number,
  ) {}

  /** Writes the chain of a request, and the lengths and prefix of its first model step as the request's own. */
  draw(draw: RequestDraw, clipped: ClippedCounts): void {
    const { length } = this.steps;
    const chain: OpenChainDraw = {
      inputTokens: new Int32Array(length),
      outputTokens: new Int32Array(length),
      prefixes: new Array<PrefixChain | undefined>(length).fill(undefined),
      waitSeconds: new Float64Array(length),
      fails: new Uint8Array(length),
    };
    for (let index = 0; index < length; index++) this.steps[index]!.draw(index, chain, clipped);
    draw.chain = chain;
    draw.inputTokens = chain.inputTokens[this.firstModelStep]!;
    draw.outputTokens = chain.outputTokens[this.firstModelStep]!;
    draw.prefix = chain.prefixes[this.firstModelStep];
  }
}

class ModelStepShape {
  readonly name: string;
  readonly contextWindowTokens: number;
  readonly lengths: LengthSource;
  readonly groups: PrefixGroups | undefined;

  constructor(step: ResolvedModelStep, ids: SegmentIds) {
    this.name = step.name;
    this.contextWindowTokens = step.contextWindowTokens;
    this.lengths = createLengthSource(step.tokens);
    this.groups = step.prefix === undefined ? undefined : new PrefixGroups(step.prefix, ids);
  }

  createStreams(seed: number, path: string): StepStreams {
    return new ModelStepStreams(this, seed, path);
  }
}

class ModelStepStreams implements StepStreams {
  private readonly input: RandomStream;
  private readonly output: RandomStream;
  private readonly prefix: RandomStream;
  private readonly cut = { inputTokens: 0, outputTokens: 0 };

  constructor(
    private readonly shape: ModelStepShape,
    seed: number,
    path: string,
  ) {
    this.input = new RandomStream(seed, `${path}/input`);
    this.output = new RandomStream(seed, `${path}/output`);
    this.prefix = new RandomStream(seed, `${path}/prefix`);
  }

  draw(index: number, into: OpenChainDraw, clipped: ClippedCounts): void {
    const { cut } = this;
    const { lengths, groups, contextWindowTokens } = this.shape;
    lengths.draw(this.input, this.output);
    cut.inputTokens = lengths.inputTokens;
    cut.outputTokens = lengths.outputTokens;
    clipToWindow(cut, contextWindowTokens, clipped);
    into.inputTokens[index] = cut.inputTokens;
    into.outputTokens[index] = cut.outputTokens;
    into.prefixes[index] = groups?.chainOf(groups.drawGroup(this.prefix), cut.inputTokens);
  }
}

class WaitStepShape {
  readonly name: string;
  readonly latency: Sampler;
  readonly failureShare: number;

  constructor(step: ResolvedWaitStep) {
    this.name = step.name;
    this.latency = createSampler(step.latencySeconds);
    this.failureShare = step.failureShare;
  }

  createStreams(seed: number, path: string): StepStreams {
    return new WaitStepStreams(this, seed, path);
  }
}

class WaitStepStreams implements StepStreams {
  private readonly latency: RandomStream;
  private readonly failure: RandomStream;

  constructor(
    private readonly shape: WaitStepShape,
    seed: number,
    path: string,
  ) {
    this.latency = new RandomStream(seed, `${path}/latency`);
    this.failure = new RandomStream(seed, `${path}/failure`);
  }

  draw(index: number, into: OpenChainDraw): void {
    const { latency, failureShare } = this.shape;
    into.waitSeconds[index] = latency.sample(this.latency);
    // The same uniform for every share: those that fail at 1% are among those that fail at 2%.
    into.fails[index] = this.failure.uniform() < failureShare ? 1 : 0;
  }
}
