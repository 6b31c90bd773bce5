/** What a cluster needs before models are served in it, once per cluster. */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { kubernetesLabels } from "../foundation/allocation";
import { checkComponentName, childName } from "../foundation/child-name";
import { componentType } from "../foundation/component-type";
import { placedChildOptions } from "../foundation/explicit-provider";
import { refuseProblems } from "../foundation/input-problem";
import { transformed } from "../foundation/transform";
import {
  ADDON_CHARTS,
  type AddonPart,
  DEVICE_PLUGIN_VALUES,
  EFA_PLUGIN_VALUES,
  KEDA_VALUES,
  LEADER_WORKER_SET_VALUES,
  loadBalancerControllerValues,
  targetBindingPolicy,
} from "./addon-charts";
import { createAddonRole, createMetricsReader } from "./addon-identities";
import {
  checkServingAddons,
  type ResolvedServingAddons,
  resolveServingAddons,
  type ServingAddonsArgs,
} from "./serving-addons-args";

/** The resources of ServingAddons: the release of each part that is installed. */
export type ServingAddonsNodes = Readonly<Partial<Record<AddonPart, kubernetes.helm.v3.Release>>>;

/**
 * NVIDIA's device plugin and that for EFA, KEDA, the AWS Load Balancer Controller with rights to bind pods to target
 * groups and no others, LeaderWorkerSet, and the classes of priority. Charts are pinned by version; each part can be
 * left out. On GKE the driver and the device plugin are Google's, and load balancers know pods by themselves.
 *
 * Refused: parts that a cloud brings itself or has no use for; rights of IAM for KEDA on GKE, where there are none.
 *
 * **Cost**: that of the nodes on which they run, about 2 CPUs in all.
 *
 * @example
 * const addons = new ServingAddons("support-addons", {
 *   cluster: { kind: "eks", clusterName: cluster.clusterName, region: "us-east-1", vpcId: network.vpcId },
 *   keda: { policies: { batch: queue.nodes.policies.scaler } },
 * }, { providers: [aws, cluster.kubernetesProvider] });
 */
export class ServingAddons extends pulumi.ComponentResource {
  /** Names of the classes of priority, by that of the arguments. */
  readonly priorityClassNames: Readonly<Record<string, string>>;
  readonly nodes: ServingAddonsNodes;

  /**
   * @throws {pulumi.InputPropertyError} or {pulumi.InputPropertiesError} when the arguments cannot be provisioned.
   * @throws {pulumi.ResourceError} without explicit providers of Kubernetes and of the cluster's cloud.
   */
  constructor(name: string, args: ServingAddonsArgs, opts: pulumi.ComponentResourceOptions) {
    refuseProblems(`ServingAddons "${name}"`, [
      ...checkComponentName(name),
      ...checkServingAddons(args),
    ]);
    super(componentType("serving", "ServingAddons"), name, {}, opts);
    const settings = resolveServingAddons(args);
    placedChildOptions(this, args.cluster.kind === "eks" ? "aws" : "gcp");
    const childOpts = placedChildOptions(this, "kubernetes");

    this.priorityClassNames = createPriorityClasses(name, settings, childOpts);
    this.nodes = {
      ...createDevicePlugins(name, settings, childOpts),
      ...createKeda(name, settings, childOpts),
      ...createLoadBalancerController(name, settings, childOpts),
      ...(settings.leaderWorkerSet === undefined
        ? {}
        : {
            leaderWorkerSet: createRelease(
              name,
              "leaderWorkerSet",
              settings,
              LEADER_WORKER_SET_VALUES,
              childOpts,
            ),
          }),
    };
    this.registerOutputs({ priorityClassNames: this.priorityClassNames });
  }
}

function createRelease(
  name: string,
  part: AddonPart,
  settings: ResolvedServingAddons,
  values: Readonly<Record<string, unknown>>,
  opts: pulumi.CustomResourceOptions,
): kubernetes.helm.v3.Release {
  const known = ADDON_CHARTS[part];
  const asked = settings[part];
  return new kubernetes.helm.v3.Release(
    ...transformed<kubernetes.helm.v3.ReleaseArgs>(
      settings.transform[part],
      childName(name, RELEASE_NAMES[part]),
      {
        // Other charts' objects name it, and its definitions outlive no second one.
        name: RELEASE_NAMES[part],
        chart: known.chart,
        version: asked?.version ?? known.version,
        ...("repository" in known ? { repositoryOpts: { repo: known.repository } } : {}),
        namespace: known.namespace,
        createNamespace: known.isNamespaceMade,
        values,
      },
      opts,
    ),
  );
}

const RELEASE_NAMES = {
  devicePlugin: "nvidia-device-plugin",
  efaPlugin: "efa-device-plugin",
  keda: "keda",
  loadBalancerController: "aws-load-balancer-controller",
  leaderWorkerSet: "lws",
} as const satisfies Record<AddonPart, string>;

function createDevicePlugins(
  name: string,
  settings: ResolvedServingAddons,
  opts: pulumi.CustomResourceOptions,
): ServingAddonsNodes {
  const { devicePlugin, efaPlugin } = settings;
  return {
    ...(devicePlugin === undefined
      ? {}
      : {
          devicePlugin: createRelease(name, "devicePlugin", settings, DEVICE_PLUGIN_VALUES, opts),
        }),
    ...(efaPlugin === undefined
      ? {}
      : { efaPlugin: createRelease(name, "efaPlugin", settings, EFA_PLUGIN_VALUES, opts) }),
  };
}

function createKeda(
  name: string,
  settings: ResolvedServingAddons,
  opts: pulumi.CustomResourceOptions,
): ServingAddonsNodes {
  const { keda, cluster, allocation, transform } = settings;
  if (keda === undefined) return {};
  const identityName = childName(name, "keda");
  const hasPolicies = Object.keys(keda.policies ?? {}).length > 0;
  const identity =
    cluster.kind === "gke"
      ? [createMetricsReader(identityName, cluster, opts)]
      : hasPolicies
        ? [
            createAddonRole(
              identityName,
              cluster,
              {
                part: "keda",
                description: "Lets KEDA read what replicas are scaled by",
                policies: keda.policies ?? {},
                allocation,
                transform: transform.role,
              },
              opts,
            ),
          ]
        : [];
  return {
    keda: createRelease(name, "keda", settings, KEDA_VALUES, { ...opts, dependsOn: identity }),
  };
}

function createLoadBalancerController(
  name: string,
  settings: ResolvedServingAddons,
  opts: pulumi.CustomResourceOptions,
): ServingAddonsNodes {
  const { loadBalancerController, cluster, allocation, transform } = settings;
  if (loadBalancerController === undefined || cluster.kind !== "eks") return {};
  const identity = createAddonRole(
    childName(name, "lb"),
    cluster,
    {
      part: "loadBalancerController",
      description: "Lets the load balancer controller put pods into target groups",
      policies: { targets: targetBindingPolicy(cluster.region) },
      allocation,
      transform: transform.role,
    },
    opts,
  );
  return {
    loadBalancerController: createRelease(
      name,
      "loadBalancerController",
      settings,
      loadBalancerControllerValues(cluster),
      { ...opts, dependsOn: [identity] },
    ),
  };
}

function createPriorityClasses(
  name: string,
  { priorityClasses, allocation }: ResolvedServingAddons,
  opts: pulumi.CustomResourceOptions,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(priorityClasses).map(([key, { value, isPreempting = true, description }]) => {
      new kubernetes.scheduling.v1.PriorityClass(
        childName(name, "priority", key),
        {
          metadata: { name: key, labels: kubernetesLabels(allocation) },
          value,
          globalDefault: false,
          preemptionPolicy: isPreempting ? "PreemptLowerPriority" : "Never",
          description,
        },
        opts,
      );
      return [key, key];
    }),
  );
}
