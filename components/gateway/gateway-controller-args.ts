/** Arguments of GatewayController: what they mean, what is refused, and the values that the charts get. */
import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { checkForm, checkWhole } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";
import type { Transform } from "../foundation/transform";

/** Changes to single resources, in the provider's words. */
export interface GatewayControllerTransforms {
  readonly envoyGateway?: Transform<kubernetes.helm.v3.ReleaseArgs>;
  readonly aiGateway?: Transform<kubernetes.helm.v3.ReleaseArgs>;
}

/** Arguments of GatewayController. */
export interface GatewayControllerArgs {
  /** Version of Envoy Gateway's charts, 1.8 or later. Known early. @default "v1.9.0" */
  readonly version?: string;
  /** Controllers, of which one works. Known early. @default 2 */
  readonly replicas?: number;
  /**
   * Redis that keeps the counts of rate limits over all processes: `host:port`. May be secret.
   * @default - none, and only limits of scope `process`
   */
  readonly redisUrl?: pulumi.Input<string>;
  /**
   * Whether Envoy AI Gateway is installed as well, which routes to InferencePools and counts tokens, and the definition
   * of InferencePool. Known early. @default false
   */
  readonly hasAiGateway?: boolean;
  /** Version of Envoy AI Gateway's charts. Known early. @default "v1.1.0" */
  readonly aiGatewayVersion?: string;
  /** The hatch. @default - none */
  readonly transform?: GatewayControllerTransforms;
}

/** Namespace of Envoy AI Gateway's controller, which Envoy Gateway calls by its full name. */
export const AI_GATEWAY_NAMESPACE = "envoy-ai-gateway-system";
const AI_GATEWAY_PORT = 1063;

const VERSION = { must: 'be a version of 1.8 or later, such as "v1.9.0"' };

/** What is wrong with the arguments. */
export function checkGatewayController(args: GatewayControllerArgs): readonly InputProblem[] {
  const problems: InputProblem[] = [
    // Retry budgets and admission control are there since 1.8.
    ...checkForm("version", args.version, {
      ...VERSION,
      pattern: /^v(1\.([89]|[1-9]\d+)|[2-9]\d*\.\d+)\.\d+$/,
    }),
    ...checkForm("aiGatewayVersion", args.aiGatewayVersion, {
      pattern: /^v\d+\.\d+\.\d+$/,
      must: 'be a version, such as "v1.1.0"',
    }),
    ...checkWhole("replicas", args.replicas, { min: 1, max: 10 }),
  ];
  if (args.aiGatewayVersion !== undefined && args.hasAiGateway !== true) {
    problems.push({
      path: "aiGatewayVersion",
      must: "be left out without hasAiGateway",
      got: args.aiGatewayVersion,
    });
  }
  return problems;
}

/**
 * Values of Envoy Gateway's chart. What Envoy AI Gateway needs is what it publishes itself
 * (envoyproxy/ai-gateway, manifests/envoy-gateway-values.yaml and examples/inference-pool, version 1.1.0).
 */
export function envoyGatewayValues(args: GatewayControllerArgs) {
  const { redisUrl, replicas = 2, hasAiGateway = false } = args;
  const includeAll = { includeAll: true };
  return {
    // They have a chart of their own, which is applied first.
    crds: { enabled: false },
    deployment: { replicas },
    config: {
      envoyGateway: {
        ...(redisUrl === undefined
          ? {}
          : { rateLimit: { backend: { type: "Redis", redis: { url: redisUrl } } } }),
        ...(hasAiGateway
          ? {
              extensionApis: { enableBackend: true, enableEnvoyPatchPolicy: true },
              extensionManager: {
                hooks: {
                  xdsTranslator: {
                    translation: {
                      listener: includeAll,
                      route: includeAll,
                      cluster: includeAll,
                      secret: includeAll,
                    },
                    post: ["Translation", "Cluster", "Route"],
                  },
                },
                service: {
                  fqdn: {
                    hostname: `ai-gateway-controller.${AI_GATEWAY_NAMESPACE}.svc.cluster.local`,
                    port: AI_GATEWAY_PORT,
                  },
                },
                backendResources: [
                  { group: "inference.networking.k8s.io", kind: "InferencePool", version: "v1" },
                ],
              },
            }
          : {}),
      },
    },
  };
}
