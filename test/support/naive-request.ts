/** The oracle's view of a request, and the count of the rules that a run puts to use. */
import type { RequestDraw } from "../../planner/traffic/request-source";

export interface NaiveRequest {
  readonly id: number;
  readonly workload: number;
  readonly client: number;
  readonly priority: number;
  readonly arrivalSeconds: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Cached prefix that it could share: identities, and where each ends in the input. */
  readonly segments: readonly { readonly id: number; readonly endTokens: number }[];
  isRejected: boolean;
  /** Its prompt was computed on a prefill replica. */
  isTransferred: boolean;
  /** Running number of its last admission. */
  admission: number;
  generatedTokens: number;
  computedTokens: number;
  /** Blocks that are its own, and leading segments that it holds a reference on. */
  privateBlocks: number;
  heldSegments: number;
  /** Token clock, decode step and context when it began to decode. */
  startClock: number;
  startStep: number;
  startContext: number;
  remainingTokens: number;
  cachedTokens: number;
  preemptions: number;
  firstScheduledSeconds: number;
  firstTokenSeconds: number;
  lastTokenSeconds: number;
  finishSeconds: number;
}

/** How often each rule was put to use, so that a campaign can show that it tested it. */
export interface NaiveCoverage {
  preemptedDecodes: number;
  preemptedPrompts: number;
  partialPrompts: number;
  /** A prompt that was begun while another was in its middle. */
  partialsTogether: number;
  decodesPreemptedByPrompts: number;
  /** A prompt that had its chunk in the coming step already, preempted for a more urgent one. */
  chunksTakenBack: number;
  /** Chunks that would be longer were it not for the most that one request may compute. */
  cutChunks: number;
  /** Refused for the number of partial prompts alone. */
  partialRefusals: number;
  budgetRefusals: number;
  kvRefusals: number;
  /** Refused although part of what it needs is its own prefix, cached and unreferenced. */
  kvRefusalsWithHits: number;
  sequenceRefusals: number;
  prefixHits: number;
  wholeInputHits: number;
  evictions: number;
  kvWindowCrossings: number;
  timeWindowCrossings: number;
  breakpointCrossings: number;
  speculativeSteps: number;
  arrivalsAtBoundary: number;
  overtakenByPriority: number;
  answeredAtOnce: number;
  rejections: number;
}

/** No rule used yet. */
export function noCoverage(): NaiveCoverage {
  return {
    preemptedDecodes: 0,
    preemptedPrompts: 0,
    partialPrompts: 0,
    partialsTogether: 0,
    decodesPreemptedByPrompts: 0,
    chunksTakenBack: 0,
    cutChunks: 0,
    partialRefusals: 0,
    budgetRefusals: 0,
    kvRefusals: 0,
    kvRefusalsWithHits: 0,
    sequenceRefusals: 0,
    prefixHits: 0,
    wholeInputHits: 0,
    evictions: 0,
    kvWindowCrossings: 0,
    timeWindowCrossings: 0,
    breakpointCrossings: 0,
    speculativeSteps: 0,
    arrivalsAtBoundary: 0,
    overtakenByPriority: 0,
    answeredAtOnce: 0,
    rejections: 0,
  };
}

/** Tokens whose KV must be there before the next token can be sent. */
export function targetOf(request: NaiveRequest): number {
  return request.inputTokens + request.generatedTokens;
}

export function newRequest(
  id: number,
  workload: number,
  priority: number,
  draw: RequestDraw,
): NaiveRequest {
  const length = draw.prefix?.length ?? 0;
  return {
    id,
    workload,
    client: draw.client,
    priority,
    arrivalSeconds: draw.arrivalSeconds,
    inputTokens: draw.inputTokens,
    outputTokens: draw.outputTokens,
    segments: Array.from({ length }, (_, i) => ({
      id: draw.prefix!.ids[i]!,
      endTokens: draw.prefix!.endTokens[i]!,
    })),
    isRejected: false,
    isTransferred: false,
    admission: -1,
    generatedTokens: 0,
    computedTokens: 0,
    privateBlocks: 0,
    heldSegments: 0,
    startClock: 0,
    startStep: 0,
    startContext: 0,
    remainingTokens: 0,
    cachedTokens: 0,
    preemptions: 0,
    firstScheduledSeconds: Number.NaN,
    firstTokenSeconds: Number.NaN,
    lastTokenSeconds: Number.NaN,
    finishSeconds: Number.NaN,
  };
}
