/**
 * Who pays for a resource, written in each cloud's own form, so that a bill can be split by workload, tenant and
 * model, and a resource traced to the plan that asked for it.
 *
 * Rules of the values: docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html,
 * cloud.google.com/resource-manager/docs/labels-overview,
 * kubernetes.io/docs/concepts/overview/working-with-objects/labels.
 */
import { fitText, type TextRule } from "./fit-text";

/** What a resource is there for. Known before anything is provisioned, so every field is plain. */
export interface Allocation {
  /** The product feature that is served, as named in the scenario. */
  readonly workload?: string;
  /** Whose requests are served. */
  readonly tenant?: string;
  /** The model that is served. */
  readonly model?: string;
  /** Digest of the plan that asked for the resource. */
  readonly planDigest?: string;
  /** Region of the fleet. */
  readonly region?: string;
  /** GPU pool of the region. */
  readonly pool?: string;
}

/**
 * Who pays, without the plan: for nodes and pods, which are made anew when what is written on them changes. A plan that
 * adds a replica is not to start all others again.
 */
export function withoutPlan({ planDigest: _, ...lasting }: Allocation): Allocation {
  return lasting;
}

/** The keys, in the order in which they are written. */
const KEYS = {
  workload: "workload",
  tenant: "tenant",
  model: "model",
  planDigest: "plan-digest",
  region: "region",
  pool: "pool",
} as const satisfies Record<keyof Allocation, string>;

const awsTagValue: TextRule = {
  lengthMax: 256,
  accepted: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u,
  refused: /[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu,
  isLowerCase: false,
};
const gcpLabelValue: TextRule = {
  lengthMax: 63,
  accepted: /^[a-z0-9_-]+$/,
  refused: /[^a-z0-9_-]/g,
  isLowerCase: true,
};
const kubernetesLabelValue: TextRule = {
  lengthMax: 63,
  accepted: /^[a-zA-Z0-9]([\w.-]*[a-zA-Z0-9])?$/,
  refused: /[^\w.-]/g,
  isLowerCase: false,
};

function written(allocation: Allocation, prefix: string, rule: TextRule): Record<string, string> {
  const pairs = (Object.keys(KEYS) as (keyof Allocation)[]).flatMap((field) => {
    const value = allocation[field];
    return value === undefined || value === ""
      ? []
      : [[prefix + KEYS[field], fitText(value, rule)]];
  });
  return Object.fromEntries(pairs);
}

/**
 * As tags of AWS.
 * @example awsTags({ tenant: "Acme, Inc." }) // { "capplan:tenant": "Acme-Inc.-d9e6…" }
 */
export function awsTags(allocation: Allocation): Record<string, string> {
  return written(allocation, "capplan:", awsTagValue);
}

/** As labels of Google Cloud: lower case, at most 63 characters, no full stops. */
export function gcpLabels(allocation: Allocation): Record<string, string> {
  return written(allocation, "capplan-", gcpLabelValue);
}

/** As labels of Kubernetes objects and nodes. */
export function kubernetesLabels(allocation: Allocation): Record<string, string> {
  return written(allocation, "capplan/", kubernetesLabelValue);
}
