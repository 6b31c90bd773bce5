/** The key of a region on AWS. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { awsTags } from "../foundation/allocation";
import { checkComponentName, childName } from "../foundation/child-name";
import { componentType } from "../foundation/component-type";
import { placedChildOptions } from "../foundation/explicit-provider";
import { refuseProblems } from "../foundation/input-problem";
import { physicalName } from "../foundation/physical-name";
import { transformed } from "../foundation/transform";
import { type AwsFleetKeyArgs, checkAwsFleetKey, KEY_SERVICES } from "./aws-fleet-key-args";
import { keyPolicy } from "./aws-key-policy";

const ROTATION_DAYS = 365;
/** The longest that AWS waits before it deletes a key, and all that it encrypts with it. */
const DELETION_WINDOW_DAYS = 30;

/**
 * A key that encrypts what a fleet keeps in a region, turned by AWS, which only services of this account, in this
 * account's name, and roles that IAM lets, can use. To be passed as `kmsKeyArn` to the cluster, queues, logs and the
 * audit trail of the region.
 *
 * **Cost** (us-east-1): 1 USD a month, another for each of the first two turns, and 0.03 USD per 10,000 uses.
 *
 * @example
 * const key = new AwsFleetKey("support-key", { region: "us-east-1", accountId: "123456789012" }, { provider });
 */
export class AwsFleetKey extends pulumi.ComponentResource {
  readonly keyArn: pulumi.Output<string>;
  readonly aliasName: string;

  /**
   * @throws {pulumi.InputPropertyError} or {pulumi.InputPropertiesError} when the arguments cannot be provisioned.
   * @throws {pulumi.ResourceError} without an explicit provider of AWS.
   */
  constructor(name: string, args: AwsFleetKeyArgs, opts: pulumi.ComponentResourceOptions) {
    refuseProblems(`AwsFleetKey "${name}"`, [
      ...checkComponentName(name),
      ...checkAwsFleetKey(args),
    ]);
    super(componentType("security", "AwsFleetKey"), name, {}, opts);
    const childOpts = placedChildOptions(this, "aws");
    const { region, administratorArns = [], services = KEY_SERVICES } = args;
    const keyName = childName(name, "key");
    const policy = pulumi
      .all([args.accountId, pulumi.all([...administratorArns])])
      .apply(([accountId, administrators]) =>
        JSON.stringify(
          keyPolicy({ region, accountId, administratorArns: administrators, services }),
        ),
      );
    const key = new aws.kms.Key(
      ...transformed<aws.kms.KeyArgs>(
        args.transform?.key,
        keyName,
        {
          description: `What the fleet keeps in ${region}`,
          enableKeyRotation: true,
          rotationPeriodInDays: args.rotationDays ?? ROTATION_DAYS,
          deletionWindowInDays: DELETION_WINDOW_DAYS,
          policy,
          // Rights to keys are given by tags, since an identifier says nothing.
          tags: { ...awsTags({ region, ...args.allocation }), Name: keyName },
        },
        { ...childOpts, protect: args.isProtected ?? true },
      ),
    );
    const aliasName = physicalName("awsKmsAlias", `alias/capplan/${name}`);
    new aws.kms.Alias(keyName, { name: aliasName, targetKeyId: key.keyId }, childOpts);

    this.keyArn = key.arn;
    this.aliasName = aliasName;
    this.registerOutputs({ keyArn: this.keyArn, aliasName: this.aliasName });
  }
}
