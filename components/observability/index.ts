/** What a fleet says of itself: metrics, rules, alerts, dashboards and traces, per cluster. */

export type {
  AmpArgs,
  ClusterPrometheusArgs,
  FleetMonitoringArgs,
  FleetMonitoringTransforms,
  GmpArgs,
  MonitoringBackend,
  TraceCollectorArgs,
} from "./fleet-monitoring-args";
export type {
  AlertLimitsArgs,
  FleetRulesArgs,
  LatencyMetric,
  LatencyObjectiveArgs,
  MonitoredGatewayArgs,
  MonitoredPoolArgs,
  MonitoredQueueArgs,
  MonitoredWorkloadArgs,
  ObjectiveStatistic,
  PlannedTrafficArgs,
} from "./objective-args";
