/**
 * The autoscaler of one pool: KEDA's ScaledObject over the Horizontal Pod Autoscaler. It decides how many replicas
 * are wanted; starting, draining and stopping them is not its business, nor is what the metric measures.
 *
 * At every poll, in this order:
 *
 * 1. KEDA, from and to zero (`RequestScale` of kedacore/keda pkg/scaling/executor/scale_scaledobjects.go;
 *    https://keda.sh/docs/latest/reference/scaledobject-spec/): a pool at zero gets its first replica when a trigger
 *    is active, that is the load is above `activation` or a scheduled window has begun. When no trigger was active
 *    for `cooldownSeconds`, all replicas go at once. The start of the run counts as activity, as if
 *    `initialCooldownPeriod` were the cooldown. Neither step is subject to windows or step limits.
 * 2. The HPA's recommendation (`recommend-replicas.ts`) for the load or, if larger, the predicted load; at least the
 *    schedule's replicas, as the HPA takes the largest of several metrics. KEDA passes the schedule through the
 *    tolerance as well; here it is exact.
 * 3. Stabilisation windows (`stabilisation.ts`), then step limits (`step-limits.ts`), then the pool's bounds: the
 *    order of `normalizeDesiredReplicasWithBehaviors` in kubernetes/kubernetes
 *    pkg/controller/podautoscaler/horizontal.go. The HPA itself never goes below one replica.
 *
 * KEDA polls for step 1 and the HPA has a sync period of its own for the others; here both are `pollingIntervalSeconds`.
 * Without a sample (none is old enough yet) nothing goes down, as when the HPA cannot fetch a metric.
 */
import type { ResolvedAutoscaling } from "../../fleet/resolved-policies";
import { LoadTrend } from "./load-trend";
import { recommendReplicas } from "./recommend-replicas";
import { scheduledReplicas } from "./scheduled-replicas";
import { Stabilisation } from "./stabilisation";
import { StepLimits } from "./step-limits";

/** The metric over a pool at one moment. */
export interface LoadSample {
  /** Sum over the ready replicas, in the unit of the target; of a queue its depth, whoever is ready. */
  readonly load: number;
  /** Replicas that take requests; not those that drain. */
  readonly ready: number;
}

/** Replicas of a pool: the bounds, and those at the start. */
export interface ReplicaBounds {
  readonly min: number;
  readonly max: number;
  readonly initial: number;
}

export class Autoscaler {
  /** Replicas wanted since the last decision. */
  wanted: number;
  private readonly bounds: ReplicaBounds;
  private readonly policy: ResolvedAutoscaling;
  /** Of the start of the run, since Monday 00:00 UTC. */
  private readonly startWeekSeconds: number;
  private readonly stabilisation: Stabilisation;
  private readonly limits: StepLimits;
  private readonly trend: LoadTrend | undefined;
  /** The n-th decision is n polling intervals after the start of the run, and sees a sample `metricLagSeconds` old. */
  private decision = 1;
  private sampledDecision: number;
  /** Samples of the decisions to come, oldest first: as many as fit into the lag. */
  private readonly samples: LoadSample[] = [];
  private activeSeconds = 0;

  /** @param startWeekSeconds time of the week at which the run starts, in seconds since Monday 00:00 UTC */
  constructor(bounds: ReplicaBounds, policy: ResolvedAutoscaling, startWeekSeconds: number) {
    this.bounds = bounds;
    this.policy = policy;
    this.startWeekSeconds = startWeekSeconds;
    this.wanted = bounds.initial;
    const { scaleUp, scaleDown, predictive } = policy;
    this.stabilisation = new Stabilisation(
      scaleUp.stabilizationWindowSeconds,
      scaleDown.stabilizationWindowSeconds,
    );
    this.limits = new StepLimits(scaleUp, scaleDown);
    this.trend =
      predictive?.method === "trend" ? new LoadTrend(predictive.windowSeconds) : undefined;
    // The first decision whose sample is taken after the start of the run: at the start nothing is loaded.
    this.sampledDecision = Math.floor(policy.metricLagSeconds / policy.pollingIntervalSeconds) + 1;
    // As the HPA does when it first sees its target (recordInitialRecommendation).
    if (this.wanted > 0) this.stabilisation.remember(0, this.wanted);
  }

  /** When to call `poll` next: to take a sample, to decide, or both. */
  get nextSeconds(): number {
    return Math.min(this.sampleSeconds, this.decisionSeconds);
  }

  /** When the next sample is due: a call of `poll` before that takes none, whatever it is given. */
  get sampleSeconds(): number {
    const { pollingIntervalSeconds, metricLagSeconds } = this.policy;
    return this.sampledDecision * pollingIntervalSeconds - metricLagSeconds;
  }

  /**
   * Takes a sample if one is due, and decides if that is due.
   *
   * @param seconds the time of `nextSeconds`
   * @param sample the metric now
   * @param expectedGrowth expected load at now + lookahead over that of now, finite; only `profile` prediction uses it
   * @returns replicas wanted from now on
   */
  poll(seconds: number, sample: LoadSample, expectedGrowth: number): number {
    if (seconds >= this.sampleSeconds) {
      this.samples.push({ load: sample.load, ready: sample.ready });
      this.sampledDecision++;
    }
    if (seconds >= this.decisionSeconds) {
      const seen = this.isSampled(this.decision) ? this.samples.shift() : undefined;
      this.wanted = this.decide(seconds, seen, expectedGrowth);
      this.decision++;
    }
    return this.wanted;
  }

  private get decisionSeconds(): number {
    return this.decision * this.policy.pollingIntervalSeconds;
  }

  private isSampled(decision: number): boolean {
    const { pollingIntervalSeconds, metricLagSeconds } = this.policy;
    return decision > Math.floor(metricLagSeconds / pollingIntervalSeconds);
  }

  private decide(seconds: number, sample: LoadSample | undefined, expectedGrowth: number): number {
    const { activation, cooldownSeconds, metricLagSeconds, schedule } = this.policy;
    const scheduled = scheduledReplicas(schedule, this.startWeekSeconds + seconds);
    const isActive = scheduled > 0 || (sample !== undefined && sample.load > activation);
    if (sample !== undefined) this.trend?.observe(seconds - metricLagSeconds, sample.load);
    if (isActive) this.activeSeconds = seconds;
    if (this.wanted === 0) return isActive ? 1 : 0;
    const isIdle = sample !== undefined && seconds - this.activeSeconds >= cooldownSeconds;
    if (this.bounds.min === 0 && !isActive && isIdle) return 0;
    return this.scale(seconds, scheduled, sample, expectedGrowth);
  }

  /** What the HPA makes of `wanted` replicas, of which there is at least one. */
  private scale(
    seconds: number,
    scheduled: number,
    sample: LoadSample | undefined,
    expectedGrowth: number,
  ): number {
    const { wanted, bounds } = this;
    if (sample === undefined && scheduled <= wanted) return wanted;
    const recommended = sample === undefined ? 0 : this.recommend(seconds, sample, expectedGrowth);
    const settled = this.stabilisation.settle(seconds, wanted, Math.max(scheduled, recommended));
    let next = settled;
    if (settled > wanted) {
      next = Math.min(settled, bounds.max, this.limits.most(seconds, wanted));
    } else if (settled < wanted) {
      next = Math.max(settled, bounds.min, 1, this.limits.fewest(seconds, wanted));
    }
    if (next !== wanted) this.limits.remember(seconds, next - wanted);
    return next;
  }

  private recommend(seconds: number, sample: LoadSample, expectedGrowth: number): number {
    const { target, tolerance } = this.policy;
    const load = Math.max(sample.load, this.predict(seconds, sample.load, expectedGrowth));
    return recommendReplicas(load, sample.ready, this.wanted, target, tolerance);
  }

  /** The load expected after the lookahead; 0 without prediction. */
  private predict(seconds: number, load: number, expectedGrowth: number): number {
    const { predictive } = this.policy;
    if (predictive === undefined) return 0;
    if (this.trend === undefined) return load * expectedGrowth;
    return this.trend.loadAt(seconds + predictive.lookaheadSeconds);
  }
}
