/**
 * How far the scaling policies let the replicas go now: `pods` and `percent` over a period with `selectPolicy: Max`.
 * They start from the replicas at the beginning of the period that ends now, so that what was added in it is
 * subtracted from the allowance; what was removed in it may be added again.
 *
 * Followed: `calculateScaleUpLimitWithScalingRules` and `calculateScaleDownLimitWithBehaviors` of
 * kubernetes/kubernetes pkg/controller/podautoscaler/horizontal.go: the share is rounded up to whole replicas added,
 * and up to whole replicas removed.
 */
import type { ResolvedScalingRules } from "../../fleet/resolved-policies";
import { TimedValues } from "./timed-values";
import { roundDown, roundUp } from "./whole-replicas";

export class StepLimits {
  private readonly upRules: ResolvedScalingRules;
  private readonly downRules: ResolvedScalingRules;
  /** Changes in the last period of each direction: replicas added, negative ones removed. */
  private readonly upPeriod: TimedValues;
  private readonly downPeriod: TimedValues;

  constructor(upRules: ResolvedScalingRules, downRules: ResolvedScalingRules) {
    this.upRules = upRules;
    this.downRules = downRules;
    this.upPeriod = new TimedValues(upRules.periodSeconds);
    this.downPeriod = new TimedValues(downRules.periodSeconds);
  }

  /** Most replicas to go up to from `replicas`; Infinity without a policy. */
  most(seconds: number, replicas: number): number {
    const { pods, share } = this.upRules;
    if (pods === Number.POSITIVE_INFINITY && share === Number.POSITIVE_INFINITY) return pods;
    this.upPeriod.forget(seconds);
    const start = replicas - this.upPeriod.sum();
    let most = replicas;
    if (pods !== Number.POSITIVE_INFINITY) most = Math.max(most, start + pods);
    if (share !== Number.POSITIVE_INFINITY) most = Math.max(most, roundUp(start * (1 + share)));
    return most;
  }

  /** Fewest replicas to go down to from `replicas`; 0 without a policy. */
  fewest(seconds: number, replicas: number): number {
    const { pods, share } = this.downRules;
    if (pods === Number.POSITIVE_INFINITY && share === Number.POSITIVE_INFINITY) return 0;
    this.downPeriod.forget(seconds);
    const start = replicas - this.downPeriod.sum();
    let fewest = replicas;
    if (pods !== Number.POSITIVE_INFINITY) fewest = Math.min(fewest, start - pods);
    if (share !== Number.POSITIVE_INFINITY)
      fewest = Math.min(fewest, roundDown(start * (1 - share)));
    return Math.max(0, fewest);
  }

  /** The replicas were changed by so many. */
  remember(seconds: number, change: number): void {
    this.upPeriod.push(seconds, change);
    this.downPeriod.push(seconds, change);
  }
}
