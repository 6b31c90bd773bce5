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

/** A timeout of the gateway as it is simulated, or else longer than anything that was measured. */
function timeoutLimits({ fleet, longest }: FleetLimitsContext): Derived[] {
  const { requestSeconds, maxStreamSeconds, streamIdleSeconds } = fleet.policies.timeout;
  const limit = (
    name: FleetLimitName,
    policy: { readonly name: string; readonly value: number },
    measured: { readonly name: string; readonly value: number | undefined },
  ): Derived[] => {
    if (policy.value !== Number.POSITIVE_INFINITY) {
      const derivation = `as long as the gateway's ${policy.name}, which is simulated`;
      return [{ name, value: Math.ceil(policy.value), derivation, inputs: [policy] }];
    }
    if (measured.value === undefined) return [];
    const input = { name: `${measured.name} × ${HEADROOM.time}`, value: measured.value };
    const derivation = `no timeout of the gateway says, so longer than the longest that was measured, with headroom`;
    return [{ name, value: Math.ceil(measured.value), derivation, inputs: [input] }];
  };
  return [
    ...limit(
      "requestTimeoutSeconds",
      requestSeconds <= maxStreamSeconds
        ? { name: "requestTimeout", value: requestSeconds }
        : { name: "maxStreamDuration", value: maxStreamSeconds },
      { name: "E2E p99.9", value: longest.streamSeconds },
    ),
    ...limit(
      "streamIdleTimeoutSeconds",
      { name: "streamIdleTimeout", value: streamIdleSeconds },
      { name: "TTFT p99.9", value: longest.firstTokenSeconds },
    ),
  ];
}

function failoverLimits({ policies: { failover } }: ResolvedFleet): Derived[] {
  if (failover === undefined) return [];
  const { intervalSeconds, failureThreshold } = failover.healthCheck;
  const detection = intervalSeconds * failureThreshold;
  const inputs = [
    { name: "interval", value: intervalSeconds },
    { name: "failureThreshold", value: failureThreshold },
  ];
  return [
    {
      name: "dnsDetectionSeconds",
      value: detection,
      derivation: `${intervalSeconds} s × ${failureThreshold}: failed checks in a row until a region is out`,
      inputs,
    },
    {
      name: "dnsMoveSeconds",
      value: detection + failover.ttlSeconds,
      derivation: `${formatNumber(detection)} s + ${failover.ttlSeconds} s: until the last answer that was cached before has expired`,
      inputs: [...inputs, { name: "ttl", value: failover.ttlSeconds }],
    },
  ];
}

/** Only when a workload goes through the queue. */
function queueLimits({ fleet, workloads, longest }: FleetLimitsContext): Derived[] {
  const queued = workloads.filter(({ delivery }) => delivery === "queue");
  if (queued.length === 0) return [];
  const { queue } = fleet.policies;
  const policy = (
    name: FleetLimitName,
    key: string,
    value: number,
    why: string,
    further: PlanLimit["inputs"] = [],
  ): Derived => ({
    name,
    value: Math.ceil(value),
    derivation: `queue.${key}, which is simulated: ${why}`,
    inputs: [{ name: `queue.${key}`, value }, ...further],
  });
  const { messageSeconds } = longest;
  const message =
    messageSeconds === undefined
      ? []
      : [{ name: "E2E p99.9 with its wait", value: messageSeconds }];
  return [
    policy(
      "queueVisibilityTimeoutSeconds",
      "visibilityTimeout",
      queue.visibilityTimeoutSeconds,
      queue.heartbeat
        ? "the consumer's heartbeat extends it for as long as it works"
        : "nothing extends it, so it must be longer than the longest work on a message",
      message,
    ),
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
    const inputs = [{ name: "queue.maxAge", value: maxAgeSeconds }];
    return { name, value: maxAgeSeconds, derivation: "queue.maxAge", inputs };
  }
  const promises = queued.flatMap((workload) =>
    workload.slo
      .filter(({ metric }) => metric === "e2e" || metric === "ttft" || metric === "queueTime")
      .map(({ metric, statistic, limitSeconds }) => ({
        name: `${workload.name} ${metric} ${statistic}`,
        value: limitSeconds,
      })),
  );
  const tightest = promises.toSorted((a, b) => a.value - b.value)[0];
  if (tightest !== undefined) {
    const derivation = "the tightest promise to a workload that goes through the queue";
    return { name, value: tightest.value, derivation, inputs: [tightest] };
  }
  return {
    name,
    value: retentionSeconds / 2,
    derivation: "half of queue.retention: no workload has a promise that an old message breaks",
    inputs: [{ name: "queue.retention", value: retentionSeconds }],
  };
}

function budgetLimits({ usdPerMonth, isLowerBound }: PlanCost): Derived[] {
  if (usdPerMonth === null) return [];
  const planned = { name: "planned cost", value: usdPerMonth };
  const atLeast = isLowerBound ? ", of the pools with a known price" : "";
  return [
    {
      name: "budgetUsdPerMonth",
      value: usdPerMonth,
      derivation: `planned cost of 730 hours${atLeast}`,
      inputs: [planned],
    },
    {
      name: "budgetAlertUsdPerMonth",
      value: usdPerMonth * HEADROOM.budget,
      derivation: `planned cost × ${HEADROOM.budget}: what autoscaling and a bad month may add${atLeast}`,
      inputs: [planned, { name: "headroom", value: HEADROOM.budget }],
    },
  ];
}
