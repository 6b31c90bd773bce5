/** The nodes of a pool that are spot capacity, wholly or in part. */
import { nodeOf, nodesOf } from "../../fleet/failure-domains";
import type { ResolvedPool } from "../../fleet/resolved-fleet";

export interface SpotNodeReplicas {
  readonly node: number;
  /** Spot replicas on it, by number within the pool; at least one. */
  readonly replicas: readonly number[];
}

/** By number of the node; a pool's first `onDemandReplicas` replicas are never spot, and without a spot price none is. */
export function spotNodesOf(pool: ResolvedPool): SpotNodeReplicas[] {
  if (pool.purchase.spot === undefined) return [];
  const replicasOfNode: number[][] = Array.from({ length: nodesOf(pool) }, () => []);
  for (let replica = pool.purchase.onDemandReplicas; replica < pool.replicasMax; replica++) {
    replicasOfNode[nodeOf(pool, replica)]!.push(replica);
  }
  return replicasOfNode.flatMap((replicas, node) =>
    replicas.length > 0 ? [{ node, replicas }] : [],
  );
}
