/** The way to the models: edges of each cloud, and the gateway of each cluster with its breakers. */

export { AwsEdge, type AwsEdgeNodes } from "./aws-edge";
export {
  type AwsEdgeArgs,
  type AwsEdgeTransforms,
  checkAwsEdge,
  type EdgeHealthCheckArgs,
} from "./aws-edge-args";
export type {
  ApiKeyAuthenticationArgs,
  ClientAuthenticationArgs,
  JwtAuthenticationArgs,
} from "./client-authentication";
export { GatewayController } from "./gateway-controller";
export type {
  GatewayControllerArgs,
  GatewayControllerTransforms,
} from "./gateway-controller-args";
export { GcpEdge, type GcpEdgeNodes } from "./gcp-edge";
export type {
  GcpArmorArgs,
  GcpEdgeArgs,
  GcpEdgeBackendArgs,
  GcpEdgeRetryArgs,
  GcpEdgeTransforms,
  GcpOutlierDetectionArgs,
  GcpSpreadArgs,
} from "./gcp-edge-args";
export {
  type DisaggregationArgs,
  type FlowControlArgs,
  type InferencePoolArgs,
  PICKER_REPLICAS,
  type PriorityBandArgs,
} from "./inference-args";
export type { RateLimitArgs, TokenCounterArgs } from "./rate-limits";
export {
  type GatewayBackendNodes,
  RegionalGateway,
  type RegionalGatewayNodes,
} from "./regional-gateway";
export {
  type ClientLimitsArgs,
  checkRegionalGateway,
  type GatewayAttachment,
  type GatewayBackendArgs,
  type RegionalGatewayArgs,
  type RegionalGatewayTransforms,
  type RouteMatchArgs,
} from "./regional-gateway-args";
export type {
  ActiveHealthCheckArgs,
  AdmissionControlArgs,
  CircuitBreakerArgs,
  LoadBalancing,
  PassiveHealthCheckArgs,
  RetryArgs,
  RetryTrigger,
  StreamLengths,
  StreamTimeoutsArgs,
  TrafficPolicyArgs,
} from "./traffic-policy-args";
