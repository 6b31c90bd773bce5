/** Brings secrets of a cloud into a cluster, where pods read them as Secrets of Kubernetes. */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { kubernetesLabels } from "../foundation/allocation";
import { checkComponentName, childName } from "../foundation/child-name";
import { componentType } from "../foundation/component-type";
import { placedChildOptions } from "../foundation/explicit-provider";
import { refuseProblems } from "../foundation/input-problem";
import { physicalName } from "../foundation/physical-name";
import { transformed } from "../foundation/transform";
import {
  checkExternalSecrets,
  type ExternalSecretsArgs,
  isField,
  type SecretReaderArgs,
  type SecretSource,
  type SyncedSecretArgs,
} from "./fleet-secrets-args";

const API = "external-secrets.io/v1";
const REFRESH_SECONDS = 3600;

/**
 * The External Secrets operator, one store for a cloud, and a Secret for each that is asked for. The operator reads as
 * its own service account, `ExternalSecrets.reader`, which AwsFleetSecrets and GcpFleetSecrets give the right to; only
 * namespaces that have a secret here may use the store. Names pass through the program, values never do.
 *
 * The definitions of its objects come with its chart.
 *
 * **Cost**: that of three small pods, and of one read a secret and hour.
 *
 * @example
 * new ExternalSecrets("support-sync", {
 *   source: { kind: "aws-secrets-manager", region: "us-east-1" },
 *   secrets: { weights: { namespace: "serving", keys: { token: secrets.secretNames["weights-token"] } } },
 * }, { provider: cluster.kubernetesProvider });
 */
export class ExternalSecrets extends pulumi.ComponentResource {
  /** Who reads in the cloud. */
  static readonly reader: SecretReaderArgs = {
    namespace: "external-secrets",
    serviceAccount: "external-secrets",
  };
  /** Name of the store, for objects of your own. */
  readonly storeName: string;

  /**
   * @throws {pulumi.InputPropertyError} or {pulumi.InputPropertiesError} when the arguments cannot be provisioned.
   * @throws {pulumi.ResourceError} without an explicit provider of Kubernetes.
   */
  constructor(name: string, args: ExternalSecretsArgs, opts: pulumi.ComponentResourceOptions) {
    refuseProblems(`ExternalSecrets "${name}"`, [
      ...checkComponentName(name),
      ...checkExternalSecrets(args),
    ]);
    super(componentType("security", "ExternalSecrets"), name, {}, opts);
    const childOpts = placedChildOptions(this, "kubernetes");
    const labels = kubernetesLabels(args.allocation ?? {});
    const storeName = physicalName("kubernetesName", name);

    const operator = createOperator(name, args, childOpts);
    const namespaces = Object.values(args.secrets).map(({ namespace }) => namespace);
    const store = new kubernetes.apiextensions.CustomResource(
      childName(name, "store"),
      {
        apiVersion: API,
        kind: "ClusterSecretStore",
        metadata: { name: storeName, labels },
        spec: {
          conditions: [{ namespaces: [...new Set(namespaces)].sort() }],
          provider: providerOf(args.source),
        },
      },
      { ...childOpts, dependsOn: [operator] },
    );
    for (const [secret, synced] of Object.entries(args.secrets)) {
      const { namespace, type, refreshSeconds } = synced;
      new kubernetes.apiextensions.CustomResource(
        childName(name, "secret", secret),
        {
          apiVersion: API,
          kind: "ExternalSecret",
          metadata: { name: secret, namespace, labels },
          spec: {
            refreshInterval: `${refreshSeconds ?? REFRESH_SECONDS}s`,
            secretStoreRef: { kind: "ClusterSecretStore", name: storeName },
            target: {
              name: secret,
              creationPolicy: "Owner",
              ...(type === undefined ? {} : { template: { type } }),
            },
            ...keysSpec(synced),
          },
        },
        { ...childOpts, dependsOn: [store] },
      );
    }

    this.storeName = storeName;
    this.registerOutputs({ storeName: this.storeName });
  }
}

/** What becomes of a secret in the cloud: single keys, or one for each of its fields. */
function keysSpec({ keys = {}, keysOf }: SyncedSecretArgs) {
  if (keysOf !== undefined) return { dataFrom: [{ extract: { key: keysOf } }] };
  return {
    data: Object.entries(keys).map(([secretKey, source]) => ({
      secretKey,
      remoteRef: isField(source) ? { key: source.secret, property: source.field } : { key: source },
    })),
  };
}

function createOperator(
  name: string,
  { version = "2.9.0", transform }: ExternalSecretsArgs,
  opts: pulumi.CustomResourceOptions,
): kubernetes.helm.v3.Release {
  const { namespace, serviceAccount } = ExternalSecrets.reader;
  return new kubernetes.helm.v3.Release(
    ...transformed<kubernetes.helm.v3.ReleaseArgs>(
      transform?.operator,
      childName(name, "operator"),
      {
        chart: "external-secrets",
        version,
        repositoryOpts: { repo: "https://charts.external-secrets.io" },
        name: "external-secrets",
        namespace,
        createNamespace: true,
        values: {
          installCRDs: true,
          serviceAccount: { create: true, name: serviceAccount },
          replicaCount: 2,
          leaderElect: true,
        },
      },
      opts,
    ),
  );
}

/** Without an `auth` the operator is who its service account is. */
function providerOf(source: SecretSource) {
  return source.kind === "aws-secrets-manager"
    ? { aws: { service: "SecretsManager", region: source.region } }
    : { gcpsm: { projectID: source.projectId } };
}
