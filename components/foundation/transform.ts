/**
 * The hatch through which a caller changes what a component makes: the arguments of one of its resources, in the
 * provider's own words, for what the component has no argument for.
 *
 * Unlike a Pulumi transform it is typed by resource, and it runs before the resource is made.
 */
import type * as pulumi from "@pulumi/pulumi";

/** What a transform knows of the resource beside its arguments. */
export interface TransformTarget {
  /** Logical name of the resource. */
  readonly name: string;
  /** Its options, without the changes of this transform. */
  readonly opts: pulumi.CustomResourceOptions;
}

/** What a transform function may return in place of arguments alone. */
export interface Transformed<Args> {
  readonly args: Args;
  readonly opts: pulumi.CustomResourceOptions;
}

/**
 * Either arguments that replace those of the component key by key, or a function from the arguments to those that
 * are used. The function must not change what it is given.
 */
export type Transform<Args> =
  | Partial<Args>
  | ((args: Args, target: TransformTarget) => Transformed<Args>);

/**
 * Arguments of a resource's constructor, after the caller's transform.
 * @example new aws.sqs.Queue(...transformed(args.transform?.queue, name, { … }, { parent: this }))
 */
export function transformed<Args extends object>(
  transform: Transform<Args> | undefined,
  name: string,
  args: Args,
  opts: pulumi.CustomResourceOptions,
): [name: string, args: Args, opts: pulumi.CustomResourceOptions] {
  if (transform === undefined) return [name, args, opts];
  if (typeof transform !== "function") return [name, { ...args, ...transform }, opts];
  const result = transform(args, { name, opts });
  return [name, result.args, result.opts];
}
