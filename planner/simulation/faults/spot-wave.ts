/**
 * Spot reclaim waves: which nodes of a pool each wave strikes. A wave takes a share of the pool's spot nodes,
 * rounded up, so that a small share of a few nodes is not nothing; among them all choices are equally likely, and a
 * greater share strikes the same nodes and more. Nodes count whether replicas run on them or not: a wave takes
 * capacity, and of a pool that is scaled down it takes that share on average.
 */
import type { ResolvedPool } from "../../fleet/resolved-fleet";
import { RandomStream } from "../../foundation/random";
import type { ResolvedFaults } from "../../scenario/resolved-faults";
import { distinctNames } from "./distinct-names";
import { spotNodesOf } from "./spot-nodes";

type ResolvedSpotWave = ResolvedFaults["spotWaves"][number];

/** What a wave means to one node that it strikes. */
export interface WaveStrike {
  readonly seconds: number;
  readonly name: string;
  readonly unavailableSeconds: number;
}

/** Shares are decimal fractions: 0.28 of 25 nodes is 7, not the 8 of 7.000000000000001 rounded up. */
const ROUNDING = 1e-9;

/**
 * By spot node of the pool: its strikes in order of time, none for a node that no wave takes.
 *
 * @param poolIndex the pool's index in the fleet, by which waves name it
 */
export function waveStrikes(
  waves: readonly ResolvedSpotWave[],
  pool: ResolvedPool,
  poolIndex: number,
  seed: number,
): ReadonlyMap<number, readonly WaveStrike[]> {
  const nodes = spotNodesOf(pool).map(({ node }) => node);
  const strikes = new Map<number, WaveStrike[]>(nodes.map((node) => [node, []]));
  const streamNames = distinctNames(waves.map((wave) => wave.name));
  for (const [index, wave] of waves.entries()) {
    if (!wave.pools.includes(poolIndex)) continue;
    const { name, atSeconds, share, unavailableSeconds } = wave;
    const random = new RandomStream(seed, `faults/spot-wave/${streamNames[index]}/${pool.name}`);
    const count = Math.ceil(share * nodes.length - ROUNDING);
    for (const node of shuffle(nodes, random).slice(0, count)) {
      strikes.get(node)!.push({ seconds: atSeconds, name, unavailableSeconds });
    }
  }
  for (const ofNode of strikes.values()) ofNode.sort(byTimeThenName);
  return strikes;
}

/** The order of waves in the file is of no account. */
function byTimeThenName(a: WaveStrike, b: WaveStrike): number {
  return a.seconds - b.seconds || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}

/** A random order of the nodes: Fisher and Yates. */
function shuffle(nodes: readonly number[], random: RandomStream): number[] {
  const order = [...nodes];
  for (let i = order.length - 1; i > 0; i--) {
    const other = random.below(i + 1);
    const node = order[i]!;
    order[i] = order[other]!;
    order[other] = node;
  }
  return order;
}
