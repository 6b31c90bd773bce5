/** Who did what in a project of Google Cloud, where nobody can change it afterwards. */
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { gcpLabels } from "../foundation/allocation";
import { checkComponentName, childName } from "../foundation/child-name";
import { componentType } from "../foundation/component-type";
import { placedChildOptions } from "../foundation/explicit-provider";
import { refuseProblems } from "../foundation/input-problem";
import { transformed } from "../foundation/transform";
import { checkGcpAuditTrail, type GcpAuditTrailArgs } from "./audit-trail-args";

const RETENTION_DAYS = 365;
const DAY_SECONDS = 86_400;

/** Services that hold keys, secrets, rights, weights and clusters. */
const DATA_ACCESS_SERVICES = [
  "cloudkms.googleapis.com",
  "container.googleapis.com",
  "iam.googleapis.com",
  "secretmanager.googleapis.com",
  "storage.googleapis.com",
  "sts.googleapis.com",
];

/**
 * Records of reads and writes of data for chosen services, beside those of administration that are always kept, and a
 * sink that copies all of them into a bucket whose objects cannot be changed or deleted until their retention ends.
 *
 * One for a project: what is said of a service here takes the place of what was said of it elsewhere.
 *
 * **Cost**: records of administration are free; those of reads and writes are 0.50 USD per GiB in Cloud Logging beyond
 * the first 50 of a month, and storage of the bucket besides.
 *
 * @example
 * new GcpAuditTrail("support-audit", { projectId: "support", location: "europe-west4" }, { provider });
 */
export class GcpAuditTrail extends pulumi.ComponentResource {
  readonly bucketName: pulumi.Output<string>;

  /**
   * @throws {pulumi.InputPropertyError} or {pulumi.InputPropertiesError} when the arguments cannot be provisioned.
   * @throws {pulumi.ResourceError} without an explicit provider of Google Cloud.
   */
  constructor(name: string, args: GcpAuditTrailArgs, opts: pulumi.ComponentResourceOptions) {
    refuseProblems(`GcpAuditTrail "${name}"`, [
      ...checkComponentName(name),
      ...checkGcpAuditTrail(args),
    ]);
    super(componentType("security", "GcpAuditTrail"), name, {}, opts);
    const childOpts = placedChildOptions(this, "gcp");

    const bucket = createBucket(name, args, childOpts);
    createSink(name, args, bucket, childOpts);
    for (const service of args.dataAccessServices ?? DATA_ACCESS_SERVICES) {
      new gcp.projects.IAMAuditConfig(
        childName(name, "service", service.replace(".googleapis.com", "")),
        {
          project: args.projectId,
          service,
          auditLogConfigs: ["ADMIN_READ", "DATA_READ", "DATA_WRITE"].map((logType) => ({
            logType,
          })),
        },
        childOpts,
      );
    }

    this.bucketName = bucket.name;
    this.registerOutputs({ bucketName: this.bucketName });
  }
}

function createBucket(
  name: string,
  args: GcpAuditTrailArgs,
  opts: pulumi.CustomResourceOptions,
): gcp.storage.Bucket {
  const { projectId, location, retentionDays = RETENTION_DAYS, kmsKeyName } = args;
  return new gcp.storage.Bucket(
    ...transformed<gcp.storage.BucketArgs>(
      args.transform?.bucket,
      childName(name, "records"),
      {
        project: projectId,
        location: location.toUpperCase(),
        forceDestroy: false,
        uniformBucketLevelAccess: true,
        publicAccessPrevention: "enforced",
        retentionPolicy: {
          isLocked: args.isIrrevocable ?? false,
          retentionPeriod: String(retentionDays * DAY_SECONDS),
        },
        lifecycleRules: [{ action: { type: "Delete" }, condition: { age: retentionDays + 1 } }],
        ...(kmsKeyName === undefined ? {} : { encryption: { defaultKmsKeyName: kmsKeyName } }),
        labels: gcpLabels({ region: location, ...args.allocation }),
      },
      { ...opts, protect: args.isProtected ?? true },
    ),
  );
}

function createSink(
  name: string,
  args: GcpAuditTrailArgs,
  bucket: gcp.storage.Bucket,
  opts: pulumi.CustomResourceOptions,
): void {
  const sinkName = childName(name, "sink");
  const sink = new gcp.logging.ProjectSink(
    ...transformed<gcp.logging.ProjectSinkArgs>(
      args.transform?.sink,
      sinkName,
      {
        project: args.projectId,
        destination: pulumi.interpolate`storage.googleapis.com/${bucket.name}`,
        filter:
          'log_id("cloudaudit.googleapis.com/activity") OR log_id("cloudaudit.googleapis.com/data_access") OR log_id("cloudaudit.googleapis.com/system_event") OR log_id("cloudaudit.googleapis.com/policy")',
        uniqueWriterIdentity: true,
      },
      opts,
    ),
  );
  new gcp.storage.BucketIAMMember(
    sinkName,
    { bucket: bucket.name, role: "roles/storage.objectCreator", member: sink.writerIdentity },
    opts,
  );
}
