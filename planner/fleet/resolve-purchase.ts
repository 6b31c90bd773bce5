/**
 * How a pool's replicas are bought: which are committed, on demand and spot capacity, and how the last behaves. What
 * does not add up becomes a problem.
 */
import type { InstanceTypeSpec, RegionSpec } from "../catalog/specs";
import type { Problem } from "../foundation/errors";
import {
  hasSpot,
  interruptionsPerHourDefault,
  SPOT_UNAVAILABLE_DEFAULT,
  spotNoticeDefault,
} from "./capacity-defaults";
import type { SpotGiven } from "./resolve-capacity";
import type { CommittedReplicas, ResolvedPurchase } from "./resolved-policies";
import type { PurchaseSpec } from "./scaling-spec";
import { listWords } from "./schema-kit";

export interface PurchaseContext {
  /** Of the pool. */
  readonly path: string;
  readonly region: RegionSpec;
  readonly instanceType: InstanceTypeSpec | undefined;
  readonly replicasMax: number;
  readonly replicasPerNode: number;
  readonly own: SpotGiven;
  readonly fleets: SpotGiven;
}

/** Keys of `purchase` in buying order, and how a problem speaks of such replicas. */
const WAYS = [
  ["reserved3y", "reserved for 3 years"],
  ["reserved1y", "reserved for 1 year"],
  ["capacityBlock", "in capacity blocks"],
  ["onDemand", "on demand"],
  ["spot", "spot"],
] as const satisfies readonly (readonly [keyof PurchaseSpec, string])[];

type Counts = Readonly<Record<keyof PurchaseSpec, number>>;

/** The counts of a pool that says nothing of it. */
const NONE: Counts = { reserved3y: 0, reserved1y: 0, capacityBlock: 0, onDemand: 0, spot: 0 };

/** How many replicas are bought in which way, and how spot capacity behaves. */
export function resolvePurchase(
  spec: PurchaseSpec | undefined,
  context: PurchaseContext,
  problems: Problem[],
): ResolvedPurchase {
  const { path, region, instanceType, own, fleets } = context;
  const counts = (spec === undefined ? undefined : countsOf(spec, context, problems)) ?? NONE;
  const committed: CommittedReplicas[] = [
    { purchase: "reserved-3y" as const, replicas: counts.reserved3y },
    { purchase: "reserved-1y" as const, replicas: counts.reserved1y },
    { purchase: "capacity-block" as const, replicas: counts.capacityBlock },
  ].filter(({ replicas }) => replicas > 0);
  checkNodes(counts, context, problems);
  if (counts.spot === 0) {
    return { committed, onDemandReplicas: Number.POSITIVE_INFINITY, spot: undefined };
  }
  if (!hasSpot(instanceType)) {
    problems.push({
      code: "conflict",
      path: `${path}.purchase.spot`,
      message: `${instanceType?.name} is sold by reservation only: there is no spot capacity of it`,
      hint: "leave purchase out",
    });
  }
  return {
    committed,
    onDemandReplicas: counts.onDemand,
    spot: {
      interruptionsPerHour:
        own.interruptionsPerHour ??
        fleets.interruptionsPerHour ??
        interruptionsPerHourDefault(instanceType, region).value,
      noticeSeconds: own.notice ?? fleets.notice ?? spotNoticeDefault(region).value,
      unavailableSeconds: own.unavailable ?? fleets.unavailable ?? SPOT_UNAVAILABLE_DEFAULT.value,
    },
  };
}

/** Replicas by key, the rest counted out: together `replicasMax`. Undefined when they do not add up. */
function countsOf(
  spec: PurchaseSpec,
  { path, replicasMax }: PurchaseContext,
  problems: Problem[],
): Counts | undefined {
  const at = `${path}.purchase`;
  const refuse = (message: string, hint: string): undefined => {
    problems.push({ code: "conflict", path: at, message, hint });
  };
  const given = WAYS.flatMap(([key, words]) => {
    const value = spec[key];
    return value === undefined ? [] : [{ key, words, value }];
  });
  if (given.length === 0) {
    const message = `needs ${listWords(WAYS.map(([key]) => key))}`;
    const hint = "for example { onDemand: 2, spot: rest }";
    problems.push({ code: "empty", path: at, message, hint });
    return undefined;
  }
  const rests = given.filter(({ value }) => value === "rest").map(({ key }) => key);
  if (rests.length > 1) {
    const which = `${rests.slice(0, -1).join(", ")} and ${rests.at(-1)}`;
    const both = rests.length === 2 ? "both be" : "all be";
    return refuse(`${which} cannot ${both} the rest`, "give all but one of them as a number");
  }
  const numbers = given.flatMap(({ key, words, value }) =>
    value === "rest" ? [] : [{ key, words, value }],
  );
  const sum = numbers.reduce((total, { value }) => total + value, 0);
  if (sum > replicasMax) {
    return refuse(
      `${sum} replicas are bought, but the pool has at most ${replicasMax}`,
      `use ${replicasMax} or less`,
    );
  }
  const rest = rests[0];
  if (rest === undefined && sum < replicasMax) {
    const parts = numbers.map(({ value, words }) => `${value} ${words}`).join(" and ");
    const sumOfParts = numbers.length > 1 ? `${parts} are ${sum} replicas` : parts;
    const hint = spec.onDemand === undefined ? "add onDemand: rest" : "write spot: rest";
    return refuse(`${sumOfParts}, but the pool has ${replicasMax}`, hint);
  }
  const counts = { ...NONE };
  for (const { key, value } of numbers) counts[key] = value;
  if (rest !== undefined) counts[rest] = replicasMax - sum;
  return counts;
}

/** A node is bought one way or the other. */
function checkNodes(
  counts: Counts,
  { path, replicasPerNode, replicasMax }: PurchaseContext,
  problems: Problem[],
): void {
  let end = 0;
  for (const [key, words] of WAYS) {
    const count = counts[key];
    const over = (end + count) % replicasPerNode;
    end += count;
    if (count === 0 || end >= replicasMax || over === 0) continue;
    const [fewer, more] = [count - over, count - over + replicasPerNode];
    const fitting = end - count + more > replicasMax ? `${fewer}` : `${fewer} or ${more}`;
    problems.push({
      code: "conflict",
      path: `${path}.purchase`,
      message: `${count === 1 ? "1 replica" : `${count} replicas`} ${words} ${count === 1 ? "ends" : "end"} in the middle of a node of ${replicasPerNode}, which is bought whole`,
      hint: `use ${fitting} ${words}`,
    });
    return;
  }
}
