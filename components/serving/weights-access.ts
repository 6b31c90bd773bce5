/**
 * Who may read the weights: a service account of Kubernetes for the pods of one service, and with it rights for one
 * folder of one bucket and nothing else.
 *
 * Sources: docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html;
 * cloud.google.com/kubernetes-engine/docs/how-to/workload-identity#kubernetes-sa-to-iam;
 * cloud.google.com/iam/docs/conditions-attribute-reference (objectListPrefix).
 */
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { awsTags } from "../foundation/allocation";
import { childName } from "../foundation/child-name";
import { createPodIdentityRole } from "../foundation/pod-identity-role";
import { transformed } from "../foundation/transform";
import type { ReplicaTransforms, ServedModelArgs } from "./inference-service-args";
import type { GcsWeightsSource, S3WeightsSource } from "./weights-args";

/** Lets a service account read the weights; what pods have to wait for. */
export function createWeightsAccess(
  name: string,
  serviceAccount: string,
  model: ServedModelArgs,
  transform: ReplicaTransforms,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const { namespace, weights, allocation = {} } = model;
  const { source } = weights;
  if (source.kind !== "s3") {
    return createBinding(name, serviceAccount, model, source, transform, opts);
  }
  const { association } = createPodIdentityRole(
    childName(name, "weights"),
    {
      description: `Lets ${namespace}/${serviceAccount} read the weights of its model`,
      clusterName: source.clusterName,
      namespace,
      serviceAccount,
      policy: s3ReadPolicy(source),
      tags: awsTags(allocation),
      transform: transform.role,
    },
    opts,
  );
  return association;
}

/** What a reader of a folder of S3 may do. */
export function s3ReadPolicy({
  bucket,
  prefix,
  kmsKeyArn,
}: S3WeightsSource): pulumi.Output<string> {
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: pulumi.interpolate`arn:aws:s3:::${bucket}/${prefix}/*`,
      },
      {
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: pulumi.interpolate`arn:aws:s3:::${bucket}`,
        Condition: { StringLike: { "s3:prefix": [`${prefix}/*`, `${prefix}/`] } },
      },
      ...(kmsKeyArn === undefined
        ? []
        : [{ Effect: "Allow", Action: "kms:Decrypt", Resource: kmsKeyArn }]),
    ],
  });
}

/** The condition under which a reader of a folder of Cloud Storage is one. */
export function gcsReadCondition({
  bucket,
  prefix,
}: Pick<GcsWeightsSource, "bucket" | "prefix">): pulumi.Output<string> {
  const listed = `api.getAttribute("storage.googleapis.com/objectListPrefix", "")`;
  return pulumi.interpolate`resource.name.startsWith("projects/_/buckets/${bucket}/objects/${prefix}/") || (resource.name == "projects/_/buckets/${bucket}" && ${listed}.startsWith("${prefix}/"))`;
}

function createBinding(
  name: string,
  serviceAccount: string,
  { namespace }: ServedModelArgs,
  source: GcsWeightsSource,
  transform: ReplicaTransforms,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const { bucket, projectId, projectNumber } = source;
  return new gcp.storage.BucketIAMMember(
    ...transformed<gcp.storage.BucketIAMMemberArgs>(
      transform.bucketAccess,
      childName(name, "weights"),
      {
        bucket,
        role: "roles/storage.objectViewer",
        member: pulumi.interpolate`principal://iam.googleapis.com/projects/${projectNumber}/locations/global/workloadIdentityPools/${projectId}.svc.id.goog/subject/ns/${namespace}/sa/${serviceAccount}`,
        condition: {
          title: "weights of one model",
          expression: gcsReadCondition(source),
        },
      },
      opts,
    ),
  );
}
