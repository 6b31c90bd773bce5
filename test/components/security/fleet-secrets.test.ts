import { describe, expect, it } from "@jest/globals";
import * as aws from "@pulumi/aws";
import * as gcp from "@pulumi/gcp";
import * as kubernetes from "@pulumi/kubernetes";
import {
  AwsFleetSecrets,
  type AwsFleetSecretsArgs,
  ExternalSecrets,
  type ExternalSecretsArgs,
  GcpFleetSecrets,
  type GcpFleetSecretsArgs,
} from "../../../components/security";
import { describeComponentLaws } from "../../support/component-laws";
import { ofType, only } from "../../support/mini-engine/engine-run";
import { registered } from "../../support/mini-engine/in-process";

const onAws: AwsFleetSecretsArgs = {
  region: "us-east-1",
  kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/probe",
  secrets: { "weights-token": "Reads weights from the hub", "api-keys": "Keys of tenants" },
  reader: { ...ExternalSecrets.reader, clusterName: "support" },
};
const onGcp: GcpFleetSecretsArgs = {
  projectId: "support",
  projectNumber: "123456789012",
  location: "europe-west4",
  secrets: { "weights-token": "Reads weights from the hub" },
  kmsKeyName: "projects/support/locations/europe-west4/keyRings/a/cryptoKeys/b",
  reader: ExternalSecrets.reader,
};
const inCluster: ExternalSecretsArgs = {
  source: { kind: "aws-secrets-manager", region: "us-east-1" },
  secrets: {
    weights: { namespace: "serving", keys: { token: "support-weights-token" } },
    tenants: { namespace: "gateway", keys: { keys: "support-api-keys" }, refreshSeconds: 300 },
  },
};

function secretsOnAws(args: AwsFleetSecretsArgs) {
  return (): Record<string, unknown> => {
    const provider = new aws.Provider("us-east-1", { region: "us-east-1" });
    return { names: new AwsFleetSecrets("secrets", args, { provider }).secretNames };
  };
}
function secretsOnGcp(args: GcpFleetSecretsArgs) {
  return (): Record<string, unknown> => {
    const provider = new gcp.Provider("europe-west4", { project: "support" });
    return { names: new GcpFleetSecrets("secrets", args, { provider }).secretNames };
  };
}
function secretsInCluster(args: ExternalSecretsArgs) {
  return (): Record<string, unknown> => {
    const provider = new kubernetes.Provider("cluster", { kubeconfig: "{}" });
    return { store: new ExternalSecrets("sync", args, { provider }).storeName };
  };
}

describeComponentLaws({ name: "aws-fleet-secrets", program: secretsOnAws(onAws) });
describeComponentLaws({ name: "gcp-fleet-secrets", program: secretsOnGcp(onGcp) });
describeComponentLaws({ name: "external-secrets", program: secretsInCluster(inCluster) });

describe("AwsFleetSecrets", () => {
  it("makes places for values and no values, and lets one account read exactly them", async () => {
    const run = await registered(secretsOnAws(onAws));
    expect(ofType(run, "aws:secretsmanager/secretVersion:SecretVersion")).toEqual([]);
    const secrets = ofType(run, "aws:secretsmanager/secret:Secret");
    expect(secrets.map(({ protect, inputs }) => [protect, inputs["recoveryWindowInDays"]])).toEqual(
      [
        [true, 30],
        [true, 30],
      ],
    );
    const policy = JSON.parse(String(only(run, "aws:iam/rolePolicy:RolePolicy").inputs["policy"]));
    expect(policy.Statement).toMatchObject([
      {
        Action: ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
        Resource: [
          expect.stringContaining("secrets-weights-token"),
          expect.stringContaining("secrets-api-keys"),
        ],
      },
      { Action: ["kms:Decrypt"], Resource: onAws.kmsKeyArn },
    ]);
    expect(only(run, "aws:eks/podIdentityAssociation:PodIdentityAssociation").inputs).toMatchObject(
      { namespace: "external-secrets", serviceAccount: "external-secrets" },
    );
  });

  it.each<[string, Partial<AwsFleetSecretsArgs>]>([
    ["secrets", { secrets: {} }],
    ["secrets.Token", { secrets: { Token: "Reads weights" } }],
    ["recoveryDays", { recoveryDays: 1 }],
    ["reader.namespace", { reader: { namespace: "A", serviceAccount: "b", clusterName: "c" } }],
  ])("fails when %s cannot be", async (propertyPath, change) => {
    await expect(registered(secretsOnAws({ ...onAws, ...change }))).rejects.toMatchObject({
      propertyPath,
    });
  });

  it("fails for a value where a purpose should be, and does not repeat it", async () => {
    const value = "hf_abcdefghijklmnopqrstuvwxyz";
    const failed = registered(secretsOnAws({ ...onAws, secrets: { token: value } }));
    await expect(failed).rejects.toMatchObject({ propertyPath: "secrets.token" });
    await expect(failed).rejects.not.toMatchObject({ message: expect.stringContaining(value) });
  });
});

describe("GcpFleetSecrets", () => {
  it("keeps values in one region, and lets one account of the cluster read exactly them", async () => {
    const run = await registered(secretsOnGcp(onGcp));
    expect(only(run, "gcp:secretmanager/secret:Secret").inputs["replication"]).toEqual({
      userManaged: {
        replicas: [
          {
            location: "europe-west4",
            customerManagedEncryption: { kmsKeyName: onGcp.kmsKeyName },
          },
        ],
      },
    });
    expect(only(run, "gcp:secretmanager/secretIamMember:SecretIamMember").inputs).toMatchObject({
      role: "roles/secretmanager.secretAccessor",
      member:
        "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/support.svc.id.goog/subject/ns/external-secrets/sa/external-secrets",
    });
    expect(ofType(run, "gcp:secretmanager/secretVersion:SecretVersion")).toEqual([]);
  });

  it("fails outside of a region", async () => {
    await expect(registered(secretsOnGcp({ ...onGcp, location: "global" }))).rejects.toMatchObject({
      propertyPath: "location",
    });
  });
});

describe("ExternalSecrets", () => {
  it("fills Secrets by name, from a store that only their namespaces may use", async () => {
    const run = await registered(secretsInCluster(inCluster));
    const api = "kubernetes:external-secrets.io/v1";
    const store = only(run, `${api}:ClusterSecretStore`);
    expect(store.inputs["spec"]).toEqual({
      conditions: [{ namespaces: ["gateway", "serving"] }],
      provider: { aws: { service: "SecretsManager", region: "us-east-1" } },
    });
    expect(store.dependencies).toContain(only(run, "kubernetes:helm.sh/v3:Release").urn);
    const [tenants, weights] = ofType(run, `${api}:ExternalSecret`);
    expect(weights!.inputs).toMatchObject({
      metadata: { name: "weights", namespace: "serving" },
      spec: {
        refreshInterval: "3600s",
        secretStoreRef: { kind: "ClusterSecretStore", name: "sync" },
        data: [{ secretKey: "token", remoteRef: { key: "support-weights-token" } }],
      },
    });
    expect(tenants!.inputs["spec"]).toMatchObject({ refreshInterval: "300s" });
  });

  it("makes a Secret for TLS out of the fields of one secret", async () => {
    const keys = {
      "tls.crt": { secret: "support-certificate", field: "certificate" },
      "tls.key": { secret: "support-certificate", field: "key" },
    };
    const secrets = { api: { namespace: "serving", type: "kubernetes.io/tls" as const, keys } };
    const run = await registered(secretsInCluster({ ...inCluster, secrets }));
    // external-secrets.io/v2.9/guides/common-k8s-secret-types, "TLS"; a provider's "property" is a field of JSON.
    expect(
      only(run, "kubernetes:external-secrets.io/v1:ExternalSecret").inputs["spec"],
    ).toMatchObject({
      target: { name: "api", template: { type: "kubernetes.io/tls" } },
      data: [
        {
          secretKey: "tls.crt",
          remoteRef: { key: "support-certificate", property: "certificate" },
        },
        { secretKey: "tls.key", remoteRef: { key: "support-certificate", property: "key" } },
      ],
    });
  });

  it("runs as who the clouds give the right to", async () => {
    const { inputs } = only(
      await registered(secretsInCluster(inCluster)),
      "kubernetes:helm.sh/v3:Release",
    );
    const { namespace, serviceAccount } = ExternalSecrets.reader;
    expect(inputs).toMatchObject({
      namespace,
      values: { serviceAccount: { name: serviceAccount } },
    });
  });

  it("makes a key of each field of a secret, where the names are not known", async () => {
    const secrets = { clients: { namespace: "serving", keysOf: "support-client-keys" } };
    const run = await registered(secretsInCluster({ ...inCluster, secrets }));
    const { spec } = only(run, "kubernetes:external-secrets.io/v1:ExternalSecret").inputs;
    // external-secrets.io/v2.9/guides/all-keys-one-secret
    expect(spec).toMatchObject({ dataFrom: [{ extract: { key: "support-client-keys" } }] });
    expect(spec).not.toHaveProperty("data");
  });

  it.each<[string, Partial<ExternalSecretsArgs>]>([
    [
      "secrets.weights.keys",
      { secrets: { weights: { namespace: "serving", keys: { token: "a" }, keysOf: "b" } } },
    ],
    ["source.region", { source: { kind: "aws-secrets-manager", region: "x" } }],
    ["version", { version: "latest" }],
    ["secrets.weights.keys", { secrets: { weights: { namespace: "serving", keys: {} } } }],
    [
      "secrets.api.keys",
      { secrets: { api: { namespace: "serving", type: "kubernetes.io/tls", keys: { a: "b" } } } },
    ],
    [
      "secrets.weights.keys.token.field",
      {
        secrets: {
          weights: { namespace: "serving", keys: { token: { secret: "hub", field: "a.b" } } },
        },
      },
    ],
    [
      "secrets.weights.refreshSeconds",
      { secrets: { weights: { namespace: "serving", keys: { a: "b" }, refreshSeconds: 1 } } },
    ],
  ])("fails when %s cannot be", async (propertyPath, change) => {
    await expect(registered(secretsInCluster({ ...inCluster, ...change }))).rejects.toMatchObject({
      propertyPath,
    });
  });
});
