/** The gateway of one cluster: Envoy Gateway with breakers and limits for each model. */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { kubernetesLabels, withoutPlan } from "../foundation/allocation";
import { checkComponentName, childName } from "../foundation/child-name";
import { componentType } from "../foundation/component-type";
import { placedChildOptions } from "../foundation/explicit-provider";
import { refuseProblems } from "../foundation/input-problem";
import { physicalName } from "../foundation/physical-name";
import { type Transform, transformed } from "../foundation/transform";
import { backendTrafficPolicySpec } from "./backend-traffic-policy";
import { gatewaySecuritySpec, openRuleSecuritySpec } from "./client-authentication";
import { createInferencePool } from "./endpoint-picker";
import {
  clientTrafficPolicySpec,
  envoyProxySpec,
  type GatewayNames,
  gatewayClassSpec,
  gatewaySpec,
  httpRouteSpec,
  OPEN_RULE,
  targetGroupBindingSpec,
} from "./gateway-manifests";
import {
  checkRegionalGateway,
  type GatewayBackendArgs,
  type RegionalGatewayArgs,
  rateLimitsOf,
  tenantHeaderOf,
} from "./regional-gateway-args";

/** The resources of one backend. */
export interface GatewayBackendNodes {
  readonly route: kubernetes.apiextensions.CustomResource;
  readonly policy: kubernetes.apiextensions.CustomResource;
  /** Undefined for a backend with `routing: "breaker"`. */
  readonly inferencePool: kubernetes.apiextensions.CustomResource | undefined;
}

/** The resources of a RegionalGateway. */
export interface RegionalGatewayNodes {
  readonly gateway: kubernetes.apiextensions.CustomResource;
  readonly envoyProxy: kubernetes.apiextensions.CustomResource;
  /** Undefined with `authentication` of kind `none`. */
  readonly securityPolicy: kubernetes.apiextensions.CustomResource | undefined;
  readonly backends: Readonly<Record<string, GatewayBackendNodes>>;
}

/**
 * Envoy in front of the models of one cluster: a listener over TLS that asks who calls, and for each model a route with
 * its breaker, health checks, retries within a budget, admission control, rate limits per tenant and timeouts that leave
 * streams alone. In `inference` mode an endpoint picker takes the place of the breaker. A GatewayController is there already, for
 * `inference` mode with Envoy AI Gateway.
 *
 * Refused: a breaker, health checks or retries for an InferencePool, which they do not reach; retries that may repeat
 * half an answer; a timeout below the longest stream; a health check that never ejects; half-open replicas, which Envoy
 * does not have; limits on tokens that nobody counts; limits per tenant where nobody is asked who they are.
 *
 * **Cost**: that of the nodes on which Envoy runs; 2 CPUs each by default.
 *
 * @example
 * const gateway = new RegionalGateway("support", {
 *   namespace: "serving", hostnames: ["api.example.com"], certificateSecret: "api", replicas: 3,
 *   authentication: { kind: "api-key", secrets: ["client-keys"] },
 *   longestStreamSeconds: 900, longestSilenceSeconds: 60,
 *   backends: { llama: { routing: "breaker", service: { name: "llama", port: 8000 }, circuitBreaker: { … } } },
 * }, { provider: cluster.kubernetesProvider });
 */
export class RegionalGateway extends pulumi.ComponentResource {
  /** Name of the Gateway in its namespace. */
  readonly gatewayName: string;
  /** Name of the Service in front of Envoy's pods, in the controller's namespace. */
  readonly serviceName: string;
  readonly nodes: RegionalGatewayNodes;

  /**
   * @throws {pulumi.InputPropertyError} or {pulumi.InputPropertiesError} when the arguments cannot be provisioned.
   * @throws {pulumi.ResourceError} without an explicit provider of Kubernetes.
   */
  constructor(name: string, args: RegionalGatewayArgs, opts: pulumi.ComponentResourceOptions) {
    refuseProblems(`RegionalGateway "${name}"`, [
      ...checkComponentName(name),
      ...checkRegionalGateway(args),
    ]);
    super(componentType("gateway", "RegionalGateway"), name, {}, opts);
    const names: GatewayNames = {
      gateway: physicalName("kubernetesName", name),
      service: physicalName("kubernetesName", `${name}-envoy`),
    };
    const place: GatewayPlace = { name, names, args, opts: placedChildOptions(this, "kubernetes") };

    const { gateway, envoyProxy, securityPolicy } = createGateway(place);
    const backends = Object.fromEntries(
      Object.entries(args.backends).map(([key, backend]) => [
        key,
        createBackend(place, key, backend, securityPolicy ?? gateway),
      ]),
    );
    createBinding(place);

    this.gatewayName = names.gateway;
    this.serviceName = names.service;
    this.nodes = { gateway, envoyProxy, securityPolicy, backends };
    this.registerOutputs({ gatewayName: this.gatewayName, serviceName: this.serviceName });
  }
}

/** A gateway that is being made. */
interface GatewayPlace {
  readonly name: string;
  readonly names: GatewayNames;
  readonly args: RegionalGatewayArgs;
  readonly opts: pulumi.CustomResourceOptions;
}

const GATEWAY_API = "gateway.networking.k8s.io/v1";
const ENVOY_GATEWAY_API = "gateway.envoyproxy.io/v1alpha1";

type ObjectArgs = kubernetes.apiextensions.CustomResourceArgs;

/** An object of the gateway's namespace. */
function createObject(
  { args, opts }: GatewayPlace,
  resourceName: string,
  object: { readonly apiVersion: string; readonly kind: string; readonly name: string },
  spec: object,
  transform?: Transform<ObjectArgs>,
  dependsOn: readonly pulumi.Resource[] = [],
): kubernetes.apiextensions.CustomResource {
  const { apiVersion, kind, name } = object;
  const labels = kubernetesLabels(args.allocation ?? {});
  return new kubernetes.apiextensions.CustomResource(
    ...transformed<ObjectArgs>(
      transform,
      resourceName,
      { apiVersion, kind, metadata: { name, namespace: args.namespace, labels }, spec },
      { ...opts, dependsOn: [...dependsOn] },
    ),
  );
}

function createGateway(place: GatewayPlace) {
  const { name, names, args, opts } = place;
  const { transform = {}, allocation = {} } = args;
  const gatewayClass = new kubernetes.apiextensions.CustomResource(
    childName(name, "class"),
    {
      apiVersion: GATEWAY_API,
      kind: "GatewayClass",
      metadata: { name: names.gateway, labels: kubernetesLabels(allocation) },
      spec: gatewayClassSpec,
    },
    opts,
  );
  const envoyProxy = createObject(
    place,
    childName(name, "envoy"),
    { apiVersion: ENVOY_GATEWAY_API, kind: "EnvoyProxy", name: names.gateway },
    envoyProxySpec(names, args),
    transform.envoyProxy,
  );
  const gateway = createObject(
    place,
    childName(name, "gateway"),
    { apiVersion: GATEWAY_API, kind: "Gateway", name: names.gateway },
    gatewaySpec(names, args),
    transform.gateway,
    [gatewayClass, envoyProxy],
  );
  createObject(
    place,
    childName(name, "clients"),
    { apiVersion: ENVOY_GATEWAY_API, kind: "ClientTrafficPolicy", name: names.gateway },
    clientTrafficPolicySpec(names, args),
    transform.clientTrafficPolicy,
    [gateway],
  );
  const security = gatewaySecuritySpec(names.gateway, args.authentication, tenantHeaderOf(args));
  const securityPolicy =
    security &&
    createObject(
      place,
      childName(name, "security"),
      { apiVersion: ENVOY_GATEWAY_API, kind: "SecurityPolicy", name: names.gateway },
      security,
      transform.securityPolicy,
      [gateway],
    );
  return { gateway, envoyProxy, securityPolicy };
}

function createBackend(
  place: GatewayPlace,
  key: string,
  backend: GatewayBackendArgs,
  asked: pulumi.Resource,
): GatewayBackendNodes {
  const { name, names, args, opts } = place;
  const { transform = {}, namespace, allocation = {} } = args;
  const routeName = physicalName("kubernetesName", `${names.gateway}-${key}`);
  const inferencePool =
    backend.inferencePool &&
    createInferencePool(childName(name, key), routeName, backend.inferencePool, {
      namespace,
      labels: kubernetesLabels(allocation),
      podLabels: kubernetesLabels(withoutPlan(allocation)),
      opts,
    });
  // The policies first, so that no request ever takes a route without its limits, or before it is asked who it is.
  const policy = createObject(
    place,
    childName(name, key, "policy"),
    { apiVersion: ENVOY_GATEWAY_API, kind: "BackendTrafficPolicy", name: routeName },
    backendTrafficPolicySpec(routeName, backend, rateLimitsOf(backend, args)),
    transform.backendTrafficPolicy,
  );
  const isOpen = args.authentication.kind !== "none" && (backend.openPaths ?? []).length > 0;
  const open = isOpen
    ? [
        createObject(
          place,
          childName(name, key, "open"),
          {
            apiVersion: ENVOY_GATEWAY_API,
            kind: "SecurityPolicy",
            name: physicalName("kubernetesName", `${routeName}-open`),
          },
          openRuleSecuritySpec(routeName, OPEN_RULE),
        ),
      ]
    : [];
  const route = createObject(
    place,
    childName(name, key, "route"),
    { apiVersion: GATEWAY_API, kind: "HTTPRoute", name: routeName },
    httpRouteSpec(names, backend, routeName, args),
    transform.httpRoute,
    [asked, policy, ...open, ...(inferencePool === undefined ? [] : [inferencePool])],
  );
  return { route, policy, inferencePool };
}

/** The Service is in the controller's namespace, and so is what binds it to a target group. */
function createBinding({ name, names, args, opts }: GatewayPlace): void {
  const { attachment, proxyNamespace = "envoy-gateway-system", allocation = {} } = args;
  if (attachment?.kind !== "target-group") return;
  new kubernetes.apiextensions.CustomResource(
    childName(name, "targets"),
    {
      apiVersion: "elbv2.k8s.aws/v1beta1",
      kind: "TargetGroupBinding",
      metadata: {
        name: names.service,
        namespace: proxyNamespace,
        labels: kubernetesLabels(allocation),
      },
      spec: targetGroupBindingSpec(names, attachment.targetGroupArn),
    },
    opts,
  );
}
