/**
 * How many replicas of a pool are paid for now, and how many nodes they stand on, by the way in which they are bought.
 * A commitment is paid whether its replicas run or not. A node is billed whole while any replica on it is.
 */
import { nodeOf, nodesOf } from "../fleet/failure-domains";
import { isCommitment, purchaseParts } from "../fleet/purchase";
import type { ResolvedPool } from "../fleet/resolved-fleet";

export class PaidReplicas {
  /** By part of the pool, in buying order. */
  readonly replicas: Int32Array;
  readonly nodes: Int32Array;
  /** Of all parts. */
  total = 0;
  private readonly pool: ResolvedPool;
  /** Part of each replica; −1 of one that is paid anyway. */
  private readonly partOf: Int32Array;
  /** By part, then node: where two parts meet on a node, each has it billed. */
  private readonly paidOnNode: Int32Array;

  constructor(pool: ResolvedPool) {
    const parts = purchaseParts(pool.purchase, pool.replicasMax);
    this.pool = pool;
    this.replicas = new Int32Array(parts.length);
    this.nodes = new Int32Array(parts.length);
    this.partOf = new Int32Array(pool.replicasMax);
    this.paidOnNode = new Int32Array(parts.length * nodesOf(pool));
    for (const [part, { purchase, from, to }] of parts.entries()) {
      const isPaidAnyway = isCommitment(purchase);
      this.partOf.fill(isPaidAnyway ? -1 : part, from, to);
      if (!isPaidAnyway) continue;
      this.replicas[part] = to - from;
      this.nodes[part] = nodeOf(pool, to - 1) - nodeOf(pool, from) + 1;
      this.total += to - from;
    }
  }

  /** A replica, by its number in the pool, is paid for from now on (`change` 1), or no longer (−1). */
  count(replica: number, change: number): void {
    const part = this.partOf[replica]!;
    if (change === 0 || part < 0) return;
    const node = part * nodesOf(this.pool) + nodeOf(this.pool, replica);
    const before = this.paidOnNode[node]!;
    this.paidOnNode[node] = before + change;
    this.nodes[part]! += Number(before + change > 0) - Number(before > 0);
    this.replicas[part]! += change;
    this.total += change;
  }
}
