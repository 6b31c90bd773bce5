/** Rules of the replicas of each pool: whether they are there, how full they are, what they cost. */

import { requestRate } from "./drift-rules";
import type { MonitoredPoolArgs } from "./objective-args";
import { plannedModels } from "./planned-traffic";
import { type AlertingRule, decimal, type RecordingRule, type RuleGroup, selector } from "./rule";
import { alert, poolLabels, type RuleContext } from "./rule-context";
import { VLLM } from "./vllm-metrics";

/** Replicas of a pool that tell their metrics. */
export const REPLICAS_RECORD = "capplan:replicas:count";
/** What the replicas with a price cost an hour, US dollars. */
export const COST_RECORD = "capplan:cost:usd_per_hour";
/** The same for each request of the last hour. */
export const REQUEST_COST_RECORD = "capplan:cost:usd_per_request1h";

/** The group of all pools, and that of their cost. */
export function replicaRuleGroups(context: RuleContext): readonly RuleGroup[] {
  const pools = Object.entries(context.pools);
  if (pools.length === 0) return [];
  return [
    {
      name: "capplan-replicas",
      interval: "30s",
      rules: [
        ...pools.map(([pool]) => replicasRecording(context, pool)),
        ...pools.flatMap(([pool, args]) => [
          ...presenceAlerts(context, pool, args),
          ...loadAlerts(context, pool),
        ]),
        ...driverAlerts(context),
      ],
    },
    ...costRuleGroups(context),
  ];
}

/** Names of pools of which it is known what a replica costs. */
export function pricedPools({ pools }: RuleContext): readonly (readonly [string, number])[] {
  return Object.entries(pools).flatMap(([pool, { usdPerReplicaHour }]) =>
    usdPerReplicaHour === undefined ? [] : [[pool, usdPerReplicaHour] as const],
  );
}

function replicasRecording(context: RuleContext, pool: string): RecordingRule {
  // An engine with data parallelism has several series; its pod is one replica.
  return {
    record: REPLICAS_RECORD,
    expr: `count(count by (pod) (${VLLM.running}${selector(poolLabels(context, pool))}))`,
    labels: { pool },
  };
}

function presenceAlerts(
  context: RuleContext,
  pool: string,
  { replicasMin, replicasMax, servedModel }: MonitoredPoolArgs,
): readonly AlertingRule[] {
  const labels = { pool, model: servedModel };
  const count = `${REPLICAS_RECORD}${selector({ pool })}`;
  const text = (summary: string, description: string) => ({ summary, description });
  const alerts: AlertingRule[] = [];
  if (replicasMin > 0) {
    alerts.push(
      alert(context, {
        name: "CapplanNoMetrics",
        severity: "page",
        expr: `absent(${VLLM.running}${selector(poolLabels(context, pool))})`,
        forTime: "10m",
        labels,
        text: text(
          `No replica of pool ${pool} tells any metrics`,
          "Either none is there, or none is scraped: no other alert of this pool can sound.",
        ),
      }),
      alert(context, {
        name: "CapplanFewerReplicasThanPlanned",
        severity: "ticket",
        expr: `${count} < ${replicasMin}`,
        forTime: "15m",
        labels,
        text: text(
          `Pool ${pool} has fewer replicas than the plan's least`,
          `The plan has ${replicasMin} at least; there are {{ $value }}. What the plan survives, this fleet may not.`,
        ),
      }),
    );
  }
  alerts.push(
    alert(context, {
      name: "CapplanMoreReplicasThanPlanned",
      severity: "ticket",
      expr: `${count} > ${replicasMax}`,
      forTime: "15m",
      labels,
      text: text(
        `Pool ${pool} has more replicas than the plan's most`,
        `The plan has ${replicasMax} at most; there are {{ $value }}, and they are paid for.`,
      ),
    }),
  );
  return alerts;
}

function loadAlerts(context: RuleContext, pool: string): readonly AlertingRule[] {
  const { kvUsageMax, preemptionShareMax } = context.limits;
  const series = selector(poolLabels(context, pool));
  const labels = { pool };
  const usage = `avg(avg_over_time(${VLLM.kvUsage}${series}[10m]))`;
  const increase = (metric: string) => `sum(increase(${metric}${series}[30m]))`;
  return [
    alert(context, {
      name: "CapplanKvCacheFull",
      severity: "ticket",
      expr: `${usage} > ${decimal(kvUsageMax)}`,
      forTime: "10m",
      labels,
      text: {
        summary: `The KV cache of pool ${pool} is full`,
        description:
          "{{ $value | humanizePercentage }} of it is used on average; requests wait, and running ones are preempted.",
      },
    }),
    alert(context, {
      name: "CapplanManyPreemptions",
      severity: "ticket",
      expr: `${increase(VLLM.preemptions)} / ${increase(VLLM.finished)} > ${decimal(preemptionShareMax)}`,
      forTime: "15m",
      labels,
      text: {
        summary: `Requests of pool ${pool} are preempted`,
        description:
          "{{ $value | humanizePercentage }} as many preemptions as finished requests: work is done twice.",
      },
    }),
    alert(context, {
      name: "CapplanMoreWaitThanRun",
      severity: "ticket",
      expr: `sum(avg_over_time(${VLLM.waiting}${series}[10m])) > sum(avg_over_time(${VLLM.running}${series}[10m]))`,
      forTime: "10m",
      labels,
      text: {
        summary: `More requests wait in pool ${pool} than run`,
        description: "{{ $value | humanize }} requests wait in front of its engines.",
      },
    }),
  ];
}

/** GKE's own exporter does not tell of errors. */
function driverAlerts(context: RuleContext): readonly AlertingRule[] {
  if (context.gpuMetrics !== "exporter") return [];
  return [
    alert(context, {
      name: "CapplanGpuError",
      severity: "ticket",
      expr: "max by (Hostname, gpu) (DCGM_FI_DEV_XID_ERRORS) > 0",
      forTime: "1m",
      text: {
        summary: "A GPU of {{ $labels.Hostname }} told an error",
        description:
          "XID {{ $value }} of GPU {{ $labels.gpu }}; docs.nvidia.com/deploy/xid-errors says what it means.",
      },
    }),
  ];
}

function costRuleGroups(context: RuleContext): readonly RuleGroup[] {
  const priced = pricedPools(context);
  if (priced.length === 0) return [];
  const cost = priced
    .map(([pool, usd]) => {
      const one = `${REPLICAS_RECORD}${selector({ pool })} * ${decimal(usd)}`;
      // A pool that may be empty costs nothing then; of any other it is unknown what it costs while it tells nothing.
      return context.pools[pool]?.replicasMin === 0 ? `sum(${one} or vector(0))` : `sum(${one})`;
    })
    .join(" + ");
  const isPartial = priced.length < Object.keys(context.pools).length;
  const completeness = isPartial ? "at-least" : "all";
  const rates = plannedModels(context).map(
    (model) => `(${requestRate(context, model, "1h")} or vector(0))`,
  );
  const recordings: RecordingRule[] = [
    { record: COST_RECORD, expr: cost, labels: { completeness } },
    ...(rates.length === 0
      ? []
      : [
          {
            record: REQUEST_COST_RECORD,
            expr: `sum(avg_over_time(${COST_RECORD}[1h])) / 3600 / (${rates.join(" + ")})`,
            labels: { completeness },
          },
        ]),
  ];
  return [
    {
      name: "capplan-cost",
      interval: "1m",
      rules: [...recordings, ...costAlerts(context, isPartial)],
    },
  ];
}

function costAlerts(context: RuleContext, isPartial: boolean): readonly AlertingRule[] {
  const { plannedUsdPerHour, limits } = context;
  if (plannedUsdPerHour === undefined) return [];
  const limit = plannedUsdPerHour * (1 + limits.costTolerance);
  return [
    alert(context, {
      name: "CapplanCostAbovePlan",
      severity: "ticket",
      expr: `sum(avg_over_time(${COST_RECORD}[1d])) > ${decimal(limit)}`,
      forTime: "1h",
      text: {
        summary: "The replicas of this cluster cost more than planned",
        description: `Planned are ${decimal(plannedUsdPerHour)} USD an hour; the last day costs {{ $value | humanize }}${isPartial ? ", at least, because some pool has no price" : ""}.`,
      },
    }),
  ];
}
