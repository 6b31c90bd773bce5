/**
 * What each load balancer at the edge does of what one may ask of it. A setting that it ignores is refused, because it
 * would protect nothing.
 *
 * Sources: cloud.google.com/compute/docs/reference/rest/v1/backendServices (circuitBreakers: INTERNAL_SELF_MANAGED, and
 * INTERNAL_MANAGED of a region; outlierDetection: EXTERNAL_MANAGED among others),
 * cloud.google.com/load-balancing/docs/features; docs.aws.amazon.com/elasticloadbalancing/latest/application and
 * …/network. Read 2026-11-30.
 */
import type { InputProblem } from "../foundation/input-problem";

/** A load balancer at the edge: the kinds of AWS, the global schemes of Google Cloud. */
export type EdgeKind = "nlb" | "alb" | "EXTERNAL" | "EXTERNAL_MANAGED";

/** What may be asked of an edge. */
export type EdgePolicy = "circuitBreaker" | "outlierDetection" | "retry" | "webAcl";

interface Capability {
  readonly name: string;
  readonly honoured: readonly EdgePolicy[];
}

const capabilities: Readonly<Record<EdgeKind, Capability>> = {
  nlb: { name: "a network load balancer", honoured: [] },
  alb: { name: "an application load balancer", honoured: ["webAcl"] },
  EXTERNAL: { name: "the scheme EXTERNAL", honoured: [] },
  EXTERNAL_MANAGED: {
    name: "the scheme EXTERNAL_MANAGED",
    honoured: ["outlierDetection", "retry"],
  },
};

const FIXES: Readonly<Record<EdgePolicy, string>> = {
  circuitBreaker: "leave it out; the breaker is RegionalGateway's, behind the edge",
  outlierDetection: "leave it out; its health check takes a gateway out",
  retry: "leave it out; retries are RegionalGateway's",
  webAcl: 'leave it out, or use kind "alb"',
};

/** Problems of policies that are given although the edge ignores them. */
export function checkEdgePolicies(
  kind: EdgeKind,
  policies: Readonly<Partial<Record<EdgePolicy, unknown>>>,
): readonly InputProblem[] {
  const { name, honoured } = capabilities[kind];
  return (Object.entries(policies) as [EdgePolicy, unknown][])
    .filter(([policy, value]) => value !== undefined && !honoured.includes(policy))
    .map(([policy, value]) => ({
      path: policy,
      must: `be left out, because ${name} ignores it`,
      // An output has no value to show.
      got: typeof value === "object" && policy === "webAcl" ? "a web ACL" : value,
      fix: FIXES[policy],
    }));
}
