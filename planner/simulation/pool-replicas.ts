/** How many replicas a pool has had ready and has paid for over the measured window, and attempts sent to it. */
import type { PaidReplicas } from "./paid-replicas";

export class PoolReplicas {
  /** Now, and since when. */
  ready = 0;
  paid = 0;
  sinceSeconds = 0;
  /** ∫ dt over the measured window; of what is paid also by part of the pool. */
  readySeconds = 0;
  paidSeconds = 0;
  readonly replicaSeconds: Float64Array;
  readonly nodeSeconds: Float64Array;
  /** Over the whole run. */
  attempts = 0;
  private readonly window: { readonly from: number; readonly to: number };
  private readonly replicas: Int32Array;
  private readonly nodes: Int32Array;

  /** @param parts in which the pool is bought */
  constructor(window: { readonly from: number; readonly to: number }, parts: number) {
    this.window = window;
    this.replicaSeconds = new Float64Array(parts);
    this.nodeSeconds = new Float64Array(parts);
    this.replicas = new Int32Array(parts);
    this.nodes = new Int32Array(parts);
  }

  /** From `seconds` on there are so many. */
  change(seconds: number, ready: number, paid: PaidReplicas): void {
    this.until(seconds);
    this.ready = ready;
    this.paid = paid.total;
    this.replicas.set(paid.replicas);
    this.nodes.set(paid.nodes);
  }

  /** Up to `seconds` it was as it is. */
  until(seconds: number): void {
    const from = Math.max(this.sinceSeconds, this.window.from);
    const measured = Math.max(0, Math.min(seconds, this.window.to) - from);
    this.readySeconds += this.ready * measured;
    this.paidSeconds += this.paid * measured;
    for (let part = 0; part < this.nodes.length; part++) {
      this.replicaSeconds[part]! += this.replicas[part]! * measured;
      this.nodeSeconds[part]! += this.nodes[part]! * measured;
    }
    this.sinceSeconds = seconds;
  }
}
