/**
 * On what of AWS a stack acts: how the names of its resources begin, and targets of statements in which these names
 * stand. Names come from the plan; accounts and random endings of names stand as `*`, since a role acts in its own account.
 */

/** The stack. */
export interface AwsScope {
  readonly region: string;
  /** Names of its resources before a random ending: `support-use1-*`. */
  readonly names: readonly string[];
  /** Name of the cluster of its region; empty at the edge, which has none. */
  readonly cluster: string;
  /** Hosts of the models; empty but at the edge. */
  readonly hosts: readonly string[];
  /** Zone of the hosts in Route 53; empty without hosts. */
  readonly zoneId: string;
}

export type Condition = Readonly<
  Record<string, Readonly<Record<string, string | readonly string[]>>>
>;

/** What an action is done to, and when it may be. */
export interface Target {
  readonly resources: readonly string[];
  readonly condition?: Condition;
}
export type TargetOf = (scope: AwsScope) => Target;

/** Reads that know no single resource, in the region of the stack. */
export const inRegion: TargetOf = ({ region }) => ({
  resources: ["*"],
  condition: { StringEquals: { "aws:RequestedRegion": region } },
});

/** Actions of services without regions that know no single resource. */
export const anywhere: TargetOf = () => ({ resources: ["*"] });

/** Things that a request makes, with a name of the stack as their tag. */
export function made(service: string, ...kinds: readonly string[]): TargetOf {
  return (scope) => ({
    resources: kinds.map((kind) => inService(scope, service, `${kind}/*`)),
    condition: { StringLike: { "aws:RequestTag/Name": scope.names } },
  });
}

/** Things that carry a name of the stack as their tag. */
export function owned(service: string, ...kinds: readonly string[]): TargetOf {
  return (scope) => ({
    resources: kinds.map((kind) => inService(scope, service, `${kind}/*`)),
    condition: { StringLike: { "aws:ResourceTag/Name": scope.names } },
  });
}

/** Things whose ARNs hold a name of the stack. @param before of it in the ARN @param after of it */
export function named(service: string, before = "", after = ""): TargetOf {
  return (scope) => ({
    resources: scope.names.map((name) => inService(scope, service, `${before}${name}${after}`)),
  });
}

/** Things whose ARNs have no region and hold a name of the stack. */
export function namedGlobally(service: string, before = ""): TargetOf {
  return ({ names }) => ({
    resources: names.map((name) => `arn:aws:${service}::*:${before}${name}`),
  });
}

/** Parts of the stack's cluster. */
export function ofCluster(...kinds: readonly string[]): TargetOf {
  return (scope) => ({
    resources: kinds.map((kind) =>
      inService(
        scope,
        "eks",
        kind === "cluster" ? `cluster/${scope.cluster}` : `${kind}/${scope.cluster}/*`,
      ),
    ),
  });
}

/** Roles of the stack, given to a service and to no other. @param parts of their names after the place; all without */
export function passed(services: readonly string[], ...parts: readonly string[]): TargetOf {
  return ({ names }) => ({
    resources: (parts.length === 0 ? names : parts.map((part) => partOf(names[0]!, part))).map(
      (name) => `arn:aws:iam::*:role/${name}`,
    ),
    condition: { StringEquals: { "iam:PassedToService": services } },
  });
}

/** `support-use1-*`, `node` → `support-use1-node-*`. */
export function partOf(name: string, part: string): string {
  return name.replace(/\*$/, `${part}-*`);
}

/** The role that a service makes for itself, once for an account. */
export function serviceLinked(...services: readonly string[]): TargetOf {
  return () => ({
    resources: services.map((service) => `arn:aws:iam::*:role/aws-service-role/${service}/*`),
    condition: { StringEquals: { "iam:AWSServiceName": services } },
  });
}

/** An ARN in the stack's region. */
export function inService({ region }: AwsScope, service: string, resource: string): string {
  return `arn:aws:${service}:${region}:*:${resource}`;
}
