/** Secrets of a fleet in Secret Manager of Google Cloud: places for values that somebody else puts there. */
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { gcpLabels } from "../foundation/allocation";
import { checkComponentName, childName } from "../foundation/child-name";
import { componentType } from "../foundation/component-type";
import { placedChildOptions } from "../foundation/explicit-provider";
import { refuseProblems } from "../foundation/input-problem";
import { transformed } from "../foundation/transform";
import { checkGcpFleetSecrets, type GcpFleetSecretsArgs } from "./fleet-secrets-args";

/**
 * Secrets without values that stay in one region, and the right of one service account of the cluster to read exactly
 * these. A value is put in by `gcloud secrets versions add`, or by whoever makes it, and never passes through a program,
 * a plan or a state.
 *
 * Refused: a description that looks like a value.
 *
 * **Cost**: 0.06 USD a month for each version, and 0.03 USD per 10,000 reads.
 *
 * @example
 * new GcpFleetSecrets("support-secrets", {
 *   projectId: "support", projectNumber: "123456789012", location: "europe-west4",
 *   secrets: { "weights-token": "Reads weights from the hub" }, reader: ExternalSecrets.reader,
 * }, { provider });
 */
export class GcpFleetSecrets extends pulumi.ComponentResource {
  /** Names in Secret Manager, by the names of the arguments. */
  readonly secretNames: Readonly<Record<string, pulumi.Output<string>>>;

  /**
   * @throws {pulumi.InputPropertyError} or {pulumi.InputPropertiesError} when the arguments cannot be provisioned.
   * @throws {pulumi.ResourceError} without an explicit provider of Google Cloud.
   */
  constructor(name: string, args: GcpFleetSecretsArgs, opts: pulumi.ComponentResourceOptions) {
    refuseProblems(`GcpFleetSecrets "${name}"`, [
      ...checkComponentName(name),
      ...checkGcpFleetSecrets(args),
    ]);
    super(componentType("security", "GcpFleetSecrets"), name, {}, opts);
    const childOpts = placedChildOptions(this, "gcp");
    const { location, projectId, projectNumber, reader, kmsKeyName } = args;
    const secrets = Object.entries(args.secrets).map(([secret, purpose]) => {
      const secretName = childName(name, secret);
      const made = new gcp.secretmanager.Secret(
        ...transformed<gcp.secretmanager.SecretArgs>(
          args.transform?.secret,
          secretName,
          {
            project: projectId,
            // The service names no secrets itself.
            secretId: secretName,
            annotations: { purpose },
            replication: {
              userManaged: {
                replicas: [
                  {
                    location,
                    ...(kmsKeyName === undefined
                      ? {}
                      : { customerManagedEncryption: { kmsKeyName } }),
                  },
                ],
              },
            },
            labels: gcpLabels({ region: location, ...args.allocation }),
          },
          { ...childOpts, protect: args.isProtected ?? true },
        ),
      );
      if (reader !== undefined) {
        const { namespace, serviceAccount } = reader;
        new gcp.secretmanager.SecretIamMember(
          secretName,
          {
            project: projectId,
            secretId: made.secretId,
            role: "roles/secretmanager.secretAccessor",
            // cloud.google.com/kubernetes-engine/docs/how-to/workload-identity, "principal identifiers"
            member: pulumi.interpolate`principal://iam.googleapis.com/projects/${projectNumber}/locations/global/workloadIdentityPools/${projectId}.svc.id.goog/subject/ns/${namespace}/sa/${serviceAccount}`,
          },
          childOpts,
        );
      }
      return [secret, made.secretId] as const;
    });

    this.secretNames = Object.fromEntries(secrets);
    this.registerOutputs({ secretNames: this.secretNames });
  }
}
