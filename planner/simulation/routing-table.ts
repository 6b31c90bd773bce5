/**
 * Which group of replicas serves which workload from which origin, and which decode replicas follow which
 * prefill pool. The policy within a group is router.ts; here stands only who belongs together.
 */

import type { ResolvedFleet } from "../fleet/resolved-fleet";
import type { RandomStream } from "../foundation/random";
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import { type RoutedRequest, RoutingGroup } from "./router";

const NONE = -1;

export class RoutingTable {
  private readonly fleet: ResolvedFleet;
  private readonly groups: RoutingGroup[] = [];
  /** Group of each workload and origin: groupOf[workload][origin]. */
  private readonly groupOf: readonly (readonly number[])[];
  /** Group of the decode replicas that take over from a prefill pool; NONE for others. */
  private readonly decodeGroupOfPool: readonly number[];
  /** Where a replica stands: its group and its place there. */
  private readonly groupOfReplica: Int32Array;
  private readonly placeOfReplica: Int32Array;

  /** @param poolOfReplica pool index of each replica, in order */
  constructor(scenario: ResolvedScenario, poolOfReplica: readonly number[], random: RandomStream) {
    this.fleet = scenario.fleet;
    this.groupOfReplica = new Int32Array(poolOfReplica.length).fill(NONE);
    this.placeOfReplica = new Int32Array(poolOfReplica.length);
    const known = new Map<string, number>();
    const groupOfPools = (pools: readonly number[]): number => {
      const key = pools.join(" ");
      const index = known.get(key) ?? this.addGroup(pools, poolOfReplica, random);
      known.set(key, index);
      return index;
    };
    this.groupOf = scenario.workloads.map((workload) =>
      this.fleet.origins.map((_, origin) =>
        groupOfPools(this.poolsServing(workload.model, origin)),
      ),
    );
    this.decodeGroupOfPool = this.fleet.pools.map((pool) =>
      pool.role === "prefill"
        ? groupOfPools(
            this.poolsWhere(
              (other) =>
                other.role === "decode" &&
                other.model.name === pool.model.name &&
                other.regionIndex === pool.regionIndex,
            ),
          )
        : NONE,
    );
  }

  /** Replica for a request of this workload from this origin. */
  choose(workload: number, origin: number, request: RoutedRequest): number {
    return this.groups[this.groupOf[workload]![origin]!]!.choose(request);
  }

  /** Decode replica for a request that was prefilled in `prefillPool`. */
  chooseDecode(prefillPool: number, request: RoutedRequest): number {
    return this.groups[this.decodeGroupOfPool[prefillPool]!]!.choose(request);
  }

  /** Decode replicas that may take over from a prefill pool. */
  decodersAfter(prefillPool: number): readonly number[] {
    return this.groups[this.decodeGroupOfPool[prefillPool]!]!.members;
  }

  setOutstanding(replica: number, count: number): void {
    const group = this.groupOfReplica[replica]!;
    if (group !== NONE) this.groups[group]!.setOutstanding(this.placeOfReplica[replica]!, count);
  }

  /** Whether `setKvUtilization` is of use to the policy. */
  get watchesKv(): boolean {
    return this.fleet.routing.policy === "least-kv";
  }

  setKvUtilization(replica: number, share: number): void {
    const group = this.groupOfReplica[replica]!;
    if (group !== NONE) this.groups[group]!.setKvUtilization(this.placeOfReplica[replica]!, share);
  }

  /** Network round trip between a client's origin and the region of a pool. */
  roundTripSeconds(origin: number, pool: number): number {
    return this.fleet.roundTripSeconds[origin]![this.fleet.pools[pool]!.regionIndex]!;
  }

  private addGroup(
    pools: readonly number[],
    poolOfReplica: readonly number[],
    random: RandomStream,
  ): number {
    const replicasOfPool = pools.map((pool) =>
      poolOfReplica.flatMap((own, replica) => (own === pool ? [replica] : [])),
    );
    const index = this.groups.length;
    for (const [place, replica] of replicasOfPool.flat().entries()) {
      this.groupOfReplica[replica] = index;
      this.placeOfReplica[replica] = place;
    }
    const specs = pools.map((pool) => this.fleet.pools[pool]!);
    this.groups.push(new RoutingGroup(specs, replicasOfPool, this.fleet.routing, random));
    return index;
  }

  /** Pools that take new requests for a model: of the nearest region that has any, or of all regions. */
  private poolsServing(model: string, origin: number): number[] {
    const serving = this.poolsWhere(
      (pool) => pool.model.name === model && pool.role !== "decode" && pool.replicas > 0,
    );
    if (this.fleet.routing.regions === "any") return serving;
    const roundTrip = (pool: number): number => this.roundTripSeconds(origin, pool);
    const nearest = serving.reduce((best, pool) =>
      roundTrip(pool) < roundTrip(best) ? pool : best,
    );
    const region = this.fleet.pools[nearest]!.regionIndex;
    return serving.filter((pool) => this.fleet.pools[pool]!.regionIndex === region);
  }

  private poolsWhere(matches: (pool: ResolvedFleet["pools"][number]) => boolean): number[] {
    return this.fleet.pools.flatMap((pool, index) => (matches(pool) ? [index] : []));
  }
}
