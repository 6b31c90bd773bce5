/**
 * Everything that goes wrong in one run, in order of time: scheduled and random faults, spot interruptions and
 * reclaim waves. Drawn as it is taken, so that an endless run needs no endless list. Poison requests are not here:
 * they are a property of requests.
 *
 * Each random part (a fault and one of its targets, a spot node, a wave and a pool) has a stream of its own, named by
 * what the scenario calls it, so that a fault or a pool more, or another order in the file, moves no other.
 */
import { nameOfTarget } from "../../fleet/failure-domains";
import { InvariantViolation } from "../../foundation/errors";
import { RandomStream } from "../../foundation/random";
import { WinnerTree } from "../../foundation/winner-tree";
import type { ResolvedScenario } from "../../scenario/resolved-scenario";
import { distinctNames } from "./distinct-names";
import { RandomFault, ScheduledFault } from "./effect-stream";
import type { FaultStream } from "./fault-stream";
import type { FaultTransition } from "./fault-transition";
import { SpotNode } from "./spot-node";
import { spotNodesOf } from "./spot-nodes";
import { waveStrikes } from "./spot-wave";

/** A stream by the name that decides on its order among others at the same time. */
type NamedStream = readonly [name: string, stream: FaultStream];

export class FaultSchedule {
  private readonly streams: readonly FaultStream[];
  private readonly times: WinnerTree;
  private occurrences = 0;

  /** @param endSeconds nothing after it is of interest; Infinity: the schedule goes on as long as it is taken from */
  constructor(
    scenario: ResolvedScenario,
    seed: number,
    private readonly endSeconds: number,
  ) {
    this.streams = [...effectStreams(scenario, seed), ...spotStreams(scenario, seed)]
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([, stream]) => stream);
    this.times = new WinnerTree(this.streams.length);
    for (const [index, stream] of this.streams.entries()) this.times.set(index, stream.nextSeconds);
  }

  /** Time of the next transition; Infinity when none is left up to the end. */
  get peekSeconds(): number {
    const seconds = this.times.smallest;
    return seconds <= this.endSeconds ? seconds : Number.POSITIVE_INFINITY;
  }

  /** The next transition; only when `peekSeconds` is finite. At one time, in an order of names that never changes. */
  take(): FaultTransition {
    if (this.peekSeconds === Number.POSITIVE_INFINITY) {
      throw new InvariantViolation("a fault is taken only when there is one", {
        endSeconds: this.endSeconds,
        occurrences: this.occurrences,
      });
    }
    const index = this.times.winner;
    const stream = this.streams[index]!;
    const transition = stream.take(this.occurrences);
    if (transition.fault === this.occurrences) this.occurrences++;
    this.times.set(index, stream.nextSeconds);
    return transition;
  }
}

function effectStreams({ fleet, faults }: ResolvedScenario, seed: number): NamedStream[] {
  const faultNames = distinctNames(faults.faults.map((fault) => fault.name));
  return faults.faults.flatMap((fault, index): NamedStream[] => {
    const faultName = faultNames[index]!;
    const { when } = fault;
    if (when.kind === "at") {
      return [[`scheduled/${faultName}`, new ScheduledFault(fault, when)]];
    }
    return fault.targets.map((target) => {
      // The kind stands beside the name, as a pool may be called `queue`.
      const name = `random/${faultName}/${target.kind}/${nameOfTarget(fleet, target)}`;
      const random = new RandomStream(seed, `faults/${name}`);
      return [name, new RandomFault(fault, when, target, random)];
    });
  });
}

function spotStreams(scenario: ResolvedScenario, seed: number): NamedStream[] {
  return scenario.fleet.pools.flatMap((pool, index): NamedStream[] => {
    const { spot } = pool.purchase;
    if (spot === undefined) return [];
    const strikes = waveStrikes(scenario.faults.spotWaves, pool, index, seed);
    return spotNodesOf(pool).map((place) => {
      const name = `spot/${pool.name}/node-${place.node}`;
      const random = new RandomStream(seed, `faults/${name}`);
      const waves = strikes.get(place.node)!;
      return [name, new SpotNode(index, place, spot, `spot ${pool.name}`, waves, random)];
    });
  });
}
