/** What a fleet says of itself: metrics, rules, alerts, dashboards and traces, per cluster. */

export { checkFleetMonitoring } from "./check-fleet-monitoring";
export { FleetMonitoring } from "./fleet-monitoring";
export type {
  AmpArgs,
  ClusterPrometheusArgs,
  FleetMonitoringArgs,
  FleetMonitoringTransforms,
  GmpArgs,
  MonitoringBackend,
  TraceCollectorArgs,
} from "./fleet-monitoring-args";
export { pubsubAgeSeries, sqsAgeSeries } from "./gateway-rules";
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
