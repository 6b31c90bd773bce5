/** A plan as the text of its file: the same plan, the same bytes. */
import { inOrder } from "./plan-digest";
import type { CapacityPlan } from "./plan-spec";

/** JSON with two spaces, keys in the order of the schema, and a final line feed. */
export function writePlan(plan: CapacityPlan): string {
  return `${JSON.stringify(inOrder(plan), null, 2)}\n`;
}
