/** Rules of who pays: without tags a bill cannot be split, and nobody knows which plan a resource belongs to. */
import { isPresent, shown, UNKNOWN, valueAt } from "./plain-values";
import { resourceRule } from "./rule";
import { tagFieldOf } from "./taggable";

interface AllocationConfig {
  /**
   * Keys without the prefix of capplan: `plan-digest`, `workload`, `tenant`, `model`, `region`, `pool`.
   * @default ["plan-digest"]
   */
  readonly keys: readonly string[];
}

/** In the words of each cloud, as in components/foundation/allocation.ts. */
const PREFIXES: Readonly<Record<string, string>> = {
  tags: "capplan:",
  labels: "capplan-",
  resourceLabels: "capplan-",
};

/** A bill is split by tags, and a resource traced to its plan. */
export const resourcesAreAllocated = resourceRule<AllocationConfig>({
  name: "resources-are-allocated",
  description: "Everything that can carry tags or labels says which plan asked for it.",
  severity: "medium",
  configSchema: {
    properties: {
      keys: { type: "array", items: { type: "string" } },
    },
  },
  types: /^(aws|gcp):/,
  problemsOf: ({ type, props }, { keys = ["plan-digest"] }) => {
    const field = tagFieldOf(type);
    if (field === undefined) return [];
    const carried = valueAt(props, field);
    if (carried === UNKNOWN) return [];
    const prefix = PREFIXES[field]!;
    return keys
      .map((key) => `${prefix}${key}`)
      .filter(
        (key) => !isPresent((carried as Readonly<Record<string, unknown>> | undefined)?.[key]),
      )
      .map(
        (key) =>
          `${field}: must have ${shown(key)}, got ${shown(Object.keys(carried ?? {}))}; pass an allocation to the component`,
      );
  },
});
