/**
 * The objects of Google's managed collection: whose metrics are read, the rules, and who is told. Rules stand for the
 * whole cluster, because those of a namespace see only its own series; those of queues for the whole project, because the
 * series of a queue belong to no cluster (cloud.google.com/stackdriver/docs/managed-prometheus/rules-managed).
 */
import * as kubernetes from "@pulumi/kubernetes";
import { childName } from "../foundation/child-name";
import { physicalName } from "../foundation/physical-name";
import type { GmpArgs } from "./fleet-monitoring-args";
import { QUEUE_GROUP } from "./gateway-rules";
import { createObject, type MonitoringPlace } from "./monitoring-place";
import { scrapeSecondsOf } from "./prometheus-values";
import { podMonitoringSpec, scrapeTargets } from "./scrape-targets";

const API = "monitoring.googleapis.com/v1";
/** Where GKE keeps the configuration of managed collection. */
const PUBLIC_NAMESPACE = "gmp-public";

/** Makes them. */
export function createManagedCollection(place: MonitoringPlace, backend: GmpArgs): void {
  const { name, args, groups, opts } = place;
  for (const target of scrapeTargets(args)) {
    createObject(
      place,
      childName(name, target.name),
      {
        apiVersion: API,
        kind: "PodMonitoring",
        name: physicalName("kubernetesName", `${name}-${target.name}`),
        namespace: target.namespace,
      },
      podMonitoringSpec(target, scrapeSecondsOf(args)),
    );
  }
  const ofQueues = groups.filter((group) => group.name === QUEUE_GROUP);
  const ofCluster = groups.filter((group) => group.name !== QUEUE_GROUP);
  for (const { kind, what, some } of [
    { kind: "ClusterRules", what: "rules", some: ofCluster },
    { kind: "GlobalRules", what: "global-rules", some: ofQueues },
  ]) {
    if (some.length === 0) continue;
    createObject(
      place,
      childName(name, what),
      { apiVersion: API, kind, name: physicalName("kubernetesName", `${name}-${what}`) },
      { groups: some },
    );
  }
  if (backend.alertmanagerSecret === undefined) return;
  // The object is GKE's; only this field of it is ours.
  new kubernetes.apiextensions.CustomResourcePatch(
    childName(name, "operator"),
    {
      apiVersion: API,
      kind: "OperatorConfig",
      metadata: { name: "config", namespace: PUBLIC_NAMESPACE },
      managedAlertmanager: {
        configSecret: { name: backend.alertmanagerSecret, key: "alertmanager.yaml" },
      },
    },
    opts,
  );
}
