/**
 * Rules of the gateway: breakers that refuse, replicas that are ejected, retries that are over their budget, endpoint
 * pickers that have nobody to choose; and of queues, whose oldest request is too old.
 *
 * Names: Envoy's statistics of clusters (envoyproxy.io, "Cluster manager", "Circuit breakers statistics" and "Outlier
 * detection statistics"); llm-d's router 0.9 and later (llm-d.ai, "Router Metrics").
 */
import { type AlertingRule, quoted, type RuleGroup } from "./rule";
import { alert, NAME_SERIES_LABEL, type RuleContext } from "./rule-context";

/** Matchers of everything that one gateway's Envoys say of the backends of its namespace. */
export function gatewayMatchers({ gateway }: RuleContext): string | undefined {
  if (gateway === undefined) return undefined;
  const { namespace, proxyNamespace = "envoy-gateway-system" } = gateway;
  return `namespace=${quoted(proxyNamespace)},envoy_cluster_name=~${quoted(`httproute/${namespace}/.*`)}`;
}

/** Statistics of Envoy's clusters. */
export const ENVOY = {
  overflow: "envoy_cluster_upstream_rq_pending_overflow",
  retryOverflow: "envoy_cluster_upstream_rq_retry_overflow",
  ejections: "envoy_cluster_outlier_detection_ejections_active",
  active: "envoy_cluster_upstream_rq_active",
} as const;

/** Metrics of llm-d's endpoint picker. */
export const PICKER = {
  saturation: "llm_d_epp_flow_control_pool_saturation",
  waiting: "llm_d_epp_flow_control_queue_size",
  ready: "llm_d_epp_ready_endpoints",
} as const;

/** The group of the gateway. */
export function gatewayRuleGroups(context: RuleContext): readonly RuleGroup[] {
  const matchers = gatewayMatchers(context);
  const rules = [
    ...(matchers === undefined ? [] : breakerAlerts(context, matchers)),
    ...(context.gateway?.hasEndpointPicker === true ? pickerAlerts(context) : []),
  ];
  return rules.length === 0 ? [] : [{ name: "capplan-gateway", interval: "30s", rules }];
}

/** The name of the group of queues, whose series may be no series of the cluster. */
export const QUEUE_GROUP = "capplan-queues";

/** The group of queues. */
export function queueRuleGroups(context: RuleContext): readonly RuleGroup[] {
  const rules = queueAlerts(context);
  return rules.length === 0 ? [] : [{ name: QUEUE_GROUP, interval: "1m", rules }];
}

function breakerAlerts(context: RuleContext, matchers: string): readonly AlertingRule[] {
  const rate = (metric: string) => `sum by (envoy_cluster_name) (rate(${metric}{${matchers}}[5m]))`;
  return [
    alert(context, {
      name: "CapplanBreakerOpen",
      severity: "page",
      // Envoy counts here whatever any limit of the breaker refuses: connections, requests, those that wait.
      expr: `${rate(ENVOY.overflow)} > 0`,
      forTime: "5m",
      text: {
        summary: "The breaker of {{ $labels.envoy_cluster_name }} refuses requests",
        description:
          "{{ $value | humanize }} requests per second get 503: more are under way than the plan allows.",
      },
    }),
    alert(context, {
      name: "CapplanReplicasEjected",
      severity: "ticket",
      expr: `max by (envoy_cluster_name) (${ENVOY.ejections}{${matchers}}) > 0`,
      forTime: "5m",
      text: {
        summary: "Replicas of {{ $labels.envoy_cluster_name }} get no requests",
        description: "{{ $value }} of them failed too often and are left out for a while.",
      },
    }),
    alert(context, {
      name: "CapplanRetryBudgetSpent",
      severity: "ticket",
      expr: `${rate(ENVOY.retryOverflow)} > 0`,
      forTime: "10m",
      text: {
        summary: "Retries of {{ $labels.envoy_cluster_name }} are over their budget",
        description:
          "{{ $value | humanize }} retries per second are not made, so that they do not add to the load.",
      },
    }),
  ];
}

function pickerAlerts(context: RuleContext): readonly AlertingRule[] {
  const namespace = `namespace=${quoted(context.gateway?.namespace ?? context.servingNamespace)}`;
  return [
    alert(context, {
      name: "CapplanPoolSaturated",
      severity: "page",
      expr: `max by (${NAME_SERIES_LABEL}) (avg_over_time(${PICKER.saturation}{${namespace}}[5m])) >= 1`,
      forTime: "5m",
      text: {
        summary: `{{ $labels.${NAME_SERIES_LABEL} }} keeps requests back`,
        description:
          "All its replicas have as many requests as was planned; what does not fit is refused with 429.",
      },
    }),
    alert(context, {
      name: "CapplanPoolEmpty",
      severity: "page",
      expr: `max by (${NAME_SERIES_LABEL}) (${PICKER.ready}{${namespace}}) < 1`,
      forTime: "3m",
      text: {
        summary: `{{ $labels.${NAME_SERIES_LABEL} }} has no replica to choose`,
        description: "Every request is answered with 503.",
      },
    }),
  ];
}

function queueAlerts(context: RuleContext): readonly AlertingRule[] {
  return Object.entries(context.queues ?? {}).map(([queue, { ageSeries, ageSecondsMax }]) =>
    alert(context, {
      name: "CapplanQueueTooOld",
      severity: "page",
      expr: `max(${ageSeries}) > ${ageSecondsMax}`,
      forTime: "5m",
      labels: { queue },
      text: {
        summary: `Requests wait too long in queue ${queue}`,
        description: `The oldest waits {{ $value | humanizeDuration }}; ${ageSecondsMax} s were planned.`,
      },
    }),
  );
}

/** The age of the oldest message of SQS, where the YACE exporter brings CloudWatch's metrics into Prometheus. */
export function sqsAgeSeries(queueName: string): string {
  return `aws_sqs_approximate_age_of_oldest_message_maximum{dimension_QueueName=${quoted(queueName)}}`;
}

/** The age of the oldest message of Pub/Sub, which Prometheus of Google Cloud reads from Cloud Monitoring. */
export function pubsubAgeSeries(subscription: string): string {
  return `pubsub_googleapis_com:subscription_oldest_unacked_message_age{subscription_id=${quoted(subscription)}}`;
}
