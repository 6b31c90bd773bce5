/**
 * What one conversation holds: its tokens so far and its prefix segments, and what becomes of them when a turn does
 * not fit the window. When a turn comes, and how long it is, is `session-source.ts`.
 *
 * Segments: those of the shared prompt of the session's group, if any, then one per turn: its new input and its output
 * but the last token, which is never computed. A turn lists its own segment too; that one ends past the input, so
 * nobody can hit it before a cache has learned it at the end of the turn. Where old context is dropped or summarised,
 * all that comes after it has moved: the shared prompt stays in front, and everything behind it is one new segment.
 */
import type { ResolvedOverflow } from "../scenario/resolved-scenario";
import { clipToWindow } from "./clip-to-window";
import type { RequestShape } from "./request-shape";
import type { PrefixChain, RequestDraw, SegmentIds } from "./request-source";

/** What the sessions of a workload have in common. */
export interface ContextRules {
  readonly shape: RequestShape;
  readonly overflow: ResolvedOverflow;
  readonly ids: SegmentIds;
}

export class SessionContext {
  /** Input and output of all turns so far that are still remembered. */
  private tokens = 0;
  /** The group's prompt, once a turn has begun with it. */
  private shared: PrefixChain | undefined;
  private segmentIds: number[] = [];
  private endTokens: number[] = [];
  private isFirstTurn = true;

  /** @param group prefix group of the session, or -1 */
  constructor(
    private readonly rules: ContextRules,
    private readonly group: number,
  ) {}

  /**
   * Writes a turn whose new tokens are in `draw`: its whole input, within the window, and its prefix; or, where
   * the session refuses it, that. Counts what did not fit.
   *
   * @returns whether the session goes on after it
   */
  takeTurn(draw: RequestDraw): boolean {
    const { shape, overflow } = this.rules;
    const { clipped, contextWindowTokens } = shape;
    const newTokens = draw.inputTokens;
    const isOverflow = this.tokens + newTokens + draw.outputTokens > contextWindowTokens;
    draw.chain = undefined;
    draw.isRefused = isOverflow && overflow.kind === "reject";
    if (isOverflow) clipped.overflows++;
    if (draw.isRefused) {
      this.refuse(draw);
      return false;
    }
    if (isOverflow) this.shorten(newTokens + draw.outputTokens);
    draw.inputTokens = this.tokens + newTokens;
    clipToWindow(draw, contextWindowTokens, clipped);
    this.tokens = draw.inputTokens + draw.outputTokens;
    draw.prefix = this.chainOf(draw.inputTokens);
    return !isOverflow || overflow.kind !== "end";
  }

  /** A refused turn is never computed; its lengths are cut all the same, and not counted as cut. */
  private refuse(draw: RequestDraw): void {
    const uncounted = { inputs: 0, outputs: 0, overflows: 0 };
    draw.inputTokens += this.tokens;
    clipToWindow(draw, this.rules.shape.contextWindowTokens, uncounted);
    draw.prefix = undefined;
  }

  /** Drops or summarises old context, as far as that makes it shorter. */
  private shorten(turnTokens: number): void {
    const kept = this.keptTokens(turnTokens);
    if (kept >= this.tokens) return;
    this.tokens = kept;
    // Earlier turns still have the old lists, so new ones are begun.
    this.segmentIds = Array.from(this.shared?.ids ?? []);
    this.endTokens = Array.from(this.shared?.endTokens ?? []);
  }

  /** Context that is left in front of a turn of `turnTokens`, input and output, which does not fit. */
  private keptTokens(turnTokens: number): number {
    const { overflow, shape } = this.rules;
    const sharedTokens = this.shared?.endTokens[this.shared.length - 1] ?? 0;
    switch (overflow.kind) {
      case "truncate":
        return sharedTokens + Math.max(0, shape.contextWindowTokens - sharedTokens - turnTokens);
      case "summarise":
        return sharedTokens + overflow.summaryTokens;
      default:
        return this.tokens;
    }
  }

  /** The segments so far and the turn's own. */
  private chainOf(inputTokens: number): PrefixChain {
    const { shape, ids } = this.rules;
    if (this.isFirstTurn) {
      this.isFirstTurn = false;
      this.shared = shape.chainOf(this.group, inputTokens);
      this.segmentIds = Array.from(this.shared?.ids ?? []);
      this.endTokens = Array.from(this.shared?.endTokens ?? []);
    }
    // A turn behind a context that fills the window is cut to less than it: what is cut off cannot be hit.
    while ((this.endTokens.at(-1) ?? 0) >= inputTokens) {
      this.segmentIds = this.segmentIds.slice(0, -1);
      this.endTokens = this.endTokens.slice(0, -1);
    }
    this.segmentIds.push(ids.allocate(1));
    this.endTokens.push(this.tokens - 1);
    // The lists only grow from here on, so the chains of a session share them and differ in length.
    return { ids: this.segmentIds, endTokens: this.endTokens, length: this.endTokens.length };
  }
}
