/**
 * Rights as roles of Google Cloud: a custom role for each grant, as `gcloud iam roles create --file` takes it, and where
 * each role is given to who deploys, under which condition. Pure.
 */
import { fitText, type TextRule } from "../../components/foundation/fit-text";
import type { Layer } from "../stack-settings";
import {
  GCP_EDGE_RIGHTS,
  GCP_FOUNDATION_RIGHTS,
  GCP_SERVING_RIGHTS,
  type GcpGrant,
  type GcpRights,
} from "./gcp-rights";

/** On what a stack acts. */
export interface GcpScope {
  readonly project: string;
  /** How names of its resources begin, before a hyphen. */
  readonly name: string;
  /** Of a serving layer. */
  readonly weightsBucket?: string;
  /** Of an edge with a budget of Google Cloud. */
  readonly billingAccount?: string;
}

/** As `gcloud iam roles create --file` takes it. */
export interface CustomRole {
  readonly title: string;
  readonly description: string;
  readonly stage: "GA";
  readonly includedPermissions: readonly string[];
}

/** A role that is given to who deploys the stack. */
export interface RoleBinding {
  /** `projects/acme`, `buckets/acme-weights`, `billingAccounts/…`. */
  readonly on: string;
  readonly role: string;
  readonly condition?: { readonly title: string; readonly expression: string };
}

export interface GcpRoles {
  /** By the grant, and by the id of the role. */
  readonly custom: Readonly<Record<string, CustomRole>>;
  readonly bindings: readonly RoleBinding[];
}

export const GCP_RIGHTS: Readonly<Record<Layer, GcpRights>> = {
  foundation: GCP_FOUNDATION_RIGHTS,
  serving: GCP_SERVING_RIGHTS,
  edge: GCP_EDGE_RIGHTS,
};

/** Roles that a layer gives to others in the project, and that it may give alone. */
export const GIVEN_ROLES: Readonly<Record<Layer, readonly string[]>> = {
  foundation: ["roles/artifactregistry.reader", "roles/container.defaultNodeServiceAccount"],
  serving: ["roles/monitoring.viewer"],
  edge: [],
};

/** Objects of Kubernetes are judged by permissions of GKE, of which there is one for each kind and verb. */
const KUBERNETES_ROLE = "roles/container.admin";
const BILLING_ROLE = "roles/billing.costsManager";

/** Ids of custom roles (cloud.google.com/iam/docs/reference/rest/v1/projects.roles/create). */
const ROLE_ID: TextRule = {
  lengthMax: 64,
  accepted: /^[a-zA-Z0-9_.]{3,64}$/,
  refused: /[^a-zA-Z0-9_.]/g,
  isLowerCase: false,
};

/** The roles of a stack. @param stack name of the stack */
export function gcpRoles(stack: string, layer: Layer, scope: GcpScope): GcpRoles {
  const grants = permissionsByGrant(GCP_RIGHTS[layer]);
  const idOf = (grant: GcpGrant) =>
    fitText(`capplan_${stack}_${grant}`.replaceAll("-", "_"), ROLE_ID);
  const custom = [...grants].map(([grant, includedPermissions]): [string, CustomRole] => [
    idOf(grant),
    {
      title: `${stack}: ${grant}`,
      description: `What the stack ${stack} of a capacity plan needs to be put up and taken down`,
      stage: "GA",
      includedPermissions,
    },
  ]);
  const { project, billingAccount } = scope;
  return {
    custom: Object.fromEntries(custom),
    bindings: [
      ...[...grants.keys()].map((grant) => ({
        role: `projects/${project}/roles/${idOf(grant)}`,
        ...placeOf(grant, layer, scope),
      })),
      ...(layer === "serving" ? [{ on: `projects/${project}`, role: KUBERNETES_ROLE }] : []),
      ...(billingAccount === undefined
        ? []
        : [{ on: `billingAccounts/${billingAccount}`, role: BILLING_ROLE }]),
    ],
  };
}

/** Each permission once, in order. */
function permissionsByGrant(rights: GcpRights): ReadonlyMap<GcpGrant, readonly string[]> {
  const grants = new Map<GcpGrant, readonly string[]>();
  for (const row of Object.values(rights)) {
    for (const [grant, permissions] of Object.entries(row) as [GcpGrant, readonly string[]][]) {
      grants.set(grant, [...new Set([...(grants.get(grant) ?? []), ...permissions])].sort());
    }
  }
  return grants;
}

/** Where a role holds. */
function placeOf(
  grant: GcpGrant,
  layer: Layer,
  { project, name, weightsBucket }: GcpScope,
): Omit<RoleBinding, "role"> {
  if (grant === "weights") return { on: `buckets/${weightsBucket}` };
  const on = `projects/${project}`;
  if (grant === "project") return { on };
  return { on, condition: conditionOf(grant, layer, name) };
}

/** When a role holds (cloud.google.com/iam/docs/conditions-attribute-reference). @param name of the place */
function conditionOf(
  grant: Exclude<GcpGrant, "project" | "weights">,
  layer: Layer,
  name: string,
): NonNullable<RoleBinding["condition"]> {
  const named = (after: string) => `resource.name.extract('${after}{name}').startsWith('${name}-')`;
  const roles = GIVEN_ROLES[layer].map((role) => `'${role}'`).join(", ");
  switch (grant) {
    case "project-policy":
      return {
        title: "only the roles of the layer",
        expression: `api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly([${roles}])`,
      };
    case "keys":
      return { title: "only keys of the place", expression: named("/keyRings/") };
    case "secrets":
      return { title: "only secrets of the place", expression: named("/secrets/") };
    case "records":
      return { title: "only the bucket of records", expression: named("/buckets/") };
  }
}
