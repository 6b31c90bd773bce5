/**
 * Rules of availability: the share of requests that Envoy answered with an error of the server. Envoy counts a request
 * that its breaker refused, or for which no replica was there, for the backend as 503. A request that an endpoint picker
 * refuses never reaches the backend and is not counted here; `gateway-rules.ts` tells of it.
 */
import { physicalName } from "../foundation/physical-name";
import { BURN_WINDOWS, badShareLimit } from "./burn-rate";
import type { MonitoredGatewayArgs } from "./objective-args";
import { decimal, literalPattern, quoted, type RuleGroup, selector } from "./rule";
import { alert, type RuleContext } from "./rule-context";

/** Matchers of the series of some backends: Envoy Gateway names a cluster after its route and rule. */
export function backendMatchers(
  { name, namespace, proxyNamespace = "envoy-gateway-system" }: MonitoredGatewayArgs,
  backends: readonly string[],
): string {
  const routes = backends.map((backend) =>
    literalPattern(physicalName("kubernetesName", `${name}-${backend}`)),
  );
  const pattern = `httproute/${literalPattern(namespace)}/(${routes.join("|")})/rule/.*`;
  return `namespace=${quoted(proxyNamespace)},envoy_cluster_name=~${quoted(pattern)}`;
}

interface AvailabilityPlace {
  readonly workload: string;
  readonly availability: number;
  readonly matchers: string;
}

function availabilityPlaces({ workloads, gateway }: RuleContext): readonly AvailabilityPlace[] {
  if (gateway === undefined) return [];
  return Object.entries(workloads).flatMap(([workload, { availability, backend }]) =>
    availability === undefined || backend === undefined
      ? []
      : [{ workload, availability, matchers: backendMatchers(gateway, [backend]) }],
  );
}

const record = (window: string) => `capplan:availability_bad:ratio_rate${window}`;
const WINDOWS = [...new Set(BURN_WINDOWS.flatMap(({ short, long }) => [short, long]))];
const REQUESTS = "envoy_cluster_upstream_rq_xx";

/** The group, when something promises availability. */
export function availabilityRuleGroups(context: RuleContext): readonly RuleGroup[] {
  const places = availabilityPlaces(context);
  if (places.length === 0) return [];
  const recordings = places.flatMap(({ workload, matchers }) =>
    WINDOWS.map((window) => {
      const rate = (more: string) => `sum(rate(${REQUESTS}{${matchers}${more}}[${window}]))`;
      return {
        record: record(window),
        // Without an error yet there is no series of errors.
        expr: `(${rate(',envoy_response_code_class="5"')} or vector(0)) / ${rate("")}`,
        labels: { workload },
      };
    }),
  );
  const alerts = places.flatMap((place) =>
    (["page", "ticket"] as const).map((severity) => availabilityAlert(context, place, severity)),
  );
  return [{ name: "capplan-availability", interval: "30s", rules: [...recordings, ...alerts] }];
}

function availabilityAlert(
  context: RuleContext,
  { workload, availability, matchers }: AvailabilityPlace,
  severity: "page" | "ticket",
) {
  const budget = 1 - availability;
  const labels = selector({ workload });
  const expr = BURN_WINDOWS.filter((window) => window.severity === severity)
    .map((window) => {
      const limit = decimal(badShareLimit(budget, window));
      return (
        `(${record(window.long)}${labels} > ${limit} and ${record(window.short)}${labels} > ${limit} and on() ` +
        `(sum(increase(${REQUESTS}{${matchers}}[${window.long}])) >= ${context.limits.requestsMin}))`
      );
    })
    .join(" or ");
  const isPage = severity === "page";
  return alert(context, {
    name: isPage ? "CapplanAvailabilityBurnsFast" : "CapplanAvailabilityBurnsSlowly",
    severity,
    expr,
    forTime: isPage ? "2m" : "1h",
    labels: { workload, objective: "availability" },
    text: {
      summary: `${workload} answers fewer requests than the promised ${decimal(100 * availability)} %`,
      description:
        "{{ $value | humanizePercentage }} of its requests end in an error of the server.",
    },
  });
}
