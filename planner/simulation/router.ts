/**
 * Chooses the replica of a request. A router knows what a real one can know: its own count of outstanding
 * requests, the load that a replica last reported, the prompt's length and prefix. Never the true output
 * length. Ties go to the replica that comes first by region, pool and number, whatever the order in the file.
 *
 * Faults and breakers later take replicas out of a group; failover chooses the group.
 */

import type { Priority, ResolvedPool, ResolvedRouting } from "../fleet/resolved-fleet";
import { InvariantViolation } from "../foundation/errors";
import type { RandomStream } from "../foundation/random";
import { WinnerTree } from "../foundation/winner-tree";
import type { PrefixChain } from "../traffic/request-source";

/** What a router may look at. */
export interface RoutedRequest {
  inputTokens: number;
  priority: Priority;
  prefix: PrefixChain | undefined;
}

/** Prefix segments a prefix-affinity router remembers at least; those not seen for longest are forgotten. */
const REMEMBERED_SEGMENTS = 1 << 19;

/** Replicas that can serve the same requests: of one model, and of one region unless regions are pooled. */
export class RoutingGroup {
  /** Replica indexes; a replica's place is its index here. */
  readonly members: readonly number[];
  /** Places of the pools' members in `members`: pool k holds places[k] … places[k + 1] − 1. */
  private readonly poolStart: number[] = [0];
  private readonly pools: readonly ResolvedPool[];
  private readonly poolsByPrice: readonly number[];
  private readonly routing: ResolvedRouting;
  private readonly random: RandomStream;
  private readonly outstanding: Int32Array;
  private readonly byOutstanding: WinnerTree;
  private readonly byOutstandingInPool: readonly WinnerTree[];
  private readonly byKv: WinnerTree | undefined;
  /** Last replica of each segment seen lately, and of those seen before that: two generations, so that
   * forgetting is dropping a map. */
  private young = new Map<number, number>();
  private old = new Map<number, number>();
  private turn = 0;

  /** @param replicasOfPool replica indexes of each pool, in order */
  constructor(
    pools: readonly ResolvedPool[],
    replicasOfPool: readonly (readonly number[])[],
    routing: ResolvedRouting,
    random: RandomStream,
  ) {
    this.pools = pools;
    this.routing = routing;
    this.random = random;
    this.members = replicasOfPool.flat();
    for (const replicas of replicasOfPool) {
      this.poolStart.push(this.poolStart[this.poolStart.length - 1]! + replicas.length);
    }
    this.outstanding = new Int32Array(this.members.length);
    this.byOutstanding = new WinnerTree(this.members.length, 0);
    this.byOutstandingInPool = needsPools(routing.policy)
      ? replicasOfPool.map((replicas) => new WinnerTree(replicas.length, 0))
      : [];
    this.byKv = routing.policy === "least-kv" ? new WinnerTree(this.members.length, 0) : undefined;
    this.poolsByPrice = pools
      .map((_, index) => index)
      .sort((a, b) => priceOf(pools[a]!) - priceOf(pools[b]!) || a - b);
  }

  /** Replica index for this request. */
  choose(request: RoutedRequest): number {
    return this.members[this.choosePlace(request)]!;
  }

  /** Tells the group that a member's count of outstanding requests changed. */
  setOutstanding(place: number, count: number): void {
    this.outstanding[place] = count;
    this.byOutstanding.set(place, count);
    if (this.byOutstandingInPool.length > 0) {
      const pool = this.poolOf(place);
      this.byOutstandingInPool[pool]!.set(place - this.poolStart[pool]!, count);
    }
  }

  /** Tells the group what share of its KV blocks a member last reported in use. */
  setKvUtilization(place: number, share: number): void {
    this.byKv?.set(place, share);
  }

  private choosePlace(request: RoutedRequest): number {
    switch (this.routing.policy) {
      case "round-robin": {
        const place = this.turn;
        this.turn = (place + 1) % this.members.length;
        return place;
      }
      case "random":
        return this.random.below(this.members.length);
      case "least-outstanding":
        return this.byOutstanding.winner;
      case "least-kv":
        return this.byKv!.winner;
      case "power-of-two":
        return this.betterOfTwo();
      case "prefix-affinity":
        return this.whereThePrefixIs(request.prefix);
      case "by-length":
        return this.leastIn(this.poolsByLength(request.inputTokens));
      case "by-priority":
        return this.leastIn(this.poolsByPriority(request.priority));
      case "cheapest-first":
        return this.cheapestWithRoom();
      default:
        return unknownPolicy(this.routing.policy);
    }
  }

  private betterOfTwo(): number {
    const count = this.members.length;
    const first = this.random.below(count);
    if (count === 1) return first;
    let second = this.random.below(count - 1);
    if (second >= first) second++;
    const difference = this.outstanding[first]! - this.outstanding[second]!;
    if (difference === 0) return Math.min(first, second);
    return difference < 0 ? first : second;
  }

  /** The replica that last got the longest known beginning, unless it is much busier than the least busy. */
  private whereThePrefixIs(prefix: PrefixChain | undefined): number {
    const least = this.byOutstanding.winner;
    if (prefix === undefined) return least;
    let place = least;
    for (let i = prefix.length - 1; i >= 0; i--) {
      const segment = prefix.ids[i]!;
      const known = this.young.get(segment) ?? this.old.get(segment);
      if (known === undefined) continue;
      const excess = this.outstanding[known]! - this.outstanding[least]!;
      if (excess <= this.routing.affinitySlack) place = known;
      break;
    }
    for (let i = 0; i < prefix.length; i++) this.remember(prefix.ids[i]!, place);
    return place;
  }

  private remember(segment: number, place: number): void {
    this.young.set(segment, place);
    if (this.young.size < REMEMBERED_SEGMENTS) return;
    this.old = this.young;
    this.young = new Map();
  }

  /** Pools with the tightest length limit that takes this input, or with the widest when none does. */
  private poolsByLength(inputTokens: number): number[] {
    let tightest = Number.POSITIVE_INFINITY;
    let widest = 0;
    let isTaken = false;
    for (const { inputTokensMax } of this.pools) {
      widest = Math.max(widest, inputTokensMax);
      if (inputTokens > inputTokensMax) continue;
      isTaken = true;
      tightest = Math.min(tightest, inputTokensMax);
    }
    const limit = isTaken ? tightest : widest;
    return this.indexesOfPools((pool) => pool.inputTokensMax === limit);
  }

  /** Pools reserved for this priority, or else those that take any. */
  private poolsByPriority(priority: Priority): number[] {
    const reserved = this.indexesOfPools((pool) => pool.priorities.includes(priority));
    return reserved.length > 0
      ? reserved
      : this.indexesOfPools((pool) => pool.priorities.length === 0);
  }

  private indexesOfPools(matches: (pool: ResolvedPool) => boolean): number[] {
    const indexes: number[] = [];
    for (let i = 0; i < this.pools.length; i++) if (matches(this.pools[i]!)) indexes.push(i);
    return indexes;
  }

  /** Least outstanding over the given pools; over all when none is given. */
  private leastIn(pools: readonly number[]): number {
    if (pools.length === 0) return this.byOutstanding.winner;
    let best = pools[0]!;
    for (const pool of pools) {
      if (this.byOutstandingInPool[pool]!.smallest < this.byOutstandingInPool[best]!.smallest) {
        best = pool;
      }
    }
    return this.poolStart[best]! + this.byOutstandingInPool[best]!.winner;
  }

  private cheapestWithRoom(): number {
    for (const pool of this.poolsByPrice) {
      const tree = this.byOutstandingInPool[pool]!;
      if (tree.smallest < this.routing.spillOutstanding) return this.poolStart[pool]! + tree.winner;
    }
    return this.byOutstanding.winner;
  }

  private poolOf(place: number): number {
    let pool = 0;
    while (this.poolStart[pool + 1]! <= place) pool++;
    return pool;
  }
}

function needsPools(policy: ResolvedRouting["policy"]): boolean {
  return policy === "by-length" || policy === "by-priority" || policy === "cheapest-first";
}

/** The scenario refuses cheapest-first with an unpriced pool; elsewhere the order by price is not used. */
function priceOf(pool: ResolvedPool): number {
  return pool.usdPerReplicaHour ?? Number.POSITIVE_INFINITY;
}

function unknownPolicy(policy: never): never {
  throw new InvariantViolation("a routing policy is implemented", { policy });
}
