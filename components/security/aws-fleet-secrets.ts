/** Secrets of a fleet in AWS Secrets Manager: places for values that somebody else puts there. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { awsTags } from "../foundation/allocation";
import { checkComponentName, childName } from "../foundation/child-name";
import { componentType } from "../foundation/component-type";
import { placedChildOptions } from "../foundation/explicit-provider";
import { refuseProblems } from "../foundation/input-problem";
import { transformed } from "../foundation/transform";
import { type AwsFleetSecretsArgs, checkAwsFleetSecrets } from "./fleet-secrets-args";

const RECOVERY_DAYS = 30;

/**
 * Secrets without values, encrypted by a key of yours, and a role that lets one service account read exactly these. A
 * value is put in by `aws secretsmanager put-secret-value`, or by whoever makes it, and never passes through a program,
 * a plan or a state.
 *
 * Refused: a description that looks like a value.
 *
 * **Cost** (us-east-1): 0.40 USD a month for each, and 0.05 USD per 10,000 reads.
 *
 * @example
 * const secrets = new AwsFleetSecrets("support-secrets", {
 *   region: "us-east-1", kmsKeyArn: key.keyArn, secrets: { "weights-token": "Reads weights from the hub" },
 *   reader: { ...ExternalSecrets.reader, clusterName: cluster.clusterName },
 * }, { provider });
 */
export class AwsFleetSecrets extends pulumi.ComponentResource {
  /** Names in Secrets Manager, by the names of the arguments. */
  readonly secretNames: Readonly<Record<string, pulumi.Output<string>>>;

  /**
   * @throws {pulumi.InputPropertyError} or {pulumi.InputPropertiesError} when the arguments cannot be provisioned.
   * @throws {pulumi.ResourceError} without an explicit provider of AWS.
   */
  constructor(name: string, args: AwsFleetSecretsArgs, opts: pulumi.ComponentResourceOptions) {
    refuseProblems(`AwsFleetSecrets "${name}"`, [
      ...checkComponentName(name),
      ...checkAwsFleetSecrets(args),
    ]);
    super(componentType("security", "AwsFleetSecrets"), name, {}, opts);
    const childOpts = placedChildOptions(this, "aws");
    const tags = awsTags({ region: args.region, ...args.allocation });
    const secrets = Object.entries(args.secrets).map(([secret, description]) => {
      const secretName = childName(name, secret);
      const made = new aws.secretsmanager.Secret(
        ...transformed<aws.secretsmanager.SecretArgs>(
          args.transform?.secret,
          secretName,
          {
            description,
            kmsKeyId: args.kmsKeyArn,
            recoveryWindowInDays: args.recoveryDays ?? RECOVERY_DAYS,
            tags,
          },
          { ...childOpts, protect: args.isProtected ?? true },
        ),
      );
      return [secret, made] as const;
    });
    createReader(
      name,
      args,
      secrets.map(([, secret]) => secret.arn),
      tags,
      childOpts,
    );

    this.secretNames = Object.fromEntries(secrets.map(([secret, made]) => [secret, made.name]));
    this.registerOutputs({ secretNames: this.secretNames });
  }
}

/** A role for one service account, by EKS Pod Identity. */
function createReader(
  name: string,
  { reader, kmsKeyArn }: AwsFleetSecretsArgs,
  secretArns: readonly pulumi.Output<string>[],
  tags: Readonly<Record<string, string>>,
  opts: pulumi.CustomResourceOptions,
): void {
  if (reader === undefined) return;
  const roleName = childName(name, "reader");
  const { namespace, serviceAccount, clusterName } = reader;
  const role = new aws.iam.Role(
    roleName,
    {
      description: `Lets ${namespace}/${serviceAccount} read secrets of a fleet`,
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "pods.eks.amazonaws.com" },
            Action: ["sts:AssumeRole", "sts:TagSession"],
            Condition: {
              StringEquals: {
                "aws:RequestTag/kubernetes-namespace": namespace,
                "aws:RequestTag/kubernetes-service-account": serviceAccount,
              },
            },
          },
        ],
      }),
      tags,
    },
    opts,
  );
  const policy = new aws.iam.RolePolicy(
    roleName,
    {
      role: role.name,
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
            Resource: [...secretArns],
          },
          { Effect: "Allow", Action: ["kms:Decrypt"], Resource: kmsKeyArn },
        ],
      }),
    },
    opts,
  );
  new aws.eks.PodIdentityAssociation(
    roleName,
    { clusterName, namespace, serviceAccount, roleArn: role.arn, tags },
    { ...opts, dependsOn: [policy] },
  );
}
