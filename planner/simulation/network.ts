/**
 * The network between clients, gateways and replicas: which region a client's DNS answer sends it to, what is cut off,
 * and how long messages take. DNS itself is dns/; health checks of regions are set here by control.ts.
 */
import type { ResolvedFleet } from "../fleet/resolved-fleet";
import { RandomStream } from "../foundation/random";
import { FailoverDns } from "./dns/failover-dns";

const NONE = -1;

export class Network {
  /** Faults that cut a region off from its clients, and seconds that faults add to every round trip to it. */
  readonly cuts: Int32Array;
  readonly delays: Float64Array;
  readonly dns: FailoverDns | undefined;
  /** Regions with a pool that takes new requests for a model; by model. */
  readonly regionsOfModel: readonly (readonly number[])[];
  private readonly fleet: ResolvedFleet;
  private readonly random: RandomStream;
  /** Without failover: the nearest region of each model and origin. */
  private readonly nearest: readonly (readonly number[])[];

  constructor(fleet: ResolvedFleet, models: readonly string[], seed: number) {
    this.fleet = fleet;
    this.random = new RandomStream(seed, "dns");
    this.cuts = new Int32Array(fleet.regions.length);
    this.delays = new Float64Array(fleet.regions.length);
    this.regionsOfModel = models.map((model) =>
      fleet.regions.flatMap((_, region) => (servesModel(fleet, region, model) ? [region] : [])),
    );
    this.nearest = this.regionsOfModel.map((regions) =>
      fleet.origins.map((_, origin) =>
        nearestOf(fleet, origin, allowedRegions(fleet, origin, regions)),
      ),
    );
    const { failover } = fleet.policies;
    const isByDns = failover !== undefined && fleet.routing.regions === "nearest";
    this.dns = isByDns ? new FailoverDns(fleet, failover, this.regionsOfModel) : undefined;
  }

  /** Phase of a new client's resolver; drawn only where DNS decides. */
  drawResolverPhase(): number {
    return this.dns === undefined ? 0 : this.random.uniform();
  }

  /** Region that a client asks; −1 when one gateway serves all regions. */
  regionFor(model: number, origin: number, seconds: number, resolverPhase: number): number {
    if (this.fleet.routing.regions === "any") return NONE;
    if (this.dns !== undefined) return this.dns.resolve(model, origin, seconds, resolverPhase);
    return this.nearest[model]![origin]!;
  }

  /** Whether nothing gets through between clients and a region (−1 is none). */
  isCut(region: number): boolean {
    return region !== NONE && this.cuts[region]! > 0;
  }

  /** There and back between an origin and a region, with what faults add. */
  roundTripSeconds(origin: number, region: number): number {
    return this.fleet.roundTripSeconds[origin]![region]! + this.delays[region]!;
  }
}

function servesModel(fleet: ResolvedFleet, region: number, model: string): boolean {
  return fleet.pools.some(
    (pool) =>
      pool.regionIndex === region &&
      pool.model.name === model &&
      pool.role !== "decode" &&
      pool.replicasMax > 0,
  );
}

/** Those of the regions in which requests from the origin may be served. */
function allowedRegions(
  { residency }: ResolvedFleet,
  origin: number,
  regions: readonly number[],
): readonly number[] {
  return residency === undefined ? regions : regions.filter((region) => residency[origin]![region]);
}

function nearestOf(fleet: ResolvedFleet, origin: number, regions: readonly number[]): number {
  const roundTrip = (region: number): number => fleet.roundTripSeconds[origin]![region]!;
  return regions.reduce(
    (best, region) => (best === NONE || roundTrip(region) < roundTrip(best) ? region : best),
    NONE,
  );
}
