/**
 * Whose metrics are read, in both forms: PodMonitor of the Prometheus operator, and PodMonitoring of managed collection.
 * Both give a series the label of the pool, or of the picker, that its pod carries.
 */
import type { FleetMonitoringArgs } from "./fleet-monitoring-args";
import { NAME_SERIES_LABEL } from "./rule-context";

/** Pods of one kind. */
export interface ScrapeTarget {
  /** Short name: `replicas`. */
  readonly name: string;
  readonly namespace: string;
  readonly selector: ScrapeSelector;
  /** Name of the port. */
  readonly port: string;
  readonly path: string;
  /** Labels of the pods that their series get, with the name that the series' label has. */
  readonly podLabels: Readonly<Record<string, string>>;
}

interface ScrapeSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: "Exists";
  }[];
}

/** Labels of the pods that answer requests, and tell of them: components/serving gives them. */
const REPLICA_LABELS = { "capplan/part": "engine", "capplan/answers": "requests" };
const NAME_LABEL = "app.kubernetes.io/name";
/** Envoy Gateway gives its proxies a port of this name (Envoy Gateway, "Proxy Metrics"). */
const ENVOY_PORT = "metrics";

/** Replicas, Envoys, endpoint pickers. */
export function scrapeTargets(args: FleetMonitoringArgs): readonly ScrapeTarget[] {
  const { gateway, servingNamespace, replicaPort = "engine" } = args;
  const targets: ScrapeTarget[] = [
    {
      name: "replicas",
      namespace: servingNamespace,
      selector: { matchLabels: REPLICA_LABELS },
      port: replicaPort,
      path: "/metrics",
      podLabels: { [NAME_LABEL]: NAME_SERIES_LABEL },
    },
  ];
  if (gateway === undefined) return targets;
  targets.push({
    name: "envoy",
    namespace: gateway.proxyNamespace ?? "envoy-gateway-system",
    selector: {
      matchLabels: {
        "gateway.envoyproxy.io/owning-gateway-name": gateway.name,
        "gateway.envoyproxy.io/owning-gateway-namespace": gateway.namespace,
      },
    },
    port: ENVOY_PORT,
    path: "/stats/prometheus",
    podLabels: {},
  });
  if (gateway.hasEndpointPicker === true) {
    targets.push({
      name: "pickers",
      namespace: gateway.namespace,
      // The port tells pickers from all other pods of the namespace that have a name.
      selector: { matchExpressions: [{ key: NAME_LABEL, operator: "Exists" }] },
      port: "metrics",
      path: "/metrics",
      podLabels: { [NAME_LABEL]: NAME_SERIES_LABEL },
    });
  }
  return targets;
}

/** As a PodMonitor, which may stand in another namespace than its pods. */
export function podMonitorSpec(target: ScrapeTarget, scrapeSeconds: number) {
  return {
    namespaceSelector: { matchNames: [target.namespace] },
    selector: target.selector,
    // The operator names the series' labels itself: every other character becomes an underscore.
    podTargetLabels: Object.keys(target.podLabels),
    podMetricsEndpoints: [
      { port: target.port, path: target.path, interval: `${scrapeSeconds}s`, honorLabels: false },
    ],
  };
}

/** As a PodMonitoring, which stands in the namespace of its pods. */
export function podMonitoringSpec(target: ScrapeTarget, scrapeSeconds: number) {
  const fromPod = Object.entries(target.podLabels).map(([from, to]) => ({ from, to }));
  return {
    selector: target.selector,
    endpoints: [{ port: target.port, path: target.path, interval: `${scrapeSeconds}s` }],
    targetLabels: { metadata: ["pod", "container"], ...(fromPod.length === 0 ? {} : { fromPod }) },
  };
}
