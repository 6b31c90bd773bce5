/** Resources that could carry tags or labels and carry none. */
import { tagFieldOf } from "../../stacks/policy/taggable";
import type { RegisteredResource } from "./mini-engine/registered-resource";

/**
 * Resources that could carry tags or labels and carry none.
 * @param exempt Types for which that is right, each with the reason.
 */
export function untagged(
  resources: readonly RegisteredResource[],
  exempt: Readonly<Record<string, string>> = {},
): readonly string[] {
  return resources
    .filter(({ type, inputs }) => {
      const field = tagFieldOf(type);
      if (field === undefined || type in exempt) return false;
      return Object.keys((inputs[field] as object | undefined) ?? {}).length === 0;
    })
    .map(({ type, name }) => `${type} ${name}`);
}
