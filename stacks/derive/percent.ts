/** Shares as percent. */

/** A share as percent, without what binary fractions add: 0.29 is 29. */
export function percentOf(share: number): number {
  return Number((share * 100).toFixed(9));
}
