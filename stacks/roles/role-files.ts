/** Roles of who deploys a stack, as files for the command lines of the clouds. Pure. */
import type { FleetContext } from "../derive/fleet-context";
import type { Layer, StackSettings } from "../stack-settings";
import { policyDocuments } from "./aws-documents";
import { EDGE_RIGHTS } from "./aws-edge-rights";
import { FOUNDATION_RIGHTS } from "./aws-foundation-rights";
import type { AwsRights } from "./aws-rights";
import { SERVING_RIGHTS } from "./aws-serving-rights";
import { gcpRoles } from "./gcp-roles";
import { roleScopes } from "./role-scopes";

export const AWS_RIGHTS: Readonly<Record<Layer, AwsRights>> = {
  foundation: FOUNDATION_RIGHTS,
  serving: SERVING_RIGHTS,
  edge: EDGE_RIGHTS,
};

/** A file and what is in it. */
export interface RoleFile {
  readonly name: string;
  readonly text: string;
}

/**
 * The files of a stack: on AWS `STACK.policy-1.json` and so on, for `aws iam create-policy`; on Google Cloud
 * `ROLE.role.json`, for `gcloud iam roles create`, and `STACK.bindings.json`, which says where each is given.
 *
 * @throws PlannerError with every key that is missing in the stack's file
 */
export function roleFiles(
  name: string,
  stack: StackSettings,
  context: FleetContext,
): readonly RoleFile[] {
  const { aws, gcp } = roleScopes(stack, context);
  const documents = aws === undefined ? [] : policyDocuments(AWS_RIGHTS[stack.layer], aws);
  const roles = gcp && gcpRoles(name, stack.layer, gcp);
  return [
    ...documents.map((one, index) => file(`${name}.policy-${index + 1}`, one)),
    ...Object.entries(roles?.custom ?? {}).map(([id, role]) => file(`${id}.role`, role)),
    ...(roles === undefined ? [] : [file(`${name}.bindings`, roles.bindings)]),
  ];
}

function file(name: string, content: unknown): RoleFile {
  return { name: `${name}.json`, text: `${JSON.stringify(content, null, 2)}\n` };
}
