/** Limits of the whole fleet: timeouts in front of the gateway, failover, the queue, and the budget. */
import type { ResolvedFleet } from "../fleet/resolved-fleet";
import { formatNumber } from "../foundation/format-units";
import type { ResolvedWorkload } from "../scenario/resolved-scenario";
import type { PlanCost } from "./cost-spec";
import { type FleetLimitName, unitOf } from "./limit-names";
import { HEADROOM, type LongestTimes } from "./longest-times";
import type { PlanLimit } from "./plan-spec";

type Derived = Pick<PlanLimit, "value" | "derivation" | "inputs"> & {
  readonly name: FleetLimitName;
};

export interface FleetLimitsContext {
  readonly fleet: ResolvedFleet;
  readonly workloads: readonly ResolvedWorkload[];
  readonly longest: LongestTimes;
  readonly cost: PlanCost;
}

/** Every limit of the fleet; one that would rest on what is not known is left out. */
export function fleetLimits(context: FleetLimitsContext): PlanLimit[] {
  const derived = [
    ...timeoutLimits(context),
    ...failoverLimits(context.fleet),
    ...queueLimits(context),
    ...budgetLimits(context.cost),
  ];
  return derived.map(({ name, ...rest }) => ({
    of: "fleet",
    name,
    subject: null,
    unit: unitOf(name),
    ...rest,
  }));
}

/**
 * No timeout in front of a gateway without one is shorter: 300 s are what llm-d sets for Google's load balancers, 60 s
 * are the idle timeout of an AWS load balancer.
 */
const SECONDS_MIN = { requestTimeoutSeconds: 300, streamIdleTimeoutSeconds: 60 } as const;

/** A timeout of the gateway as it is simulated, or else longer than anything that was measured. */
function timeoutLimits({ fleet, longest }: FleetLimitsContext): Derived[] {
  const { requestSeconds, maxStreamSeconds, streamIdleSeconds } = fleet.policies.timeout;
  const limit = (
    name: keyof typeof SECONDS_MIN,
    policy: { readonly name: string; readonly value: number },
    measured: { readonly name: string; readonly value: number | undefined },
  ): Derived => {
    const least = SECONDS_MIN[name];
    if (policy.value !== Number.POSITIVE_INFINITY) {
      const derivation = `as long as the gateway's ${policy.name}, which is simulated`;
      const inputs = { [policy.name]: policy.value };
      return { name, value: Math.ceil(policy.value), derivation, inputs };
    }
    if (measured.value === undefined) {
      const derivation = `${least} s: no timeout of the gateway says, and nothing was measured`;
      return { name, value: least, derivation, inputs: {} };
    }
    return {
      name,
      value: Math.max(least, Math.ceil(measured.value)),
      derivation: `the longer of ${least} s and ${measured.name} × ${HEADROOM.time}: no timeout of the gateway says`,
      inputs: { [`${measured.name} × ${HEADROOM.time}`]: measured.value },
    };
  };
  return [
    limit(
      "requestTimeoutSeconds",
      requestSeconds <= maxStreamSeconds
        ? { name: "requestTimeout", value: requestSeconds }
        : { name: "maxStreamDuration", value: maxStreamSeconds },
      { name: "E2E p99.9", value: longest.streamSeconds },
    ),
    limit(
      "streamIdleTimeoutSeconds",
      { name: "streamIdleTimeout", value: streamIdleSeconds },
      { name: "TTFT p99.9", value: longest.firstTokenSeconds },
    ),
  ];
}

function failoverLimits({ policies: { failover } }: ResolvedFleet): Derived[] {
  if (failover === undefined) return [];
  const { intervalSeconds: interval, failureThreshold } = failover.healthCheck;
  const { ttlSeconds: ttl } = failover;
  const detection = interval * failureThreshold;
  return [
    {
      name: "dnsDetectionSeconds",
      value: detection,
      derivation: `${interval} s × ${failureThreshold}: failed checks in a row until a region is out`,
      inputs: { interval, failureThreshold },
    },
    {
      name: "dnsMoveSeconds",
      value: detection + ttl,
      derivation: `${formatNumber(detection)} s + ${ttl} s: until the last answer that was cached before has expired`,
      inputs: { interval, failureThreshold, ttl },
    },
  ];
}

/** Only when a workload goes through the queue. */
function queueLimits({ fleet, workloads, longest }: FleetLimitsContext): Derived[] {
  const queued = workloads.filter(({ delivery }) => delivery === "queue");
  if (queued.length === 0) return [];
  const { queue } = fleet.policies;
  const policy = (name: FleetLimitName, key: string, value: number, why: string): Derived => ({
    name,
    value: Math.ceil(value),
    derivation: `${key} of the queue, which is simulated: ${why}`,
    inputs: { [`queue.${key}`]: value },
  });
  const visibility = policy(
    "queueVisibilityTimeoutSeconds",
    "visibilityTimeout",
    queue.visibilityTimeoutSeconds,
    queue.heartbeat
      ? "the consumer's heartbeat extends it for as long as it works"
      : "nothing extends it, so it must be longer than the longest work on a message",
  );
  const { messageSeconds } = longest;
  const measured =
    messageSeconds === undefined ? {} : { "E2E p99.9 with the wait": messageSeconds };
  return [
    { ...visibility, inputs: { ...visibility.inputs, ...measured } },
    policy(
      "queueRetentionSeconds",
      "retention",
      queue.retentionSeconds,
      "what nobody handled until then is dropped",
    ),
    policy(
      "deadLetterRetentionSeconds",
      "deadLetterRetention",
      queue.deadLetterRetentionSeconds,
      "longer than retention, since its clock starts when the message was first sent",
    ),
    ageAlarm(queued, queue.maxAgeSeconds, queue.retentionSeconds),
  ];
}

/** The alarm that the fleet names, or the first promise that an old message breaks, or half of what is kept. */
function ageAlarm(
  queued: readonly ResolvedWorkload[],
  maxAgeSeconds: number,
  retentionSeconds: number,
): Derived {
  const name = "queueAgeAlarmSeconds";
  if (maxAgeSeconds !== Number.POSITIVE_INFINITY) {
    const inputs = { "queue.maxAge": maxAgeSeconds };
    return { name, value: maxAgeSeconds, derivation: "queue.maxAge", inputs };
  }
  const promises = queued.flatMap((workload) =>
    workload.slo
      .filter(({ metric }) => metric === "e2e" || metric === "ttft" || metric === "queueTime")
      .map(({ metric, statistic, limitSeconds }) => ({
        promise: `${workload.name} ${metric} ${statistic}`,
        limitSeconds,
      })),
  );
  const tightest = promises.toSorted((a, b) => a.limitSeconds - b.limitSeconds)[0];
  if (tightest !== undefined) {
    const { promise, limitSeconds } = tightest;
    const derivation = "the tightest promise to a workload that goes through the queue";
    return { name, value: limitSeconds, derivation, inputs: { [promise]: limitSeconds } };
  }
  return {
    name,
    value: retentionSeconds / 2,
    derivation: "half of queue.retention: no workload has a promise that an old message breaks",
    inputs: { "queue.retention": retentionSeconds },
  };
}

function budgetLimits({ totalUsdPerMonth, isLowerBound }: PlanCost): Derived[] {
  if (totalUsdPerMonth === null) return [];
  const inputs = { "planned cost": totalUsdPerMonth };
  const atLeast = isLowerBound ? "; of what has a known price" : "";
  return [
    {
      name: "budgetUsdPerMonth",
      value: cents(totalUsdPerMonth),
      derivation: `planned cost of a month of 730 hours${atLeast}`,
      inputs,
    },
    {
      name: "budgetAlertUsdPerMonth",
      value: cents(totalUsdPerMonth * HEADROOM.budget),
      derivation: `planned cost × ${HEADROOM.budget}: what autoscaling and a bad month may add${atLeast}`,
      inputs: { ...inputs, headroom: HEADROOM.budget },
    },
  ];
}

/** Rounded up. */
function cents(usd: number): number {
  return Math.ceil(usd * 100 - 1e-6) / 100;
}
