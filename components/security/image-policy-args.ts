/** Arguments of ImagePolicy and GcpBinaryAuthorization: what they mean and what is refused. */
import type * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import type { Allocation } from "../foundation/allocation";
import { checkForm, checkOneOf, checkUnique } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";
import type { Transform } from "../foundation/transform";

/** Arguments of ImagePolicy. All known early. */
export interface ImagePolicyArgs {
  /** Namespaces whose pods are held to it. */
  readonly namespaces: readonly string[];
  /** What the name of an image may begin with, to a slash: `ghcr.io/llm-d/`, `…dkr.ecr.us-east-1.amazonaws.com/`. */
  readonly registries: readonly string[];
  /** Whether an image must be named by its digest. @default true */
  readonly needsDigest?: boolean;
  /** What happens to a pod that breaks it: `Deny`, or `Audit` and `Warn`, which let it run. @default "Deny" */
  readonly action?: "Deny" | "Warn" | "Audit";
  /** Who pays. @default - nobody */
  readonly allocation?: Allocation;
}

/** Arguments of GcpBinaryAuthorization. One for a project. */
export interface GcpBinaryAuthorizationArgs {
  readonly projectId: pulumi.Input<string>;
  /** Patterns of images that may run unattested: `europe-docker.pkg.dev/project/**`. Known early. */
  readonly allowedImages: readonly string[];
  /** Attestors, one of which must have signed any other image; by full name. How many is known early. @default - none */
  readonly attestors?: readonly pulumi.Input<string>[];
  /** What happens to any other image. Known early. @default "block" */
  readonly enforcement?: "block" | "log";
  /** The hatch. @default - none */
  readonly transform?: { readonly policy?: Transform<gcp.binaryauthorization.PolicyArgs> };
}

/** What is wrong with the arguments. */
export function checkImagePolicy(args: ImagePolicyArgs): readonly InputProblem[] {
  const { namespaces, registries } = args;
  const problems: InputProblem[] = [
    ...checkUnique("namespaces", namespaces),
    ...checkUnique("registries", registries),
    ...registries.flatMap((registry, index) =>
      checkForm(`registries[${index}]`, registry, {
        // Without the slash, "ghcr.io" would let "ghcr.io.example.com" in.
        pattern: /^[a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9._-]+)*\/$/,
        must: 'be the beginning of names of images that ends in a slash, such as "ghcr.io/llm-d/"',
      }),
    ),
    ...checkOneOf("action", args.action, ["Deny", "Warn", "Audit"]),
  ];
  for (const [path, got] of Object.entries({ namespaces, registries })) {
    if (got.length === 0) problems.push({ path, must: "hold an entry", got });
  }
  namespaces.forEach((namespace, index) => {
    if (!namespace.startsWith("kube-") && namespace !== "gke-managed-system") return;
    problems.push({
      path: `namespaces[${index}]`,
      must: "be a namespace of your own: what runs the cluster could no longer start",
      got: namespace,
    });
  });
  return problems;
}

/** What is wrong with the arguments. */
export function checkGcpBinaryAuthorization(
  args: GcpBinaryAuthorizationArgs,
): readonly InputProblem[] {
  const { allowedImages } = args;
  return [
    ...checkUnique("allowedImages", allowedImages),
    ...checkOneOf("enforcement", args.enforcement, ["block", "log"]),
    ...allowedImages.flatMap((pattern, index) =>
      checkForm(`allowedImages[${index}]`, pattern, {
        pattern: /^[a-z0-9][a-z0-9.-]*\/[^*\s]*(\*{1,2})?$/,
        must: "be the name of an image with its registry, with stars at its end only",
      }),
    ),
  ];
}
