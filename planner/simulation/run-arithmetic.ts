/** The closed forms of a run of steps, and the token arithmetic of prompts: pure functions of numbers. */

/** Seconds of `steps` steps of a, a + b, …: K·a + b·K(K−1)/2. */
export function runSeconds(a: number, b: number, steps: number): number {
  return steps * a + (b * steps * (steps - 1)) / 2;
}

/** Fewest steps of a, a + b, … that last at least `elapsed` seconds; at least 1. */
export function stepsUntil(a: number, b: number, elapsed: number): number {
  let steps: number;
  if (b <= a * 1e-12) {
    steps = Math.ceil(elapsed / a);
  } else {
    const half = a - b / 2;
    steps = Math.ceil((Math.sqrt(half * half + 2 * b * elapsed) - half) / b);
  }
  if (steps < 1) steps = 1;
  // The closed form may be off by a rounding error: settle it on the sums themselves.
  while (steps > 1 && runSeconds(a, b, steps - 1) >= elapsed) steps--;
  while (runSeconds(a, b, steps) < elapsed) steps++;
  return steps;
}

/** Tokens of the whole blocks within `tokens`: vLLM caches no partial block. */
export function wholeBlocks(tokens: number, blockTokens: number): number {
  return tokens - (tokens % blockTokens);
}

/** Segment k with start[k] ≤ value < start[k + 1]. */
export function segmentOf(start: readonly number[], value: number): number {
  let segment = start.length - 1;
  while (segment > 0 && start[segment]! > value) segment--;
  return segment;
}

/** Σ over new tokens at positions before … before + chunk of min(position, window), positions continuous. */
export function windowedPairs(before: number, chunk: number, window: number): number {
  const end = before + chunk;
  if (end <= window) return chunk * (before + chunk / 2);
  if (before >= window) return chunk * window;
  const growing = window - before;
  return growing * (before + growing / 2) + (end - window) * window;
}
