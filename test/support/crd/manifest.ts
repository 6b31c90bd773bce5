/** Kubernetes objects, as components register them. */
import type { RegisteredResource } from "../mini-engine/registered-resource";

/** An object of Kubernetes. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly [field: string]: unknown;
}

/** The custom resources of a run: what Pulumi would send to the server. */
export function customResources(resources: readonly RegisteredResource[]): readonly Manifest[] {
  return resources
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .filter(({ inputs }) => String(inputs["apiVersion"]).split("/")[0]!.includes("."))
    .map(({ inputs }) => inputs as Manifest);
}
