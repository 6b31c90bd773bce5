/** Keys, records of who did what, a firewall for the web, secrets and images: what keeps a fleet from harm. */

export type {
  AuditRetentionArgs,
  AwsAuditTrailArgs,
  AwsAuditTrailTransforms,
  GcpAuditTrailArgs,
  GcpAuditTrailTransforms,
} from "./audit-trail-args";
export { AwsAuditTrail } from "./aws-audit-trail";
export { AwsFleetKey } from "./aws-fleet-key";
export type { AwsFleetKeyArgs, KeyService } from "./aws-fleet-key-args";
export { AwsFleetSecrets } from "./aws-fleet-secrets";
export { AwsWebAcl } from "./aws-web-acl";
export type { AwsWebAclArgs } from "./aws-web-acl-args";
export { ExternalSecrets } from "./external-secrets";
export type {
  AwsFleetSecretsArgs,
  ExternalSecretsArgs,
  GcpFleetSecretsArgs,
  SecretPurposes,
  SecretReaderArgs,
  SecretSource,
  SyncedSecretArgs,
} from "./fleet-secrets-args";
export { GcpAuditTrail } from "./gcp-audit-trail";
export { GcpFleetKey } from "./gcp-fleet-key";
export type { GcpFleetKeyArgs, KeyAgent } from "./gcp-fleet-key-args";
export { GcpFleetSecrets } from "./gcp-fleet-secrets";
export { GcpBinaryAuthorization, ImagePolicy } from "./image-policy";
export type { GcpBinaryAuthorizationArgs, ImagePolicyArgs } from "./image-policy-args";
