/** Everything of a serving layer that follows from plan and configuration, before anything of a cloud is known. */

import { type GpuPoolPlacement, placementsOf } from "../../components/cluster";
import { physicalName } from "../../components/foundation/physical-name";
import type { QueueTriggerSource } from "../../components/queue";
import type { ImagePolicyArgs } from "../../components/security";
import {
  checkReplicas,
  checkServedModel,
  type MetricsSourceArgs,
  type TenantQuotaArgs,
} from "../../components/serving";
import type { Problem, ResolvedPool } from "../../planner/plan/fleet-of-plan";
import { type Derived, together } from "./derived";
import { type DisaggregatedModel, deriveDisaggregated } from "./disaggregated";
import { hasQueue } from "./fleet-context";
import { deriveGateway, type GatewayArgs, type GatewaySettings } from "./gateway";
import { derivePools } from "./gpu-pools";
import { deriveImages } from "./images";
import { deriveMonitoring, type MonitoringArgs } from "./monitoring";
import { type MonitoringSettings, monitoringProblems } from "./monitoring-problems";
import { modelName } from "./names";
import { derivePeers, type Peers } from "./peers";
import type { PlaceContext } from "./place-context";
import { placeholderWeights } from "./placeholder-weights";
import type { ScalingSources } from "./scaling";
import { type ServedModel, servedModels } from "./served-models";
import { servicePaths } from "./service-paths";
import { deriveServices, type ServiceOfPool, type ServiceSettings } from "./services";
import { deriveTenantQuota } from "./tenant";
import { translateProblems } from "./translate-problems";

/** What of a stack's configuration the layer depends on. */
export interface ServingLayerSettings
  extends ServiceSettings,
    MonitoringSettings,
    Omit<GatewaySettings, "hasRedis"> {
  readonly weightsImage: string;
  readonly sidecarImage?: string | undefined;
  readonly redisUrl?: string | undefined;
}

/** The layer, ready to be registered. */
export interface ServingLayer {
  readonly placements: Readonly<Record<string, GpuPoolPlacement>>;
  readonly models: readonly ServedModel[];
  readonly gateway: GatewayArgs | undefined;
  /** Whether an endpoint picker chooses replicas, which watches them by the cluster's API. */
  readonly hasPicker: boolean;
  readonly peers: Peers;
  readonly quota: TenantQuotaArgs;
  readonly monitoring: MonitoringArgs;
  readonly images: ImagePolicyArgs;
}

/** Where triggers read, once it is known. */
export interface TriggerAddresses {
  readonly metrics: MetricsSourceArgs;
  readonly queue: QueueTriggerSource | undefined;
}

/** EKS has a configurable tolerance from this version of Kubernetes on; which one runs is not the serving layer's. */
const HAS_CONFIGURABLE_TOLERANCE = false;

/** The layer of a place. */
export function deriveServingLayer(
  place: PlaceContext,
  settings: ServingLayerSettings,
): Derived<ServingLayer> {
  const pools = derivePools(place, {});
  const placements = placementsOf(pools.args);
  const workloads = workloadsOf(place, settings, placements, placeholderAddresses(place));
  const { services, unified } = workloads.args;
  const peers = derivePeers(place);
  const models = servedModels(place, services);
  const gateway = deriveGateway(place, models, {
    ...settings,
    hasRedis: settings.redisUrl !== undefined,
  });
  const quota = deriveTenantQuota(place, services);
  const backends = Object.values(gateway.args?.backends ?? {});
  const hasPicker = backends.some(({ routing }) => routing === "inference");
  const gatewayName = gateway.args === undefined ? undefined : place.name;
  const monitoring = deriveMonitoring(place, services, { gatewayName, hasPicker });
  const images = deriveImages(settings);
  const { derivations, problems } = together([
    workloads,
    peers,
    gateway,
    quota,
    monitoring,
    images,
  ]);
  return {
    args: {
      placements,
      models,
      gateway: gateway.args,
      hasPicker,
      peers: peers.args,
      quota: quota.args,
      monitoring: monitoring.args,
      images: images.args,
    },
    derivations,
    problems: [
      // Capacity Blocks are named in the foundation.
      ...pools.problems.filter(({ path }) => !path.startsWith("capplan:capacityBlocks")),
      ...problems,
      ...monitoringProblems(monitoring.args, services, settings),
      ...unified.flatMap((service) => serviceProblems(service, settings, placements)),
    ],
  };
}

/** The replicas of a place, by what serves them. */
export interface Workloads {
  /** All of them. */
  readonly services: readonly ServiceOfPool[];
  /** Those that do both phases: each an InferenceService. */
  readonly unified: readonly ServiceOfPool[];
  /** All others. */
  readonly disaggregated: readonly DisaggregatedModel[];
}

/** The replicas of a place, with triggers that read at these addresses. */
export function workloadsOf(
  place: PlaceContext,
  settings: ServingLayerSettings,
  placements: ServingLayer["placements"],
  { metrics, queue }: TriggerAddresses,
): Derived<Workloads> {
  const services = deriveServices(place, settings, (pool): ScalingSources => {
    const isShared = place.pools.some((one) => one !== pool && one.model.name === pool.model.name);
    return {
      metrics,
      queue,
      route: isShared ? undefined : routeName(place, pool),
      hasConfigurableTolerance: HAS_CONFIGURABLE_TOLERANCE,
    };
  });
  const { weightsImage, sidecarImage } = settings;
  const parts = { placements, weightsImage, sidecarImage };
  const disaggregated = deriveDisaggregated(place, services.args, parts);
  return {
    args: {
      services: services.args,
      unified: services.args.filter(({ pool }) => pool.role === "unified"),
      disaggregated: disaggregated.args,
    },
    ...together([services, disaggregated]),
  };
}

/** Name of the HTTPRoute that RegionalGateway makes of a backend. */
function routeName({ name }: PlaceContext, { model }: ResolvedPool): string {
  const gateway = physicalName("kubernetesName", name);
  return physicalName("kubernetesName", `${gateway}-${modelName(model.name)}`);
}

/** Stand in for addresses while it is only asked what is wrong. */
function placeholderAddresses(place: PlaceContext): TriggerAddresses {
  return {
    metrics: { kind: "prometheus", serverAddress: "http://prometheus:9090" },
    queue: hasQueue(place)
      ? { kind: "sqs", queueUrl: "https://queue", region: place.region.name }
      : undefined,
  };
}

/** What the component would refuse, said of the plan. */
function serviceProblems(
  service: ServiceOfPool,
  { weightsImage }: ServingLayerSettings,
  placements: ServingLayer["placements"],
): readonly Problem[] {
  const { name, poolName, args } = service;
  const placement = placements[poolName];
  // Why there is no such pool is a problem already.
  if (placement === undefined) return [];
  const weights = placeholderWeights(args, weightsImage);
  const found = [
    ...checkServedModel({ ...args, weights }),
    ...checkReplicas({ ...args, pool: placement }, ""),
  ];
  return translateProblems(found, servicePaths(service, ""), `services.${name}`);
}
