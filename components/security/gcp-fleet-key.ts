/** The key of a region on Google Cloud. */
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { gcpLabels } from "../foundation/allocation";
import { checkComponentName, childName } from "../foundation/child-name";
import { componentType } from "../foundation/component-type";
import { placedChildOptions } from "../foundation/explicit-provider";
import { refuseProblems } from "../foundation/input-problem";
import { transformed } from "../foundation/transform";
import { checkGcpFleetKey, type GcpFleetKeyArgs, type KeyAgent } from "./gcp-fleet-key-args";

const ROTATION_DAYS = 90;
const DAY_SECONDS = 86_400;
/** How long a version that was deleted can be brought back. */
const DESTROY_AFTER_DAYS = 30;

/** Domains of the services' agents (cloud.google.com/iam/docs/service-agents). */
const AGENT_DOMAINS: Readonly<Record<KeyAgent, string>> = {
  "artifact-registry": "gcp-sa-artifactregistry",
  compute: "compute-system",
  gke: "container-engine-robot",
  "secret-manager": "gcp-sa-secretmanager",
  storage: "gs-project-accounts",
};

/**
 * A key that encrypts what a fleet keeps in a region, turned by Google, and the right to use it for the agents of the
 * services that do. To be passed as `kmsKeyId` or `kmsKeyName` to the cluster, queues, secrets and the audit trail.
 *
 * A key ring cannot be deleted, and a key is kept as well when its stack goes: destroy its versions by hand.
 *
 * **Cost**: 0.06 USD a month for each version that is kept, and 0.03 USD per 10,000 uses.
 *
 * @example
 * const key = new GcpFleetKey("support-key", {
 *   projectId: "support", projectNumber: "123456789012", location: "europe-west4",
 * }, { provider });
 */
export class GcpFleetKey extends pulumi.ComponentResource {
  /** Full name of the key, once the agents may use it. */
  readonly keyName: pulumi.Output<string>;

  /**
   * @throws {pulumi.InputPropertyError} or {pulumi.InputPropertiesError} when the arguments cannot be provisioned.
   * @throws {pulumi.ResourceError} without an explicit provider of Google Cloud.
   */
  constructor(name: string, args: GcpFleetKeyArgs, opts: pulumi.ComponentResourceOptions) {
    refuseProblems(`GcpFleetKey "${name}"`, [
      ...checkComponentName(name),
      ...checkGcpFleetKey(args),
    ]);
    super(componentType("security", "GcpFleetKey"), name, {}, opts);
    const childOpts = placedChildOptions(this, "gcp");
    // A key ring cannot be deleted, a key's name cannot be used again, and what a key encrypted may outlive the stack.
    const keptOpts = { ...childOpts, protect: args.isProtected ?? true, retainOnDelete: true };
    const { location, projectId, agents = ["compute", "gke"] } = args;

    const ring = new gcp.kms.KeyRing(
      childName(name, "ring"),
      { project: projectId, location },
      keptOpts,
    );
    const key = new gcp.kms.CryptoKey(
      ...transformed<gcp.kms.CryptoKeyArgs>(
        args.transform?.key,
        childName(name, "key"),
        {
          keyRing: ring.id,
          purpose: "ENCRYPT_DECRYPT",
          rotationPeriod: `${(args.rotationDays ?? ROTATION_DAYS) * DAY_SECONDS}s`,
          destroyScheduledDuration: `${DESTROY_AFTER_DAYS * DAY_SECONDS}s`,
          labels: gcpLabels({ region: location, ...args.allocation }),
        },
        keptOpts,
      ),
    );
    const rights = agents.map(
      (agent) =>
        new gcp.kms.CryptoKeyIAMMember(
          childName(name, "agent", agent),
          {
            cryptoKeyId: key.id,
            role: "roles/cloudkms.cryptoKeyEncrypterDecrypter",
            member: pulumi.interpolate`serviceAccount:service-${args.projectNumber}@${AGENT_DOMAINS[agent]}.iam.gserviceaccount.com`,
          },
          childOpts,
        ),
    );

    // Whoever takes the name from here waits for the rights, without which nothing can be made with the key.
    this.keyName = pulumi.all([key.id, ...rights.map(({ id }) => id)]).apply(([id]) => id!);
    this.registerOutputs({ keyName: this.keyName });
  }
}
