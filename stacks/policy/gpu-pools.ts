/**
 * Rules of what GPUs may cost: no pool may grow beyond the plan. The slices of a pool, one for each kind of capacity, add
 * up.
 */
import type { CapacityPlan } from "../../planner/plan/plan-spec";
import { clusterPoolName } from "../derive/names";
import { isPresent, itemsAt, oneOrMore, shown, UNKNOWN, valueAt } from "./plain-values";
import { type PlanConfig, planConfigProperties, planOfStack } from "./plan-of-stack";
import { type Breach, type JudgedInStack, stackRule } from "./rule";

const KARPENTER = "kubernetes:karpenter.sh/v1:NodePool";
const EKS = "aws:eks/nodeGroup:NodeGroup";
const GKE = "gcp:container/nodePool:NodePool";
const GPU = "nvidia.com/gpu";
const POOL_LABEL = "capplan/pool";

/** GPU nodes of one kind of capacity. */
interface Slice {
  readonly urn: string;
  /** Value of the label `capplan/pool`; undefined when nothing says. */
  readonly pool: unknown;
  /** Most accelerators; undefined when nothing limits them, UNKNOWN in a preview. */
  readonly accelerators: number | undefined | typeof UNKNOWN;
  /** Most nodes, where the cloud counts those, and the plan knows how many accelerators each has. */
  readonly nodes?: number;
  /** What to set. */
  readonly field: string;
}

/** The bill ends where the plan does. */
export const gpuPoolsAreWithinPlan = stackRule<PlanConfig>({
  name: "gpu-pools-are-within-plan",
  description: "No pool can have more accelerators than the plan that was simulated and priced.",
  severity: "high",
  configSchema: { properties: planConfigProperties },
  breachesOf: (resources, config) => {
    const slices = resources.flatMap(sliceOf);
    if (slices.length === 0) return [];
    const { plan, place, problem } = planOfStack(slices[0]!.urn, config);
    if (plan === undefined) return [{ message: problem! }];
    if (place === undefined) {
      return [{ message: "no region to judge by: set capplan:place to a region of the plan" }];
    }
    const limitOf = (pool: unknown) => limitOfPool(plan, place, pool);
    const single = slices.flatMap((slice): Breach[] => {
      if (slice.pool === UNKNOWN) return [];
      const { urn, field } = slice;
      if (limitOf(slice.pool) === undefined) {
        const message = `the plan has no pool ${shown(slice.pool)} in ${place}, got GPU nodes for it; add the pool to the scenario and run capplan size`;
        return [{ urn, message }];
      }
      if (slice.accelerators === undefined) {
        return [{ urn, message: `${field}: must limit the pool, got nothing` }];
      }
      return [];
    });
    const pools = [...new Set(slices.map(({ pool }) => pool))];
    const together = pools.flatMap((pool): Breach[] => {
      const limit = limitOf(pool);
      if (limit === undefined) return [];
      const perNode = limit.inputs["accelerators per node"];
      const parts = slices.filter((slice) => slice.pool === pool);
      const counts = parts.map(({ nodes, accelerators }) =>
        nodes !== undefined && perNode !== undefined ? nodes * perNode : accelerators,
      );
      const total = counts.reduce<number>(
        (sum, count) => sum + (typeof count === "number" ? count : 0),
        0,
      );
      if (total <= limit.value) return [];
      const last = parts.at(-1)!;
      const message = `${last.field}: pool ${String(pool)} may have ${limit.value} accelerators in ${place} (${limit.derivation}), got ${total} over ${parts.length} kinds of capacity; lower it, or plan for more with capplan size`;
      return [{ urn: last.urn, message }];
    });
    return [...single, ...together];
  },
});

/** The limit of a pool by its name in the cluster. */
function limitOfPool({ limits }: CapacityPlan, place: string, pool: unknown) {
  return limits.find(
    ({ of, name }) =>
      name === "acceleratorsMax" && of.startsWith(`${place}/`) && clusterPoolName(of) === pool,
  );
}

/** The slice that a resource makes; none for nodes without GPUs. */
function sliceOf(resource: JudgedInStack): readonly Slice[] {
  switch (resource.type) {
    case KARPENTER:
      return karpenterSlice(resource);
    case EKS:
      return eksSlice(resource);
    case GKE:
      return gkeSlice(resource);
    default:
      return [];
  }
}

function karpenterSlice({ urn, props }: JudgedInStack): readonly Slice[] {
  const limits = valueAt(props, "spec.limits");
  const limit =
    limits === UNKNOWN ? UNKNOWN : (limits as Record<string, unknown> | undefined)?.[GPU];
  const isGpu = isPresent(limit) || hasGpuTaint(itemsAt(props, "spec.template.spec.taints"));
  if (!isGpu) return [];
  const pool = labelIn(valueAt(props, "spec.template.metadata.labels"));
  const accelerators = limit === UNKNOWN ? UNKNOWN : numberOf(limit);
  return [{ urn, pool, accelerators, field: `spec.limits["${GPU}"]` }];
}

function eksSlice({ urn, props }: JudgedInStack): readonly Slice[] {
  const image = String(valueAt(props, "amiType") ?? "");
  const isGpu = image.includes("NVIDIA") || hasGpuTaint(itemsAt(props, "taints"));
  if (!isGpu) return [];
  const nodes = valueAt(props, "scalingConfig.maxSize");
  const pool = labelIn(valueAt(props, "labels"));
  const field = "scalingConfig.maxSize";
  if (typeof nodes === "number") return [{ urn, pool, accelerators: nodes, nodes, field }];
  return [{ urn, pool, accelerators: nodes === UNKNOWN ? UNKNOWN : undefined, field }];
}

function gkeSlice({ urn, props }: JudgedInStack): readonly Slice[] {
  const accelerators = oneOrMore(valueAt(props, "nodeConfig.guestAccelerators"));
  if (accelerators.length === 0) return [];
  const perNode = accelerators.reduce<number>(
    (sum, one) => sum + (numberOf(valueAt(one, "count")) ?? 0),
    0,
  );
  const zones = Math.max(1, itemsAt(props, "nodeLocations").length);
  const perZone = numberOf(
    valueAt(props, "autoscaling.maxNodeCount") ?? valueAt(props, "nodeCount"),
  );
  const total = valueAt(props, "autoscaling.totalMaxNodeCount");
  const nodes = numberOf(total) ?? (perZone === undefined ? undefined : perZone * zones);
  const isUnknown = total === UNKNOWN || valueAt(props, "autoscaling") === UNKNOWN;
  const unlimited = isUnknown ? UNKNOWN : undefined;
  return [
    {
      urn,
      pool: labelIn(valueAt(props, "nodeConfig.labels")),
      accelerators: nodes === undefined ? unlimited : nodes * perNode,
      field: "autoscaling.totalMaxNodeCount",
    },
  ];
}

function hasGpuTaint(taints: readonly unknown[]): boolean {
  return taints.some((taint) => valueAt(taint, "key") === GPU);
}

/** Keys of labels have dots of their own. */
function labelIn(labels: unknown): unknown {
  if (labels === UNKNOWN) return UNKNOWN;
  return (labels as Readonly<Record<string, unknown>> | undefined)?.[POOL_LABEL];
}

function numberOf(value: unknown): number | undefined {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}
