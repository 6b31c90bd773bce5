/**
 * Which replicas of one pool one gateway process sends nothing to: those that answered with errors in a row (passive
 * health check, Envoy's outlier detection) and those that fail active checks. Replicas are places 0 … n − 1. It
 * chooses no replica and sends no check; it is told what happened.
 *
 * After Envoy's `outlier_detection_impl.cc`: the n-th error in a row ejects at once, when the share of ejected
 * replicas allows it. Sweeps at multiples of the interval end an ejection once it has lasted min(base × multiplier,
 * max). Each ejection raises the multiplier, each sweep a whole interval after the return lowers it. An active check
 * that passes ends an ejection at once (`successful_active_health_check_uneject_host`, on by default).
 * Half-open is no part of Envoy: with `halfOpenRequests` a replica that is back takes only so many requests at once
 * until one succeeds.
 */
import type {
  ResolvedHealthCheck,
  ResolvedPassiveHealthCheck,
} from "../../fleet/resolved-policies";
import { InvariantViolation } from "../../foundation/errors";

/** Why a place is out; both may hold at once. */
const BY_ERRORS = 1;
const BY_CHECKS = 2;

/** Rounding of sums of decimal times: a sweep so little before its time is on time, and ends the ejection. */
const SLACK_SECONDS = 1e-6;
/** Rounding of a time over an interval: the number of a sweep is taken so much nearer, relatively, than it looks. */
const SLACK_SWEEPS = 1e-13;

const NO_PASSIVE_CHECK: ResolvedPassiveHealthCheck = {
  consecutive5XxErrors: Number.POSITIVE_INFINITY,
  intervalSeconds: Number.POSITIVE_INFINITY,
  baseEjectionSeconds: 0,
  maxEjectionSeconds: 0,
  maxEjectionShare: 0,
  alwaysEjectOneEndpoint: false,
  halfOpenRequests: Number.POSITIVE_INFINITY,
};

export class OutlierDetector {
  // Read only outside
  /** Places that are out, for errors or for failed checks. */
  ejected = 0;
  /** Of those, the ones that errors have ejected: what `maxEjectionShare` limits. */
  ejectedByErrors = 0;
  /** Places that are half-open. When this and `ejected` are 0, every place admits everything. */
  halfOpen = 0;
  /** Infinity when nothing is ejected for errors. */
  nextSweepSeconds = Number.POSITIVE_INFINITY;

  private readonly passive: ResolvedPassiveHealthCheck;
  private readonly unhealthyThreshold: number;
  private readonly healthyThreshold: number;
  private readonly panicThreshold: number;
  private readonly out: Uint8Array;
  private readonly errorsInARow: Int32Array;
  private readonly multiplier: Int32Array;
  private readonly ejectedAtSeconds: Float64Array;
  private readonly returnedAtSeconds: Float64Array;
  private readonly isHalfOpen: Uint8Array;
  private readonly underWay: Int32Array;
  private readonly checksFailed: Int32Array;
  private readonly checksPassed: Int32Array;
  /** Handed out by `sweep`, and used again by the next one. */
  private readonly returned: number[] = [];

  constructor(policy: ResolvedHealthCheck, places: number) {
    const { active } = policy;
    this.passive = policy.passive === undefined ? NO_PASSIVE_CHECK : policy.passive;
    this.unhealthyThreshold =
      active === undefined ? Number.POSITIVE_INFINITY : active.unhealthyThreshold;
    this.healthyThreshold = active === undefined ? 0 : active.healthyThreshold;
    this.panicThreshold = policy.panicThreshold;
    this.out = new Uint8Array(places);
    this.errorsInARow = new Int32Array(places);
    this.multiplier = new Int32Array(places);
    this.ejectedAtSeconds = new Float64Array(places);
    this.returnedAtSeconds = new Float64Array(places);
    this.isHalfOpen = new Uint8Array(places);
    this.underWay = new Int32Array(places);
    this.checksFailed = new Int32Array(places);
    this.checksPassed = new Int32Array(places);
  }

  /**
   * A replica answered, or failed to: an error is a 5xx, a reset or a failed connection.
   * @param membersNow replicas that the gateway knows now, ejected ones included
   * @returns whether this takes the place out
   */
  onAnswer(place: number, isError: boolean, seconds: number, membersNow: number): boolean {
    if (!isError) {
      this.errorsInARow[place] = 0;
      if (this.isHalfOpen[place] === 1) this.close(place);
      return false;
    }
    const errors = this.errorsInARow[place]! + 1;
    this.errorsInARow[place] = errors;
    if (errors < this.passive.consecutive5XxErrors) return false;
    if ((this.out[place]! & BY_ERRORS) !== 0) return false;
    // Ejected or spared: either way it takes as many errors again
    this.errorsInARow[place] = 0;
    return this.mayEject(membersNow) && this.eject(place, seconds);
  }

  isEjected(place: number): boolean {
    return this.out[place] !== 0;
  }

  /** Whether a request may be sent there now. In panic the caller sends everywhere and does not ask. */
  admits(place: number): boolean {
    if (this.out[place] !== 0) return false;
    return this.isHalfOpen[place] === 0 || this.underWay[place]! < this.passive.halfOpenRequests;
  }

  onSent(place: number): void {
    this.underWay[place]!++;
  }

  /** Over, in whatever way; once for each `onSent`. */
  onOver(place: number): void {
    if (this.underWay[place] === 0) {
      throw new InvariantViolation("only a request that was sent can be over", { place });
    }
    this.underWay[place]!--;
  }

  /**
   * Ends the ejections whose time is over. To be called at `nextSweepSeconds`.
   * @returns the places that take requests again, in order; valid until the next sweep
   */
  sweep(seconds: number): readonly number[] {
    this.returned.length = 0;
    for (let place = 0; place < this.out.length; place++) {
      if ((this.out[place]! & BY_ERRORS) === 0) continue;
      const lasted = seconds - this.ejectedAtSeconds[place]!;
      if (lasted < this.ejectionSeconds(place) - SLACK_SECONDS) continue;
      if (this.endEjection(place, seconds)) this.returned.push(place);
    }
    this.nextSweepSeconds =
      this.ejectedByErrors > 0 ? this.sweepAfter(seconds) : Number.POSITIVE_INFINITY;
    return this.returned;
  }

  /**
   * An active check of the place is over. Envoy takes an HTTP answer of the wrong status for unhealthy at once;
   * here each failed check counts as one that got no answer.
   * @returns whether this takes the place out, or brings it back
   */
  onProbe(place: number, passed: boolean, seconds: number): boolean {
    if (!passed) {
      this.checksPassed[place] = 0;
      const failed = this.checksFailed[place]! + 1;
      this.checksFailed[place] = failed;
      return failed >= this.unhealthyThreshold && this.takeOut(place, BY_CHECKS);
    }
    this.checksFailed[place] = 0;
    const out = this.out[place]!;
    if (out === 0) return false;
    const checked = this.checksPassed[place]! + 1;
    this.checksPassed[place] = checked;
    if ((out & BY_CHECKS) !== 0) {
      if (checked < this.healthyThreshold) return false;
      if (this.bringBack(place, BY_CHECKS)) return true;
    }
    const isBack = this.endEjection(place, seconds);
    if (this.ejectedByErrors === 0) this.nextSweepSeconds = Number.POSITIVE_INFINITY;
    return isBack;
  }

  /** The replica was replaced by a new one, of which nothing bad is known. Requests under way stay counted. */
  reset(place: number): void {
    if (this.out[place] !== 0) this.ejected--;
    if ((this.out[place]! & BY_ERRORS) !== 0) this.ejectedByErrors--;
    if (this.ejectedByErrors === 0) this.nextSweepSeconds = Number.POSITIVE_INFINITY;
    if (this.isHalfOpen[place] === 1) this.close(place);
    this.out[place] = 0;
    this.errorsInARow[place] = 0;
    this.multiplier[place] = 0;
    this.checksFailed[place] = 0;
    this.checksPassed[place] = 0;
  }

  /**
   * Whether so few replicas are left that the gateway uses all of them: a healthy share below the threshold
   * (Envoy `load_balancer_impl.cc`, `isHostSetInPanic`).
   */
  isPanicking(membersNow: number): boolean {
    return membersNow > 0 && (membersNow - this.ejected) / membersNow < this.panicThreshold;
  }

  /** Envoy `ejectHost`: the share counts the replica that is about to be ejected. */
  private mayEject(membersNow: number): boolean {
    if (this.ejectedByErrors === 0 && this.passive.alwaysEjectOneEndpoint) return true;
    return (this.ejectedByErrors + 1) / membersNow <= this.passive.maxEjectionShare;
  }

  private eject(place: number, seconds: number): boolean {
    const { baseEjectionSeconds, maxEjectionSeconds } = this.passive;
    const multiplier = this.decayedMultiplier(place, seconds);
    const hasRoom = multiplier * baseEjectionSeconds < maxEjectionSeconds + baseEjectionSeconds;
    this.multiplier[place] = hasRoom ? multiplier + 1 : multiplier;
    this.ejectedAtSeconds[place] = seconds;
    if (this.ejectedByErrors++ === 0) this.nextSweepSeconds = this.sweepAfter(seconds);
    return this.takeOut(place, BY_ERRORS);
  }

  /** Envoy `checkHostForUneject`. */
  private ejectionSeconds(place: number): number {
    const { baseEjectionSeconds, maxEjectionSeconds } = this.passive;
    return Math.min(baseEjectionSeconds * this.multiplier[place]!, maxEjectionSeconds);
  }

  /**
   * The multiplier less one for every sweep a whole interval or more after the return (Envoy `onIntervalTimer`).
   * Counted when it is needed, so that sweeps over healthy replicas cost nothing.
   */
  private decayedMultiplier(place: number, seconds: number): number {
    const multiplier = this.multiplier[place]!;
    if (multiplier === 0) return 0;
    const intervalsToReturn = this.returnedAtSeconds[place]! / this.passive.intervalSeconds;
    const firstToCount = Math.ceil(intervalsToReturn * (1 - SLACK_SWEEPS)) + 1;
    const sweeps = this.sweepsUntil(seconds) - firstToCount + 1;
    return sweeps > 0 ? Math.max(0, multiplier - sweeps) : multiplier;
  }

  private sweepAfter(seconds: number): number {
    return (this.sweepsUntil(seconds) + 1) * this.passive.intervalSeconds;
  }

  /** Number of the last sweep until then, that moment included; the first is 1. */
  private sweepsUntil(seconds: number): number {
    return Math.floor((seconds / this.passive.intervalSeconds) * (1 + SLACK_SWEEPS));
  }

  private endEjection(place: number, seconds: number): boolean {
    this.errorsInARow[place] = 0;
    this.returnedAtSeconds[place] = seconds;
    this.ejectedByErrors--;
    return this.bringBack(place, BY_ERRORS);
  }

  /** Whether it was in before. */
  private takeOut(place: number, cause: number): boolean {
    const before = this.out[place]!;
    this.out[place] = before | cause;
    if (before !== 0) return false;
    this.ejected++;
    if (this.isHalfOpen[place] === 1) this.close(place);
    return true;
  }

  /** Whether nothing else keeps it out. */
  private bringBack(place: number, cause: number): boolean {
    const left = this.out[place]! & ~cause;
    this.out[place] = left;
    if (left !== 0) return false;
    this.ejected--;
    if (this.passive.halfOpenRequests !== Number.POSITIVE_INFINITY) {
      this.isHalfOpen[place] = 1;
      this.halfOpen++;
    }
    return true;
  }

  private close(place: number): void {
    this.isHalfOpen[place] = 0;
    this.halfOpen--;
  }
}
