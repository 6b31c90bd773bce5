/**
 * What the server itself refuses in a namespace for tools: a pod that is not in the sandbox, or that holds a token. Pure;
 * the rules are CEL (kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy).
 */
import type * as kubernetes from "@pulumi/kubernetes";
import { RUNTIME_CLASS } from "./sandbox-nodes";

type PolicySpec = kubernetes.types.input.admissionregistration.v1.ValidatingAdmissionPolicySpec;
type BindingSpec =
  kubernetes.types.input.admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec;

/** The rules, each with what it tells whoever breaks it. */
export const SANDBOX_RULES = [
  {
    expression: `has(object.spec.runtimeClassName) && object.spec.runtimeClassName == "${RUNTIME_CLASS}"`,
    message: `spec.runtimeClassName must be "${RUNTIME_CLASS}"`,
  },
  {
    expression:
      "has(object.spec.automountServiceAccountToken) && !object.spec.automountServiceAccountToken",
    message: "spec.automountServiceAccountToken must be false",
  },
  {
    expression:
      "!has(object.spec.volumes) || object.spec.volumes.all(volume, !has(volume.projected) || !has(volume.projected.sources) || volume.projected.sources.all(source, !has(source.serviceAccountToken)))",
    message: "spec.volumes must hold no token of a service account",
  },
] as const;

/** The `spec` of the policy. */
export const SANDBOX_POLICY: PolicySpec = {
  failurePolicy: "Fail",
  matchConstraints: {
    resourceRules: [
      {
        apiGroups: [""],
        apiVersions: ["v1"],
        operations: ["CREATE", "UPDATE"],
        resources: ["pods"],
      },
    ],
  },
  validations: SANDBOX_RULES.map((rule) => ({ ...rule })),
};

/** The `spec` of what binds the policy to a namespace. */
export function sandboxBinding(policyName: string, namespace: string): BindingSpec {
  return {
    policyName,
    validationActions: ["Deny"],
    matchResources: {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
    },
  };
}
