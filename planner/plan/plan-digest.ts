/**
 * The digests of a plan: one over all of it, and one of each part, so that it can be said what was edited. They find
 * edits made by mistake or in a hurry; they are no signature.
 */
import { InvariantViolation, type Problem } from "../foundation/errors";
import { digestOf, fullDigestOf } from "../scenario/digest";
import { problemsOf } from "../scenario/zod-problems";
import { type CapacityPlan, PLAN_PARTS, type PlanPart, planSpec } from "./plan-spec";

/** A plan before it has digests. */
export type PlanContent = Omit<CapacityPlan, "digest" | "parts">;

/** The plan with its digests, its keys in the order of the schema. */
export function sealPlan(content: PlanContent): CapacityPlan {
  const parts = Object.fromEntries(
    PLAN_PARTS.map((part) => [part, digestOf(content[part])]),
  ) as Record<PlanPart, string>;
  const { schemaVersion, ...rest } = content;
  const unsigned = { schemaVersion, parts, ...rest };
  return inOrder({ ...unsigned, digest: fullDigestOf(unsigned) });
}

/** A copy with the keys of every map that the schema knows in its order; fleet and scenario are left as they are. */
export function inOrder(plan: CapacityPlan): CapacityPlan {
  const parsed = planSpec.safeParse(plan);
  if (!parsed.success) {
    throw new InvariantViolation("a plan fits its schema", {
      problems: problemsOf(parsed.error.issues, plan),
    });
  }
  return parsed.data as CapacityPlan;
}

export interface DigestCheck {
  /** The plan is what was verified, to the last digit. */
  readonly isIntact: boolean;
  /** Parts that are not what they were; empty when only the digests themselves were edited. */
  readonly edited: readonly PlanPart[];
}

/** Whether a plan is as it was made, and which of its parts is not. */
export function checkDigest(plan: CapacityPlan): DigestCheck {
  const { digest, ...rest } = plan;
  const edited = PLAN_PARTS.filter((part) => digestOf(plan[part]) !== plan.parts[part]);
  return { isIntact: edited.length === 0 && fullDigestOf(rest) === digest, edited };
}

/**
 * What is wrong with a plan that was edited: its evidence is of another fleet. Undefined when it was not.
 *
 * @param path of the plan, for the message
 */
export function editedProblem(plan: CapacityPlan, path: string): Problem | undefined {
  const { isIntact, edited } = checkDigest(plan);
  if (isIntact) return undefined;
  const what = edited.length === 0 ? "its digest was edited" : `${list(edited)} edited`;
  return {
    code: "conflict",
    path,
    message: `${what} after the plan was verified, so that its evidence no longer stands`,
    hint: `capplan size ${path} verifies it as it is now and renews the evidence`,
  };
}

function list(parts: readonly PlanPart[]): string {
  const last = parts.at(-1) ?? "";
  return parts.length < 2 ? `${last} was` : `${parts.slice(0, -1).join(", ")} and ${last} were`;
}
