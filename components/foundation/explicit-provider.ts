/**
 * A regional component needs to be told which region's provider it is for. The default provider takes the region
 * from whoever runs the program, which is how a fleet ends up with all subnets in one place.
 */
import * as pulumi from "@pulumi/pulumi";

/** Packages whose resources belong to a place. */
export type PlacedPackage = "aws" | "gcp" | "kubernetes";

/**
 * Options for the children of a component: its own parenthood, once the component has an explicit provider of
 * the package, from its own options or from a parent's.
 * @throws {pulumi.ResourceError} when resources of the package would get the default provider.
 */
export function placedChildOptions(
  component: pulumi.ComponentResource,
  cloudPackage: PlacedPackage,
): pulumi.CustomResourceOptions {
  // Any member of the package answers: a provider is kept by package.
  if (component.getProvider(`${cloudPackage}::`) === undefined) {
    throw new pulumi.ResourceError(
      `opts.providers: must have an explicit provider of "${cloudPackage}", got none; ` +
        `make one for the region: { provider: new ${cloudPackage}.Provider(…) }`,
      component,
      true,
    );
  }
  return { parent: component };
}
