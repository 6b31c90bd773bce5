/** The rule of who is answered: a gateway that anybody can reach asks who calls, and exempts no more than exact paths. */
import { EDGES, isWholeInternet } from "./exposure";
import { itemsAt, oneOrMore, shown, valueAt } from "./plain-values";
import { type Breach, type JudgedInStack, ofType, stackRule } from "./rule";

const GATEWAY = "kubernetes:gateway.networking.k8s.io/v1:Gateway";
const ROUTE = "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute";
const SECURITY = "kubernetes:gateway.envoyproxy.io/v1alpha1:SecurityPolicy";
const PROXY = "kubernetes:gateway.envoyproxy.io/v1alpha1:EnvoyProxy";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
/** What Google Cloud's own load balancers find a Service by. */
const NEG = "cloud.google.com/neg";
/** What of a SecurityPolicy asks who calls. */
const ASKING = ["apiKeyAuth", "jwt", "basicAuth", "oidc", "extAuth"];

/** Accelerators answer at the price of accelerators, whoever it is that asks. */
export const gatewaysAskWhoCalls = stackRule({
  name: "gateways-ask-who-calls",
  description:
    "A gateway that the whole internet reaches asks clients who they are; but for exact paths, so does every route.",
  severity: "critical",
  breachesOf: (resources) => {
    const policies = ofType(resources, SECURITY);
    return [
      ...ofType(resources, GATEWAY)
        .filter((gateway) => !policies.some((policy) => asks(policy) && isOf(policy, gateway)))
        .flatMap((gateway) => openings(gateway, resources)),
      ...policies
        .filter((policy) => !asks(policy))
        .flatMap((policy) => exemptions(policy, resources)),
    ];
  },
});

function asks({ props }: JudgedInStack): boolean {
  // A token that is only read where there is one keeps nobody out.
  return (
    ASKING.some((key) => valueAt(props, `spec.${key}`) !== undefined) &&
    valueAt(props, "spec.jwt.optional") !== true
  );
}

/** Objects that a policy is for. */
function targetsOf({ props }: JudgedInStack): readonly unknown[] {
  return [...oneOrMore(valueAt(props, "spec.targetRef")), ...itemsAt(props, "spec.targetRefs")];
}

function isOf(policy: JudgedInStack, { type, props }: JudgedInStack): boolean {
  return targetsOf(policy).some(
    (target) =>
      type.endsWith(`:${valueAt(target, "kind")}`) &&
      valueAt(target, "name") === valueAt(props, "metadata.name") &&
      isBeside(policy, props),
  );
}

function isBeside(one: JudgedInStack, other: JudgedInStack["props"]): boolean {
  return valueAt(one.props, "metadata.namespace") === valueAt(other, "metadata.namespace");
}

/** Ways by which everybody gets to a gateway. */
function openings(gateway: JudgedInStack, resources: readonly JudgedInStack[]): readonly Breach[] {
  const name = shown(valueAt(gateway.props, "metadata.name"));
  const behindEdge = ofType(resources, INGRESS)
    .filter(({ urn }) => EDGES.some((edge) => urn.includes(edge)))
    .flatMap((rule) =>
      ["cidrIpv4", "cidrIpv6"].map((path) => ({
        from: `${path} of ${rule.name}`,
        source: valueAt(rule.props, path),
      })),
    )
    .filter(({ source }) => isWholeInternet(source));
  return [...behindEdge, ...openServices(gateway, resources)].map(({ from, source }) => ({
    urn: gateway.urn,
    message: `a SecurityPolicy must ask who calls ${name}, got none, while ${from} lets in ${shown(source)}; ask for keys or tokens, or name who may connect`,
  }));
}

/** What is open of the Service in front of a gateway. */
function openServices(gateway: JudgedInStack, resources: readonly JudgedInStack[]) {
  const wanted = valueAt(gateway.props, "spec.infrastructure.parametersRef.name");
  const proxy = ofType(resources, PROXY).find(
    ({ props }) => valueAt(props, "metadata.name") === wanted && isBeside(gateway, props),
  );
  const service = valueAt(proxy?.props, "spec.provider.kubernetes.envoyService");
  const annotations = valueAt(service, "annotations");
  if (typeof annotations === "object" && annotations !== null && NEG in annotations) {
    return [{ from: `a load balancer that finds it by ${NEG}`, source: "0.0.0.0/0" }];
  }
  if ((valueAt(service, "type") ?? "LoadBalancer") !== "LoadBalancer") return [];
  const from = "loadBalancerSourceRanges";
  const ranges = valueAt(service, from);
  // Without ranges, or with none in the list, everybody gets through.
  if (ranges === undefined || (Array.isArray(ranges) && ranges.length === 0)) {
    return [{ from, source: ranges }];
  }
  return itemsAt(service, from)
    .filter(isWholeInternet)
    .map((source) => ({ from, source }));
}

/** What a policy that asks nobody takes the place of the gateway's for. */
function exemptions(policy: JudgedInStack, resources: readonly JudgedInStack[]): readonly Breach[] {
  return targetsOf(policy)
    .filter((target) => valueAt(target, "kind") === "HTTPRoute")
    .filter((target) => !isExact(target, policy, resources))
    .map((target) => ({
      urn: policy.urn,
      message: `spec.targetRefs: must exempt a rule of exact paths, got ${shown(valueAt(target, "sectionName"))} of ${shown(valueAt(target, "name"))}, whose clients nobody asks; ask there too, or name such a rule`,
    }));
}

/** Whether a target is a rule that answers nothing but exact paths; a route of another stack is taken for one. */
function isExact(
  target: unknown,
  policy: JudgedInStack,
  resources: readonly JudgedInStack[],
): boolean {
  const section = valueAt(target, "sectionName");
  if (section === undefined) return false;
  const route = ofType(resources, ROUTE).find((one) => isOf(policy, one));
  const rules = itemsAt(route?.props, "spec.rules").filter(
    (rule) => valueAt(rule, "name") === section,
  );
  return rules.every((rule) => {
    const matches = itemsAt(rule, "matches");
    return matches.length > 0 && matches.every((match) => valueAt(match, "path.type") === "Exact");
  });
}
