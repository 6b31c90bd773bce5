/**
 * The KV blocks of one replica, one object per block: a free queue in the order of least recent use and the
 * prefix cache. The plain counterpart of planner/simulation/kv-pool.ts for naive-replica.ts: nothing is
 * grouped, every block is moved by itself. Slow, and meant to be read.
 */

/** One KV block in the free queue; `segment` names the cached prefix whose KV it still holds. */
interface FreeBlock {
  segment: number | undefined;
  /** A cached segment without a whole block of its own takes a place in the queue but no memory. */
  readonly isEmpty: boolean;
}

interface CachedSegment {
  readonly blocks: number;
  references: number;
}

export class NaiveKvQueue {
  evictions = 0;
  private queue: FreeBlock[] = [];
  private readonly cache = new Map<number, CachedSegment>();

  constructor(blocks: number) {
    this.release(blocks);
  }

  get free(): number {
    return this.queue.filter((block) => !block.isEmpty).length;
  }

  isCached(segment: number): boolean {
    return this.cache.has(segment);
  }

  /** Blocks of a cached segment that lie in the free queue. */
  unreferencedBlocks(segment: number): number {
    const cached = this.cache.get(segment)!;
    return cached.references === 0 ? cached.blocks : 0;
  }

  reference(segment: number): void {
    const cached = this.cache.get(segment)!;
    if (cached.references === 0) {
      this.queue = this.queue.filter((block) => block.segment !== segment);
    }
    cached.references++;
  }

  dereference(segment: number): void {
    const cached = this.cache.get(segment)!;
    cached.references--;
    if (cached.references > 0) return;
    if (cached.blocks === 0) this.queue.push({ segment, isEmpty: true });
    for (let i = 0; i < cached.blocks; i++) this.queue.push({ segment, isEmpty: false });
  }

  /** Makes a cached, referenced segment of blocks that a request holds privately. */
  publish(segment: number, blocks: number): void {
    this.cache.set(segment, { blocks, references: 1 });
  }

  allocate(count: number): void {
    for (let taken = 0; taken < count; ) {
      const block = this.queue.shift();
      if (block === undefined) throw new Error("the oracle allocated a block that is not there");
      if (block.segment !== undefined) this.evict(block.segment);
      if (!block.isEmpty) taken++;
    }
  }

  release(count: number): void {
    for (let i = 0; i < count; i++) this.queue.push({ segment: undefined, isEmpty: false });
  }

  private evict(segment: number): void {
    this.evictions++;
    this.cache.delete(segment);
    this.queue = this.queue.filter((block) => !(block.segment === segment && block.isEmpty));
    for (const block of this.queue) if (block.segment === segment) block.segment = undefined;
  }
}
