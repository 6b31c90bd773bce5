/**
 * The stabilisation windows of the Horizontal Pod Autoscaler: more replicas only as far as every recommendation of
 * the scale-up window asked for, fewer only as far as none of the scale-down window asked for more.
 *
 * Followed: `stabilizeRecommendationWithBehaviors` of kubernetes/kubernetes
 * pkg/controller/podautoscaler/horizontal.go. Recommendations are remembered as they were, before windows, step
 * limits and bounds.
 */
import { TimedValues } from "./timed-values";

export class Stabilisation {
  private readonly up: TimedValues;
  private readonly down: TimedValues;

  constructor(upSeconds: number, downSeconds: number) {
    this.up = new TimedValues(upSeconds);
    this.down = new TimedValues(downSeconds);
  }

  /** The replicas nearest to `current` that both windows and `desired` allow; remembers `desired`. */
  settle(seconds: number, current: number, desired: number): number {
    this.up.forget(seconds);
    this.down.forget(seconds);
    const least = this.up.smallest(desired);
    const most = this.down.largest(desired);
    this.remember(seconds, desired);
    return Math.min(most, Math.max(least, current));
  }

  remember(seconds: number, recommendation: number): void {
    this.up.push(seconds, recommendation);
    this.down.push(seconds, recommendation);
  }
}
