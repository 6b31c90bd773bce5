/** Rounding to whole replicas. 2.1 / 0.7 is 3 replicas, though in float64 it is a little more. */

/** Far above what a few float64 operations lose, far below any share of a replica that means something. */
const ROUNDING = 1e-12;

/** The fewest whole replicas that are `replicas` or more, up to rounding. */
export function roundUp(replicas: number): number {
  return Math.ceil(replicas * (1 - ROUNDING));
}

/** The most whole replicas that are `replicas` or fewer, up to rounding. */
export function roundDown(replicas: number): number {
  return Math.floor(replicas * (1 + ROUNDING));
}

/** Whether a is b or more, up to rounding. */
export function isAtLeast(a: number, b: number): boolean {
  return a >= b * (1 - ROUNDING);
}
