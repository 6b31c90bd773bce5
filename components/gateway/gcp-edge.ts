/** The way into all regions of Google Cloud: one global load balancer in front of the gateways' pods. */
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { gcpLabels } from "../foundation/allocation";
import { checkComponentName, childName } from "../foundation/child-name";
import { componentType } from "../foundation/component-type";
import { placedChildOptions } from "../foundation/explicit-provider";
import { refuseProblems } from "../foundation/input-problem";
import { transformed } from "../foundation/transform";
import { createSecurityPolicy } from "./cloud-armor";
import {
  checkGcpEdge,
  type GcpEdgeArgs,
  type ResolvedGcpEdge,
  resolveGcpEdge,
} from "./gcp-edge-args";

/** The resources of a GcpEdge. */
export interface GcpEdgeNodes {
  readonly backendService: gcp.compute.BackendService;
  readonly securityPolicy: gcp.compute.SecurityPolicy;
  readonly address: gcp.compute.GlobalAddress;
}

/**
 * A global address with a load balancer over the gateways of all regions: the nearest region first, the next one when it
 * is full or unhealthy; ejection of gateways that fail, and Cloud Armor in front.
 *
 * Refused: a breaker, which the schemes of global external load balancers ignore; outlier detection or retries with
 * the classic scheme, which ignores them; retries that may repeat half an answer; a timeout below the longest stream.
 *
 * **Cost** (planner/catalog/prices/services-gcp.ts): 0.025 USD/h for the forwarding rule, 18 USD a month, 0.008 USD/GiB
 * in and out each; Cloud Armor by policy, rule and request.
 *
 * @example
 * const edge = new GcpEdge("support", {
 *   backends: { "europe-west4-a": { group: neg.selfLink, maxRequestsPerSecondPerEndpoint: 50 } },
 *   certificateMap, longestStreamSeconds: 900, longestSilenceSeconds: 60,
 * }, { provider });
 */
export class GcpEdge extends pulumi.ComponentResource {
  /** Address that clients reach from everywhere. */
  readonly address: pulumi.Output<string>;
  readonly backendServiceId: pulumi.Output<string>;
  readonly nodes: GcpEdgeNodes;

  /**
   * @throws {pulumi.InputPropertyError} or {pulumi.InputPropertiesError} when the arguments cannot be provisioned.
   * @throws {pulumi.ResourceError} without an explicit provider of Google Cloud.
   */
  constructor(name: string, args: GcpEdgeArgs, opts: pulumi.ComponentResourceOptions) {
    refuseProblems(`GcpEdge "${name}"`, [...checkComponentName(name), ...checkGcpEdge(args)]);
    super(componentType("gateway", "GcpEdge"), name, {}, opts);
    const settings = resolveGcpEdge(args);
    const childOpts = placedChildOptions(this, "gcp");

    const securityPolicy = createSecurityPolicy(name, settings, childOpts);
    const backendService = createBackendService(name, settings, securityPolicy, childOpts);
    const address = createFrontend(name, settings, backendService, childOpts);

    this.address = address.address;
    this.backendServiceId = backendService.id;
    this.nodes = { backendService, securityPolicy, address };
    this.registerOutputs({ address: this.address, backendServiceId: this.backendServiceId });
  }
}

function createBackendService(
  name: string,
  settings: ResolvedGcpEdge,
  securityPolicy: gcp.compute.SecurityPolicy,
  opts: pulumi.CustomResourceOptions,
): gcp.compute.BackendService {
  const { spread, healthCheck, loggedShare, backends } = settings;
  const labels = gcpLabels(settings.allocation);
  const lbPolicy = new gcp.networkservices.ServiceLbPolicies(
    childName(name, "spread"),
    {
      location: "global",
      loadBalancingAlgorithm: spread.algorithm,
      autoCapacityDrain: { enable: spread.hasAutoCapacityDrain },
      failoverConfig: { failoverHealthThreshold: spread.failoverThresholdPercent },
      labels,
    },
    opts,
  );
  const check = new gcp.compute.HealthCheck(
    childName(name, "check"),
    {
      checkIntervalSec: 10,
      timeoutSec: 5,
      unhealthyThreshold: 2,
      healthyThreshold: 2,
      ...(healthCheck === undefined
        ? { tcpHealthCheck: { portSpecification: "USE_SERVING_PORT" } }
        : { httpHealthCheck: { requestPath: healthCheck.path, port: healthCheck.port } }),
      logConfig: { enable: true },
    },
    opts,
  );
  return new gcp.compute.BackendService(
    ...transformed<gcp.compute.BackendServiceArgs>(
      settings.transform.backendService,
      childName(name, "gateways"),
      {
        loadBalancingScheme: settings.loadBalancingScheme,
        protocol: "HTTPS",
        timeoutSec: settings.timeoutSeconds,
        connectionDrainingTimeoutSec: settings.drainingSeconds,
        healthChecks: check.id,
        backends: Object.entries(backends)
          .sort(([one], [other]) => (one < other ? -1 : 1))
          .map(([description, backend]) => ({
            description,
            group: backend.group,
            balancingMode: "RATE",
            maxRatePerEndpoint: backend.maxRequestsPerSecondPerEndpoint,
            capacityScaler: (backend.capacityPercent ?? 100) / 100,
          })),
        ...outlierDetectionOf(settings),
        securityPolicy: securityPolicy.id,
        serviceLbPolicy: pulumi.interpolate`//networkservices.googleapis.com/${lbPolicy.id}`,
        logConfig: { enable: loggedShare > 0, sampleRate: loggedShare },
      },
      opts,
    ),
  );
}

/** Of the detectors only the one that is asked for ejects: by default that one is off, and others are on. */
function outlierDetectionOf({
  outlierDetection,
}: ResolvedGcpEdge): Pick<gcp.compute.BackendServiceArgs, "outlierDetection"> {
  if (outlierDetection === undefined) return {};
  return {
    outlierDetection: {
      consecutiveGatewayFailure: outlierDetection.consecutiveGatewayFailures,
      enforcingConsecutiveGatewayFailure: 100,
      enforcingConsecutiveErrors: 0,
      enforcingSuccessRate: 0,
      interval: { seconds: outlierDetection.intervalSeconds },
      baseEjectionTime: { seconds: outlierDetection.baseEjectionSeconds },
      maxEjectionPercent: outlierDetection.maxEjectionPercent,
    },
  };
}

function createFrontend(
  name: string,
  settings: ResolvedGcpEdge,
  backendService: gcp.compute.BackendService,
  opts: pulumi.CustomResourceOptions,
): gcp.compute.GlobalAddress {
  const { retry, transform, loadBalancingScheme } = settings;
  const labels = gcpLabels(settings.allocation);
  const urlMap = new gcp.compute.URLMap(
    ...transformed<gcp.compute.URLMapArgs>(
      transform.urlMap,
      childName(name, "routes"),
      {
        defaultService: backendService.id,
        ...(retry === undefined
          ? {}
          : {
              defaultRouteAction: {
                retryPolicy: {
                  numRetries: retry.numRetries,
                  retryConditions: [...retry.conditions],
                },
              },
            }),
      },
      opts,
    ),
  );
  const proxy = new gcp.compute.TargetHttpsProxy(
    ...transformed<gcp.compute.TargetHttpsProxyArgs>(
      transform.httpsProxy,
      childName(name, "https"),
      { urlMap: urlMap.id, certificateMap: settings.certificateMap },
      opts,
    ),
  );
  const address = new gcp.compute.GlobalAddress(
    childName(name, "address"),
    { addressType: "EXTERNAL", ipVersion: "IPV4", labels },
    { ...opts, protect: settings.isProtected },
  );
  new gcp.compute.GlobalForwardingRule(
    childName(name, "https"),
    {
      target: proxy.id,
      ipAddress: address.id,
      portRange: "443",
      loadBalancingScheme,
      labels,
    },
    opts,
  );
  return address;
}
