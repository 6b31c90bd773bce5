/**
 * One process of a region's gateway: what it knows of the replicas behind it, from its own traffic alone. It chooses
 * replicas, counts what is under way, ejects those that answer with errors, and keeps the limits of its share of the
 * circuit breakers. Why a request comes here, and what becomes of it, is gateways.ts.
 */
import type { ResolvedFleet } from "../../fleet/resolved-fleet";
import { IndexDeque } from "../../foundation/index-deque";
import type { RandomStream } from "../../foundation/random";
import { type KvUtilizationOf, type RoutedRequest, RoutingGroup } from "../router";
import type { Admission } from "./admission";
import { CircuitBreaker, shareOfProcess } from "./circuit-breaker";
import { OutlierDetector } from "./outlier-detector";
import type { SitePools } from "./site-pools";

const NONE = -1;

/** The replicas of the fleet, as far as a gateway can know of them. */
export interface KnownReplicas {
  /** First replica of each pool, and the number of replicas at the end. */
  readonly poolStart: Int32Array;
  readonly kvUtilizationOf: KvUtilizationOf;
}

export class GatewayProcess {
  readonly site: number;
  /** Failure domain: zone of the region, and number of the process in it. */
  readonly number: number;
  readonly admission: Admission | undefined;
  /** Faults that keep it down, and whether clients are still sent here. */
  faults = 0;
  isListed = true;
  /** Attempts under way, and those among them that are second ones beside a first. */
  active = 0;
  hedges = 0;
  /** By pool: limits towards it, and attempts that wait for a connection. */
  readonly breakers: readonly (CircuitBreaker | undefined)[];
  readonly pending: readonly IndexDeque[];
  readonly detectors: readonly (OutlierDetector | undefined)[];
  private readonly groups: RoutingGroup[] = [];
  private readonly groupOfModel: Int32Array;
  private readonly decodeGroupOfPool: Int32Array;
  private readonly groupOfReplica: Int32Array;
  private readonly placeOfReplica: Int32Array;
  /** 1 for replicas that the cluster lists as ready. */
  private readonly isReady: Uint8Array;
  private readonly readyInPool: Int32Array;
  private readonly poolStart: Int32Array;
  private readonly kvUtilizationOf: KvUtilizationOf;
  private readonly poolOfReplica: Int32Array;

  constructor(
    fleet: ResolvedFleet,
    pools: SitePools,
    place: { readonly site: number; readonly number: number },
    { poolStart, kvUtilizationOf }: KnownReplicas,
    admission: Admission | undefined,
    random: RandomStream,
    limits: "limited" | "unlimited" = "limited",
  ) {
    this.site = place.site;
    this.number = place.number;
    this.admission = admission;
    this.poolStart = poolStart;
    this.kvUtilizationOf = kvUtilizationOf;
    const replicas = poolStart[poolStart.length - 1]!;
    this.poolOfReplica = new Int32Array(replicas);
    this.groupOfReplica = new Int32Array(replicas).fill(NONE);
    this.placeOfReplica = new Int32Array(replicas);
    this.isReady = new Uint8Array(replicas).fill(1);
    this.readyInPool = new Int32Array(fleet.pools.length);
    for (let pool = 0; pool < fleet.pools.length; pool++) {
      this.poolOfReplica.fill(pool, poolStart[pool], poolStart[pool + 1]);
      this.readyInPool[pool] = poolStart[pool + 1]! - poolStart[pool]!;
    }
    const known = new Map<string, number>();
    const groupOf = (members: readonly number[]): number => {
      if (members.length === 0) return NONE;
      const key = members.join(" ");
      const group = known.get(key) ?? this.addGroup(fleet, members, random);
      known.set(key, group);
      return group;
    };
    this.groupOfModel = Int32Array.from(pools.entryPools, groupOf);
    this.decodeGroupOfPool = Int32Array.from(pools.decodePools, groupOf);
    const isLimited = limits === "limited";
    const mine = new Set(isLimited ? [...pools.entryPools, ...pools.decodePools].flat() : []);
    this.breakers = fleet.pools.map(({ circuitBreaker }, pool) =>
      circuitBreaker === undefined || !mine.has(pool)
        ? undefined
        : new CircuitBreaker(shareOfProcess(circuitBreaker, fleet.policies.gateway.replicas)),
    );
    this.pending = fleet.pools.map(() => new IndexDeque());
    this.detectors = fleet.pools.map(({ healthCheck }, pool) =>
      (healthCheck.passive === undefined && healthCheck.active === undefined) || !mine.has(pool)
        ? undefined
        : new OutlierDetector(healthCheck, poolStart[pool + 1]! - poolStart[pool]!),
    );
  }

  /** Replica for a new attempt; −1 when the model has none that is ready here. */
  choose(model: number, request: RoutedRequest): number {
    const group = this.groupOfModel[model]!;
    return group === NONE ? NONE : this.groups[group]!.choose(request);
  }

  /** The least busy replica of one pool, but for `other` (−1 = none of them excepted). */
  chooseIn(pool: number, other: number): number {
    const from = this.poolStart[pool]!;
    const group = this.groupOfReplica[from]!;
    const to = this.poolStart[pool + 1]!;
    return group === NONE ? NONE : this.groups[group]!.leastOutstandingOf(from, to, other);
  }

  /** The replica with room that has least of this process's attempts; −1 when none has room. */
  chooseWithRoom(model: number, hasRoom: (replica: number, own: number) => boolean): number {
    const group = this.groupOfModel[model]!;
    return group === NONE ? NONE : this.groups[group]!.leastWithRoom(hasRoom);
  }

  /** Decode replica for a request that was prefilled in `prefillPool`. */
  chooseDecode(prefillPool: number, request: RoutedRequest): number {
    const group = this.decodeGroupOfPool[prefillPool]!;
    return group === NONE ? NONE : this.groups[group]!.choose(request);
  }

  /** All replicas that may decode after a prefill pool, ready or not. */
  decodersAfter(prefillPool: number): readonly number[] {
    const group = this.decodeGroupOfPool[prefillPool]!;
    return group === NONE ? [] : this.groups[group]!.members;
  }

  /** An attempt goes to a replica. */
  sent(replica: number): void {
    this.active++;
    const group = this.groupOfReplica[replica]!;
    this.groups[group]!.addOutstanding(this.placeOfReplica[replica]!, 1);
    const detector = this.detectors[this.poolOfReplica[replica]!];
    if (detector === undefined) return;
    detector.onSent(this.placeInPool(replica));
    if (!detector.admits(this.placeInPool(replica))) this.refresh(replica);
  }

  /** An attempt is over on a replica, or has moved on from it, without a judgement. */
  over(replica: number): void {
    this.active--;
    const group = this.groupOfReplica[replica]!;
    this.groups[group]!.addOutstanding(this.placeOfReplica[replica]!, -1);
    const detector = this.detectors[this.poolOfReplica[replica]!];
    if (detector === undefined) return;
    detector.onOver(this.placeInPool(replica));
    if (detector.halfOpen > 0) this.refresh(replica);
  }

  /** What a replica has answered; true when it is ejected for it. */
  judge(replica: number, isError: boolean, seconds: number): boolean {
    const pool = this.poolOfReplica[replica]!;
    const detector = this.detectors[pool];
    if (detector === undefined || this.isReady[replica] === 0) return false;
    const place = this.placeInPool(replica);
    const wasHalfOpen = detector.halfOpen > 0;
    const isEjected = detector.onAnswer(place, isError, seconds, this.readyInPool[pool]!);
    if (isEjected) this.refreshPool(pool);
    else if (wasHalfOpen) this.refresh(replica);
    return isEjected;
  }

  /** Ends the ejections that are due; the replicas that return. */
  sweep(pool: number, seconds: number): number[] {
    const returned = this.detectors[pool]!.sweep(seconds);
    if (returned.length > 0) this.refreshPool(pool);
    return returned.map((place) => this.poolStart[pool]! + place);
  }

  /** Result of a check beside the traffic; true when the replica was taken out or came back by it. */
  probed(replica: number, hasPassed: boolean, seconds: number): boolean {
    const pool = this.poolOfReplica[replica]!;
    const hasChanged = this.detectors[pool]!.onProbe(this.placeInPool(replica), hasPassed, seconds);
    if (hasChanged) this.refreshPool(pool);
    return hasChanged;
  }

  /** The cluster lists a replica as ready, or no longer. A new replica has no past. */
  setReady(replica: number, isReady: boolean): void {
    if ((this.isReady[replica] === 1) === isReady) return;
    const pool = this.poolOfReplica[replica]!;
    this.isReady[replica] = isReady ? 1 : 0;
    this.readyInPool[pool]! += isReady ? 1 : -1;
    this.detectors[pool]?.reset(this.placeInPool(replica));
    this.refreshPool(pool);
  }

  /** Whether the process may send to a replica now. */
  private admits(replica: number): boolean {
    if (this.isReady[replica] === 0) return false;
    const pool = this.poolOfReplica[replica]!;
    const detector = this.detectors[pool];
    if (detector === undefined || detector.isPanicking(this.readyInPool[pool]!)) return true;
    return detector.admits(this.placeInPool(replica));
  }

  private refresh(replica: number): void {
    const group = this.groupOfReplica[replica]!;
    if (group === NONE) return;
    this.groups[group]!.setAvailable(this.placeOfReplica[replica]!, this.admits(replica));
  }

  /** Panic depends on the whole pool, so all of it is looked at. */
  private refreshPool(pool: number): void {
    for (let replica = this.poolStart[pool]!; replica < this.poolStart[pool + 1]!; replica++) {
      this.refresh(replica);
    }
  }

  private placeInPool(replica: number): number {
    return replica - this.poolStart[this.poolOfReplica[replica]!]!;
  }

  private addGroup(fleet: ResolvedFleet, pools: readonly number[], random: RandomStream): number {
    const replicasOfPool = pools.map((pool) => {
      const from = this.poolStart[pool]!;
      return Array.from({ length: this.poolStart[pool + 1]! - from }, (_, i) => from + i);
    });
    const index = this.groups.length;
    for (const [place, replica] of replicasOfPool.flat().entries()) {
      this.groupOfReplica[replica] = index;
      this.placeOfReplica[replica] = place;
    }
    const specs = pools.map((pool) => fleet.pools[pool]!);
    this.groups.push(
      new RoutingGroup(specs, replicasOfPool, fleet.routing, random, this.kvUtilizationOf),
    );
    return index;
  }
}
