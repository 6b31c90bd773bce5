/** The check of a workload of a cluster that is named by its service account. */
import { checkForm } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";

const KUBERNETES_NAME = {
  pattern: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  must: "be a name of Kubernetes: at most 63 lower case letters, digits and hyphens",
};

/** Problems of a workload that is given. */
export function checkWorkload(
  path: string,
  workload: { readonly namespace: string; readonly serviceAccount: string } | undefined,
): readonly InputProblem[] {
  if (workload === undefined) return [];
  return [
    ...checkForm(`${path}.namespace`, workload.namespace, KUBERNETES_NAME),
    ...checkForm(`${path}.serviceAccount`, workload.serviceAccount, KUBERNETES_NAME),
  ];
}
