/**
 * Where a request is counted when no pool was ever chosen for it, since a gateway refused it or could not be reached: at
 * the first pool that answers for its model in the region it was last sent to. Not routing: no request goes there by this.
 */
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import type { RequestTable } from "./request-table";
import { NO_POOL } from "./run-record";
import { modelsOf } from "./steps";

export class MeantPools {
  private readonly regions: number;
  /** By model × region. */
  private readonly pools: Int32Array;

  constructor(
    scenario: ResolvedScenario,
    private readonly requests: RequestTable,
  ) {
    const { pools, regions } = scenario.fleet;
    this.regions = regions.length;
    const first = modelsOf(scenario).flatMap((model) =>
      regions.map((_, region) =>
        pools.findIndex(
          (pool) =>
            pool.regionIndex === region && pool.model.name === model && pool.role !== "decode",
        ),
      ),
    );
    this.pools = Int32Array.from(first, (pool) => (pool < 0 ? NO_POOL : pool));
  }

  /** NO_POOL for one that was never sent to a region, as where one gateway serves all. */
  of(request: number): number {
    const { region, model } = this.requests;
    const at = region[request]!;
    return at < 0 ? NO_POOL : this.pools[model[request]! * this.regions + at]!;
  }
}
