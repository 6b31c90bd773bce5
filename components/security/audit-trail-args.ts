/** Arguments of AwsAuditTrail and GcpAuditTrail: what they mean and what is refused. */
import type * as aws from "@pulumi/aws";
import type * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import type { Allocation } from "../foundation/allocation";
import { checkForm, checkUnique, checkWhole } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";
import type { Transform } from "../foundation/transform";
import { AWS_REGION, checkAccountId } from "./aws-fleet-key-args";
import { GCP_REGION } from "./gcp-fleet-key-args";

/** What both clouds' trails are asked for. Known early. */
export interface AuditRetentionArgs {
  /** Days that records are kept, and cannot be deleted before: 1 to 3650. @default 365 */
  readonly retentionDays?: number;
  /**
   * Whether the retention itself can never be shortened again, by anybody, the account's owner included. Nothing takes
   * it back. @default false: administrators with a right of their own can
   */
  readonly isIrrevocable?: boolean;
}

/** Changes to single resources, in the provider's words. */
export interface AwsAuditTrailTransforms {
  readonly bucket?: Transform<aws.s3.BucketArgs>;
  readonly trail?: Transform<aws.cloudtrail.TrailArgs>;
}

/** Arguments of AwsAuditTrail. One for an account: it records every region. */
export interface AwsAuditTrailArgs extends AuditRetentionArgs {
  /** Region of the provider that is passed, where the records lie. Known early. */
  readonly region: string;
  /** The account, twelve digits. */
  readonly accountId: pulumi.Input<string>;
  /** Key that encrypts the records; its policy must let CloudTrail use it, as an AwsFleetKey's does. */
  readonly kmsKeyArn: pulumi.Input<string>;
  /** Buckets whose every read and write is recorded, by ARN: those with weights. @default [] */
  readonly bucketArns?: readonly pulumi.Input<string>[];
  /** Whether the records are protected from deletion. Known early. @default true */
  readonly isProtected?: boolean;
  /** Who pays. @default - region only */
  readonly allocation?: Allocation;
  /** The hatch. @default - none */
  readonly transform?: AwsAuditTrailTransforms;
}

/** Changes to single resources, in the provider's words. */
export interface GcpAuditTrailTransforms {
  readonly bucket?: Transform<gcp.storage.BucketArgs>;
  readonly sink?: Transform<gcp.logging.ProjectSinkArgs>;
}

/** Arguments of GcpAuditTrail. One for a project. */
export interface GcpAuditTrailArgs extends AuditRetentionArgs {
  /** Id of the project. Known early: it is part of the bucket's name. */
  readonly projectId: string;
  /** Where the records lie: a region. Known early. */
  readonly location: string;
  /**
   * Services of which reads and writes of data are recorded, which are off by default and cost by volume. Known early.
   * @default - those that hold keys, secrets, rights, weights and clusters
   */
  readonly dataAccessServices?: readonly string[];
  /** Key that encrypts the records; the agent of Cloud Storage must be allowed to use it. @default - Google's own */
  readonly kmsKeyName?: pulumi.Input<string>;
  /** Whether the records are protected from deletion. Known early. @default true */
  readonly isProtected?: boolean;
  /** Who pays. @default - region only */
  readonly allocation?: Allocation;
  /** The hatch. @default - none */
  readonly transform?: GcpAuditTrailTransforms;
}

const RETENTION_DAYS = { min: 1, max: 3650 };

/** What is wrong with the arguments. */
export function checkAwsAuditTrail(args: AwsAuditTrailArgs): readonly InputProblem[] {
  return [
    ...checkForm("region", args.region, AWS_REGION),
    ...checkAccountId(args.accountId),
    ...checkWhole("retentionDays", args.retentionDays, RETENTION_DAYS),
    ...checkUnique(
      "bucketArns",
      (args.bucketArns ?? []).filter((arn) => typeof arn === "string"),
    ),
  ];
}

/** What is wrong with the arguments. */
export function checkGcpAuditTrail(args: GcpAuditTrailArgs): readonly InputProblem[] {
  const services = args.dataAccessServices ?? [];
  return [
    ...checkForm("projectId", args.projectId, {
      pattern: /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
      must: "be the id of a project",
    }),
    ...checkForm("location", args.location, GCP_REGION),
    ...checkWhole("retentionDays", args.retentionDays, RETENTION_DAYS),
    ...checkUnique("dataAccessServices", services),
    ...services.flatMap((service, index) =>
      checkForm(`dataAccessServices[${index}]`, service, {
        pattern: /^[a-z][a-z0-9-]*\.googleapis\.com$|^allServices$/,
        must: 'be a service, such as "storage.googleapis.com"',
      }),
    ),
  ];
}
