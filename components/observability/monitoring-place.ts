/** What every part of FleetMonitoring needs to know of where it is made, and the objects that it puts into a cluster. */
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type Allocation, kubernetesLabels } from "../foundation/allocation";
import type { FleetMonitoringArgs } from "./fleet-monitoring-args";
import type { RuleGroup } from "./rule";

/** A FleetMonitoring that is being made. */
export interface MonitoringPlace {
  readonly name: string;
  readonly args: FleetMonitoringArgs;
  /** Of what this component runs. */
  readonly namespace: string;
  readonly allocation: Allocation;
  readonly groups: readonly RuleGroup[];
  readonly opts: pulumi.CustomResourceOptions;
  /** Of AWS; the same as `opts`, checked to have a provider, where the backend is AWS's. */
  readonly awsOpts: pulumi.CustomResourceOptions;
}

/** An object of a definition, in a namespace or, without one, of the whole cluster. */
export function createObject(
  { allocation, opts }: MonitoringPlace,
  resourceName: string,
  object: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string;
  },
  spec: object,
  dependsOn: readonly pulumi.Resource[] = [],
): kubernetes.apiextensions.CustomResource {
  const { apiVersion, kind, name, namespace } = object;
  return new kubernetes.apiextensions.CustomResource(
    resourceName,
    {
      apiVersion,
      kind,
      metadata: {
        name,
        ...(namespace === undefined ? {} : { namespace }),
        labels: kubernetesLabels(allocation),
      },
      spec,
    },
    { ...opts, dependsOn: [...dependsOn] },
  );
}
