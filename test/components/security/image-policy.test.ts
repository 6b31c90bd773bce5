import { describe, expect, it } from "@jest/globals";
import * as gcp from "@pulumi/gcp";
import * as kubernetes from "@pulumi/kubernetes";
import {
  GcpBinaryAuthorization,
  type GcpBinaryAuthorizationArgs,
  ImagePolicy,
  type ImagePolicyArgs,
} from "../../../components/security";
import { imageConditions, POD_IMAGES } from "../../../components/security/image-policy-manifests";
import { describeComponentLaws } from "../../support/component-laws";
import { describeWithRules } from "../../support/crd/check-rules";
import { only } from "../../support/mini-engine/engine-run";
import { registered } from "../../support/mini-engine/in-process";

const minimal: ImagePolicyArgs = {
  namespaces: ["serving"],
  registries: ["ghcr.io/llm-d/", "registry.example.com:5000/models/"],
};
const onGcp: GcpBinaryAuthorizationArgs = {
  projectId: "support",
  allowedImages: ["europe-docker.pkg.dev/support/**"],
};

function policy(args: ImagePolicyArgs) {
  return (): Record<string, unknown> => {
    const provider = new kubernetes.Provider("cluster", { kubeconfig: "{}" });
    return { policyName: new ImagePolicy("images", args, { provider }).policyName };
  };
}
function authorization(args: GcpBinaryAuthorizationArgs) {
  return (): Record<string, unknown> => {
    const provider = new gcp.Provider("gcp", { project: "support" });
    return { enforcement: new GcpBinaryAuthorization("images", args, { provider }).enforcement };
  };
}

describeComponentLaws({ name: "image-policy", program: policy(minimal) });
describeComponentLaws({ name: "gcp-binary-authorization", program: authorization(onGcp) });

const digest = `@sha256:${"0123456789abcdef".repeat(4)}`;

describeWithRules("the rules of an ImagePolicy, in CEL", () => {
  const evaluate = (expression: string, bindings: object): unknown => {
    const cel = require("@bufbuild/cel");
    return cel.plan(cel.celEnv({}), cel.parse(expression))(bindings);
  };
  const isLetIn = (image: string, args = minimal): boolean =>
    imageConditions(args).every(
      ({ expression }) => evaluate(expression, { variables: { images: [image] } }) === true,
    );

  it.each([
    [`ghcr.io/llm-d/router${digest}`, true],
    [`registry.example.com:5000/models/vllm${digest}`, true],
    [`registry.example.com:5000/models/vllm:0.25${digest}`, true],
    ["ghcr.io/llm-d/router:v0.10.0", false],
    ["ghcr.io/llm-d/router", false],
    [`ghcr.io/llm-d/router@sha256:${"0".repeat(63)}`, false],
    [`ghcr.io/other/router${digest}`, false],
    [`ghcr.io.example.com/llm-d/router${digest}`, false],
    [`nginx${digest}`, false],
    [`example.com/ghcr.io/llm-d/router${digest}`, false],
  ])("of %s say %s", (image, isIn) => {
    expect(isLetIn(image)).toBe(isIn);
  });

  it("let tags in only when no digest is asked for", () => {
    const lax = { ...minimal, needsDigest: false };
    expect(isLetIn("ghcr.io/llm-d/router:v0.10.0", lax)).toBe(true);
    expect(isLetIn("ghcr.io/other/router:v0.10.0", lax)).toBe(false);
  });

  it("look at every container of a pod", () => {
    const images = (spec: object) => [
      ...(evaluate(POD_IMAGES, { object: { spec } }) as Iterable<unknown>),
    ];
    const of = (...names: readonly string[]) => names.map((image) => ({ image }));
    expect(images({ containers: of("a", "b") })).toEqual(["a", "b"]);
    expect(
      images({
        containers: of("a"),
        initContainers: of("b"),
        ephemeralContainers: of("c"),
      }),
    ).toEqual(["a", "b", "c"]);
  });
});

describe("ImagePolicy", () => {
  it("holds for chosen namespaces, also for containers that are added, and fails closed", async () => {
    const run = await registered(policy(minimal));
    const api = "kubernetes:admissionregistration.k8s.io/v1";
    expect(only(run, `${api}:ValidatingAdmissionPolicy`).inputs["spec"]).toMatchObject({
      failurePolicy: "Fail",
      matchConstraints: {
        resourceRules: [
          { operations: ["CREATE", "UPDATE"], resources: ["pods", "pods/ephemeralcontainers"] },
        ],
      },
    });
    expect(only(run, `${api}:ValidatingAdmissionPolicyBinding`).inputs["spec"]).toEqual({
      policyName: "images",
      validationActions: ["Deny", "Audit"],
      matchResources: {
        namespaceSelector: {
          matchExpressions: [
            { key: "kubernetes.io/metadata.name", operator: "In", values: ["serving"] },
          ],
        },
      },
    });
  });

  it.each<[string, Partial<ImagePolicyArgs>]>([
    ["namespaces", { namespaces: [] }],
    ["namespaces[0]", { namespaces: ["kube-system"] }],
    ["registries", { registries: [] }],
    ["registries[0]", { registries: ["ghcr.io"] }],
    ["registries[0]", { registries: ['ghcr.io/"/'] }],
  ])("fails when %s cannot be", async (propertyPath, change) => {
    await expect(registered(policy({ ...minimal, ...change }))).rejects.toMatchObject({
      propertyPath,
    });
  });
});

describe("GcpBinaryAuthorization", () => {
  it("lets no image in but by name, or by an attestor's signature", async () => {
    const rule = async (args: GcpBinaryAuthorizationArgs) =>
      only(await registered(authorization(args)), "gcp:binaryauthorization/policy:Policy").inputs[
        "defaultAdmissionRule"
      ];
    expect(await rule(onGcp)).toEqual({
      evaluationMode: "ALWAYS_DENY",
      enforcementMode: "ENFORCED_BLOCK_AND_AUDIT_LOG",
    });
    expect(
      await rule({ ...onGcp, attestors: ["projects/a/attestors/b"], enforcement: "log" }),
    ).toEqual({
      evaluationMode: "REQUIRE_ATTESTATION",
      enforcementMode: "DRYRUN_AUDIT_LOG_ONLY",
      requireAttestationsBies: ["projects/a/attestors/b"],
    });
  });

  it("fails for a pattern with a star in its middle, which the service takes as it is", async () => {
    const allowedImages = ["europe-docker.pkg.dev/*/images"];
    await expect(registered(authorization({ ...onGcp, allowedImages }))).rejects.toMatchObject({
      propertyPath: "allowedImages[0]",
    });
  });
});
