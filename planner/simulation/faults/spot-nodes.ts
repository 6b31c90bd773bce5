/** The nodes of a pool that are spot capacity, wholly or in part. */
import { nodeOf, nodesOf } from "../../fleet/failure-domains";
import { firstSpotReplica } from "../../fleet/purchase";
import type { ResolvedPool } from "../../fleet/resolved-fleet";

export interface SpotNodeReplicas {
  readonly node: number;
  /** Spot replicas on it, by number within the pool; at least one. */
  readonly replicas: readonly number[];
}

/** By number of the node. */
export function spotNodesOf(pool: ResolvedPool): SpotNodeReplicas[] {
  const replicasOfNode: number[][] = Array.from({ length: nodesOf(pool) }, () => []);
  for (let replica = firstSpotReplica(pool.purchase); replica < pool.replicasMax; replica++) {
    replicasOfNode[nodeOf(pool, replica)]!.push(replica);
  }
  return replicasOfNode.flatMap((replicas, node) =>
    replicas.length > 0 ? [{ node, replicas }] : [],
  );
}
