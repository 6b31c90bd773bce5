/** The block pool against a queue with one object per block (test/support/naive-kv-queue.ts). */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { KvPool } from "../../../planner/simulation/kv-pool";
import { NaiveKvQueue } from "../../support/naive-kv-queue";

const CAMPAIGN = { seed: 20_261_122, numRuns: 150 };
const NONE = -1;

/** What a request holds: private blocks, and the leading segments of its path through a tree. */
interface Holder {
  privateBlocks: number;
  readonly path: readonly number[];
  held: number;
  deepest: number;
}

const operation = fc.record({
  kind: fc.constantFrom("admit", "admit", "grow", "release"),
  /** A path in a binary tree of segments; the number of a segment says the path that leads to it. */
  turns: fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 4 }),
  blocks: fc.integer({ min: 0, max: 6 }),
  place: fc.nat(),
});

function pathOf(turns: readonly number[]): number[] {
  const path: number[] = [];
  let segment = 1;
  for (const turn of turns) {
    segment = 2 * segment + turn;
    path.push(segment);
  }
  return path;
}

/** Blocks of a segment: 0 … 3, always the same. */
function sizeOf(segment: number): number {
  return segment % 4;
}

describe("KvPool", () => {
  it("for all histories of requests, has the free blocks and cached segments of the naive queue", () => {
    let evictions = 0;
    const law = fc.property(
      fc.integer({ min: 5, max: 25 }),
      fc.array(operation, { minLength: 40, maxLength: 120 }),
      (blocks, operations) => {
        const pool = new KvPool(blocks, true);
        const naive = new NaiveKvQueue(blocks);
        const holders: Holder[] = [];
        for (const { kind, turns, blocks: count, place } of operations) {
          if (kind === "admit") {
            admit(pool, naive, holders, pathOf(turns), count);
          } else if (holders.length > 0) {
            const holder = holders[place % holders.length]!;
            if (kind === "grow" && count <= pool.free) {
              pool.allocate(count);
              naive.allocate(count);
              holder.privateBlocks += count;
            } else if (kind === "release") {
              release(pool, naive, holder);
              holders.splice(holders.indexOf(holder), 1);
            }
          }
          expectSame(pool, naive, holders, blocks);
        }
        for (const holder of holders) release(pool, naive, holder);
        expect(pool.free).toBe(blocks);
        expect(pool.recount()).toEqual({ free: blocks, referenced: 0 });
        evictions += naive.evictions;
      },
    );
    fc.assert(law, CAMPAIGN);
    expect(evictions).toBeGreaterThan(500);
  });

  it("fails when more blocks are allocated than are free", () => {
    const pool = new KvPool(4, false);
    pool.allocate(3);
    expect(() => pool.allocate(2)).toThrow("KV blocks are allocated only when free");
  });

  it("evicts the least recently used segment first, and a referenced one never", () => {
    const pool = new KvPool(9, true);
    pool.allocate(9);
    const nodes = [1, 2, 3].map((segment) => pool.publish(segment, 3, NONE));
    for (const node of [nodes[1]!, nodes[0]!]) pool.dereferenceChain(node);
    pool.allocate(1);
    expect([1, 2, 3].map((segment) => pool.find(segment) !== NONE)).toEqual([true, false, true]);
    pool.allocate(3);
    expect([1, 2, 3].map((segment) => pool.find(segment) !== NONE)).toEqual([false, false, true]);
    expect(pool.free).toBe(2);
  });

  it("without caching, only counts", () => {
    const pool = new KvPool(10, false);
    pool.allocate(7);
    pool.release(3);
    expect(pool.free).toBe(6);
    expect(pool.find(1)).toBe(NONE);
  });
});

/** Takes a new request in as the scheduler does: references what is cached, allocates and publishes the rest. */
function admit(
  pool: KvPool,
  naive: NaiveKvQueue,
  holders: Holder[],
  path: readonly number[],
  privateBlocks: number,
): void {
  const missing = path.findIndex((segment) => pool.find(segment) === NONE);
  const hits = missing < 0 ? path.length : missing;
  const rest = path.slice(hits);
  const need = privateBlocks + rest.reduce((sum, segment) => sum + sizeOf(segment), 0);
  const lying = path
    .slice(0, hits)
    .reduce((sum, segment) => sum + pool.freeBlocksOf(pool.find(segment)), 0);
  if (need + lying > pool.free) return;
  const holder: Holder = { privateBlocks: need, path, held: 0, deepest: NONE };
  for (const segment of path.slice(0, hits)) hold(pool, naive, holder, segment);
  pool.allocate(need);
  naive.allocate(need);
  for (const segment of rest) {
    if (pool.find(segment) === NONE) {
      holder.deepest = pool.publish(segment, sizeOf(segment), holder.deepest);
      naive.publish(segment, sizeOf(segment));
      holder.held++;
    } else {
      pool.release(sizeOf(segment));
      naive.release(sizeOf(segment));
      hold(pool, naive, holder, segment);
    }
    holder.privateBlocks -= sizeOf(segment);
  }
  holders.push(holder);
}

function hold(pool: KvPool, naive: NaiveKvQueue, holder: Holder, segment: number): void {
  const node = pool.find(segment);
  pool.reference(node, holder.deepest);
  naive.reference(segment);
  holder.deepest = node;
  holder.held++;
}

function release(pool: KvPool, naive: NaiveKvQueue, holder: Holder): void {
  pool.release(holder.privateBlocks);
  naive.release(holder.privateBlocks);
  if (holder.deepest !== NONE) pool.dereferenceChain(holder.deepest);
  for (let i = holder.held - 1; i >= 0; i--) naive.dereference(holder.path[i]!);
}

function expectSame(
  pool: KvPool,
  naive: NaiveKvQueue,
  holders: readonly Holder[],
  blocks: number,
): void {
  const { free, referenced } = pool.recount();
  const privately = holders.reduce((sum, holder) => sum + holder.privateBlocks, 0);
  const segments = Array.from({ length: 30 }, (_, i) => i + 2);
  const cached = segments.filter((segment) => pool.find(segment) !== NONE).join(" ");
  const expected = segments.filter((segment) => naive.isCached(segment)).join(" ");
  expect([pool.free, free, free + referenced + privately, cached]).toEqual([
    naive.free,
    naive.free,
    blocks,
    expected,
  ]);
}
