/**
 * One pool of a fleet: hardware and model looked up, engine, capacity and policies with every default filled in.
 */
import { findAccelerator, findInstanceType, findModel, stepTimeCoefficients } from "../catalog";
import type { AcceleratorSpec, InstanceTypeSpec, RegionSpec } from "../catalog/specs";
import { meanOf } from "../foundation/distributions";
import type { Problem } from "../foundation/errors";
import { replicasPerNode } from "./capacity-defaults";
import { acceleratorsOf, kvTransferBandwidthDefault, POOL_DEFAULTS } from "./defaults";
import type { FleetSpec, PoolSpec } from "./fleet-spec";
import { unknown } from "./names";
import {
  autoscalingOf,
  circuitBreakerOf,
  healthCheckOf,
  type PlacedPool,
  replicaBounds,
} from "./placed-pools";
import { purchaseParts } from "./purchase";
import { resolveAutoscaling } from "./resolve-autoscaling";
import {
  type ColdStartGiven,
  coldStartGiven,
  resolveColdStart,
  type SpotGiven,
  spotGiven,
} from "./resolve-capacity";
import { resolveEngine } from "./resolve-engine";
import {
  concurrencyBehind,
  resolveCircuitBreaker,
  resolveHealthCheck,
} from "./resolve-pool-policies";
import { bookPrices, type FleetPrices, givenPrices } from "./resolve-price";
import { resolvePurchase } from "./resolve-purchase";
import type { ResolvedPool } from "./resolved-fleet";
import type { ResolvedColdStart, ResolvedGateway } from "./resolved-policies";

export interface PoolContext {
  /** `region/pool`, as in the catalog. */
  readonly name: string;
  readonly region: RegionSpec;
  readonly regionIndex: number;
  readonly fleet: FleetSpec;
  /** What the fleet says of all pools. */
  readonly coldStart: ColdStartGiven;
  readonly spot: SpotGiven;
  readonly prices: FleetPrices;
}

/** A pool without what depends on other pools: `withCircuitBreakers` adds that. */
type PoolDraft = Omit<ResolvedPool, "circuitBreaker">;

/** The pool, or undefined when it names something that is not there; problems are added to `problems`. */
export function resolvePool(
  placed: PlacedPool,
  context: PoolContext,
  problems: Problem[],
): PoolDraft | undefined {
  const { path, pool: spec } = placed;
  const { region, fleet } = context;
  const model = findModel(spec.model);
  if (!model.found)
    problems.push(unknown(`${path}.model`, "model", spec.model, model.hint, "models"));
  const hardware = resolveHardware(spec, path, region, problems);
  if (spec.kvTransfer !== undefined && spec.role !== "prefill") {
    problems.push({
      code: "conflict",
      path: `${path}.kvTransfer`,
      message: `only a pool with role: prefill sends its KV elsewhere, got role: ${spec.role ?? POOL_DEFAULTS.role.value}`,
    });
  }
  const ownColdStart = coldStartGiven(spec.coldStart, `${path}.coldStart`, problems);
  const ownSpot = spotGiven(spec.spot, `${path}.spot`, problems);
  if (!model.found || hardware === undefined) return undefined;
  const { accelerator, instanceType } = hardware;
  const engine = resolveEngine(
    spec.engine ?? {},
    { path, model: model.row, ...hardware },
    problems,
  );
  const accelerators = acceleratorsOf(spec.engine);
  const { min, max, initial } = replicaBounds(spec.replicas);
  const perNode = replicasPerNode(instanceType, accelerators).value;
  const coldStart = resolveColdStart(
    ownColdStart,
    context.coldStart,
    model.row,
    engine.weightPrecision,
  );
  const autoscaling = autoscalingOf(fleet, placed);
  const purchase = resolvePurchase(
    spec.purchase,
    {
      path,
      region,
      instanceType,
      replicasMax: max,
      replicasPerNode: perNode,
      own: ownSpot,
      fleets: context.spot,
    },
    problems,
  );
  const purchases = purchaseParts(purchase, max).map((part) => part.purchase);
  const priced = { region, instanceType, acceleratorsPerReplica: accelerators };
  return {
    name: context.name,
    regionIndex: context.regionIndex,
    model: model.row,
    accelerator,
    instanceType,
    replicas: initial,
    replicasMin: min,
    replicasMax: max,
    replicasPerNode: perNode,
    purchase,
    coldStart,
    autoscaling:
      autoscaling === undefined
        ? undefined
        : resolveAutoscaling(autoscaling.policy, {
            replicasMin: min,
            coldStartSeconds: coldStartSeconds(coldStart),
          }),
    healthCheck: resolveHealthCheck(healthCheckOf(fleet, placed)?.policy),
    role: spec.role ?? POOL_DEFAULTS.role.value,
    kvTransfer: {
      bytesPerSecond:
        spec.kvTransfer?.bandwidth ?? kvTransferBandwidthDefault(instanceType, accelerators).value,
      latencySeconds: spec.kvTransfer?.latency ?? POOL_DEFAULTS.kvTransferLatency.value,
    },
    inputTokensMax: spec.accepts?.inputTokens?.max ?? Number.POSITIVE_INFINITY,
    priorities: spec.priorities ?? [],
    prices:
      spec.price === undefined
        ? bookPrices(context.prices, priced, purchases)
        : givenPrices(spec.price, purchases),
    engine,
    coefficients: stepTimeCoefficients(accelerator),
  };
}

/** Mean time until a new replica on a new node serves. */
export function coldStartSeconds(coldStart: ResolvedColdStart): number {
  const { nodeSeconds, imagePullSeconds, weightLoadSeconds } = coldStart;
  return meanOf(nodeSeconds) + meanOf(imagePullSeconds) + meanOf(weightLoadSeconds);
}

/** The pools with their circuit breakers, which may follow what the engines of several pools run at once. */
export function withCircuitBreakers(
  fleet: FleetSpec,
  drafts: readonly { readonly placed: PlacedPool; readonly resolved: PoolDraft }[],
  gateway: ResolvedGateway,
): ResolvedPool[] {
  const all = drafts.map(({ resolved }) => ({ ...resolved, modelName: resolved.model.name }));
  return drafts.map(({ placed, resolved }, index) => {
    const policy = circuitBreakerOf(fleet, placed)?.policy;
    const circuitBreaker =
      policy === undefined
        ? undefined
        : resolveCircuitBreaker(policy, gateway, concurrencyBehind(all[index]!, all));
    // Added, not copied: copies of large objects have each a shape of its own, which code cannot be compiled for.
    return Object.assign(resolved, { circuitBreaker });
  });
}

interface Hardware {
  readonly accelerator: AcceleratorSpec;
  readonly instanceType: InstanceTypeSpec | undefined;
}

function resolveHardware(
  spec: PoolSpec,
  path: string,
  region: RegionSpec,
  problems: Problem[],
): Hardware | undefined {
  const { instanceType: instanceName, accelerator: acceleratorName } = spec;
  if (instanceName !== undefined && acceleratorName !== undefined) {
    const message =
      "give instanceType or accelerator, not both: an instance type has its accelerators";
    problems.push({ code: "conflict", path: `${path}.accelerator`, message });
    return undefined;
  }
  if (acceleratorName !== undefined) {
    const accelerator = findAccelerator(acceleratorName);
    if (accelerator.found) return { accelerator: accelerator.row, instanceType: undefined };
    const at = `${path}.accelerator`;
    problems.push(unknown(at, "accelerator", acceleratorName, accelerator.hint, "accelerators"));
    return undefined;
  }
  if (instanceName === undefined) {
    problems.push({
      code: "missing",
      path: `${path}.instanceType`,
      message:
        "is missing; give an instance type, or an accelerator where no instance type is meant",
      hint: "`capplan catalog instance-types` lists them",
    });
    return undefined;
  }
  const instanceType = findInstanceType(instanceName);
  if (!instanceType.found) {
    const at = `${path}.instanceType`;
    problems.push(unknown(at, "type", instanceName, instanceType.hint, "instance-types"));
    return undefined;
  }
  const { row } = instanceType;
  if (row.cloud !== region.cloud) {
    problems.push({
      code: "conflict",
      path: `${path}.instanceType`,
      message: `${row.name} is sold by ${row.cloud}, but ${region.name} is a region of ${region.cloud}`,
    });
  }
  const accelerator = findAccelerator(row.accelerator);
  return accelerator.found ? { accelerator: accelerator.row, instanceType: row } : undefined;
}
