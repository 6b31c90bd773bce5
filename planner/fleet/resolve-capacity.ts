/**
 * What a pool's replicas stand on: how long a new one takes, how many share a node, and which of them are spot
 * capacity. With the problems of purchases; those of bounds are in `check-autoscaling.ts`.
 */
import type { InstanceTypeSpec, ModelSpec, Precision, RegionSpec } from "../catalog/specs";
import type { Distribution } from "../foundation/distributions";
import type { Problem } from "../foundation/errors";
import {
  COLD_START_DEFAULTS,
  hasSpot,
  interruptionsPerHourDefault,
  SPOT_UNAVAILABLE_DEFAULT,
  spotNoticeDefault,
  weightLoadDefault,
} from "./capacity-defaults";
import type { DistributionSpec } from "./distribution-spec";
import { resolveDistribution } from "./resolve-distribution";
import type { ResolvedColdStart, ResolvedPurchase } from "./resolved-policies";
import type { ColdStartSpec, PurchaseSpec, SpotSpec } from "./scaling-spec";

/** What is said of cold starts or spot capacity in one place, its distributions resolved. */
export interface ColdStartGiven {
  readonly node: Distribution | undefined;
  readonly imagePull: Distribution | undefined;
  readonly weights: Distribution | undefined;
}

export interface SpotGiven {
  readonly interruptionsPerHour: number | undefined;
  readonly notice: number | undefined;
  readonly unavailable: Distribution | undefined;
}

export function coldStartGiven(
  spec: ColdStartSpec | undefined,
  path: string,
  problems: Problem[],
): ColdStartGiven {
  const read = (key: "node" | "imagePull" | "weights") =>
    optionalDistribution(spec?.[key], `${path}.${key}`, problems);
  return { node: read("node"), imagePull: read("imagePull"), weights: read("weights") };
}

export function spotGiven(
  spec: SpotSpec | undefined,
  path: string,
  problems: Problem[],
): SpotGiven {
  return {
    interruptionsPerHour: spec?.interruptionsPerHour,
    notice: spec?.notice,
    unavailable: optionalDistribution(spec?.unavailable, `${path}.unavailable`, problems),
  };
}

function optionalDistribution(
  spec: DistributionSpec | undefined,
  path: string,
  problems: Problem[],
): Distribution | undefined {
  return spec === undefined ? undefined : resolveDistribution(spec, path, problems);
}

/** What the pool says, else what the fleet says, else the defaults: each of the three by itself. */
export function resolveColdStart(
  own: ColdStartGiven,
  fleets: ColdStartGiven,
  model: ModelSpec,
  precision: Precision,
): ResolvedColdStart {
  return {
    nodeSeconds: own.node ?? fleets.node ?? COLD_START_DEFAULTS.node.value,
    imagePullSeconds: own.imagePull ?? fleets.imagePull ?? COLD_START_DEFAULTS.imagePull.value,
    weightLoadSeconds: own.weights ?? fleets.weights ?? weightLoadDefault(model, precision).value,
  };
}

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

/** How many replicas are bought on demand, and how the rest behaves. */
export function resolvePurchase(
  spec: PurchaseSpec | undefined,
  context: PurchaseContext,
  problems: Problem[],
): ResolvedPurchase {
  const { path, region, instanceType, replicasMax, own, fleets } = context;
  const onDemandReplicas =
    spec === undefined ? replicasMax : onDemandOf(spec, replicasMax, path, problems);
  if (onDemandReplicas >= replicasMax)
    return { onDemandReplicas: Number.POSITIVE_INFINITY, spot: undefined };
  if (!hasSpot(instanceType)) {
    problems.push({
      code: "conflict",
      path: `${path}.purchase.spot`,
      message: `${instanceType?.name} is sold by reservation only: there is no spot capacity of it`,
      hint: "leave purchase out",
    });
  }
  checkNodes(onDemandReplicas, context, problems);
  return {
    onDemandReplicas,
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

/** Replicas bought on demand, at most `replicasMax`; what does not add up becomes a problem. */
function onDemandOf(
  spec: PurchaseSpec,
  replicasMax: number,
  path: string,
  problems: Problem[],
): number {
  const { onDemand, spot } = spec;
  const at = `${path}.purchase`;
  const refuse = (message: string, hint: string) => {
    problems.push({ code: "conflict", path: at, message, hint });
    return replicasMax;
  };
  if (onDemand === undefined && spot === undefined) {
    const message = "needs onDemand, spot or both";
    problems.push({
      code: "empty",
      path: at,
      message,
      hint: "for example { onDemand: 2, spot: rest }",
    });
    return replicasMax;
  }
  if (onDemand === "rest" && spot === "rest")
    return refuse("onDemand and spot cannot both be the rest", "give one of them as a number");
  const most = Math.max(asCount(onDemand), asCount(spot));
  if (most > replicasMax)
    return refuse(
      `${most} replicas are bought, but the pool has at most ${replicasMax}`,
      `use ${replicasMax} or less`,
    );
  if (onDemand === "rest") return replicasMax - asCount(spot);
  if (spot === "rest") return asCount(onDemand);
  const sum = asCount(onDemand) + asCount(spot);
  if (sum === replicasMax) return asCount(onDemand);
  return refuse(
    `${asCount(onDemand)} on demand and ${asCount(spot)} spot are ${sum} replicas, but the pool has ${replicasMax}`,
    onDemand === undefined ? "add onDemand: rest" : "write spot: rest",
  );
}

function asCount(value: number | "rest" | undefined): number {
  return typeof value === "number" ? value : 0;
}

/** A node is bought one way or the other. */
function checkNodes(
  onDemandReplicas: number,
  { path, replicasPerNode, replicasMax }: PurchaseContext,
  problems: Problem[],
): void {
  const over = onDemandReplicas % replicasPerNode;
  if (over === 0) return;
  const [fewer, more] = [onDemandReplicas - over, onDemandReplicas - over + replicasPerNode];
  problems.push({
    code: "conflict",
    path: `${path}.purchase`,
    message: `${onDemandReplicas} replicas on demand end in the middle of a node of ${replicasPerNode}, which is bought whole`,
    hint: more > replicasMax ? `use ${fewer}, or no spot` : `use ${fewer} or ${more} on demand`,
  });
}
