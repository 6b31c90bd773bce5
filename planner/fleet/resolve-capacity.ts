/**
 * What a pool's replicas stand on, as far as it is said in one place: how long a new one takes, and how spot capacity
 * behaves. How they are bought is `resolve-purchase.ts`; the problems of bounds are in `check-autoscaling.ts`.
 */
import type { ModelSpec, Precision } from "../catalog/specs";
import type { Distribution } from "../foundation/distributions";
import type { Problem } from "../foundation/errors";
import { COLD_START_DEFAULTS, weightLoadDefault } from "./capacity-defaults";
import type { DistributionSpec } from "./distribution-spec";
import { resolveDistribution } from "./resolve-distribution";
import type { ResolvedColdStart } from "./resolved-policies";
import type { ColdStartSpec, SpotSpec } from "./scaling-spec";

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
