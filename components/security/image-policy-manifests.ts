/** The admission policy of images as plain data: kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy. */
import type { ImagePolicyArgs } from "./image-policy-args";

/** CEL: the images of some containers, of which there may be none. */
const imagesOf = (field: string): string =>
  `(has(object.spec.${field}) ? object.spec.${field}.map(one, one.image) : [])`;

/** CEL: all images of a pod, also of those containers that are added while it runs. */
export const POD_IMAGES = ["containers", "initContainers", "ephemeralContainers"]
  .map(imagesOf)
  .join(" + ");

/** One condition, and what is said when it does not hold. */
export interface ImageCondition {
  /** CEL over `variables.images`. */
  readonly expression: string;
  readonly message: string;
}

/** What every image has to fulfil. */
export function imageConditions({
  registries,
  needsDigest = true,
}: ImagePolicyArgs): readonly ImageCondition[] {
  const list = `[${registries.map((registry) => JSON.stringify(registry)).join(", ")}]`;
  return [
    {
      expression: `variables.images.all(image, ${list}.exists(registry, image.startsWith(registry)))`,
      message: `images must be of ${registries.join(", ")}`,
    },
    ...(needsDigest
      ? [
          {
            expression: "variables.images.all(image, image.matches('@sha256:[0-9a-f]{64}$'))",
            message: "images must be named by their digest: NAME@sha256:…",
          },
        ]
      : []),
  ];
}

/** The policy. Without an answer of the server nothing is let in. */
export function imagePolicySpec(args: ImagePolicyArgs) {
  return {
    failurePolicy: "Fail",
    matchConstraints: {
      resourceRules: [
        {
          apiGroups: [""],
          apiVersions: ["v1"],
          operations: ["CREATE", "UPDATE"],
          resources: ["pods", "pods/ephemeralcontainers"],
        },
      ],
    },
    variables: [{ name: "images", expression: POD_IMAGES }],
    validations: imageConditions(args).map(({ expression, message }) => ({
      expression,
      message,
      reason: "Forbidden",
    })),
  };
}

/** Where the policy holds, and what happens to who breaks it; that is in the audit log in any case. */
export function imagePolicyBindingSpec(
  policyName: string,
  { namespaces, action = "Deny" }: ImagePolicyArgs,
) {
  return {
    policyName,
    validationActions: action === "Audit" ? ["Audit"] : [action, "Audit"],
    matchResources: {
      namespaceSelector: {
        matchExpressions: [
          { key: "kubernetes.io/metadata.name", operator: "In", values: [...namespaces] },
        ],
      },
    },
  };
}
