/** The serving layer's side of Google Cloud: a fixed address of the region, and who may read weights and queues. */
import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import { gcpLabels } from "../components/foundation/allocation";
import { alertmanagerSecretOf } from "./cloud-secrets";
import { hasQueue } from "./derive/fleet-context";
import { sourceCidrsOf } from "./derive/gateway-access";
import type { PlaceContext } from "./derive/place-context";
import type { ServingLayer } from "./derive/serving-layer";
import { GATEWAY_ADDRESS } from "./edge-sites";
import type { Entrance, ServingCloud } from "./serving-cloud";
import type { FoundationHandover } from "./stack-outputs";
import type { GcpProject, ServingSettings } from "./stack-settings";

type GcpFoundation = pulumi.Output<FoundationHandover & { readonly cloud: "gcp" }>;

/** Where the Alertmanager of GKE looks (cloud.google.com/stackdriver/docs/managed-prometheus/rules-managed). */
const GMP_NAMESPACE = "gmp-public";
/** Who collects metrics on GKE. */
const COLLECTORS = { namespace: "gmp-system" };

/** Google Cloud's side. */
export function servingOnGcp(
  place: PlaceContext,
  { gateway }: ServingLayer,
  settings: ServingSettings,
  project: GcpProject,
  foundation: GcpFoundation,
): ServingCloud {
  const region = place.region.name;
  const { projectId } = project;
  const provider = new gcp.Provider(region, { project: projectId, region });
  return {
    provider,
    addons: { cluster: { kind: "gke", ...project } },
    keda: {},
    monitors: [COLLECTORS],
    monitoring: { kind: "gmp", ...alertmanagerSecretOf(settings) },
    alertmanagerNamespace: GMP_NAMESPACE,
    secretSource: { kind: "gcp-secret-manager", projectId },
    metricsFrom: () => ({ kind: "gmp", projectId }),
    queue: hasQueue(place)
      ? {
          kind: "pubsub",
          projectId,
          // A foundation of this plan has the queue that the plan has.
          subscription: foundation.apply(({ queue }) =>
            queue?.kind === "pubsub" ? queue.subscription : "",
          ),
        }
      : undefined,
    weightsIn: (prefix) => ({ kind: "gcs", bucket: settings.weightsBucket, prefix, ...project }),
    entrance: gateway && entranceOf(place, settings, provider),
  };
}

/**
 * A passthrough load balancer of the region, which GKE makes for the gateway's Service, at an address that is kept
 * (cloud.google.com/kubernetes-engine/docs/concepts/service-load-balancer-parameters).
 */
function entranceOf(
  place: PlaceContext,
  settings: ServingSettings,
  provider: gcp.Provider,
): Entrance {
  const address = new gcp.compute.Address(
    `${place.name}-gateway`,
    {
      region: place.region.name,
      addressType: "EXTERNAL",
      networkTier: "PREMIUM",
      labels: gcpLabels(place.allocation),
    },
    { provider, protect: settings.isProtected },
  );
  return {
    attachment: {
      kind: "load-balancer",
      sourceCidrs: sourceCidrsOf(settings),
      annotations: {
        "cloud.google.com/l4-rbs": "enabled",
        "networking.gke.io/load-balancer-ip-addresses": address.name,
      },
    },
    // Clients' addresses arrive as they are.
    clients: {},
    addresses: { [GATEWAY_ADDRESS]: address.address },
  };
}
