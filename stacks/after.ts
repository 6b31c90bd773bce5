/** Order between components: a component's own `dependsOn` does not reach its children, and they are what is made. */
import * as pulumi from "@pulumi/pulumi";

/**
 * Options by which everything of a component waits for others.
 *
 * @example new RegionalGateway(name, args, { provider, ...after([controller, tenant]) })
 */
export function after(
  others: readonly pulumi.Resource[],
): Pick<pulumi.ComponentResourceOptions, "transformations"> {
  return {
    transformations: [
      ({ props, opts }) => ({
        props,
        opts: pulumi.mergeOptions(opts, { dependsOn: [...others] }),
      }),
    ],
  };
}
