/** The controllers behind a RegionalGateway, once per cluster. */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkComponentName, childName } from "../foundation/child-name";
import { componentType } from "../foundation/component-type";
import { placedChildOptions } from "../foundation/explicit-provider";
import { refuseProblems } from "../foundation/input-problem";
import { transformed } from "../foundation/transform";
import {
  AI_GATEWAY_NAMESPACE,
  checkGatewayController,
  envoyGatewayValues,
  type GatewayControllerArgs,
} from "./gateway-controller-args";

const CHARTS = "oci://docker.io/envoyproxy";
const NAMESPACE = "envoy-gateway-system";
/** Definition of InferencePool; the version that the tests check pools against. */
const INFERENCE_CRDS =
  "https://github.com/kubernetes-sigs/gateway-api-inference-extension/releases/download/v1.6.0/v1-manifests.yaml";

/**
 * Envoy Gateway with its CRDs and those of Gateway API, and on demand Envoy AI Gateway. CRDs are resources of their own,
 * so that no object comes before its definition and no release is too large for the secret that holds it.
 *
 * Refused: versions of Envoy Gateway without retry budgets and admission control.
 *
 * **Cost**: that of two small pods, and of Redis where limits hold over all processes.
 *
 * @example
 * const controller = new GatewayController("support-gateway", {}, { provider: cluster.kubernetesProvider });
 * new RegionalGateway("support", { … }, { provider: cluster.kubernetesProvider, dependsOn: [controller] });
 */
export class GatewayController extends pulumi.ComponentResource {
  /** Where the controller and Envoy's pods run. */
  readonly namespace: string;

  /**
   * @throws {pulumi.InputPropertyError} or {pulumi.InputPropertiesError} when the arguments cannot be provisioned.
   * @throws {pulumi.ResourceError} without an explicit provider of Kubernetes.
   */
  constructor(name: string, args: GatewayControllerArgs, opts: pulumi.ComponentResourceOptions) {
    refuseProblems(`GatewayController "${name}"`, [
      ...checkComponentName(name),
      ...checkGatewayController(args),
    ]);
    super(componentType("gateway", "GatewayController"), name, {}, opts);
    const childOpts = placedChildOptions(this, "kubernetes");
    const { version = "v1.9.0", transform = {} } = args;

    const crds = createCrds(childName(name, "crds"), "gateway-crds-helm", version, childOpts, {
      // Left out, the chart installs none.
      crds: {
        gatewayAPI: { enabled: true, channel: "standard" },
        envoyGateway: { enabled: true },
      },
    });
    const aiGateway = args.hasAiGateway === true ? [createAiGateway(name, args, childOpts)] : [];
    new kubernetes.helm.v3.Release(
      ...transformed<kubernetes.helm.v3.ReleaseArgs>(
        transform.envoyGateway,
        childName(name, "envoy-gateway"),
        {
          chart: `${CHARTS}/gateway-helm`,
          version,
          namespace: NAMESPACE,
          createNamespace: true,
          skipCrds: true,
          values: envoyGatewayValues(args),
        },
        // It calls the AI gateway for every route, and has none while that does not answer.
        { ...childOpts, dependsOn: [crds, ...aiGateway] },
      ),
    );

    this.namespace = NAMESPACE;
    this.registerOutputs({ namespace: this.namespace });
  }
}

function createCrds(
  crdsName: string,
  chart: string,
  version: string,
  opts: pulumi.ComponentResourceOptions,
  values: Readonly<Record<string, unknown>> = {},
): kubernetes.helm.v4.Chart {
  const args = { chart: `${CHARTS}/${chart}`, version, values: { ...values } };
  return new kubernetes.helm.v4.Chart(crdsName, args, opts);
}

function createAiGateway(
  name: string,
  { aiGatewayVersion = "v1.1.0", transform = {} }: GatewayControllerArgs,
  opts: pulumi.CustomResourceOptions,
): kubernetes.helm.v3.Release {
  const crdsName = childName(name, "ai-crds");
  const crds = createCrds(crdsName, "ai-gateway-crds-helm", aiGatewayVersion, opts);
  const pools = new kubernetes.yaml.v2.ConfigFile(
    childName(name, "inference-crds"),
    { file: INFERENCE_CRDS },
    opts,
  );
  return new kubernetes.helm.v3.Release(
    ...transformed<kubernetes.helm.v3.ReleaseArgs>(
      transform.aiGateway,
      childName(name, "ai-gateway"),
      {
        chart: `${CHARTS}/ai-gateway-helm`,
        version: aiGatewayVersion,
        namespace: AI_GATEWAY_NAMESPACE,
        createNamespace: true,
        skipCrds: true,
      },
      { ...opts, dependsOn: [crds, pools] },
    ),
  );
}
