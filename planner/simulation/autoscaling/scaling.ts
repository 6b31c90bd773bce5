/**
 * The autoscaler of one pool at work in a run: reads the pool's metric when the autoscaler polls, and has the replica
 * set start or drain replicas. How many replicas are wanted is autoscaler.ts.
 */
import type { ResolvedAutoscaling } from "../../fleet/resolved-policies";
import type { ResolvedScenario } from "../../scenario/resolved-scenario";
import { compileProfile, type RateCurve } from "../../traffic/rate-profile";
import type { Gateways } from "../gateways";
import type { QueueDelivery } from "../queue-delivery";
import type { Recorder } from "../recorder";
import type { ReplicaSet } from "../replica-set";
import { Autoscaler, type LoadSample } from "./autoscaler";

export interface ScalingParts {
  readonly recorder: Recorder;
  readonly replicas: ReplicaSet;
  readonly gateways: Gateways;
  readonly queues: QueueDelivery | undefined;
}

export class Scaling {
  private readonly autoscaler: Autoscaler;
  private readonly policy: ResolvedAutoscaling;
  private readonly pool: number;
  private readonly parts: ScalingParts;
  /** Expected rates of the workloads of the pool's model; empty when nothing is expected of them. */
  private readonly rates: readonly RateCurve[];
  private rate = 0;
  private attemptsBefore = 0;
  private attemptsSinceSeconds = 0;
  private refusalsBefore = 0;

  constructor(
    scenario: ResolvedScenario,
    pool: number,
    policy: ResolvedAutoscaling,
    startWeekSeconds: number,
    parts: ScalingParts,
  ) {
    const spec = scenario.fleet.pools[pool]!;
    const bounds = { min: spec.replicasMin, max: spec.replicasMax, initial: spec.replicas };
    this.autoscaler = new Autoscaler(bounds, policy, startWeekSeconds);
    this.policy = policy;
    this.pool = pool;
    this.parts = parts;
    const isProfile = policy.predictive?.method === "profile";
    this.rates = isProfile ? ratesOf(scenario, spec.model.name, startWeekSeconds) : [];
  }

  get nextSeconds(): number {
    return this.autoscaler.nextSeconds;
  }

  poll(seconds: number): void {
    const before = this.autoscaler.wanted;
    const wanted = this.autoscaler.poll(seconds, this.sample(seconds), this.growth(seconds));
    if (wanted === before) return;
    const { pool } = this;
    this.parts.recorder.control({ seconds, kind: "scaled", pool, from: before, to: wanted });
    this.parts.replicas.want(pool, wanted, seconds);
  }

  private sample(seconds: number): LoadSample {
    const { replicas, queues, gateways } = this.parts;
    const { pool, policy } = this;
    const ready = replicas.readyReplicas(pool);
    const isSample = seconds >= this.autoscaler.sampleSeconds;
    // What asked in vain while no replica was ready: the only sign of load that a pool at zero gives.
    const refusals = gateways.refusalsOf(pool);
    const refused = refusals - this.refusalsBefore;
    if (isSample) this.refusalsBefore = refusals;
    switch (policy.metric) {
      case "queue-depth":
        return { load: queues?.depthOf(pool) ?? 0, ready };
      case "request-rate": {
        if (isSample) this.measureRate(seconds, refusals);
        return { load: this.rate, ready };
      }
      default:
        return { load: ready === 0 ? refused : this.loadOfReplicas(policy.metric, seconds), ready };
    }
  }

  /** Attempts per second since the sample before, those included that found no replica. */
  private measureRate(seconds: number, refusals: number): void {
    const attempts = this.parts.recorder.attemptsTo(this.pool) + refusals;
    const elapsed = seconds - this.attemptsSinceSeconds;
    if (elapsed > 0) this.rate = (attempts - this.attemptsBefore) / elapsed;
    this.attemptsBefore = attempts;
    this.attemptsSinceSeconds = seconds;
  }

  private loadOfReplicas(
    metric: "kv-utilization" | "in-flight" | "waiting",
    seconds: number,
  ): number {
    const { replicas } = this.parts;
    let load = 0;
    for (let i = replicas.poolStart[this.pool]!; i < replicas.poolStart[this.pool + 1]!; i++) {
      if (!replicas.isReady(i)) continue;
      const replica = replicas.replicas[i]!;
      if (metric === "kv-utilization") load += replica.kvUtilizationAt(seconds);
      else load += metric === "in-flight" ? replica.outstanding : replica.waitingRequests;
    }
    return load;
  }

  /** Expected rate at the end of the lookahead over that now; 1 where nothing is expected. */
  private growth(seconds: number): number {
    const { predictive } = this.policy;
    if (predictive === undefined || this.rates.length === 0) return 1;
    let now = 0;
    let then = 0;
    for (const rate of this.rates) {
      now += rate.rateAt(seconds);
      then += rate.rateAt(seconds + predictive.lookaheadSeconds);
    }
    return now > 0 ? then / now : 1;
  }
}

/** Rates of the open workloads that ask for a model. */
function ratesOf(scenario: ResolvedScenario, model: string, startSeconds: number): RateCurve[] {
  return scenario.workloads.flatMap((workload) => {
    const { arrivals, chain, origins } = workload;
    const asks = chain?.some((step) => step.kind === "model" && step.model === model);
    if (arrivals.kind !== "open" || !(workload.model === model || asks === true)) return [];
    return [
      compileProfile(arrivals.profile, arrivals.requestsPerSecond, origins, startSeconds).total,
    ];
  });
}
