/** All instance types of the catalog, AWS then Google Cloud. */
import { awsInstanceTypes } from "./instance-types-aws";
import { gcpInstanceTypes } from "./instance-types-gcp";
import type { InstanceTypeSpec } from "./specs";

export const instanceTypes: readonly InstanceTypeSpec[] = [
  ...awsInstanceTypes,
  ...gcpInstanceTypes,
];
