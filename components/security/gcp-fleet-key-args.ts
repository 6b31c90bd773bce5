/** Arguments of GcpFleetKey: what they mean and what is refused. */
import type * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import type { Allocation } from "../foundation/allocation";
import { checkForm, checkOneOf, checkUnique, checkWhole } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";
import type { Transform } from "../foundation/transform";

/**
 * Services of Google Cloud whose agents use the key for what they keep. A PubSubRequestQueue lets the agent of Pub/Sub use
 * its key itself.
 */
export const KEY_AGENTS = [
  "artifact-registry",
  "compute",
  "gke",
  "secret-manager",
  "storage",
] as const;
export type KeyAgent = (typeof KEY_AGENTS)[number];

/** Arguments of GcpFleetKey. */
export interface GcpFleetKeyArgs {
  /** Id of the project. */
  readonly projectId: pulumi.Input<string>;
  /** Its number, which is part of the names of service agents. */
  readonly projectNumber: pulumi.Input<string>;
  /** Region of what the key encrypts: `europe-west4`. A key ring is never deleted, and neither is its name. Known early. */
  readonly location: string;
  /**
   * Services whose agents use the key. An agent exists once its service is switched on in the project. Known early.
   * @default ["compute", "gke"]
   */
  readonly agents?: readonly KeyAgent[];
  /** Days after which a new version of the key is made: 1 to 36500. Known early. @default 90 */
  readonly rotationDays?: number;
  /** Whether the key is protected. Known early. @default true */
  readonly isProtected?: boolean;
  /** Who pays. @default - region only */
  readonly allocation?: Allocation;
  /** The hatch. @default - none */
  readonly transform?: { readonly key?: Transform<gcp.kms.CryptoKeyArgs> };
}

/** Form of a region of Google Cloud. */
export const GCP_REGION = {
  pattern: /^[a-z]+-[a-z]+\d+$/,
  must: 'name a region, such as "europe-west4"',
};

/** What is wrong with the arguments. */
export function checkGcpFleetKey(args: GcpFleetKeyArgs): readonly InputProblem[] {
  const { agents = [], projectNumber } = args;
  return [
    ...checkForm("projectNumber", typeof projectNumber === "string" ? projectNumber : undefined, {
      pattern: /^\d+$/,
      must: "be the number of a project, digits only",
    }),
    ...checkForm("location", args.location, GCP_REGION),
    ...checkUnique("agents", agents),
    ...agents.flatMap((agent, index) => checkOneOf(`agents[${index}]`, agent, KEY_AGENTS)),
    ...checkWhole("rotationDays", args.rotationDays, { min: 1, max: 36_500 }),
  ];
}
