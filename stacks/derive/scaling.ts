/** Autoscaling of a pool by KEDA: what the simulator's autoscaler followed, with the same rules and bounds. */

import type { QueueTriggerSource } from "../../components/queue";
import { queueTrigger } from "../../components/queue";
import type {
  KedaScalingArgs,
  MetricsSourceArgs,
  ScalingRulesArgs,
  ScalingTriggerArgs,
} from "../../components/serving";
import type {
  Problem,
  ResolvedAutoscaling,
  ResolvedPool,
  ResolvedScalingRules,
} from "../../planner/plan/fleet-of-plan";
import { type Derivation, type Derived, notDeployable, shown } from "./derived";
import { poolPath } from "./fleet-context";
import { percentOf } from "./percent";

/** What a trigger reads. Known early, but for addresses. */
export interface ScalingSources {
  readonly metrics: MetricsSourceArgs;
  /** The queue of the region; undefined without one. */
  readonly queue: QueueTriggerSource | undefined;
  /** Name of the HTTPRoute of the pool's model; undefined for one that no client calls, or that other pools have too. */
  readonly route: string | undefined;
  /** Whether the cluster lets a tolerance be set: Kubernetes 1.35 or later. */
  readonly hasConfigurableTolerance: boolean;
}

/** Autoscaling of a pool; undefined when it has none. @param what path of the service in the stack */
export function deriveScaling(
  pool: ResolvedPool,
  sources: ScalingSources,
  what: string,
): Derived<KedaScalingArgs | undefined> {
  const { autoscaling, replicasMin, replicasMax } = pool;
  if (autoscaling === undefined) return { args: undefined, derivations: [], problems: [] };
  const path = `${poolPath(pool)}.autoscaling`;
  const problems: Problem[] = [];
  if (autoscaling.predictive !== undefined) {
    problems.push(
      notDeployable(
        `${path}.predictive`,
        "scaling ahead of the load",
        "KEDA follows what is: use a schedule, and size again",
      ),
    );
  }
  const trigger = triggerOf(autoscaling, sources, path, problems);
  if (trigger === undefined) return { args: undefined, derivations: [], problems };
  const toZero = replicasMin === 0;
  const { schedule } = autoscaling;
  const args: KedaScalingArgs = {
    by: "keda",
    replicasMin,
    replicasMax,
    tolerance: autoscaling.tolerance,
    hasConfigurableTolerance: sources.hasConfigurableTolerance,
    scaleUp: rulesOf(autoscaling.scaleUp),
    scaleDown: rulesOf(autoscaling.scaleDown),
    trigger,
    pollingIntervalSeconds: autoscaling.pollingIntervalSeconds,
    ...(toZero ? { cooldownSeconds: autoscaling.cooldownSeconds } : {}),
    ...(schedule.length === 0 ? {} : { schedules: schedule }),
  };
  return { args, derivations: describe(pool, autoscaling, args, `${what}.scaling`), problems };
}

function triggerOf(
  autoscaling: ResolvedAutoscaling,
  { metrics, queue, route }: ScalingSources,
  path: string,
  problems: Problem[],
): ScalingTriggerArgs | undefined {
  const { metric, target, activation } = autoscaling;
  const refuse = (message: string, hint: string): undefined => {
    problems.push({ code: "conflict", path: `${path}.metric`, message, hint });
    return undefined;
  };
  switch (metric) {
    case "queue-depth": {
      if (queue === undefined) {
        return refuse(
          "the depth of a queue moves nothing where no workload goes through one",
          "use in-flight and size again",
        );
      }
      if (!Number.isInteger(target) || !Number.isInteger(activation)) {
        return refuse(
          `the messages of a replica must be a whole number, got ${target} with activation ${activation}`,
          "round both and size again",
        );
      }
      const trigger = queueTrigger(queue, { messagesPerReplica: target, activation });
      return { metric, trigger };
    }
    case "request-rate":
      return route === undefined
        ? refuse(
            "the rate of requests is that of a model, and this pool has none of its own",
            "use in-flight and size again",
          )
        : { metric, target, route, source: metrics };
    default:
      return { metric, target, source: metrics };
  }
}

function rulesOf(rules: ResolvedScalingRules): ScalingRulesArgs {
  const { pods, share } = rules;
  return {
    stabilizationWindowSeconds: rules.stabilizationWindowSeconds,
    periodSeconds: rules.periodSeconds,
    ...(pods === Number.POSITIVE_INFINITY ? {} : { podsMax: pods }),
    ...(share === Number.POSITIVE_INFINITY ? {} : { percentMax: percentOf(share) }),
  };
}

function describe(
  pool: ResolvedPool,
  autoscaling: ResolvedAutoscaling,
  args: KedaScalingArgs,
  what: string,
): readonly Derivation[] {
  const simulated = "which is simulated";
  const rules = (["scaleUp", "scaleDown"] as const).flatMap((side) =>
    Object.entries(args[side]).map(([key, value]) => ({
      what: `${what}.${side}.${key}`,
      value: shown(value),
      because: `autoscaling.${side}, ${simulated}`,
    })),
  );
  return [
    { what: `${what}.replicasMin`, value: pool.replicasMin, because: "replicas.min" },
    { what: `${what}.replicasMax`, value: pool.replicasMax, because: "replicas.max" },
    { what: `${what}.trigger.metric`, value: autoscaling.metric, because: "autoscaling.metric" },
    {
      what: `${what}.trigger.target`,
      value: autoscaling.target,
      because: `autoscaling.target per replica, ${simulated}`,
    },
    ...(autoscaling.metric === "queue-depth"
      ? [
          {
            what: `${what}.trigger.activation`,
            value: autoscaling.activation,
            because: "autoscaling.activation, for a pool without replicas",
          },
        ]
      : []),
    {
      what: `${what}.pollingIntervalSeconds`,
      value: autoscaling.pollingIntervalSeconds,
      because: `autoscaling.pollingInterval, ${simulated}`,
    },
    {
      what: `${what}.tolerance`,
      value: autoscaling.tolerance,
      because: `autoscaling.tolerance, ${simulated}`,
    },
    ...rules,
    ...(args.cooldownSeconds === undefined
      ? []
      : [
          {
            what: `${what}.cooldownSeconds`,
            value: args.cooldownSeconds,
            because: "autoscaling.cooldownPeriod, since the pool goes to zero",
          },
        ]),
    ...(args.schedules ?? []).map((one, index) => ({
      what: `${what}.schedules[${index}]`,
      value: `${one.replicas} replicas from ${one.startSeconds} s to ${one.endSeconds} s of the week`,
      because: "autoscaling.schedule",
    })),
  ];
}
