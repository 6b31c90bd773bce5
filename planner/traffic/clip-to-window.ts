/** Cuts lengths to a context window: the input first, then the output to what is left. Every cut is counted. */
import type { ClippedCounts } from "./request-source";

/**
 * Cuts a request to the context window and counts it: the input to the window less one token, so that
 * there is room to answer, then the output to what the input leaves.
 */
export function clipToWindow(
  lengths: { inputTokens: number; outputTokens: number },
  contextWindowTokens: number,
  clipped: ClippedCounts,
): void {
  if (lengths.inputTokens >= contextWindowTokens) {
    lengths.inputTokens = contextWindowTokens - 1;
    clipped.inputs++;
  }
  const room = contextWindowTokens - lengths.inputTokens;
  if (lengths.outputTokens > room) {
    lengths.outputTokens = room;
    clipped.outputs++;
  }
}
