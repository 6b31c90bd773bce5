/** Everything that a cluster's fleet says of itself, and who is told when it breaks a promise. */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { kubernetesLabels } from "../foundation/allocation";
import { checkComponentName, childName } from "../foundation/child-name";
import { componentType } from "../foundation/component-type";
import { placedChildOptions } from "../foundation/explicit-provider";
import { refuseProblems } from "../foundation/input-problem";
import { transformed } from "../foundation/transform";
import { createAmpWorkspace } from "./amp-workspace";
import { checkFleetMonitoring } from "./check-fleet-monitoring";
import { dashboardJson } from "./dashboard-model";
import { fleetDashboards } from "./fleet-dashboards";
import type { ClusterPrometheusArgs, FleetMonitoringArgs } from "./fleet-monitoring-args";
import { fleetRuleGroups } from "./fleet-rules";
import { createManagedCollection } from "./managed-collection";
import { createObject, type MonitoringPlace } from "./monitoring-place";
import type { FleetRulesArgs } from "./objective-args";
import { describeBound, objectiveName } from "./objective-share";
import {
  clusterPrometheusValues,
  DASHBOARD_LABEL,
  gpuExporterValues,
  PROMETHEUS_RELEASE,
  scrapeSecondsOf,
  workspacePrometheusValues,
} from "./prometheus-values";
import { podMonitorSpec, scrapeTargets } from "./scrape-targets";
import { createTraceCollector } from "./trace-collector";

/** Versions of the charts. The definitions that tests check objects against are those of the first. */
const CHARTS = {
  prometheus: {
    chart: "oci://ghcr.io/prometheus-community/charts/kube-prometheus-stack",
    version: "88.5.3",
  },
  gpuExporter: {
    chart: "dcgm-exporter",
    version: "4.8.2",
    repositoryOpts: { repo: "https://nvidia.github.io/dcgm-exporter/helm-charts" },
  },
} as const;
const MONITORING_API = "monitoring.coreos.com/v1";

/**
 * Metrics of replicas, gateway, endpoint pickers and GPUs; rules and alerts for every promise and every number of the
 * plan; dashboards; and, on demand, a collector that lets traces out without prompts and answers. Samples are kept by a
 * Prometheus in the cluster, a workspace of AWS (`amp`), or Google's managed service (`gmp`).
 *
 * Dashboards are ConfigMaps that Grafana's sidecar finds. With `gmp` there is no Grafana in the cluster: they are for
 * one of your own, or to be imported into Cloud Monitoring.
 *
 * Refused: a limit above the last boundary of vLLM's histogram; availability without a gateway that counts errors; a
 * model that no pool serves; GKE's own GPU metrics without `gmp`; traces that leave the cluster without TLS.
 *
 * **Cost**: in the cluster, two Prometheus with their disks and the pods of Grafana and the collector. A workspace of AWS
 * and Google's service are billed by sample: about 2,000 series a replica, each `86,400 / scrapeSeconds` samples a day.
 *
 * @example
 * new FleetMonitoring("support-monitoring", {
 *   region: "us-east-1", servingNamespace: "serving", backend: { kind: "kube-prometheus-stack" },
 *   workloads: { chat: { servedModel: "llama", objectives: [{ metric: "ttft", statistic: "p95", limitSeconds: 0.75 }] } },
 *   pools: { llama: { servedModel: "llama", replicasMin: 2, replicasMax: 12 } },
 * }, { provider: cluster.kubernetesProvider });
 */
export class FleetMonitoring extends pulumi.ComponentResource {
  /** Of what this component runs. */
  readonly namespace: string;
  /** Where PromQL is answered; undefined with `gmp`, where it is the project's. */
  readonly queryUrl: pulumi.Output<string> | undefined;
  /** Where replicas send traces, OTLP over gRPC; undefined without `traces`. */
  readonly tracesEndpoint: string | undefined;
  /** How limits that are no boundary of a histogram are measured, by workload and objective. */
  readonly approximations: Readonly<Record<string, string>>;

  /**
   * @throws {pulumi.InputPropertyError} or {pulumi.InputPropertiesError} when the arguments cannot be provisioned.
   * @throws {pulumi.ResourceError} without an explicit provider of Kubernetes, or of AWS for `amp`.
   */
  constructor(name: string, args: FleetMonitoringArgs, opts: pulumi.ComponentResourceOptions) {
    refuseProblems(`FleetMonitoring "${name}"`, [
      ...checkComponentName(name),
      ...checkFleetMonitoring(args),
    ]);
    super(componentType("observability", "FleetMonitoring"), name, {}, opts);
    const settings = resolveFleetMonitoring(args);
    const childOpts = placedChildOptions(this, "kubernetes");
    const namespace = args.namespace ?? "monitoring";
    const place: MonitoringPlace = {
      name,
      args: settings,
      namespace,
      allocation: { region: args.region, ...args.allocation },
      groups: fleetRuleGroups(settings),
      opts: childOpts,
      awsOpts: args.backend.kind === "amp" ? placedChildOptions(this, "aws") : childOpts,
    };

    const space = createNamespace(place);
    const inSpace: MonitoringPlace = { ...place, opts: { ...childOpts, dependsOn: [space] } };
    this.queryUrl = createBackend(inSpace);
    createDashboards(inSpace);
    this.tracesEndpoint = createTraceCollector(inSpace);
    this.namespace = namespace;
    this.approximations = approximationsOf(args);
    this.registerOutputs({
      namespace: this.namespace,
      queryUrl: this.queryUrl,
      tracesEndpoint: this.tracesEndpoint,
      approximations: this.approximations,
    });
  }
}

function resolveFleetMonitoring(args: FleetMonitoringArgs): FleetMonitoringArgs {
  const gpuMetrics = args.gpuMetrics ?? (args.backend.kind === "gmp" ? "managed" : "exporter");
  return { ...args, gpuMetrics };
}

function approximationsOf({ workloads }: FleetRulesArgs): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(workloads).flatMap(([workload, { objectives = [], measuredBy }]) =>
      objectives
        .filter(({ statistic }) => statistic !== "mean")
        .flatMap((objective) => {
          const bound = describeBound(objective, measuredBy);
          return bound === undefined ? [] : [[`${workload}.${objectiveName(objective)}`, bound]];
        }),
    ),
  );
}

function createNamespace({ name, namespace, allocation, opts }: MonitoringPlace): pulumi.Resource {
  return new kubernetes.core.v1.Namespace(
    childName(name, "namespace"),
    { metadata: { name: namespace, labels: kubernetesLabels(allocation) } },
    opts,
  );
}

/** Makes what keeps samples and evaluates rules. @returns where PromQL is answered */
function createBackend(place: MonitoringPlace): pulumi.Output<string> | undefined {
  const { args } = place;
  const { backend } = args;
  switch (backend.kind) {
    case "gmp":
      createManagedCollection(place, backend);
      return undefined;
    case "amp": {
      const workspace = createAmpWorkspace(place, backend);
      const values = workspacePrometheusValues(args, backend, workspace);
      createMonitors(place, createPrometheus(place, values, workspace.ready));
      return workspace.workspace.prometheusEndpoint;
    }
    case "kube-prometheus-stack":
      return createClusterPrometheus(place, backend);
  }
}

function createClusterPrometheus(place: MonitoringPlace, backend: ClusterPrometheusArgs) {
  const { name, namespace, groups } = place;
  const release = createPrometheus(place, clusterPrometheusValues(place.args, backend), []);
  createMonitors(place, release);
  createObject(
    place,
    childName(name, "rules"),
    { apiVersion: MONITORING_API, kind: "PrometheusRule", name: "capplan", namespace },
    { groups },
    [release],
  );
  return pulumi.output(`http://${PROMETHEUS_RELEASE}-prometheus.${namespace}:9090`);
}

function createPrometheus(
  { name, args, namespace, opts }: MonitoringPlace,
  values: Readonly<Record<string, unknown>>,
  dependsOn: readonly pulumi.Resource[],
): kubernetes.helm.v3.Release {
  return new kubernetes.helm.v3.Release(
    ...transformed<kubernetes.helm.v3.ReleaseArgs>(
      args.transform?.prometheus,
      childName(name, "prometheus"),
      { ...CHARTS.prometheus, name: PROMETHEUS_RELEASE, namespace, values },
      { ...opts, dependsOn: [...dependencies(opts), ...dependsOn] },
    ),
  );
}

/** Whose metrics are read, once the operator knows what that means. */
function createMonitors(place: MonitoringPlace, operator: pulumi.Resource): void {
  const { name, args, namespace, opts } = place;
  for (const target of scrapeTargets(args)) {
    createObject(
      place,
      childName(name, target.name),
      { apiVersion: MONITORING_API, kind: "PodMonitor", name: `capplan-${target.name}`, namespace },
      podMonitorSpec(target, scrapeSecondsOf(args)),
      [operator],
    );
  }
  if (args.gpuMetrics !== "exporter") return;
  new kubernetes.helm.v3.Release(
    ...transformed<kubernetes.helm.v3.ReleaseArgs>(
      args.transform?.gpuExporter,
      childName(name, "gpus"),
      { ...CHARTS.gpuExporter, name: "dcgm-exporter", namespace, values: gpuExporterValues(args) },
      { ...opts, dependsOn: [operator] },
    ),
  );
}

function dependencies({ dependsOn }: pulumi.CustomResourceOptions): pulumi.Resource[] {
  return Array.isArray(dependsOn) ? [...(dependsOn as pulumi.Resource[])] : [];
}

/** One ConfigMap each, as what changes one dashboard is not to rewrite the others. */
function createDashboards({ name, args, namespace, allocation, opts }: MonitoringPlace): void {
  const labels = { ...kubernetesLabels(allocation), ...DASHBOARD_LABEL };
  for (const dashboard of fleetDashboards(args)) {
    new kubernetes.core.v1.ConfigMap(
      childName(name, "dashboard", dashboard.uid.replace("capplan-", "")),
      {
        metadata: { name: dashboard.uid, namespace, labels },
        data: { [`${dashboard.uid}.json`]: dashboardJson(dashboard, ["capplan", args.region]) },
      },
      opts,
    );
  }
}
