/** What a fault schedule yields: that something begins or ends, at a time. What it does to a run is the engine's. */
import type { FaultTarget } from "../../fleet/fault-target";
import type { FaultEffect } from "../../scenario/resolved-faults";

interface Transition {
  readonly seconds: number;
  /** Running number of the occurrence in its run: all transitions of one occurrence carry the same. */
  readonly fault: number;
  /** The scenario's name of the fault or wave; `spot POOL` for a pool's own interruptions. */
  readonly name: string;
}

/** A scenario's fault begins, or is over, for all of `targets` at once. */
export interface EffectTransition extends Transition {
  readonly kind: "effect";
  readonly isStart: boolean;
  readonly effect: FaultEffect;
  readonly targets: readonly FaultTarget[];
}

/**
 * The cloud takes a spot node: it says so (`spot-notice`), takes it (`spot-reclaim`), and offers the capacity again
 * (`spot-return`), always in this order.
 */
export interface SpotTransition extends Transition {
  readonly kind: "spot-notice" | "spot-reclaim" | "spot-return";
  readonly pool: number;
  readonly node: number;
  /** Numbers within the pool of the node's spot replicas; those on demand beside them are not touched. */
  readonly replicas: readonly number[];
}

export type FaultTransition = EffectTransition | SpotTransition;
