/**
 * Chooses the replica of a request. A router knows what a real one can know: its own count of outstanding
 * requests, the KV that a replica has in use, the prompt's length and prefix. Never the true output
 * length. Ties go to the replica that comes first by region, pool and number, whatever the order in the file.
 *
 * A group belongs to one gateway process, which counts only what it has sent itself. Members leave and return with
 * faults, ejections and scaling; a group without one has no answer.
 */

import type { Priority } from "../fleet/priority";
import type { ResolvedPool, ResolvedRouting } from "../fleet/resolved-fleet";
import { meanUsdPerReplicaHour } from "../fleet/resolved-price";
import { InvariantViolation } from "../foundation/errors";
import { LeastCounts } from "../foundation/least-counts";
import type { RandomStream } from "../foundation/random";
import type { PrefixChain } from "../traffic/request-source";

/** What a router may look at. */
export interface RoutedRequest {
  inputTokens: number;
  priority: Priority;
  prefix: PrefixChain | undefined;
}

/** Share of a replica's KV blocks in use now. */
export type KvUtilizationOf = (replica: number) => number;

const NONE = -1;

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
  private readonly kvUtilizationOf: KvUtilizationOf;
  /** Places that may be chosen, in order; all of them at first. */
  private available: number[];
  private readonly isAvailable: Uint8Array;
  private readonly byOutstanding: LeastCounts;
  private readonly byOutstandingInPool: readonly LeastCounts[];
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
    kvUtilizationOf: KvUtilizationOf,
  ) {
    this.pools = pools;
    this.routing = routing;
    this.random = random;
    this.members = replicasOfPool.flat();
    for (const replicas of replicasOfPool) {
      this.poolStart.push(this.poolStart[this.poolStart.length - 1]! + replicas.length);
    }
    this.outstanding = new Int32Array(this.members.length);
    this.isAvailable = new Uint8Array(this.members.length).fill(1);
    this.available = this.members.map((_, place) => place);
    this.byOutstanding = new LeastCounts(this.members.length);
    this.byOutstandingInPool = needsPools(routing.policy)
      ? replicasOfPool.map((replicas) => new LeastCounts(replicas.length))
      : [];
    this.kvUtilizationOf = kvUtilizationOf;
    this.poolsByPrice = pools
      .map((_, index) => index)
      .sort((a, b) => priceOf(pools[a]!) - priceOf(pools[b]!) || a - b);
  }

  /** Replica index for this request; −1 when no member is available. */
  choose(request: RoutedRequest): number {
    return this.available.length === 0 ? NONE : this.members[this.choosePlace(request)]!;
  }

  /** The available member with the least outstanding among `replicas` of this group, but for `other`; −1 if none. */
  leastOutstandingOf(from: number, to: number, other: number): number {
    let best = NONE;
    for (const place of this.available) {
      const replica = this.members[place]!;
      if (replica < from || replica >= to || replica === other) continue;
      if (best === NONE || this.outstanding[place]! < this.outstanding[best]!) best = place;
    }
    return best === NONE ? NONE : this.members[best]!;
  }

  /** The available member with the least outstanding among those with room. */
  leastWithRoom(hasRoom: (replica: number, outstanding: number) => boolean): number {
    let best = NONE;
    for (const place of this.available) {
      if (best !== NONE && this.outstanding[place]! >= this.outstanding[best]!) continue;
      if (hasRoom(this.members[place]!, this.outstanding[place]!)) best = place;
    }
    return best === NONE ? NONE : this.members[best]!;
  }

  /** A request was sent to a member (1), or is over there (−1). */
  addOutstanding(place: number, change: number): void {
    const before = this.outstanding[place]!;
    this.outstanding[place] = before + change;
    if (this.isAvailable[place] === 0) return;
    this.byOutstanding.move(place, before, before + change);
    if (this.byOutstandingInPool.length === 0) return;
    const pool = this.poolOf(place);
    const own = place - this.poolStart[pool]!;
    this.byOutstandingInPool[pool]!.move(own, before, before + change);
  }

  /** Lets a member be chosen, or not. */
  setAvailable(place: number, isAvailable: boolean): void {
    if ((this.isAvailable[place] === 1) === isAvailable) return;
    this.isAvailable[place] = isAvailable ? 1 : 0;
    this.available = this.members
      .map((_, index) => index)
      .filter((index) => this.isAvailable[index]);
    this.list(place, isAvailable);
  }

  /** Puts a member among those that may be chosen, or takes it out. */
  private list(place: number, isAvailable: boolean): void {
    const count = this.outstanding[place]!;
    if (isAvailable) this.byOutstanding.insert(place, count);
    else this.byOutstanding.remove(place, count);
    if (this.byOutstandingInPool.length === 0) return;
    const pool = this.poolOf(place);
    const own = place - this.poolStart[pool]!;
    if (isAvailable) this.byOutstandingInPool[pool]!.insert(own, count);
    else this.byOutstandingInPool[pool]!.remove(own, count);
  }

  private choosePlace(request: RoutedRequest): number {
    switch (this.routing.policy) {
      case "round-robin": {
        let place = this.turn;
        while (this.isAvailable[place] === 0) place = (place + 1) % this.members.length;
        this.turn = (place + 1) % this.members.length;
        return place;
      }
      case "random":
        return this.available[this.random.below(this.available.length)]!;
      case "least-outstanding":
        return this.byOutstanding.winner;
      case "least-kv":
        return this.leastKv();
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

  /** Asked of each when it matters: what a replica holds grows all the time. */
  private leastKv(): number {
    let best = NONE;
    let least = Number.POSITIVE_INFINITY;
    for (const place of this.available) {
      const share = this.kvUtilizationOf(this.members[place]!);
      if (share >= least) continue;
      best = place;
      least = share;
    }
    return best;
  }

  private betterOfTwo(): number {
    const count = this.available.length;
    const one = this.random.below(count);
    if (count === 1) return this.available[one]!;
    let other = this.random.below(count - 1);
    if (other >= one) other++;
    const first = this.available[one]!;
    const second = this.available[other]!;
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
      const isNear = excess <= this.routing.affinitySlack;
      if (isNear && this.isAvailable[known] === 1) place = known;
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
    const counts = this.byOutstandingInPool[best]!;
    // None of these is available: better somewhere else than nowhere.
    if (counts.smallest === Number.POSITIVE_INFINITY) return this.byOutstanding.winner;
    return this.poolStart[best]! + counts.winner;
  }

  private cheapestWithRoom(): number {
    for (const pool of this.poolsByPrice) {
      const counts = this.byOutstandingInPool[pool]!;
      if (counts.smallest < this.routing.spillOutstanding) {
        return this.poolStart[pool]! + counts.winner;
      }
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
  return meanUsdPerReplicaHour(pool) ?? Number.POSITIVE_INFINITY;
}

function unknownPolicy(policy: never): never {
  throw new InvariantViolation("a routing policy is implemented", { policy });
}
