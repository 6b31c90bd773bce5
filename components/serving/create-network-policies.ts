/** Makes the network policies of a namespace; what they say is in `network-policies.ts`. */
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { childName } from "../foundation/child-name";
import { type Transform, transformed } from "../foundation/transform";

export type NetworkPolicySpecs = Readonly<
  Record<string, kubernetes.types.input.networking.v1.NetworkPolicySpec>
>;

/** By what they are for, which is also the name of each in the cluster. */
export function createNetworkPolicies(
  name: string,
  specs: NetworkPolicySpecs,
  metadata: kubernetes.types.input.meta.v1.ObjectMeta,
  transform: Transform<kubernetes.networking.v1.NetworkPolicyArgs> | undefined,
  opts: pulumi.CustomResourceOptions,
): Readonly<Record<string, kubernetes.networking.v1.NetworkPolicy>> {
  return Object.fromEntries(
    Object.entries(specs).map(([what, spec]) => [
      what,
      new kubernetes.networking.v1.NetworkPolicy(
        ...transformed<kubernetes.networking.v1.NetworkPolicyArgs>(
          transform,
          childName(name, "network", what),
          { metadata: { ...metadata, name: what }, spec },
          opts,
        ),
      ),
    ]),
  );
}
