/**
 * Secrets that the secret manager of the cloud keeps for a region: the foundation makes places for their values, which a
 * person puts in, and the serving layer brings them into the cluster. No value passes through a stack.
 */
import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import {
  ExternalSecrets,
  type SecretPurposes,
  type SyncedSecretArgs,
} from "../components/security";
import { after } from "./after";
import type { PlaceContext } from "./derive/place-context";
import { SERVING_NAMESPACE } from "./derive/services";
import type { ServingCloud } from "./serving-cloud";
import type { FoundationHandover } from "./stack-outputs";
import { stackRefusal } from "./stack-refusal";
import type { ServingSettings } from "./stack-settings";

/** What each is for, by its name. */
export const SECRET_PURPOSES = {
  certificate: "Certificate of the hosts and its key, both PEM, as JSON with certificate and key",
  alertmanager: "Configuration of Alertmanager, which says who is told, as alertmanager.yaml",
  "client-keys": "Keys of clients, as JSON: under the name of each client, its key",
} as const;
export type CloudSecret = keyof typeof SECRET_PURPOSES;

/** The Secret of Alertmanager's configuration where the stack's file names none. */
const ALERTMANAGER_SECRET = "alertmanager";

/** A key that is taken back must not let anybody in for the hour that other secrets may be old. */
const CLIENT_KEYS_SECONDS = 300;

/** Purposes of the secrets that a stack asks for; undefined without any. */
export function purposesOf(names: readonly CloudSecret[] | undefined): SecretPurposes | undefined {
  return names && Object.fromEntries(names.map((name) => [name, SECRET_PURPOSES[name]]));
}

/** Name of the Secret that says who is told of alerts; undefined where nobody is. */
export function alertmanagerSecretOf({
  alertmanagerSecret,
  cloudSecrets = [],
}: {
  readonly alertmanagerSecret?: string | undefined;
  readonly cloudSecrets?: readonly CloudSecret[] | undefined;
}): { readonly alertmanagerSecret?: string } {
  const otherwise = cloudSecrets.includes("alertmanager") ? ALERTMANAGER_SECRET : undefined;
  const name = alertmanagerSecret ?? otherwise;
  return name === undefined ? {} : { alertmanagerSecret: name };
}

/** What the secrets of a region are brought into a cluster with. */
export interface CloudSecretsParts {
  readonly place: PlaceContext;
  readonly settings: ServingSettings;
  readonly side: ServingCloud;
  readonly foundation: pulumi.Output<FoundationHandover>;
  /** Of the cluster. */
  readonly provider: kubernetes.Provider;
}

/** Brings the secrets of a region into the namespaces of those who read them. */
export function createCloudSecrets(
  parts: CloudSecretsParts,
  namespaces: readonly pulumi.Resource[],
): void {
  const { place, settings, side, foundation, provider } = parts;
  const { cloudSecrets = [] } = settings;
  if (cloudSecrets.length === 0) return;
  const secrets = cloudSecrets.map((name) =>
    syncedSecret(name, secretName(foundation, name), parts),
  );
  new ExternalSecrets(
    place.name,
    {
      source: side.secretSource,
      secrets: Object.fromEntries(secrets),
      allocation: place.allocation,
    },
    { provider, ...after(namespaces) },
  );
}

/** The Secret of a cluster, by its name. @param secret its name in the cloud */
function syncedSecret(
  name: CloudSecret,
  secret: pulumi.Output<string>,
  { settings, side }: CloudSecretsParts,
): readonly [string, SyncedSecretArgs] {
  switch (name) {
    case "certificate":
      return [
        settings.certificateSecret,
        {
          namespace: SERVING_NAMESPACE,
          type: "kubernetes.io/tls",
          // One secret, so that a certificate never stands beside the key of another.
          keys: {
            "tls.crt": { secret, field: "certificate" },
            "tls.key": { secret, field: "key" },
          },
        },
      ];
    case "client-keys":
      return [
        settings.clientKeysSecret,
        { namespace: SERVING_NAMESPACE, keysOf: secret, refreshSeconds: CLIENT_KEYS_SECONDS },
      ];
    case "alertmanager":
      return [
        settings.alertmanagerSecret ?? ALERTMANAGER_SECRET,
        { namespace: side.alertmanagerNamespace, keys: { "alertmanager.yaml": secret } },
      ];
  }
}

/** Name of a secret in the cloud, which fails where the foundation keeps none. */
function secretName(
  foundation: pulumi.Output<FoundationHandover>,
  name: CloudSecret,
): pulumi.Output<string> {
  return foundation.apply(({ secretNames }) => {
    const found = secretNames[name];
    if (found !== undefined) return found;
    throw stackRefusal(
      `capplan:cloudSecrets: the foundation keeps no secret ${name}; set it there as well, and put it up`,
    );
  });
}
