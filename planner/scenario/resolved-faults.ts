/**
 * What goes wrong in a run: resolved faults, in base units. Which replicas a target holds is
 * `fleet/failure-domains.ts`; when random faults strike is drawn by `simulation/faults/`.
 */
import type { FaultTarget } from "../fleet/fault-target";
import type { Distribution } from "../foundation/distributions";

export type FaultEffect =
  /** Gone: work in flight is lost; what serves starts again, cold, when the fault is over. */
  | { readonly kind: "lose" }
  /** Alive, but nothing gets through to it or from it. Answers that finish meanwhile come when it is over. */
  | { readonly kind: "partition" }
  /** Every step takes `factor` times as long: 2 = half speed. */
  | { readonly kind: "slow"; readonly factor: number }
  /** Added to the network round trip of every attempt: loss and retransmission, a detour. */
  | { readonly kind: "delay"; readonly addedSeconds: number }
  /** The prefix caches are empty at the start of the fault. */
  | { readonly kind: "cold-cache" };

export type FaultWhen =
  | {
      readonly kind: "at";
      readonly startSeconds: number;
      /** Infinity = to the end of the run. */
      readonly durationSeconds: number;
    }
  /** Again and again, each target on its own: up for an exponential time of mean `mtbf`, then down. */
  | {
      readonly kind: "random";
      readonly mtbfSeconds: number;
      readonly repairSeconds: Distribution;
    };

/** Faults of several targets strike together (`at`: all at once; `random`: each target on its own). */
export interface ResolvedFault {
  readonly name: string;
  readonly targets: readonly FaultTarget[];
  readonly effect: FaultEffect;
  readonly when: FaultWhen;
}

/** Requests that kill the replica that schedules them. */
export interface ResolvedPoison {
  readonly name: string;
  readonly workload: number;
  /** Share of the workload's requests between start and end. */
  readonly share: number;
  readonly startSeconds: number;
  readonly endSeconds: number;
}

export interface ResolvedFaults {
  readonly faults: readonly ResolvedFault[];
  readonly poison: readonly ResolvedPoison[];
  /** Spot reclaim waves: all spot nodes of the pools (by index) get their notice at this time. */
  readonly spotWaves: readonly {
    readonly name: string;
    readonly atSeconds: number;
    readonly pools: readonly number[];
    /** Share of each pool's spot nodes that is reclaimed. */
    readonly share: number;
    readonly unavailableSeconds: number;
  }[];
}

export const NO_FAULTS: ResolvedFaults = { faults: [], poison: [], spotWaves: [] };
