/** Secrets of an example that keeps them in the clouds' secret managers: who reads which, and where they arrive. */
import { beforeAll, describe, expect, it } from "@jest/globals";
import { ofType, only } from "../support/mini-engine/engine-run";
import { fleetOf } from "./fleets";
import type { StackRun } from "./run-example";

const EXTERNAL_SECRET = "kubernetes:external-secrets.io/v1:ExternalSecret";
const READER = { namespace: "external-secrets", serviceAccount: "external-secrets" };

interface Spec {
  readonly data?: readonly {
    readonly secretKey: string;
    readonly remoteRef: { readonly key: string; readonly property?: string };
  }[];
  /** All fields of a secret. */
  readonly dataFrom?: readonly { readonly extract: { readonly key: string } }[];
  readonly target: { readonly name: string; readonly template?: { readonly type: string } };
}

let runs: readonly StackRun[];
beforeAll(async () => {
  runs = await fleetOf("two-clouds").putUp();
});
const stackOf = (layer: string, place: string) =>
  runs.find(({ stack }) => stack.layer === layer && stack.place === place)!.run;
const syncedIn = (place: string) =>
  ofType(stackOf("serving", place), EXTERNAL_SECRET).map(({ inputs }) => ({
    ...(inputs["metadata"] as { readonly name: string; readonly namespace: string }),
    spec: inputs["spec"] as Spec,
  }));

/** Names in the cloud of what is read. */
const keysOf = ({ data = [], dataFrom = [] }: Spec): readonly string[] => [
  ...data.map(({ remoteRef }) => remoteRef.key),
  ...dataFrom.map(({ extract }) => extract.key),
];

describe.each(["us-east-1", "us-west-2", "us-central1", "europe-west4"])("in %s", (place) => {
  it("the certificate arrives where the gateway looks for it, both halves out of one secret", () => {
    const listener = ofType(
      stackOf("serving", place),
      "kubernetes:gateway.networking.k8s.io/v1:Gateway",
    )[0]!.inputs["spec"] as {
      readonly listeners: readonly { readonly tls: { readonly certificateRefs: object[] } }[];
    };
    const { name, namespace, spec } = syncedIn(place).find(
      ({ spec: { target } }) => target.template,
    )!;
    expect(listener.listeners[0]!.tls.certificateRefs).toEqual([
      { group: "", kind: "Secret", name },
    ]);
    expect({ namespace, type: spec.target.template!.type, target: spec.target.name }).toEqual({
      namespace: "serving",
      type: "kubernetes.io/tls",
      target: name,
    });
    expect(spec.data!.map(({ secretKey }) => secretKey)).toEqual(["tls.crt", "tls.key"]);
    expect(new Set(keysOf(spec)).size).toBe(1);
  });

  it("the keys of clients arrive where the gateway looks for them, whoever they are", () => {
    const { apiKeyAuth } = ofType(
      stackOf("serving", place),
      "kubernetes:gateway.envoyproxy.io/v1alpha1:SecurityPolicy",
    )
      .map(({ inputs }) => inputs["spec"] as { readonly apiKeyAuth?: { credentialRefs: object[] } })
      .find((spec) => spec.apiKeyAuth)!;
    const { name, namespace, spec } = syncedIn(place).find(({ spec: { dataFrom } }) => dataFrom)!;
    expect(apiKeyAuth!.credentialRefs).toEqual([{ group: "", kind: "Secret", name }]);
    expect({ namespace, target: spec.target.name }).toEqual({ namespace: "serving", target: name });
    expect(spec.target.template).toBeUndefined();
  });

  it("only secrets that the foundation keeps are read", () => {
    const { secretNames } = stackOf("foundation", place).stackOutputs.values["handover"] as {
      readonly secretNames: Readonly<Record<string, string>>;
    };
    const read = syncedIn(place).flatMap(({ spec }) => keysOf(spec));
    expect(new Set(read)).toEqual(new Set(Object.values(secretNames)));
    expect(Object.keys(secretNames).sort()).toEqual(["alertmanager", "certificate", "client-keys"]);
  });
});

describe("who reads the secrets", () => {
  it("on AWS is a role of External Secrets alone, for these secrets and their key", () => {
    const run = stackOf("foundation", "us-east-1");
    const policy = ofType(run, "aws:iam/rolePolicy:RolePolicy").find(({ name }) =>
      name.endsWith("-reader"),
    )!;
    const { Statement: statements } = JSON.parse(String(policy.inputs["policy"]));
    const made = ofType(run, "aws:secretsmanager/secret:Secret");
    expect(made).toHaveLength(3);
    expect(policy.dependencies).toEqual(expect.arrayContaining(made.map(({ urn }) => urn)));
    const [read, decrypt, ...others] = statements;
    expect(others).toEqual([]);
    expect(read.Action).toEqual(["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]);
    const names = read.Resource.map((arn: string) => arn.replace(/^.*\/|-\d{7}$/g, ""));
    expect(names.toSorted()).toEqual(made.map(({ name }) => name).toSorted());
    expect(decrypt).toMatchObject({
      Action: ["kms:Decrypt"],
      Resource: made[0]!.inputs["kmsKeyId"],
    });
    const association = ofType(run, "aws:eks/podIdentityAssociation:PodIdentityAssociation").find(
      ({ name }) => name.endsWith("-reader"),
    )!;
    expect(association.inputs).toMatchObject(READER);
  });

  it("on Google Cloud is the account of External Secrets alone, secret by secret", () => {
    const run = stackOf("foundation", "europe-west4");
    const rights = ofType(run, "gcp:secretmanager/secretIamMember:SecretIamMember");
    expect(rights).toHaveLength(3);
    for (const { inputs } of rights) {
      expect(inputs["role"]).toBe("roles/secretmanager.secretAccessor");
      expect(inputs["member"]).toMatch(/subject\/ns\/external-secrets\/sa\/external-secrets$/);
    }
    const agents = ofType(run, "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember");
    expect(agents.map(({ inputs }) => inputs["member"])).toContain(
      "serviceAccount:service-123456789012@gcp-sa-secretmanager.iam.gserviceaccount.com",
    );
  });

  it("tells Alertmanager where its own cloud looks", () => {
    const [onAws, onGoogle] = ["us-east-1", "europe-west4"].map(
      (place) => syncedIn(place).find(({ name }) => name === "alertmanager")!.namespace,
    );
    expect({ onAws, onGoogle }).toEqual({ onAws: "monitoring", onGoogle: "gmp-public" });
    const { managedAlertmanager } = only(
      stackOf("serving", "europe-west4"),
      "kubernetes:monitoring.googleapis.com/v1:OperatorConfigPatch",
    ).inputs as { readonly managedAlertmanager: { readonly configSecret: object } };
    expect(managedAlertmanager.configSecret).toEqual({
      name: "alertmanager",
      key: "alertmanager.yaml",
    });
  });

  it("is not stopped by a policy of the network", () => {
    const policies = runs.flatMap(({ run }) =>
      ofType(run, "kubernetes:networking.k8s.io/v1:NetworkPolicy").map(
        ({ inputs }) => (inputs["metadata"] as { readonly namespace: string }).namespace,
      ),
    );
    expect(policies).toContain("serving");
    expect(policies).not.toContain(READER.namespace);
  });
});

describe("an example whose certificate is a Secret of a person", () => {
  it("has no secret manager, and no External Secrets", async () => {
    for (const { run } of await fleetOf("two-regions-aws").putUp()) {
      expect(ofType(run, EXTERNAL_SECRET)).toEqual([]);
      expect(ofType(run, "aws:secretsmanager/secret:Secret")).toEqual([]);
    }
  });
});
