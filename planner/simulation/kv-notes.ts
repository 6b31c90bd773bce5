/**
 * Pools whose KV blocks, given by hand, are more than their accelerators hold: odd and yet no mistake, as of a pool of
 * what-if hardware. How many blocks there are without a given number is in kv-capacity.ts.
 */
import type { ResolvedFleet } from "../fleet/resolved-fleet";
import { groupThousands } from "../foundation/format-units";
import type { ScenarioNote } from "../scenario/scenario-note";
import { kvBlockBytes } from "./kv-geometry";
import { rankMemory } from "./rank-memory";

/** A note for each such pool, in the order of the fleet. */
export function kvNotes({ pools }: Pick<ResolvedFleet, "pools">): ScenarioNote[] {
  return pools.flatMap((pool) => {
    const given = pool.engine.kvBlocks;
    if (given === undefined) return [];
    // All that is no weights: an engine's log may well have more blocks than are computed, but never more than these.
    const freeBytes = pool.accelerator.memoryBytes - rankMemory(pool).weightsBytes;
    const held = Math.max(0, Math.floor(freeBytes / kvBlockBytes(pool)));
    if (given <= held) return [];
    const message = `kvBlocks gives ${shown(given)} KV blocks, and the memory of ${pool.accelerator.name} holds at most ${shown(held)} beside the weights; leave kvBlocks out, or take it from the engine's log`;
    return [{ code: "kv-beyond-memory", about: pool.name, message }];
  });
}

function shown(blocks: number): string {
  return groupThousands(String(blocks));
}
