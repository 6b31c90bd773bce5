/** The components of a serving layer, in the order in which one needs another. */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { kubernetesLabels } from "../components/foundation/allocation";
import { GatewayController, RegionalGateway } from "../components/gateway";
import { FleetMonitoring } from "../components/observability";
import { ImagePolicy } from "../components/security";
import {
  DisaggregatedService,
  ENGINE_PORT_NAME,
  InferenceService,
  SERVING_PORT,
  ServingAddons,
  ServingTenant,
} from "../components/serving";
import { after } from "./after";
import { createCloudSecrets } from "./cloud-secrets";
import { type DisaggregatedModel, disaggregatedArgs } from "./derive/disaggregated";
import { hasQueue } from "./derive/fleet-context";
import type { PlaceContext } from "./derive/place-context";
import type { ServedModel } from "./derive/served-models";
import { SERVING_NAMESPACE, type ServiceOfPool } from "./derive/services";
import { type ServingLayer, workloadsOf } from "./derive/serving-layer";
import { QUEUE_NAMESPACE } from "./queue-accounts";
import { MONITORING_NAMESPACE, type ServingCloud } from "./serving-cloud";
import type { FoundationHandover } from "./stack-outputs";
import type { ServingSettings } from "./stack-settings";

/** What a serving layer is made from. */
export interface ServingParts {
  readonly place: PlaceContext;
  readonly layer: ServingLayer;
  readonly settings: ServingSettings;
  readonly side: ServingCloud;
  readonly foundation: pulumi.Output<FoundationHandover>;
  /** Of the cluster. */
  readonly provider: kubernetes.Provider;
}

/** What people want to know of it. */
export interface ServingNames {
  /** Names of the Services, by model; one whose replicas only an endpoint picker chooses has none. */
  readonly services: Readonly<Record<string, string>>;
  readonly gateway: string | undefined;
}

/** Registers the layer. */
export function createServing(parts: ServingParts): ServingNames {
  const { place, layer, settings, side, provider } = parts;
  const { name, allocation } = place;
  const both = { providers: [provider, side.provider] };
  const addons = new ServingAddons(
    name,
    { ...side.addons, ...layer.peers.addons, keda: side.keda, allocation },
    both,
  );
  const monitoring = new FleetMonitoring(
    name,
    {
      ...layer.monitoring,
      backend: side.monitoring,
      namespace: MONITORING_NAMESPACE,
      replicaPort: ENGINE_PORT_NAME,
      ...(settings.runbookUrl === undefined ? {} : { runbookUrl: settings.runbookUrl }),
      allocation,
    },
    both,
  );
  const tenant = createTenant(parts);
  createCloudSecrets(parts, [tenant, monitoring]);
  new ImagePolicy(name, { ...layer.images, allocation }, { provider });
  const metrics = side.metricsFrom(monitoring.queryUrl);
  const sources = { metrics, queue: side.queue };
  const { args: workloads } = workloadsOf(place, settings, layer.placements, sources);
  const needed = [addons, monitoring, tenant];
  for (const service of workloads.unified) createService(parts, service, needed);
  for (const model of workloads.disaggregated) createDisaggregated(parts, model, needed);
  const withService = layer.models.filter(({ isDisaggregated }) => !isDisaggregated);
  for (const model of withService) createModelService(parts, model, tenant);
  const gateway = createGateway(parts, [addons, tenant]);
  return {
    services: Object.fromEntries(withService.map((model) => [model.model, model.name])),
    gateway: gateway?.gatewayName,
  };
}

function createTenant({ place, layer, settings, side, foundation, provider }: ServingParts) {
  const gateways = [
    { namespace: PROXY_NAMESPACE },
    // Whoever works on messages asks the engines themselves.
    ...(hasQueue(place) ? [{ namespace: QUEUE_NAMESPACE }] : []),
  ];
  return new ServingTenant(
    SERVING_NAMESPACE,
    {
      namespace: SERVING_NAMESPACE,
      cloud: place.cloud,
      quota: layer.quota,
      gateways,
      monitors: side.monitors,
      storageCidrs: foundation.storageCidrs,
      hasEnginePeers: layer.peers.hasEnginePeers,
      // Some networks judge a connection by the address of the Service, others by that behind it.
      ...(layer.hasPicker
        ? { pickerApiCidrs: [foundation.networkCidr, foundation.serviceCidr] }
        : {}),
      allocation: place.allocation,
      isProtected: settings.isProtected,
    },
    { provider },
  );
}

/** Where Envoy Gateway runs its proxies. */
const PROXY_NAMESPACE = "envoy-gateway-system";

function createService(
  { layer, settings, side, provider }: ServingParts,
  { name, args }: ServiceOfPool,
  others: readonly pulumi.Resource[],
): InferenceService {
  const { prefix, sizeGib, ...planned } = args;
  return new InferenceService(
    name,
    {
      ...planned,
      pool: layer.placements[name]!,
      weights: { source: side.weightsIn(prefix), sizeGib, image: settings.weightsImage },
    },
    { providers: [provider, side.provider], ...after(others) },
  );
}

function createDisaggregated(
  { layer, settings, side, provider }: ServingParts,
  model: DisaggregatedModel,
  others: readonly pulumi.Resource[],
): DisaggregatedService {
  const { prefix, sizeGib } = model.prefill[0]!.args;
  const weights = { source: side.weightsIn(prefix), sizeGib, image: settings.weightsImage };
  // Without the image of its sidecar the layer was refused.
  const args = disaggregatedArgs(model, weights, layer.placements, settings.sidecarImage!);
  return new DisaggregatedService(model.name, args, {
    providers: [provider, side.provider],
    ...after(others),
  });
}

/** Replicas of all pools of a model, for the gateway to choose among. */
function createModelService(
  { place, provider }: ServingParts,
  { model, name, matchLabels }: ServedModel,
  tenant: pulumi.Resource,
): void {
  new kubernetes.core.v1.Service(
    `${place.name}-${name}`,
    {
      metadata: {
        name,
        namespace: SERVING_NAMESPACE,
        labels: kubernetesLabels({ ...place.allocation, model }),
        // Between an update and a node there may be hours without a ready replica.
        annotations: { "pulumi.com/skipAwait": "true" },
      },
      spec: {
        type: "ClusterIP",
        selector: { ...matchLabels },
        ports: [{ name: "http", port: SERVING_PORT, targetPort: ENGINE_PORT_NAME }],
      },
    },
    { provider, dependsOn: [tenant] },
  );
}

function createGateway(
  { place, layer, settings, side, provider }: ServingParts,
  others: readonly pulumi.Resource[],
): RegionalGateway | undefined {
  const { gateway } = layer;
  const { entrance } = side;
  if (gateway === undefined || entrance === undefined) return undefined;
  const { redisUrl } = settings;
  const controller = new GatewayController(
    place.name,
    {
      ...(redisUrl === undefined ? {} : { redisUrl: pulumi.secret(redisUrl) }),
      ...(layer.hasPicker ? { hasAiGateway: true } : {}),
    },
    { provider },
  );
  return new RegionalGateway(
    place.name,
    { ...gateway, attachment: entrance.attachment, clients: entrance.clients },
    { provider, ...after([controller, ...others]) },
  );
}
