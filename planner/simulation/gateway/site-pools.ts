/** Which pools the gateway of a region sends to, by model: a site is a region, or all regions together. */
import type { ResolvedFleet } from "../../fleet/resolved-fleet";

const NONE = -1;

/** Pools of one site: those that a model's requests are sent to, and those that take over from a prefill pool. */
export interface SitePools {
  /** By model: pools that take new requests for it; empty when there are none. */
  readonly entryPools: readonly (readonly number[])[];
  /** By pool: decode pools after a prefill pool; empty for others. */
  readonly decodePools: readonly (readonly number[])[];
}

/** Pools of each region, or of all together when any region may serve any request. */
export function sitesOf(fleet: ResolvedFleet, models: readonly string[]): SitePools[] {
  const sites = fleet.routing.regions === "any" ? [NONE] : fleet.regions.map((_, region) => region);
  const poolsWhere = (matches: (pool: ResolvedFleet["pools"][number]) => boolean): number[] =>
    fleet.pools.flatMap((pool, index) => (matches(pool) ? [index] : []));
  return sites.map((site) => ({
    entryPools: models.map((model) =>
      poolsWhere(
        (pool) =>
          pool.model.name === model &&
          pool.role !== "decode" &&
          pool.replicasMax > 0 &&
          (site === NONE || pool.regionIndex === site),
      ),
    ),
    decodePools: fleet.pools.map((prefill) =>
      prefill.role !== "prefill" || (site !== NONE && prefill.regionIndex !== site)
        ? []
        : poolsWhere(
            (pool) =>
              pool.role === "decode" &&
              pool.model.name === prefill.model.name &&
              pool.regionIndex === prefill.regionIndex,
          ),
    ),
  }));
}
