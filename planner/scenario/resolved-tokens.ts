/** Lengths and shared beginnings of requests: resolved, in tokens. */
import type { Distribution } from "../foundation/distributions";
import type { TraceTable } from "./trace-table";

/** Lengths that are drawn for each request. */
export type DrawnTokens =
  | {
      readonly kind: "distributions";
      readonly input: Distribution;
      readonly output: Distribution;
      /** Spearman rank correlation, reproduced by a Gaussian copula. */
      readonly rankCorrelation: number;
    }
  /** Pairs drawn at random from the rows of a trace (with replacement). */
  | { readonly kind: "pairs"; readonly trace: TraceTable };

export type ResolvedTokens =
  | DrawnTokens
  /** Each arrival of a replayed trace brings its own lengths. */
  | { readonly kind: "from-arrivals" };

/** `share` of the requests start with one of `groups` shared prefixes of `sharedTokens` (Zipf-weighted by `skew`). */
export interface ResolvedPrefix {
  readonly sharedTokens: number;
  readonly groups: number;
  readonly share: number;
  readonly skew: number;
}
