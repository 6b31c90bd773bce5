/** Arguments of AwsEdge: what they mean, what is refused, and what they are when left out. */
import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Allocation } from "../foundation/allocation";
import { checkBlocks, checkForm, checkOneOf, checkWhole } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";
import type { Transform } from "../foundation/transform";
import { checkLengths } from "./check-timeouts";
import { checkEdgePolicies } from "./edge-capabilities";
import type { CircuitBreakerArgs, RetryArgs, StreamLengths } from "./traffic-policy-args";

/** Where the gateway's pods are asked whether they are well. Known early. */
export interface EdgeHealthCheckArgs {
  /** @default "/ready" */
  readonly path?: string;
  /** @default - the port of the traffic */
  readonly port?: number;
  /** Seconds, 5 to 300. @default 10 */
  readonly intervalSeconds?: number;
  /** Checks in a row that change the state, 2 to 10. @default 2 */
  readonly threshold?: number;
}

/** Changes to single resources, in the provider's words. */
export interface AwsEdgeTransforms {
  readonly loadBalancer?: Transform<aws.lb.LoadBalancerArgs>;
  readonly targetGroup?: Transform<aws.lb.TargetGroupArgs>;
  readonly listener?: Transform<aws.lb.ListenerArgs>;
}

/** Arguments of AwsEdge. */
export interface AwsEdgeArgs extends StreamLengths {
  /** Region of the provider that is passed: `us-east-1`. Known early. */
  readonly region: string;
  /**
   * `nlb`: fixed addresses, which other clouds can check and name; TLS ends at the gateway. `alb`: no fixed addresses,
   * TLS ends here and begins anew, and a web ACL is possible. Known early.
   */
  readonly kind: "nlb" | "alb";
  readonly vpcId: pulumi.Input<string>;
  /** Public subnets by zone. Known early, but for their identifiers. */
  readonly subnetIds: Readonly<Record<string, pulumi.Input<string>>>;
  /** Who may connect, as IPv4 blocks: `0.0.0.0/0` is everybody, and never by default. Known early. */
  readonly sourceCidrs: readonly string[];
  /** Certificate of the names that clients call. For `alb`, which cannot do without. */
  readonly certificateArn?: pulumi.Input<string>;
  /**
   * Security group of the gateway's pods: that of their nodes, which lets in only itself, and is opened here for the load
   * balancer. Whether it is given is known early. @default - none; whoever has it opens it for `securityGroupId`
   */
  readonly gatewaySecurityGroupId?: pulumi.Input<string>;
  /** Port of the gateway's pods. Known early. @default 10443, where Envoy Gateway's proxies listen for 443 */
  readonly targetPort?: number;
  /** @default - the traffic's port over HTTPS on an `alb`, a connection on an `nlb` */
  readonly healthCheck?: EdgeHealthCheckArgs;
  /**
   * Silence after which a connection is closed, seconds: 1 to 4000 on an `alb`, 60 to 6000 on an `nlb`. Known early.
   * @default - the longest silence and a tenth more, at least 350
   */
  readonly idleTimeoutSeconds?: number;
  /** Healthy targets below which DNS leaves the load balancer out. Known early. @default 1 */
  readonly healthyTargetsMin?: number;
  /** Web ACL of WAFv2, for `alb` only. @default - none */
  readonly webAcl?: pulumi.Input<string>;
  /** Bucket for access logs; its policy lets the region's load balancers write. @default - no logs */
  readonly accessLogsBucket?: pulumi.Input<string>;
  /** Refused: no load balancer of AWS has one. Known early. */
  readonly circuitBreaker?: CircuitBreakerArgs;
  /** Refused: no load balancer of AWS does. Known early. */
  readonly retry?: RetryArgs;
  /** Whether the load balancer and its addresses, which others may have on a list, are protected. @default true */
  readonly isProtected?: boolean;
  /** Who pays. @default - region only */
  readonly allocation?: Allocation;
  /** The hatch. @default - none */
  readonly transform?: AwsEdgeTransforms;
}

/** Arguments with their defaults. */
export interface ResolvedAwsEdge extends AwsEdgeArgs {
  readonly targetPort: number;
  readonly healthCheck: Required<Omit<EdgeHealthCheckArgs, "port">> &
    Pick<EdgeHealthCheckArgs, "port">;
  readonly idleTimeoutSeconds: number;
  readonly drainingSeconds: number;
  readonly healthyTargetsMin: number;
  readonly isProtected: boolean;
  readonly allocation: Allocation;
  readonly transform: AwsEdgeTransforms;
}

/** Longest deregistration delay of a target group (ELBv2 API, TargetGroupAttribute). */
const DRAINING_SECONDS_MAX = 3600;
/** Idle timeouts that a listener or a load balancer can have (ELBv2 API). */
const IDLE_SECONDS = { alb: { min: 1, max: 4000 }, nlb: { min: 60, max: 6000 } } as const;
/** An NLB's own default; middle boxes keep silent connections about as long. */
const IDLE_SECONDS_DEFAULT_MIN = 350;

/** What is wrong with the arguments. */
export function checkAwsEdge(args: AwsEdgeArgs): readonly InputProblem[] {
  const { kind, healthCheck = {}, longestStreamSeconds, longestSilenceSeconds } = args;
  const problems: InputProblem[] = [
    ...checkForm("region", args.region, {
      pattern: /^[a-z]{2}(-[a-z]+)+-\d+$/,
      must: 'name a region, such as "us-east-1"',
    }),
    ...checkOneOf("kind", kind, ["nlb", "alb"]),
    ...checkLengths(args),
    ...checkBlocks("sourceCidrs", args.sourceCidrs),
    ...checkWhole("targetPort", args.targetPort, { min: 1, max: 65_535 }),
    ...checkWhole("healthCheck.port", healthCheck.port, { min: 1, max: 65_535 }),
    ...checkWhole("healthCheck.intervalSeconds", healthCheck.intervalSeconds, { min: 5, max: 300 }),
    ...checkWhole("healthCheck.threshold", healthCheck.threshold, { min: 2, max: 10 }),
    ...checkWhole("healthyTargetsMin", args.healthyTargetsMin, { min: 1, max: 1000 }),
    ...checkEdgePolicies(kind, {
      circuitBreaker: args.circuitBreaker,
      retry: args.retry,
      webAcl: args.webAcl,
    }),
  ];
  if (Object.keys(args.subnetIds).length < 2) {
    const must = "hold subnets of two zones at least";
    problems.push({ path: "subnetIds", must, got: Object.keys(args.subnetIds) });
  }
  if ((args.certificateArn === undefined) === (kind === "alb")) {
    problems.push({
      path: "certificateArn",
      must: kind === "alb" ? "be given for an alb" : "be left out for an nlb: TLS ends behind it",
      got: args.certificateArn === undefined ? undefined : "a certificate",
    });
  }
  if (longestStreamSeconds > DRAINING_SECONDS_MAX) {
    problems.push({
      path: "longestStreamSeconds",
      must: `be at most ${DRAINING_SECONDS_MAX}, the longest that a target group drains`,
      got: longestStreamSeconds,
      fix: "give out longer answers by queue",
    });
  }
  const idle = args.idleTimeoutSeconds ?? idleSecondsDefault(longestSilenceSeconds);
  problems.push(...checkWhole("idleTimeoutSeconds", idle, IDLE_SECONDS[kind] ?? IDLE_SECONDS.alb));
  if (idle < longestSilenceSeconds) {
    problems.push({
      path: "idleTimeoutSeconds",
      must: `be at least longestSilenceSeconds (${longestSilenceSeconds}), or it cuts answers before their first token`,
      got: idle,
    });
  }
  return problems;
}

function idleSecondsDefault(longestSilenceSeconds: number): number {
  return Math.max(Math.ceil(longestSilenceSeconds * 1.1), IDLE_SECONDS_DEFAULT_MIN);
}

/** Arguments with everything that was left out. */
export function resolveAwsEdge(args: AwsEdgeArgs): ResolvedAwsEdge {
  return {
    ...args,
    targetPort: args.targetPort ?? 10_443,
    healthCheck: { path: "/ready", intervalSeconds: 10, threshold: 2, ...args.healthCheck },
    idleTimeoutSeconds: args.idleTimeoutSeconds ?? idleSecondsDefault(args.longestSilenceSeconds),
    drainingSeconds: Math.ceil(args.longestStreamSeconds),
    healthyTargetsMin: args.healthyTargetsMin ?? 1,
    isProtected: args.isProtected ?? true,
    allocation: { region: args.region, ...args.allocation },
    transform: args.transform ?? {},
  };
}
