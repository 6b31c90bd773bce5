/** Arguments of AwsFleetKey: what they mean and what is refused. */
import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Allocation } from "../foundation/allocation";
import { checkForm, checkOneOf, checkUnique, checkWhole } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";
import type { Transform } from "../foundation/transform";

/**
 * Services of AWS that use the key in their own name. Others, such as SQS and Secrets Manager, use it in the name of who
 * calls them, whose role has to allow it.
 */
export const KEY_SERVICES = [
  "budgets",
  "cloudtrail",
  "cloudwatch-alarms",
  "ec2",
  "events",
  "logs",
] as const;
export type KeyService = (typeof KEY_SERVICES)[number];

/** Arguments of AwsFleetKey. */
export interface AwsFleetKeyArgs {
  /** Region of the provider that is passed: `us-east-1`. Known early. */
  readonly region: string;
  /** The account, twelve digits. */
  readonly accountId: pulumi.Input<string>;
  /**
   * Roles that alone administer the key. Without any, whoever may by the account's policies of IAM. How many is known
   * early. @default []
   */
  readonly administratorArns?: readonly pulumi.Input<string>[];
  /**
   * Services that use the key, for this account only; `ec2` for disks of whoever starts instances. Known early.
   * @default - all of them
   */
  readonly services?: readonly KeyService[];
  /** Days after which the key's material is turned: 90 to 2560. Known early. @default 365 */
  readonly rotationDays?: number;
  /** Whether the key, without which everything that it encrypts is lost, is protected. Known early. @default true */
  readonly isProtected?: boolean;
  /** Who pays. @default - region only */
  readonly allocation?: Allocation;
  /** The hatch. @default - none */
  readonly transform?: { readonly key?: Transform<aws.kms.KeyArgs> };
}

/** Form of a region of AWS. */
export const AWS_REGION = {
  pattern: /^[a-z]{2}(-[a-z]+)+-\d+$/,
  must: 'name a region, such as "us-east-1"',
};

/** What is wrong with the arguments. */
export function checkAwsFleetKey(args: AwsFleetKeyArgs): readonly InputProblem[] {
  const { services = [], accountId } = args;
  return [
    ...checkForm("region", args.region, AWS_REGION),
    ...checkAccountId(accountId),
    ...checkUnique("services", services),
    ...services.flatMap((service, index) =>
      checkOneOf(`services[${index}]`, service, KEY_SERVICES),
    ),
    ...checkWhole("rotationDays", args.rotationDays, { min: 90, max: 2560 }),
  ];
}

/** What is wrong with the number of an account, where it is known. */
export function checkAccountId(accountId: pulumi.Input<string>): readonly InputProblem[] {
  if (typeof accountId !== "string") return [];
  return checkForm("accountId", accountId, {
    pattern: /^\d{12}$/,
    must: "be the number of an account: twelve digits",
  });
}
