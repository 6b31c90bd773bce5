/** One source of transitions in order of time; a schedule merges many. Endless ones are drawn as they are taken. */
import type { FaultTransition } from "./fault-transition";

export interface FaultStream {
  /** Of the next transition; Infinity when there is none left. */
  readonly nextSeconds: number;
  /**
   * The transition at `nextSeconds`; only when that is finite.
   *
   * @param fresh number for a new occurrence, when this is the first transition of one
   */
  take(fresh: number): FaultTransition;
}
