/** The stacks of the examples, each with what it registered and with the roles of who deploys it. */
import { type FleetContext, fleetContext } from "../../../stacks/derive/fleet-context";
import { foundationStack } from "../../../stacks/foundation";
import { type PolicyDocument, policyDocuments } from "../../../stacks/roles/aws-documents";
import type { AwsScope } from "../../../stacks/roles/aws-scope";
import { type GcpRoles, type GcpScope, gcpRoles } from "../../../stacks/roles/gcp-roles";
import { AWS_RIGHTS } from "../../../stacks/roles/role-files";
import { roleScopes } from "../../../stacks/roles/role-scopes";
import { type Layer, readStackSettings, type StackSettings } from "../../../stacks/stack-settings";
import { registered } from "../../support/mini-engine/in-process";
import type { RegisteredResource } from "../../support/mini-engine/registered-resource";
import { type ExampleStack, examplePlan, exampleStacks } from "../examples";
import { FLEETS } from "../fleets";
import { WORLD } from "../run-example";

export const LAYERS = ["foundation", "serving", "edge"] as const satisfies readonly Layer[];

/** A stack that ran. */
export interface StackWithRoles {
  readonly name: string;
  readonly layer: Layer;
  readonly resources: readonly RegisteredResource[];
  readonly aws:
    | { readonly scope: AwsScope; readonly documents: readonly PolicyDocument[] }
    | undefined;
  readonly gcp: { readonly scope: GcpScope; readonly roles: GcpRoles } | undefined;
}

/** All stacks of the examples on a cloud; on AWS also a foundation with a queue, which no example has. */
export async function stacksWithRoles(cloud: "aws" | "gcp"): Promise<readonly StackWithRoles[]> {
  const stacks: StackWithRoles[] = [];
  for (const fleet of FLEETS) {
    const context = fleetContext(await fleet.plan());
    if (!context.fleet.regions.some(({ spec }) => spec.cloud === cloud)) continue;
    for (const { stack, run } of await fleet.putUp()) {
      stacks.push(withRoles(stack.name, settingsOf(stack), context, run.resources));
    }
  }
  return cloud === "aws" ? [...stacks, await foundationWithQueue()] : stacks;
}

function withRoles(
  name: string,
  stack: StackSettings,
  context: FleetContext,
  resources: readonly RegisteredResource[],
): StackWithRoles {
  const { layer } = stack;
  const { aws, gcp } = roleScopes(stack, context);
  return {
    name,
    layer,
    resources,
    aws: aws && { scope: aws, documents: policyDocuments(AWS_RIGHTS[layer], aws) },
    gcp: gcp && { scope: gcp, roles: gcpRoles(name, layer, gcp) },
  };
}

/** The types that a layer registered on a cloud. */
export function typesOf(
  stacks: readonly StackWithRoles[],
  layer: Layer,
  cloud: "aws" | "gcp",
): readonly string[] {
  const types = stacks
    .filter((one) => one.layer === layer)
    .flatMap(({ resources }) => resources.map(({ type }) => type))
    .filter((type) => type.startsWith(`${cloud}:`));
  return [...new Set(types)].sort();
}

function settingsOf({ config, name }: ExampleStack): StackSettings {
  const read = readStackSettings(config);
  if ("problems" in read) throw new Error(`${name} has problems`);
  return read.stack;
}

async function foundationWithQueue(): Promise<StackWithRoles> {
  const example = { name: "two-regions-aws" };
  const plan = examplePlan(example);
  const { limits } = examplePlan({ name: "two-regions-gcp" });
  const queued = {
    ...plan,
    workloads: plan.workloads.map((one) => ({ ...one, delivery: "queue" as const })),
    limits: [...plan.limits, ...limits.filter(({ name }) => /^(queue|deadLetter)/.test(name))],
  };
  const stack = exampleStacks(example).find(({ layer }) => layer === "foundation")!;
  const read = settingsOf(stack);
  if (read.layer !== "foundation") throw new Error(`${stack.name} is no foundation`);
  const { settings, cloud } = read;
  const context = fleetContext(queued);
  const { resources } = await registered(
    () => ({ ...foundationStack(context, settings, cloud, []) }),
    WORLD,
  );
  return withRoles(`${stack.name}-queue`, read, context, resources);
}
