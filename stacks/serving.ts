/**
 * The serving layer of a region: what a cluster needs to serve, the namespace of the replicas, a service for each pool,
 * the gateway before them, what scales and watches them, and the way in.
 */
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { PlannerError, type Problem } from "../planner/plan/fleet-of-plan";
import type { Derived } from "./derive/derived";
import type { FleetContext } from "./derive/fleet-context";
import { derivePlace, type PlaceContext } from "./derive/place-context";
import { deriveQueue } from "./derive/queue";
import { deriveServingLayer, type ServingLayer } from "./derive/serving-layer";
import { commonExports, settled } from "./layer-exports";
import { createQueueNamespace } from "./queue-namespace";
import { missing, regionProblems } from "./region-problems";
import { deriveAwsEdge, servingOnAws } from "./serving-aws";
import type { ServingCloud } from "./serving-cloud";
import { servingOnGcp } from "./serving-gcp";
import { createServing } from "./serving-resources";
import type { StackExports } from "./stack-exports";
import { type FoundationHandover, readFoundation } from "./stack-outputs";
import type { CloudSettings, ServingSettings } from "./stack-settings";

/** Registers the serving layer of a region. @throws PlannerError with everything that cannot be deployed */
export function servingStack(
  context: FleetContext,
  settings: ServingSettings,
  cloud: CloudSettings,
  problems: readonly Problem[],
): StackExports {
  const derived = derivePlace(context, settings);
  const place = derived.args;
  if (place === undefined) throw new PlannerError([...problems, ...derived.problems]);
  const layer = deriveServingLayer(place, settings);
  const queue = deriveQueue(place);
  const edge = deriveAwsEdge(place, settings);
  const ofCloud: Derived<unknown>[] = place.cloud === "aws" && layer.args.gateway ? [edge] : [];
  const all = settled(
    [derived, layer, queue, ...ofCloud],
    [...problems, ...regionProblems(place, cloud), ...projectProblems(place, settings)],
  );

  const { region } = place;
  const foundation = readFoundation(settings.foundation, { region: region.name, plan: place.plan });
  const provider = new kubernetes.Provider(place.name, {
    kubeconfig: foundation.kubeconfig,
    clusterIdentifier: foundation.clusterIdentifier,
    enableServerSideApply: true,
    // A cluster that is gone has taken its objects along.
    deleteUnreachable: true,
  });
  const side = sideOf(place, layer.args, settings, cloud, edge.args, foundation);
  const serving = createServing({ place, layer: layer.args, settings, side, foundation, provider });
  if (queue.args !== undefined) createQueueNamespace(place, queue.args, foundation, provider);

  const { entrance } = side;
  return {
    handover: {
      region: region.name,
      planDigest: place.plan.digest,
      cloud: place.cloud,
      addresses: entrance?.addresses ?? {},
      ...(entrance?.alias === undefined ? {} : { alias: entrance.alias }),
    },
    ...commonExports(place.plan, all),
    services: serving.services,
    gateway: serving.gateway ?? null,
  };
}

function sideOf(
  place: PlaceContext,
  layer: ServingLayer,
  settings: ServingSettings,
  { gcpProject }: CloudSettings,
  edge: Parameters<typeof servingOnAws>[3],
  foundation: pulumi.Output<FoundationHandover>,
): ServingCloud {
  if (place.cloud === "aws") {
    const ofAws = foundation as Parameters<typeof servingOnAws>[4];
    return servingOnAws(place, layer, settings, edge, ofAws);
  }
  const project = { projectId: gcpProject!, projectNumber: settings.projectNumber! };
  const ofGcp = foundation as Parameters<typeof servingOnGcp>[4];
  return servingOnGcp(place, layer, settings, project, ofGcp);
}

function projectProblems(
  { cloud }: PlaceContext,
  { projectNumber }: ServingSettings,
): readonly Problem[] {
  return cloud === "gcp" && projectNumber === undefined
    ? [missing("capplan:projectNumber", "the number of the project")]
    : [];
}
