/** A stack, and what one rule says to it. The cases of all rules are in `cases/`. */
import type { JudgedResource } from "../../support/policy-analyzer";

/** Resources that break or keep a rule. */
export interface RuleCase {
  readonly rule: string;
  /** Ends the sentence "refuses …" or "accepts …". */
  readonly what: string;
  readonly resources: readonly JudgedResource[];
  /** What the rule is told beside the plan. @default - nothing */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Resource (empty for the stack) and the beginning of the message, in any order; none for a stack that keeps it. */
  readonly breaches: readonly (readonly [resource: string, message: string])[];
}

/** A resource of a case. */
export function resource(
  type: string,
  name: string,
  inputs: Readonly<Record<string, unknown>>,
  more: Pick<JudgedResource, "urn" | "outputs" | "sources"> = {},
): JudgedResource {
  return { type, name, inputs, ...more };
}
