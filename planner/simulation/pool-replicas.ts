/** How many replicas a pool has had ready and has paid for over the measured window, and attempts sent to it. */

export class PoolReplicas {
  /** Now, and since when. */
  ready = 0;
  paid = 0;
  paidSpot = 0;
  sinceSeconds = 0;
  /** ∫ dt over the measured window. */
  readySeconds = 0;
  paidSeconds = 0;
  paidSpotSeconds = 0;
  /** Over the whole run. */
  attempts = 0;
  private readonly window: { readonly from: number; readonly to: number };

  constructor(window: { readonly from: number; readonly to: number }) {
    this.window = window;
  }

  /** From `seconds` on there are so many. */
  change(seconds: number, ready: number, paid: number, paidSpot: number): void {
    const from = Math.max(this.sinceSeconds, this.window.from);
    const measured = Math.max(0, Math.min(seconds, this.window.to) - from);
    this.readySeconds += this.ready * measured;
    this.paidSeconds += this.paid * measured;
    this.paidSpotSeconds += this.paidSpot * measured;
    this.sinceSeconds = seconds;
    this.ready = ready;
    this.paid = paid;
    this.paidSpot = paidSpot;
  }
}
