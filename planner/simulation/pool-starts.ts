/** Replicas are numbered through all pools of a fleet, as many in each as it has at most. */
import type { ResolvedPool } from "../fleet/resolved-fleet";

/** First replica of each pool, and the number of all at the end. */
export function poolStarts(pools: readonly ResolvedPool[]): Int32Array {
  const starts = new Int32Array(pools.length + 1);
  for (const [index, pool] of pools.entries())
    starts[index + 1] = starts[index]! + pool.replicasMax;
  return starts;
}

/** The pool of each replica. */
export function poolsOfReplicas(starts: Int32Array): Int32Array {
  const pools = new Int32Array(starts.at(-1)!);
  for (let pool = 0; pool + 1 < starts.length; pool++) {
    pools.fill(pool, starts[pool], starts[pool + 1]);
  }
  return pools;
}
