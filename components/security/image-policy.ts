/** Which images may run in a cluster, and in a project of Google Cloud. */
import * as gcp from "@pulumi/gcp";
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
  checkGcpBinaryAuthorization,
  checkImagePolicy,
  type GcpBinaryAuthorizationArgs,
  type ImagePolicyArgs,
} from "./image-policy-args";
import { imagePolicyBindingSpec, imagePolicySpec } from "./image-policy-manifests";

/**
 * A ValidatingAdmissionPolicy, which the API server itself evaluates: pods of some namespaces run images of some
 * registries only, by their digest. A tag can be moved to another image after it was looked at; a digest cannot.
 *
 * Refused: namespaces of what runs the cluster; a registry without the slash at its end, which would let other names in.
 *
 * **Cost**: none.
 *
 * @example
 * new ImagePolicy("support-images", {
 *   namespaces: ["serving"], registries: ["123456789012.dkr.ecr.us-east-1.amazonaws.com/", "ghcr.io/llm-d/"],
 * }, { provider: cluster.kubernetesProvider });
 */
export class ImagePolicy extends pulumi.ComponentResource {
  readonly policyName: string;

  /**
   * @throws {pulumi.InputPropertyError} or {pulumi.InputPropertiesError} when the arguments cannot be provisioned.
   * @throws {pulumi.ResourceError} without an explicit provider of Kubernetes.
   */
  constructor(name: string, args: ImagePolicyArgs, opts: pulumi.ComponentResourceOptions) {
    refuseProblems(`ImagePolicy "${name}"`, [
      ...checkComponentName(name),
      ...checkImagePolicy(args),
    ]);
    super(componentType("security", "ImagePolicy"), name, {}, opts);
    const childOpts = placedChildOptions(this, "kubernetes");
    const policyName = physicalName("kubernetesName", name);
    const metadata = { name: policyName, labels: kubernetesLabels(args.allocation ?? {}) };
    const policy = new kubernetes.admissionregistration.v1.ValidatingAdmissionPolicy(
      childName(name, "policy"),
      { metadata, spec: imagePolicySpec(args) },
      childOpts,
    );
    new kubernetes.admissionregistration.v1.ValidatingAdmissionPolicyBinding(
      childName(name, "binding"),
      { metadata, spec: imagePolicyBindingSpec(policyName, args) },
      { ...childOpts, dependsOn: [policy] },
    );

    this.policyName = policyName;
    this.registerOutputs({ policyName: this.policyName });
  }
}

/**
 * The policy of Binary Authorization of a project, which GkeGpuCluster switches on: images of some names run, others only
 * when an attestor has signed them, and without attestors not at all. It holds for every cluster of the project; what
 * Google itself runs is always let in.
 *
 * It knows of whole projects and of signatures; an ImagePolicy knows of namespaces and digests. Both together are no
 * second way, and neither replaces the other.
 *
 * **Cost**: by the hour for each cluster that enforces it.
 */
export class GcpBinaryAuthorization extends pulumi.ComponentResource {
  /** What happens to an image that is neither allowed nor signed. */
  readonly enforcement: "block" | "log";

  /**
   * @throws {pulumi.InputPropertyError} or {pulumi.InputPropertiesError} when the arguments cannot be provisioned.
   * @throws {pulumi.ResourceError} without an explicit provider of Google Cloud.
   */
  constructor(
    name: string,
    args: GcpBinaryAuthorizationArgs,
    opts: pulumi.ComponentResourceOptions,
  ) {
    refuseProblems(`GcpBinaryAuthorization "${name}"`, [
      ...checkComponentName(name),
      ...checkGcpBinaryAuthorization(args),
    ]);
    super(componentType("security", "GcpBinaryAuthorization"), name, {}, opts);
    const { attestors = [], enforcement = "block" } = args;
    new gcp.binaryauthorization.Policy(
      ...transformed<gcp.binaryauthorization.PolicyArgs>(
        args.transform?.policy,
        childName(name, "policy"),
        {
          project: args.projectId,
          globalPolicyEvaluationMode: "ENABLE",
          admissionWhitelistPatterns: args.allowedImages.map((namePattern) => ({ namePattern })),
          defaultAdmissionRule: {
            enforcementMode:
              enforcement === "block" ? "ENFORCED_BLOCK_AND_AUDIT_LOG" : "DRYRUN_AUDIT_LOG_ONLY",
            ...(attestors.length === 0
              ? { evaluationMode: "ALWAYS_DENY" }
              : {
                  evaluationMode: "REQUIRE_ATTESTATION",
                  requireAttestationsBies: [...attestors],
                }),
          },
        },
        placedChildOptions(this, "gcp"),
      ),
    );

    this.enforcement = enforcement;
    this.registerOutputs({ enforcement: this.enforcement });
  }
}
