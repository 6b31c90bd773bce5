/** Keys, records of who did what, a firewall for the web, secrets and images: what keeps a fleet from harm. */

export type {
  AuditRetentionArgs,
  AwsAuditTrailArgs,
  AwsAuditTrailTransforms,
  GcpAuditTrailArgs,
  GcpAuditTrailTransforms,
} from "./audit-trail-args";
export type { AwsFleetKeyArgs, KeyService } from "./aws-fleet-key-args";
export type { AwsWebAclArgs } from "./aws-web-acl-args";
export type {
  AwsFleetSecretsArgs,
  ExternalSecretsArgs,
  GcpFleetSecretsArgs,
  SecretPurposes,
  SecretReaderArgs,
  SecretSource,
  SyncedSecretArgs,
} from "./fleet-secrets-args";
export type { GcpFleetKeyArgs, KeyAgent } from "./gcp-fleet-key-args";
export type { GcpBinaryAuthorizationArgs, ImagePolicyArgs } from "./image-policy-args";
