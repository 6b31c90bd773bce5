/**
 * Values of the charts that FleetMonitoring installs: kube-prometheus-stack, which brings the Prometheus operator's
 * definitions, Prometheus, Alertmanager and Grafana, and NVIDIA's DCGM exporter.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { AmpArgs, ClusterPrometheusArgs, FleetMonitoringArgs } from "./fleet-monitoring-args";

/** Name of the release: services and service accounts begin with it. */
export const PROMETHEUS_RELEASE = "kube-prometheus-stack";
/** Service account of Prometheus, which writes to a workspace. */
export const PROMETHEUS_ACCOUNT = `${PROMETHEUS_RELEASE}-prometheus`;
/** Service account of Grafana, which reads from one. */
export const GRAFANA_ACCOUNT = `${PROMETHEUS_RELEASE}-grafana`;
/** The label of ConfigMaps in which Grafana's sidecar finds dashboards. */
export const DASHBOARD_LABEL = { grafana_dashboard: "1" } as const;

const SCRAPE_SECONDS = 15;
/** What Prometheus keeps when a workspace keeps everything: enough for an hour without it. */
const WRITER_RETENTION = "6h";

/** Seconds between two samples. */
export function scrapeSecondsOf({ scrapeSeconds = SCRAPE_SECONDS }: FleetMonitoringArgs): number {
  return scrapeSeconds;
}

/** What a Prometheus needs to know of a workspace. */
export interface WorkspaceAddress {
  readonly writeUrl: pulumi.Input<string>;
  readonly queryUrl: pulumi.Input<string>;
  readonly clusterName: pulumi.Input<string>;
}

/** Values of the chart when Prometheus keeps what it scrapes. */
export function clusterPrometheusValues(args: FleetMonitoringArgs, backend: ClusterPrometheusArgs) {
  const { retentionDays = 15, storageGib = 100, storageClass, replicas = 2 } = backend;
  const { alertmanagerSecret } = backend;
  return {
    ...commonValues(args),
    defaultRules: { create: true },
    prometheus: {
      prometheusSpec: {
        ...prometheusSpec(args, replicas),
        externalLabels: { region: args.region },
        retention: `${retentionDays}d`,
        // Prometheus counts neither its log nor what it is about to drop.
        retentionSize: `${Math.floor(storageGib * 0.8)}GiB`,
        storageSpec: {
          volumeClaimTemplate: {
            spec: {
              accessModes: ["ReadWriteOnce"],
              ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
              resources: { requests: { storage: `${storageGib}Gi` } },
            },
          },
        },
      },
    },
    alertmanager: {
      enabled: alertmanagerSecret !== undefined,
      ...(alertmanagerSecret === undefined
        ? {}
        : {
            alertmanagerSpec: {
              replicas: 2,
              useExistingSecret: true,
              configSecret: alertmanagerSecret,
            },
          }),
    },
    grafana: grafanaValues(),
  };
}

/** Values of the chart when a workspace keeps what Prometheus scrapes, and evaluates the rules. */
export function workspacePrometheusValues(
  args: FleetMonitoringArgs,
  backend: AmpArgs,
  workspace: WorkspaceAddress,
) {
  return {
    ...commonValues(args),
    defaultRules: { create: false },
    prometheus: {
      prometheusSpec: {
        ...prometheusSpec(args, 2),
        retention: WRITER_RETENTION,
        // By these two labels a workspace tells that two processes write the same.
        externalLabels: { region: args.region, cluster: workspace.clusterName },
        replicaExternalLabelName: "__replica__",
        remoteWrite: [{ url: workspace.writeUrl, sigv4: { region: backend.region } }],
      },
    },
    alertmanager: { enabled: false },
    grafana: {
      ...grafanaValues(),
      "grafana.ini": {
        ...grafanaValues()["grafana.ini"],
        auth: { ...NO_LOGIN, sigv4_auth_enabled: true },
      },
      sidecar: { ...grafanaValues().sidecar, datasources: { enabled: false } },
      datasources: {
        "datasources.yaml": {
          apiVersion: 1,
          datasources: [
            {
              name: "Prometheus",
              type: "prometheus",
              isDefault: true,
              url: workspace.queryUrl,
              jsonData: { sigV4Auth: true, sigV4AuthType: "default", sigV4Region: backend.region },
            },
          ],
        },
      },
    },
  };
}

/** What the cloud runs, and hides, cannot be scraped; its absence would be told of for ever. */
function commonValues(args: FleetMonitoringArgs) {
  const hidden = { enabled: false };
  return {
    fullnameOverride: PROMETHEUS_RELEASE,
    kubeControllerManager: hidden,
    kubeScheduler: hidden,
    kubeEtcd: hidden,
    kubeProxy: hidden,
    prometheusOperator: {
      // Whoever renews its certificate by a hook would be in the way of Pulumi's own order.
      admissionWebhooks: { failurePolicy: "Ignore" },
    },
    commonLabels: { "capplan/region": args.region },
  };
}

function prometheusSpec(args: FleetMonitoringArgs, replicas: number) {
  return {
    replicas,
    scrapeInterval: `${scrapeSecondsOf(args)}s`,
    // Monitors and rules of everybody, not only of this release.
    podMonitorSelectorNilUsesHelmValues: false,
    serviceMonitorSelectorNilUsesHelmValues: false,
    ruleSelectorNilUsesHelmValues: false,
    podAntiAffinity: "hard",
  };
}

const NO_LOGIN = { disable_login_form: true };

/**
 * Grafana has no users, and its chart's well-known password opens nothing: whoever may forward a port of its namespace
 * may look.
 */
function grafanaValues() {
  return {
    fullnameOverride: GRAFANA_ACCOUNT,
    "grafana.ini": {
      auth: NO_LOGIN,
      "auth.basic": { enabled: false },
      "auth.anonymous": { enabled: true, org_role: "Viewer" },
      analytics: { reporting_enabled: false, check_for_updates: false },
    },
    sidecar: {
      dashboards: { enabled: true, label: "grafana_dashboard", labelValue: "1" },
    },
  };
}

/** Values of the DCGM exporter: on all GPU nodes, and nowhere else. */
export function gpuExporterValues(args: FleetMonitoringArgs) {
  return {
    tolerations: [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }],
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            {
              // Every node of a GPU pool carries its name; what runs the cluster is on the pool "system".
              matchExpressions: [
                { key: "capplan/pool", operator: "Exists" },
                { key: "capplan/pool", operator: "NotIn", values: ["system"] },
              ],
            },
          ],
        },
      },
    },
    serviceMonitor: {
      enabled: true,
      interval: `${scrapeSecondsOf(args)}s`,
      // It names the namespace and the pod that use a GPU, not its own.
      honorLabels: true,
    },
  };
}
