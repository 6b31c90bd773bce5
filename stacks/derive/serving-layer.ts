/** Everything of a serving layer that follows from plan and configuration, before anything of a cloud is known. */

import { type GpuPoolPlacement, placementsOf } from "../../components/cluster";
import { physicalName } from "../../components/foundation/physical-name";
import type { QueueTriggerSource } from "../../components/queue";
import {
  checkReplicas,
  checkServedModel,
  type MetricsSourceArgs,
  type TenantQuotaArgs,
  type WeightsArgs,
} from "../../components/serving";
import type { Problem, ResolvedPool } from "../../planner/plan/fleet-of-plan";
import { type Derived, together } from "./derived";
import { hasQueue, poolPath } from "./fleet-context";
import {
  deriveGateway,
  type GatewayArgs,
  type GatewaySettings,
  type ServedModel,
  servedModels,
} from "./gateway";
import { derivePools } from "./gpu-pools";
import { deriveMonitoring, type MonitoringArgs } from "./monitoring";
import { clusterPoolName, modelName } from "./names";
import type { PlaceContext } from "./place-context";
import type { ScalingSources } from "./scaling";
import { deriveServices, type ServiceOfPool, type ServiceSettings } from "./services";
import { deriveTenantQuota } from "./tenant";
import { translateProblems } from "./translate-problems";

/** What of a stack's configuration the layer depends on. */
export interface ServingLayerSettings extends ServiceSettings, Omit<GatewaySettings, "hasRedis"> {
  readonly weightsImage: string;
  readonly redisUrl?: string | undefined;
}

/** The layer, ready to be registered. */
export interface ServingLayer {
  readonly placements: Readonly<Record<string, GpuPoolPlacement>>;
  readonly services: readonly ServiceOfPool[];
  readonly models: readonly ServedModel[];
  readonly gateway: GatewayArgs | undefined;
  readonly quota: TenantQuotaArgs;
  readonly monitoring: MonitoringArgs;
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
  const services = servicesOf(place, settings, placeholderAddresses(place));
  const models = servedModels(place, services.args);
  const gateway = deriveGateway(place, models, {
    ...settings,
    hasRedis: settings.redisUrl !== undefined,
  });
  const quota = deriveTenantQuota(place, services.args);
  const gatewayName = gateway.args === undefined ? undefined : place.name;
  const monitoring = deriveMonitoring(place, services.args, gatewayName);
  const { derivations, problems } = together([services, gateway, quota, monitoring]);
  return {
    args: {
      placements,
      services: services.args,
      models,
      gateway: gateway.args,
      quota: quota.args,
      monitoring: monitoring.args,
    },
    derivations,
    problems: [
      // Capacity Blocks are named in the foundation.
      ...pools.problems.filter(({ path }) => !path.startsWith("capplan:capacityBlocks")),
      ...problems,
      ...services.args.flatMap((service) => serviceProblems(service, settings, placements)),
    ],
  };
}

/** The services of a place, with triggers that read at these addresses. */
export function servicesOf(
  place: PlaceContext,
  settings: ServingLayerSettings,
  { metrics, queue }: TriggerAddresses,
): Derived<readonly ServiceOfPool[]> {
  return deriveServices(place, settings, (pool): ScalingSources => {
    const isShared = place.pools.some((one) => one !== pool && one.model.name === pool.model.name);
    return {
      metrics,
      queue,
      route: isShared ? undefined : routeName(place, pool),
      hasConfigurableTolerance: HAS_CONFIGURABLE_TOLERANCE,
    };
  });
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
  { name, pool, args }: ServiceOfPool,
  { weightsImage }: ServingLayerSettings,
  placements: ServingLayer["placements"],
): readonly Problem[] {
  const placement = placements[clusterPoolName(pool.name)];
  // Why there is no such pool is a problem already.
  if (placement === undefined) return [];
  const weights: WeightsArgs = {
    source: { kind: "s3", bucket: "b", prefix: args.prefix, region: "us-east-1", clusterName: "c" },
    sizeGib: args.sizeGib,
    image: weightsImage,
  };
  const found = [
    ...checkServedModel({ ...args, weights }),
    ...checkReplicas({ ...args, pool: placement }, ""),
  ];
  const own = poolPath(pool);
  const model = `capplan:models.${pool.model.name}`;
  return translateProblems(
    found,
    {
      image: "capplan:engineImage",
      "weights.image": "capplan:weightsImage",
      "weights.source.prefix": `${model}.prefix`,
      "weights.sizeGib": `${model}.sizeGib`,
      engine: `${own}.engine`,
      "engine.speculation": `${model}.speculation`,
      "engine.quantization": `${model}.quantization`,
      scaling: `${own}.autoscaling`,
      replicas: `${own}.replicas`,
      resources: `${own}.instanceType`,
      startupSeconds: `${own}.coldStart.weights`,
    },
    `services.${name}`,
  );
}
