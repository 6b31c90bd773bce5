/** Serving: the replicas of models and what scales them, tenants, sandboxes for tools, and what a cluster needs for it. */

export { checkReplicas, checkServedModel } from "./check-replicas";
export { DisaggregatedService, type DisaggregatedServiceNodes } from "./disaggregated-service";
export {
  checkDisaggregatedService,
  type DisaggregatedServiceArgs,
  EFA_RESOURCE,
  type KvTransferArgs,
} from "./disaggregated-service-args";
export { type EngineArgs, isFp16Only, type SpeculationArgs } from "./engine-args";
export { InferenceService, type InferenceServiceNodes } from "./inference-service";
export type {
  InferenceServiceArgs,
  InferenceServiceTransforms,
  PodResourcesArgs,
  ProbesArgs,
  ReplicasArgs,
  ReplicaTransforms,
  RolloutArgs,
  ServedModelArgs,
} from "./inference-service-args";
export { podDiskGib, SIDECAR } from "./pod-containers";
export {
  ANSWERING_LABEL,
  disaggregatedLabels,
  ENDPOINT_REMOVAL_SECONDS,
  ENGINE_LABEL,
  ENGINE_PORT_NAME,
  phaseWorkloadName,
  SERVING_PORT,
} from "./replica-shape";
export type { ReplicaNodes } from "./replicas";
export type {
  EngineTriggerArgs,
  HpaScalingArgs,
  KedaScalingArgs,
  MetricsSourceArgs,
  QueueDepthTriggerArgs,
  RequestRateTriggerArgs,
  ScalingArgs,
  ScalingBoundsArgs,
  ScalingFallbackArgs,
  ScalingRulesArgs,
  ScalingScheduleArgs,
  ScalingTriggerArgs,
} from "./scaling-args";
export { ServingAddons, type ServingAddonsNodes } from "./serving-addons";
export type {
  ChartArgs,
  EksAddonsCluster,
  GkeAddonsCluster,
  KedaArgs,
  PriorityClassArgs,
  ServingAddonsArgs,
  ServingAddonsTransforms,
} from "./serving-addons-args";
export { ServingTenant, type ServingTenantNodes } from "./serving-tenant";
export type {
  AllowedAddressArgs,
  PeerArgs,
  ServingTenantArgs,
  ServingTenantTransforms,
  TenantQuotaArgs,
} from "./serving-tenant-args";
export { ToolSandbox, type ToolSandboxNodes } from "./tool-sandbox";
export type {
  EksSandboxNodes,
  GkeSandboxNodes,
  GvisorReleaseArgs,
  SandboxPodLimits,
  SandboxQuotaArgs,
  ToolSandboxArgs,
  ToolSandboxTransforms,
} from "./tool-sandbox-args";
export type { GcsWeightsSource, S3WeightsSource, WeightsArgs } from "./weights-args";
