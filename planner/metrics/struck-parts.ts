/** Which pools and regions a fault strikes: what may notice it, and where its traffic leaves from. */
import { replicasOf } from "../fleet/failure-domains";
import type { FaultTarget } from "../fleet/fault-target";
import type { ResolvedFleet } from "../fleet/resolved-fleet";
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import { modelsOf } from "./workload-models";

export interface StruckParts {
  readonly pools: ReadonlySet<number>;
  /** Those of which each occurrence strikes every replica. */
  readonly wholePools: readonly number[];
  readonly regions: ReadonlySet<number>;
}

/** What one occurrence strikes: in a fault of several independent targets, one of them. */
type Strike = readonly FaultTarget[];

/** @param fault name of a fault, a reclaim wave or poison of the scenario, or `spot POOL` for a pool's interruptions */
export function struckBy(
  { fleet, faults, workloads }: ResolvedScenario,
  fault: string,
): StruckParts {
  const strikes = faults.faults
    .filter(({ name }) => name === fault)
    .flatMap(({ targets, when }): Strike[] =>
      when.kind === "at" ? [targets] : targets.map((target) => [target]),
    );
  const pools = new Set(
    strikes.flat().flatMap((target) => replicasOf(fleet, target).map(({ pool }) => pool)),
  );
  for (const wave of faults.spotWaves) {
    if (wave.name === fault) for (const pool of wave.pools) pools.add(pool);
  }
  for (const poison of faults.poison) {
    if (poison.name !== fault) continue;
    const models = modelsOf(workloads[poison.workload]!);
    for (const [index, { model }] of fleet.pools.entries()) {
      if (models.has(model.name)) pools.add(index);
    }
  }
  for (const [index, { name }] of fleet.pools.entries()) {
    if (fault === `spot ${name}`) pools.add(index);
  }
  return {
    pools,
    // Spot interruptions and poison are no strikes: they take some of a pool's replicas, however many.
    wholePools:
      strikes.length === 0
        ? []
        : [...pools].filter((pool) => strikes.every((one) => holdsWholePool(fleet, one, pool))),
    regions: new Set([
      ...[...pools].map((pool) => fleet.pools[pool]!.regionIndex),
      ...strikes.flat().flatMap((target) => ("region" in target ? [target.region] : [])),
    ]),
  };
}

function holdsWholePool(fleet: ResolvedFleet, strike: Strike, pool: number): boolean {
  const slots = strike.flatMap((target) => replicasOf(fleet, target));
  const replicas = new Set(slots.flatMap((slot) => (slot.pool === pool ? [slot.replica] : [])));
  return replicas.size === fleet.pools[pool]!.replicasMax;
}
