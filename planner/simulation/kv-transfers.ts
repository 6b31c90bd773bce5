/**
 * KV caches on their way from prefill to decode replicas: transfers out of one replica follow each other on its link,
 * and are lost with it.
 */
import type { ResolvedPool } from "../fleet/resolved-fleet";
import { FlatHeap } from "../foundation/flat-heap";
import { kvBytesPerToken } from "./kv-bytes";

export class KvTransfers {
  /** Whether the transfer last taken was lost with its replica. */
  isLost = false;
  private readonly underWay = new FlatHeap();
  /** By replica: when its link has sent what it was given, and how often it was lost. */
  private readonly linkFreeSeconds: Float64Array;
  private readonly losses: Int32Array;
  /** By slot: losses of its replica when it left. */
  private readonly lossesBefore: number[] = [];
  private readonly replicaOf: number[] = [];

  constructor(replicas: number) {
    this.linkFreeSeconds = new Float64Array(replicas);
    this.losses = new Int32Array(replicas);
  }

  /** When the next transfer is done; Infinity when there is none. */
  get nextSeconds(): number {
    return this.underWay.topKey;
  }

  /** The prompt of `slot` is computed. At one time, transfers are done in the order of `order`. */
  start(
    slot: number,
    replica: number,
    pool: ResolvedPool,
    tokens: number,
    order: number,
    seconds: number,
  ): void {
    const bytes = tokens * kvBytesPerToken(pool);
    const { latencySeconds, bytesPerSecond } = pool.kvTransfer;
    const sent = Math.max(seconds, this.linkFreeSeconds[replica]!) + bytes / bytesPerSecond;
    this.linkFreeSeconds[replica] = sent;
    this.lossesBefore[slot] = this.losses[replica]!;
    this.replicaOf[slot] = replica;
    this.underWay.push(sent + latencySeconds, order, slot);
  }

  /** Takes the transfer that is done; `isLost` says whether it was in vain. */
  take(): number {
    const slot = this.underWay.pop();
    this.isLost = this.lossesBefore[slot] !== this.losses[this.replicaOf[slot]!];
    return slot;
  }

  /** All that is on its way out of a replica is lost. */
  lose(replica: number): void {
    this.losses[replica]!++;
    this.linkFreeSeconds[replica] = 0;
  }
}
