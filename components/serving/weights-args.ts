/** Where the weights of a model are, and what is wrong with that. */
import type * as pulumi from "@pulumi/pulumi";
import { checkForm } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";
import { checkImage } from "./image-digest";

/** Weights in S3, read with EKS Pod Identity. */
export interface S3WeightsSource {
  readonly kind: "s3";
  readonly bucket: pulumi.Input<string>;
  /** Folder of the bucket, without a slash at either end: `models/llama-3.1-70b`. Known early. */
  readonly prefix: string;
  /** Region of the bucket. Known early. */
  readonly region: string;
  /** The EKS cluster, whose agent gives the pods their role. */
  readonly clusterName: pulumi.Input<string>;
  /** Key that the objects are encrypted with; its policy must let roles of the account use it. @default - S3's own */
  readonly kmsKeyArn?: pulumi.Input<string>;
}

/** Weights in Cloud Storage, read with Workload Identity Federation. The bucket has uniform access. */
export interface GcsWeightsSource {
  readonly kind: "gcs";
  readonly bucket: pulumi.Input<string>;
  /** Folder of the bucket, without a slash at either end: `models/llama-3.1-70b`. Known early. */
  readonly prefix: string;
  /** Project of the GKE cluster. */
  readonly projectId: pulumi.Input<string>;
  readonly projectNumber: pulumi.Input<string>;
}

/** The weights of a model. */
export interface WeightsArgs {
  readonly source: S3WeightsSource | GcsWeightsSource;
  /** Size of everything below the prefix, GiB, rounded up: what a pod asks its node's disk for. Known early. */
  readonly sizeGib: number;
  /** Image of rclone, by digest, which fetches them: `docker.io/rclone/rclone@sha256:…`. Known early. */
  readonly image: string;
  /** Seconds after which fetching them has failed, and is tried again. Known early. @default - startupSeconds */
  readonly fetchSecondsMax?: number;
}

/** What is wrong with the weights. */
export function checkWeights(weights: WeightsArgs, path: string): readonly InputProblem[] {
  const { source, sizeGib, image, fetchSecondsMax } = weights;
  const problems: InputProblem[] = [
    ...checkForm(`${path}.source.prefix`, source.prefix, {
      pattern: /^[\w-][\w.=-]*(\/[\w-][\w.=-]*)*$/,
      must: "be a folder of the bucket, without a slash at either end",
    }),
    ...checkImage(`${path}.image`, image),
  ];
  if (source.kind === "s3") {
    problems.push(
      ...checkForm(`${path}.source.region`, source.region, {
        pattern: /^[a-z]{2}(-[a-z]+)+-\d+$/,
        must: 'name a region, such as "us-east-1"',
      }),
    );
  }
  if (!(sizeGib > 0 && sizeGib <= 100_000)) {
    problems.push({ path: `${path}.sizeGib`, must: "be above 0 and at most 100000", got: sizeGib });
  }
  if (fetchSecondsMax !== undefined && !(fetchSecondsMax > 0)) {
    problems.push({ path: `${path}.fetchSecondsMax`, must: "be above 0", got: fetchSecondsMax });
  }
  return problems;
}
