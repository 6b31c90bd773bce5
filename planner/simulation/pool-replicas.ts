/** How many replicas a pool has had ready and has paid for over the measured window, and attempts sent to it. */
import type { PurchasePart } from "../fleet/purchase";
import type { PaidReplicas } from "./paid-replicas";
import type { PaidPart } from "./run-record";

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
  private readonly windowStart: number;
  private windowEnd: number;
  private readonly parts: readonly PurchasePart[];
  private readonly replicas: Int32Array;
  private readonly nodes: Int32Array;

  constructor(
    window: { readonly from: number; readonly to: number },
    parts: readonly PurchasePart[],
  ) {
    this.windowStart = window.from;
    this.windowEnd = window.to;
    this.parts = parts;
    this.replicaSeconds = new Float64Array(parts.length);
    this.nodeSeconds = new Float64Array(parts.length);
    this.replicas = new Int32Array(parts.length);
    this.nodes = new Int32Array(parts.length);
  }

  /** What was paid by the way in which it is bought: means over a window of so many seconds. */
  paidParts(seconds: number): PaidPart[] {
    return this.parts.map(({ purchase }, part) => ({
      purchase,
      replicas: this.replicaSeconds[part]! / seconds,
      nodes: this.nodeSeconds[part]! / seconds,
    }));
  }

  /** The window ends at `seconds`, which is now or later. */
  endWindow(seconds: number): void {
    this.windowEnd = seconds;
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
    const from = Math.max(this.sinceSeconds, this.windowStart);
    const measured = Math.max(0, Math.min(seconds, this.windowEnd) - from);
    this.readySeconds += this.ready * measured;
    this.paidSeconds += this.paid * measured;
    for (let part = 0; part < this.nodes.length; part++) {
      this.replicaSeconds[part]! += this.replicas[part]! * measured;
      this.nodeSeconds[part]! += this.nodes[part]! * measured;
    }
    this.sinceSeconds = seconds;
  }
}
