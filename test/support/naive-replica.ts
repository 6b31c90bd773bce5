/**
 * The oracle of the simulator: one replica, one step at a time, one token at a time, with an object per
 * request. Written from the rules of the scheduler (vLLM v1: decodes first, then chunked prefills, recompute
 * on preemption, prefix cache), not from planner/simulation/replica.ts, which jumps over many steps at once.
 * It shares with the simulator only the sources of requests and the physics that is handed to both.
 */
import type { EngineSettings } from "../../planner/simulation/pool-run";
import { NaiveKvQueue } from "./naive-kv-queue";
import { type NaiveRequest, noCoverage, targetOf } from "./naive-request";

/** One step of the replica: who took part, and the blocks that were free during it. */
export interface NaiveStep {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly decoding: readonly number[];
  readonly chunks: readonly { readonly id: number; readonly tokens: number }[];
  readonly freeBlocks: number;
}

/** Whom a replica tells of the end of a request, or of the end of its prompt where others decode. */
export interface NaiveListener {
  onFinished(request: NaiveRequest, seconds: number): void;
  onPrefilled(request: NaiveRequest, seconds: number): void;
  onStep(step: NaiveStep): void;
}

interface Chunk {
  readonly request: NaiveRequest;
  readonly from: number;
  readonly tokens: number;
}

export class NaiveReplica {
  /** When the step that is running ends; Infinity when none is. */
  endSeconds = Number.POSITIVE_INFINITY;
  steps = 0;
  private readonly kv: NaiveKvQueue;
  private running: { readonly decoding: NaiveRequest[]; readonly chunks: Chunk[] } | undefined;
  private waiting: NaiveRequest[] = [];
  /** In the order of admission. */
  private decoding: NaiveRequest[] = [];
  /** In the middle of their prompt, in the order of admission. */
  private partials: NaiveRequest[] = [];
  private decodeStep = 0;
  private admissions = 0;
  private lastSegment = 0;
  readonly coverage = noCoverage();

  constructor(
    private readonly settings: EngineSettings,
    private readonly listener: NaiveListener,
  ) {
    this.kv = new NaiveKvQueue(settings.geometry.blocks);
  }

  get freeBlocks(): number {
    return this.kv.free;
  }

  get evictions(): number {
    return this.kv.evictions;
  }

  get isIdle(): boolean {
    return this.running === undefined;
  }

  get hasWork(): boolean {
    return this.waiting.length > 0 || this.decoding.length > 0 || this.partials.length > 0;
  }

  /** Whether a context of so many tokens, and what is drafted past it, fits on its own. */
  canHold(tokens: number): boolean {
    const drafted = this.settings.tokensComputedPerStep - 1;
    return this.blocks(tokens + drafted) <= this.settings.geometry.blocks;
  }

  enqueue(request: NaiveRequest): void {
    this.waiting.push(request);
  }

  /** The KV of a prompt is where it is needed: its blocks here are free. */
  releaseTransferred(request: NaiveRequest): void {
    this.releaseAll(request);
  }

  /** Schedules at `now`, and computes a step if there is anything to compute. */
  startStep(now: number): void {
    const chunks = this.schedule(now);
    const decoding = [...this.decoding];
    this.running = undefined;
    this.endSeconds = Number.POSITIVE_INFINITY;
    if (chunks.length === 0 && decoding.length === 0) {
      // Only blocks whose KV is still on its way to a decode replica can stand in the way.
      if (this.settings.role !== "prefill" && this.hasWork) throw new Error("the oracle is stuck");
      return;
    }
    this.running = { decoding, chunks };
    this.endSeconds = now + this.stepSeconds(decoding, chunks);
    this.steps++;
    this.listener.onStep({
      startSeconds: now,
      endSeconds: this.endSeconds,
      decoding: decoding.map((request) => request.id),
      chunks: chunks.map(({ request, tokens }) => ({ id: request.id, tokens })),
      freeBlocks: this.kv.free,
    });
  }

  /** Ends the step that is running. */
  endStep(): void {
    const { decoding, chunks } = this.running!;
    this.running = undefined;
    this.endDecodes(decoding, this.endSeconds);
    this.endPrompts(chunks, this.endSeconds);
  }

  // ---- the scheduler ----

  private schedule(now: number): Chunk[] {
    let hasPreempted = false;
    while (this.decodeNeed() > this.kv.free) {
      this.preempt(this.victim());
      hasPreempted = true;
    }
    const needed = this.decodeNeed();
    const gained = this.gainOfNextStep();
    this.kv.allocate(needed);
    for (const request of this.decoding) {
      const context = this.context(request);
      request.privateBlocks += this.blocks(context + gained) - this.blocks(context);
      this.noteCrossings(context, context + gained);
    }
    const { chunks, isHeldUp } = this.continuePrompts();
    if (!hasPreempted && !isHeldUp) this.admit(now, this.budgetLeft(chunks), chunks);
    return chunks;
  }

  private budgetLeft(chunks: readonly Chunk[]): number {
    const { tokenBudget, tokensComputedPerStep } = this.settings;
    const promptTokens = chunks.reduce((sum, chunk) => sum + chunk.tokens, 0);
    return tokenBudget - this.decoding.length * tokensComputedPerStep - promptTokens;
  }

  /** The next chunk of every partial prompt. It is held up when someone had to give way, or none could. */
  private continuePrompts(): { readonly chunks: Chunk[]; readonly isHeldUp: boolean } {
    let chunks: Chunk[] = [];
    let isHeldUp = false;
    for (const request of [...this.partials]) {
      if (!this.partials.includes(request)) continue;
      const from = request.computedTokens;
      const rest = targetOf(request) - from;
      const mayTake = Math.min(rest, this.budgetLeft(chunks));
      const tokens = Math.min(mayTake, this.settings.chunkTokensMax);
      if (tokens <= 0) break;
      const need = this.promptNeed(request, from + tokens);
      while (need > this.kv.free) {
        isHeldUp = true;
        if (this.decoding.length + this.partials.length === 1) break;
        const victim = this.victim();
        if (this.decoding.includes(victim)) this.coverage.decodesPreemptedByPrompts++;
        this.preempt(victim);
        if (chunks.some((chunk) => chunk.request === victim)) this.coverage.chunksTakenBack++;
        chunks = chunks.filter((chunk) => chunk.request !== victim);
        if (victim === request) break;
      }
      if (need > this.kv.free || !this.partials.includes(request)) continue;
      if (tokens < mayTake) this.coverage.cutChunks++;
      this.kv.allocate(need);
      request.privateBlocks += need;
      request.computedTokens += tokens;
      chunks.push({ request, from, tokens });
    }
    // Those that nobody took their place from: only what is computed can be shared.
    for (const { request } of chunks) this.publish(request, request.computedTokens);
    this.partials = this.partials.filter((one) => one.computedTokens < targetOf(one));
    return { chunks, isHeldUp };
  }

  private admit(now: number, budgetAtStart: number, chunks: Chunk[]): void {
    let budget = budgetAtStart;
    while (this.waiting.length > 0) {
      if (!this.hasRoomForOneMore(budget, chunks)) return;
      const request = this.frontOfQueue();
      if (request.isTransferred) {
        if (!this.admitTransferred(request, budget)) return;
        budget -= this.settings.tokensComputedPerStep;
        continue;
      }
      const target = targetOf(request);
      const block = this.settings.geometry.blockTokens;
      const hits = this.cachedSegments(request);
      const hitTokens = hits === 0 ? 0 : wholeBlocks(request.segments[hits - 1]!.endTokens, block);
      const computed = Math.min(hitTokens, wholeBlocks(target - 1, block));
      const mayTake = Math.min(target - computed, budget);
      const tokens = Math.min(mayTake, this.settings.chunkTokensMax);
      if (!this.settings.isPrefillChunked && tokens < target - computed) {
        this.coverage.budgetRefusals++;
        return;
      }
      const need = Math.max(0, this.blocks(computed + tokens) - this.blocks(hitTokens));
      const hitSegments = request.segments.slice(0, hits);
      const lying = hitSegments.reduce((sum, one) => sum + this.kv.unreferencedBlocks(one.id), 0);
      if (need + lying > this.kv.free) {
        this.coverage.kvRefusals++;
        if (lying > 0) this.coverage.kvRefusalsWithHits++;
        return;
      }
      this.noteAdmission(request, hits, computed < hitTokens);
      this.waiting = this.waiting.filter((other) => other !== request);
      for (const segment of hitSegments) this.kv.reference(segment.id);
      this.kv.allocate(need);
      request.admission = this.admissions++;
      request.heldSegments = hits;
      request.privateBlocks = need;
      if (Number.isNaN(request.firstScheduledSeconds)) {
        request.firstScheduledSeconds = now;
        request.cachedTokens = computed;
      }
      request.computedTokens = computed + tokens;
      budget -= tokens;
      chunks.push({ request, from: computed, tokens });
      this.publish(request, request.computedTokens);
      if (request.computedTokens < target) {
        this.coverage.partialPrompts++;
        this.partials.push(request);
        if (tokens < mayTake) this.coverage.cutChunks++;
        if (this.partials.length > 1) this.coverage.partialsTogether++;
      }
    }
  }

  private hasRoomForOneMore(budget: number, chunks: readonly Chunk[]): boolean {
    const { maxSequences, partialPromptsMax } = this.settings;
    const hasSequence = this.decoding.length + chunks.length < maxSequences;
    const hasPartial = this.partials.length < partialPromptsMax;
    if (budget <= 0) this.coverage.budgetRefusals++;
    else if (!hasSequence) this.coverage.sequenceRefusals++;
    else if (!hasPartial) this.coverage.partialRefusals++;
    return budget > 0 && hasSequence && hasPartial;
  }

  /** A request whose prompt was computed elsewhere decodes in the coming step. */
  private admitTransferred(request: NaiveRequest, budget: number): boolean {
    // Room for all the tokens that a step may yield, of which it takes what it gains.
    const room = this.blocks(request.inputTokens + this.settings.tokensComputedPerStep);
    const need = this.blocks(request.inputTokens + this.gainOfNextStep());
    if (budget < this.settings.tokensComputedPerStep || room > this.kv.free) {
      this.coverage.kvRefusals++;
      return false;
    }
    this.waiting = this.waiting.filter((other) => other !== request);
    this.kv.allocate(need);
    request.privateBlocks = need;
    request.isTransferred = false;
    request.admission = this.admissions++;
    request.startContext = request.inputTokens;
    this.joinDecodes(request);
    return true;
  }

  private joinDecodes(request: NaiveRequest): void {
    request.remainingTokens = request.outputTokens - request.generatedTokens;
    request.startClock = this.clock();
    request.startStep = this.decodeStep;
    this.decoding.push(request);
    this.decoding.sort((a, b) => a.admission - b.admission);
  }

  private frontOfQueue(): NaiveRequest {
    if (!this.settings.isPriorityScheduling) return this.waiting[0]!;
    const best = Math.min(...this.waiting.map((request) => request.priority));
    return this.waiting.find((request) => request.priority === best)!;
  }

  /** The latest admission, under priority scheduling among the least urgent. */
  private victim(): NaiveRequest {
    const running = [...this.decoding, ...this.partials];
    const least = Math.max(...running.map((request) => request.priority));
    const candidates = this.settings.isPriorityScheduling
      ? running.filter((request) => request.priority === least)
      : running;
    return candidates.reduce((one, other) => (other.admission > one.admission ? other : one));
  }

  private preempt(victim: NaiveRequest): void {
    if (this.partials.includes(victim)) {
      this.partials = this.partials.filter((request) => request !== victim);
      this.coverage.preemptedPrompts++;
    } else {
      victim.generatedTokens += this.clock() - victim.startClock;
      this.decoding = this.decoding.filter((request) => request !== victim);
      this.coverage.preemptedDecodes++;
    }
    victim.preemptions++;
    victim.computedTokens = 0;
    this.releaseAll(victim);
    this.waiting.unshift(victim);
  }

  // ---- the end of a step ----

  private endDecodes(decoding: readonly NaiveRequest[], end: number): void {
    if (decoding.length === 0) return;
    this.decodeStep++;
    if (this.settings.tokensGainedPerStep > 1) this.coverage.speculativeSteps++;
    const finishClock = (request: NaiveRequest): number =>
      request.startClock + request.remainingTokens;
    const done = decoding.filter((request) => this.clock() >= finishClock(request));
    done.sort((a, b) => finishClock(a) - finishClock(b));
    for (const request of decoding) request.lastTokenSeconds = end;
    for (const request of done) {
      this.decoding = this.decoding.filter((other) => other !== request);
      this.finish(request, this.context(request), end);
    }
  }

  private endPrompts(
    chunks: readonly { readonly request: NaiveRequest; readonly tokens: number }[],
    end: number,
  ): void {
    for (const { request } of chunks) {
      if (request.computedTokens < targetOf(request)) continue;
      request.startContext = targetOf(request);
      request.generatedTokens++;
      if (Number.isNaN(request.firstTokenSeconds)) request.firstTokenSeconds = end;
      request.lastTokenSeconds = end;
      if (request.generatedTokens === request.outputTokens) {
        this.finish(request, request.startContext, end);
      } else if (this.settings.role === "prefill") {
        this.listener.onPrefilled(request, end);
      } else {
        this.joinDecodes(request);
      }
    }
  }

  private finish(request: NaiveRequest, storedTokens: number, end: number): void {
    request.finishSeconds = end;
    this.publish(request, storedTokens);
    this.releaseAll(request);
    this.listener.onFinished(request, end);
  }

  // ---- KV blocks ----

  private blocks(tokens: number): number {
    const { blockTokens, fullGroups, windowGroups, windowTokens } = this.settings.geometry;
    const blocks = Math.ceil(tokens / blockTokens);
    const inWindow = Math.min(blocks, windowTokens / blockTokens);
    return fullGroups * blocks + (windowGroups === 0 ? 0 : windowGroups * inWindow);
  }

  private clock(): number {
    return Math.floor(this.decodeStep * this.settings.tokensGainedPerStep + 1e-9);
  }

  private gainOfNextStep(): number {
    const next = Math.floor((this.decodeStep + 1) * this.settings.tokensGainedPerStep + 1e-9);
    return next - this.clock();
  }

  private context(request: NaiveRequest): number {
    return request.startContext + this.clock() - request.startClock;
  }

  private decodeNeed(): number {
    const gained = this.gainOfNextStep();
    let need = 0;
    for (const request of this.decoding) {
      const context = this.context(request);
      need += this.blocks(context + gained) - this.blocks(context);
    }
    return need;
  }

  private segmentBlocks(request: NaiveRequest, index: number): number {
    const block = this.settings.geometry.blockTokens;
    const start = index === 0 ? 0 : request.segments[index - 1]!.endTokens;
    const end = request.segments[index]!.endTokens;
    return this.blocks(wholeBlocks(end, block)) - this.blocks(wholeBlocks(start, block));
  }

  private heldBlocks(request: NaiveRequest): number {
    let held = request.privateBlocks;
    for (let i = 0; i < request.heldSegments; i++) held += this.segmentBlocks(request, i);
    return held;
  }

  private promptNeed(request: NaiveRequest, tokens: number): number {
    return Math.max(0, this.blocks(tokens) - this.heldBlocks(request));
  }

  private cachedSegments(request: NaiveRequest): number {
    if (!this.settings.isPrefixCaching) return 0;
    const block = this.settings.geometry.blockTokens;
    const missing = request.segments.findIndex(
      (segment) =>
        !this.kv.isCached(segment.id) || wholeBlocks(segment.endTokens, block) > targetOf(request),
    );
    return missing < 0 ? request.segments.length : missing;
  }

  /** Turns what is stored of the request's prefix, in whole blocks, into cached segments to share. */
  private publish(request: NaiveRequest, storedTokens: number): void {
    if (!this.settings.isPrefixCaching) return;
    while (request.heldSegments < request.segments.length) {
      const segment = request.segments[request.heldSegments]!;
      if (wholeBlocks(segment.endTokens, this.settings.geometry.blockTokens) > storedTokens) return;
      const blocks = this.segmentBlocks(request, request.heldSegments);
      if (this.kv.isCached(segment.id)) {
        this.kv.reference(segment.id);
        this.kv.release(blocks);
      } else {
        this.kv.publish(segment.id, blocks);
      }
      request.privateBlocks -= blocks;
      request.heldSegments++;
    }
  }

  private releaseAll(request: NaiveRequest): void {
    this.kv.release(request.privateBlocks);
    request.privateBlocks = 0;
    while (request.heldSegments > 0) {
      request.heldSegments--;
      this.kv.dereference(request.segments[request.heldSegments]!.id);
    }
  }

  // ---- the physics ----

  private stepSeconds(
    decoding: readonly NaiveRequest[],
    chunks: readonly { readonly from: number; readonly tokens: number }[],
  ): number {
    const { stepTime, tokensGainedPerStep } = this.settings;
    const batch = decoding.length;
    let contexts = 0;
    let windowed = 0;
    for (const request of decoding) {
      const steps = this.decodeStep - request.startStep;
      const expected = request.startContext + tokensGainedPerStep * steps;
      contexts += expected;
      windowed += Math.min(expected, stepTime.windowTokens);
      const next = expected + tokensGainedPerStep;
      if (expected < stepTime.windowTokens && next >= stepTime.windowTokens) {
        this.coverage.timeWindowCrossings++;
      }
    }
    const contextTerm =
      batch === 0
        ? 0
        : (this.contextSeconds(contexts) + stepTime.windowSecondsPerToken * windowed) /
          stepTime.contextWays(batch);
    if (chunks.length === 0) return stepTime.decodeSeconds(batch) + contextTerm;
    let tokens = 0;
    let pairs = 0;
    let windowPairs = 0;
    for (const chunk of chunks) {
      tokens += chunk.tokens;
      pairs += chunk.tokens * (chunk.from + chunk.tokens / 2);
      // Key–value pairs token by token: the i-th new token sees from + i + 1/2 keys, at most the window.
      windowPairs += integralOfMin(chunk.from, chunk.from + chunk.tokens, stepTime.windowTokens);
    }
    return stepTime.mixedSeconds(batch, chunks.length, tokens, pairs, windowPairs) + contextTerm;
  }

  private contextSeconds(contexts: number): number {
    const { start, intercept, slope } = this.settings.stepTime.context;
    let segment = 0;
    while (segment + 1 < start.length && start[segment + 1]! <= contexts) segment++;
    if (segment !== this.lastSegment) this.coverage.breakpointCrossings++;
    this.lastSegment = segment;
    return intercept[segment]! + slope[segment]! * contexts;
  }

  // ---- coverage ----

  private noteCrossings(before: number, after: number): void {
    const { windowTokens, windowGroups } = this.settings.geometry;
    if (windowGroups > 0 && before < windowTokens && after >= windowTokens) {
      this.coverage.kvWindowCrossings++;
    }
  }

  private noteAdmission(request: NaiveRequest, hits: number, isWholeInput: boolean): void {
    if (hits > 0) this.coverage.prefixHits++;
    if (isWholeInput) this.coverage.wholeInputHits++;
    if (this.waiting[0] !== request) this.coverage.overtakenByPriority++;
  }
}

/** ∫ min(x, limit) dx from `from` to `to`. */
function integralOfMin(from: number, to: number, limit: number): number {
  const bend = Math.min(Math.max(from, limit), to);
  const rising = ((from + bend) / 2) * (bend - from);
  return to > bend ? rising + limit * (to - bend) : rising;
}

function wholeBlocks(tokens: number, blockTokens: number): number {
  return Math.floor(tokens / blockTokens) * blockTokens;
}
