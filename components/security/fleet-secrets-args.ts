/**
 * Arguments of AwsFleetSecrets, GcpFleetSecrets and ExternalSecrets: names of secrets, and who reads them. No value of a
 * secret is an argument, so none is in a program, a plan or a state.
 */
import type * as aws from "@pulumi/aws";
import type * as gcp from "@pulumi/gcp";
import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Allocation } from "../foundation/allocation";
import { checkForm, checkWhole } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";
import type { Transform } from "../foundation/transform";
import { AWS_REGION } from "./aws-fleet-key-args";
import { GCP_REGION } from "./gcp-fleet-key-args";

/** The service account of a cluster that reads the secrets. Known early, but for the cluster's name. */
export interface SecretReaderArgs {
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** What each secret is for, by its name: lower case letters, digits and hyphens. Known early. */
export type SecretPurposes = Readonly<Record<string, string>>;

/** Arguments of AwsFleetSecrets. */
export interface AwsFleetSecretsArgs {
  /** Region of the provider that is passed. Known early. */
  readonly region: string;
  readonly secrets: SecretPurposes;
  /** Key that encrypts them. */
  readonly kmsKeyArn: pulumi.Input<string>;
  /** Who reads them, and gets a role for it: ExternalSecrets' `reader`. @default - nobody */
  readonly reader?: SecretReaderArgs & { readonly clusterName: pulumi.Input<string> };
  /** Days for which a deleted secret can be brought back: 7 to 30. Known early. @default 30 */
  readonly recoveryDays?: number;
  /** Whether the secrets, whose values are nowhere else, are protected. Known early. @default true */
  readonly isProtected?: boolean;
  /** Who pays. @default - region only */
  readonly allocation?: Allocation;
  /** The hatch. @default - none */
  readonly transform?: { readonly secret?: Transform<aws.secretsmanager.SecretArgs> };
}

/** Arguments of GcpFleetSecrets. */
export interface GcpFleetSecretsArgs {
  readonly projectId: pulumi.Input<string>;
  readonly projectNumber: pulumi.Input<string>;
  /** The only region where the values lie. Known early. */
  readonly location: string;
  readonly secrets: SecretPurposes;
  /** Key that encrypts them; the agent of Secret Manager must be allowed to use it. @default - Google's own */
  readonly kmsKeyName?: pulumi.Input<string>;
  /** Who reads them, by Workload Identity: ExternalSecrets' `reader`. @default - nobody */
  readonly reader?: SecretReaderArgs;
  /** Whether the secrets, whose values are nowhere else, are protected. Known early. @default true */
  readonly isProtected?: boolean;
  /** Who pays. @default - region only */
  readonly allocation?: Allocation;
  /** The hatch. @default - none */
  readonly transform?: { readonly secret?: Transform<gcp.secretmanager.SecretArgs> };
}

/** A field of a secret in the cloud that is a JSON object: what changes together is one secret. */
export interface SecretFieldArgs {
  /** Name of the secret in the cloud. */
  readonly secret: pulumi.Input<string>;
  /** Known early. */
  readonly field: string;
}

/** One Secret of Kubernetes, filled from the cloud. */
export interface SyncedSecretArgs {
  /** Namespace of the Secret, which exists already. */
  readonly namespace: string;
  /** Key of the Secret, and the name of the secret in the cloud that fills it, or a field of it. @default - none */
  readonly keys?: Readonly<Record<string, pulumi.Input<string> | SecretFieldArgs>>;
  /**
   * Name of a secret in the cloud that is a JSON object, each field of which becomes a key: for keys that are not known
   * here. @default - none
   */
  readonly keysOf?: pulumi.Input<string>;
  /** Type of the Secret. @default "Opaque" */
  readonly type?: "Opaque" | "kubernetes.io/tls";
  /** Seconds between two looks at the cloud: 60 to 86400. @default 3600 */
  readonly refreshSeconds?: number;
}

/** Where secrets come from. */
export type SecretSource =
  | { readonly kind: "aws-secrets-manager"; readonly region: string }
  | { readonly kind: "gcp-secret-manager"; readonly projectId: pulumi.Input<string> };

/** Arguments of ExternalSecrets. Known early, but for what comes out of a cloud. */
export interface ExternalSecretsArgs {
  readonly source: SecretSource;
  /** By name of the Secret. */
  readonly secrets: Readonly<Record<string, SyncedSecretArgs>>;
  /** Version of the chart. @default "2.9.0" */
  readonly version?: string;
  /** Who pays. @default - nobody */
  readonly allocation?: Allocation;
  /** The hatch. @default - none */
  readonly transform?: { readonly operator?: Transform<kubernetes.helm.v3.ReleaseArgs> };
}

/** Whether a key is filled by a field. An Output has no own `field`. */
export function isField(source: pulumi.Input<string> | SecretFieldArgs): source is SecretFieldArgs {
  return typeof source === "object" && Object.hasOwn(source, "field");
}

const FIELD = {
  pattern: /^[A-Za-z][A-Za-z0-9_-]*$/,
  must: "be a name of letters, digits, hyphens and underscores, since a full stop leads into an object",
};
const TLS_KEYS = ["tls.crt", "tls.key"];

const NAME = {
  pattern: /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
  must: "be a name of at most 63 lower case letters, digits and hyphens",
};

/** Something that looks like the value of a secret where its purpose should be. */
const VALUE = /(AKIA|ASIA)[A-Z0-9]{16}|hf_[A-Za-z0-9]{20,}|sk-[A-Za-z0-9]{16,}|-----BEGIN/;

function checkPurposes(secrets: SecretPurposes): readonly InputProblem[] {
  const problems: InputProblem[] = [];
  if (Object.keys(secrets).length === 0) {
    problems.push({ path: "secrets", must: "name a secret", got: secrets });
  }
  for (const [name, purpose] of Object.entries(secrets)) {
    problems.push(...checkForm(`secrets.${name}`, name, NAME));
    if (!VALUE.test(purpose)) continue;
    // The value is not repeated in the message, which is printed and kept.
    problems.push({
      path: `secrets.${name}`,
      must: "say what the secret is for, and never hold its value",
      got: "something that looks like a value",
    });
  }
  return problems;
}

function checkReader(reader: SecretReaderArgs | undefined): readonly InputProblem[] {
  return [
    ...checkForm("reader.namespace", reader?.namespace, NAME),
    ...checkForm("reader.serviceAccount", reader?.serviceAccount, NAME),
  ];
}

/** What is wrong with the arguments. */
export function checkAwsFleetSecrets(args: AwsFleetSecretsArgs): readonly InputProblem[] {
  return [
    ...checkForm("region", args.region, AWS_REGION),
    ...checkPurposes(args.secrets),
    ...checkReader(args.reader),
    ...checkWhole("recoveryDays", args.recoveryDays, { min: 7, max: 30 }),
  ];
}

/** What is wrong with the arguments. */
export function checkGcpFleetSecrets(args: GcpFleetSecretsArgs): readonly InputProblem[] {
  return [
    ...checkForm("location", args.location, GCP_REGION),
    ...checkPurposes(args.secrets),
    ...checkReader(args.reader),
  ];
}

/** What is wrong with the arguments. */
export function checkExternalSecrets(args: ExternalSecretsArgs): readonly InputProblem[] {
  const { source, secrets } = args;
  const problems: InputProblem[] = [
    ...checkForm("version", args.version, {
      pattern: /^\d+\.\d+\.\d+$/,
      must: 'be a version of the chart, such as "2.9.0"',
    }),
    ...(source.kind === "aws-secrets-manager"
      ? checkForm("source.region", source.region, AWS_REGION)
      : []),
  ];
  for (const [name, secret] of Object.entries(secrets)) {
    problems.push(
      ...checkForm(`secrets.${name}`, name, NAME),
      ...checkForm(`secrets.${name}.namespace`, secret.namespace, NAME),
      ...checkWhole(`secrets.${name}.refreshSeconds`, secret.refreshSeconds, {
        min: 60,
        max: 86_400,
      }),
    );
    const keys = Object.keys(secret.keys ?? {});
    if ((keys.length === 0) === (secret.keysOf === undefined)) {
      const must = "hold a key, or be left out for keysOf";
      problems.push({ path: `secrets.${name}.keys`, must, got: secret.keys });
    }
    if (secret.type === "kubernetes.io/tls" && keys.toSorted().join() !== TLS_KEYS.join()) {
      const must = `hold ${TLS_KEYS.join(" and ")}, which a Secret of type kubernetes.io/tls has`;
      problems.push({ path: `secrets.${name}.keys`, must, got: keys });
    }
    for (const [key, source] of Object.entries(secret.keys ?? {})) {
      if (!isField(source)) continue;
      problems.push(...checkForm(`secrets.${name}.keys.${key}.field`, source.field, FIELD));
    }
  }
  return problems;
}
