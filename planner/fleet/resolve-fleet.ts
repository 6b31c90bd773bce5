/**
 * From a fleet as written to a fleet that can be simulated: names become catalog rows, gaps become defaults, and
 * what cannot be built is refused. Problems are collected, not thrown: the scenario reports all of its own at once.
 */
import {
  clientRoundTrip,
  findAccelerator,
  findInstanceType,
  findModel,
  findOrigin,
  findRegion,
  stepTimeCoefficients,
} from "../catalog";
import type { AcceleratorSpec, InstanceTypeSpec, RegionSpec } from "../catalog/specs";
import type { Problem } from "../foundation/errors";
import { checkFleet } from "./check-fleet";
import {
  acceleratorsOf,
  kvTransferBandwidthDefault,
  POOL_DEFAULTS,
  ROUTING_DEFAULTS,
} from "./defaults";
import type { FleetSpec, PoolSpec, RoutingSpec } from "./fleet-spec";
import { poolPath, unknown } from "./names";
import { resolveEngine } from "./resolve-engine";
import type {
  ResolvedFleet,
  ResolvedPool,
  ResolvedRegion,
  ResolvedRouting,
} from "./resolved-fleet";

/**
 * Resolves a fleet. Pools with problems are left out of the answer.
 *
 * @param origins canonical names of the places requests come from
 */
export function resolveFleet(
  spec: FleetSpec,
  origins: readonly string[],
  problems: Problem[],
): ResolvedFleet {
  const regions = resolveRegions(spec, problems);
  const pools = regions.flatMap(({ key, spec: row }, regionIndex) =>
    Object.entries(spec.regions[key]?.pools ?? {})
      .toSorted(byName)
      .flatMap(([name, pool]) => {
        const path = poolPath(key, name);
        const resolved = resolvePool(
          pool,
          { path, name: `${row.name}/${name}`, region: row, regionIndex },
          problems,
        );
        return resolved === undefined ? [] : [resolved];
      }),
  );
  const routing = resolveRouting(spec.routing ?? {});
  checkFleet(spec, routing, problems);
  return {
    regions: regions.map(({ name, spec: row }) => ({ name, spec: row })),
    pools,
    routing,
    origins,
    roundTripSeconds: origins.map((origin) => roundTripsFrom(origin, regions)),
  };
}

function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}

interface NamedRegion extends ResolvedRegion {
  /** As written in the scenario. */
  readonly key: string;
}

function resolveRegions(spec: FleetSpec, problems: Problem[]): NamedRegion[] {
  const regions: NamedRegion[] = [];
  for (const key of Object.keys(spec.regions)) {
    const path = `fleet.regions.${key}`;
    const lookup = findRegion(key);
    if (!lookup.found) {
      problems.push(unknown(path, "region", key, lookup.hint, "regions"));
      continue;
    }
    const twin = regions.find(({ name }) => name === lookup.row.name);
    if (twin !== undefined) {
      const message = `is the same region as ${twin.key}`;
      problems.push({
        code: "conflict",
        path,
        message,
        hint: "put all of its pools under one name",
      });
      continue;
    }
    regions.push({ key, name: lookup.row.name, spec: lookup.row });
  }
  return regions.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function roundTripsFrom(name: string, regions: readonly ResolvedRegion[]): number[] {
  const origin = findOrigin(name);
  return regions.map(({ spec }) =>
    origin.found ? clientRoundTrip(origin.row, spec).seconds : Number.NaN,
  );
}

interface PoolContext {
  readonly path: string;
  readonly name: string;
  readonly region: RegionSpec;
  readonly regionIndex: number;
}

function resolvePool(
  spec: PoolSpec,
  context: PoolContext,
  problems: Problem[],
): ResolvedPool | undefined {
  const { path } = context;
  const model = findModel(spec.model);
  if (!model.found)
    problems.push(unknown(`${path}.model`, "model", spec.model, model.hint, "models"));
  const hardware = resolveHardware(spec, context, problems);
  if (spec.kvTransfer !== undefined && spec.role !== "prefill") {
    problems.push({
      code: "conflict",
      path: `${path}.kvTransfer`,
      message: `only a pool with role: prefill sends its KV elsewhere, got role: ${spec.role ?? POOL_DEFAULTS.role.value}`,
    });
  }
  if (!model.found || hardware === undefined) return undefined;
  const engineContext = { path, model: model.row, ...hardware };
  const bandwidth =
    spec.kvTransfer?.bandwidth ??
    kvTransferBandwidthDefault(hardware.instanceType, acceleratorsOf(spec.engine)).value;
  return {
    name: context.name,
    regionIndex: context.regionIndex,
    model: model.row,
    accelerator: hardware.accelerator,
    instanceType: hardware.instanceType,
    replicas: spec.replicas,
    role: spec.role ?? POOL_DEFAULTS.role.value,
    kvTransfer: {
      bytesPerSecond: bandwidth,
      latencySeconds: spec.kvTransfer?.latency ?? POOL_DEFAULTS.kvTransferLatency.value,
    },
    inputTokensMax: spec.accepts?.inputTokens?.max ?? Number.POSITIVE_INFINITY,
    priorities: spec.priorities ?? [],
    usdPerReplicaHour: spec.price,
    engine: resolveEngine(spec.engine ?? {}, engineContext, problems),
    coefficients: stepTimeCoefficients(hardware.accelerator),
  };
}

interface Hardware {
  readonly accelerator: AcceleratorSpec;
  readonly instanceType: InstanceTypeSpec | undefined;
}

function resolveHardware(
  spec: PoolSpec,
  { path, region }: PoolContext,
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
    problems.push(unknown(at, "type", instanceName, instanceType.hint, "instances"));
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

function resolveRouting(spec: RoutingSpec): ResolvedRouting {
  return {
    policy: spec.policy ?? ROUTING_DEFAULTS.policy.value,
    regions: spec.regions ?? ROUTING_DEFAULTS.regions.value,
    spillOutstanding: spec.spillOutstanding ?? ROUTING_DEFAULTS.spillOutstanding.value,
    affinitySlack: spec.affinitySlack ?? ROUTING_DEFAULTS.affinitySlack.value,
  };
}
