/**
 * The KV blocks of one replica: a free queue in the order of least recent use, and the prefix cache whose
 * unreferenced segments lie in that queue until their blocks are taken, as in vLLM's block pool.
 * A segment (a shared prompt, a hash block, a turn of a conversation) is cached and evicted as a whole;
 * vLLM does it block by block.
 *
 * Conservation: free + privately held + held by referenced segments = blocks (`recount` checks it).
 */

import { InvariantViolation } from "../foundation/errors";

const NONE = -1;

/** Segments below this are found in an array, which a few popular prefixes fit; those above in a map. */
const ARRAY_SEGMENTS = 4096;

/** Cache node of each cached segment, or −1. */
class SegmentIndex {
  private low = new Int32Array(0);
  private readonly high = new Map<number, number>();

  get(segment: number): number {
    if (segment < this.low.length) return this.low[segment]!;
    if (segment < ARRAY_SEGMENTS) return NONE;
    return this.high.get(segment) ?? NONE;
  }

  set(segment: number, node: number): void {
    if (segment >= ARRAY_SEGMENTS) {
      this.high.set(segment, node);
      return;
    }
    if (segment >= this.low.length) {
      const wider = new Int32Array(Math.min(ARRAY_SEGMENTS, 2 * segment + 64)).fill(NONE);
      wider.set(this.low);
      this.low = wider;
    }
    this.low[segment] = node;
  }

  delete(segment: number): void {
    if (segment < ARRAY_SEGMENTS) this.low[segment] = NONE;
    else this.high.delete(segment);
  }
}

export class KvPool {
  /** Blocks that can be allocated: never used, or cached without a reference. */
  free: number;
  readonly blocks: number;
  readonly isCaching: boolean;

  /** Nodes are chunks of the free queue and cached segments; a referenced segment is in no list. */
  private nodeBlocks = new Int32Array(64);
  private nodeReferences = new Int32Array(64);
  private nodeSegment = new Float64Array(64);
  private nodeNext = new Int32Array(64);
  private nodePrevious = new Int32Array(64);
  /** Node of the segment before a referenced one in its chain. */
  private nodeParent = new Int32Array(64);
  private nodesUsed = 0;
  private readonly unusedNodes: number[] = [];
  private head = NONE;
  private tail = NONE;
  private readonly nodeOfSegment = new SegmentIndex();

  constructor(blocks: number, isCaching: boolean) {
    this.blocks = blocks;
    this.free = blocks;
    this.isCaching = isCaching;
    if (isCaching) this.append(this.newNode(blocks, NONE));
  }

  /** Node of a cached segment, or -1. */
  find(segment: number): number {
    return this.nodeOfSegment.get(segment);
  }

  /** Blocks of a cached segment that are counted as free now and would not be once it is referenced. */
  freeBlocksOf(node: number): number {
    return this.nodeReferences[node] === 0 ? this.nodeBlocks[node]! : 0;
  }

  /** Takes a reference on a cached segment that follows `parent` (or -1) in a chain. */
  reference(node: number, parent: number): void {
    if (this.nodeReferences[node] === 0) {
      this.unlink(node);
      this.free -= this.nodeBlocks[node]!;
    }
    this.nodeReferences[node]!++;
    // Whoever holds a segment holds those before it, so the parent is the same for all holders.
    this.nodeParent[node] = parent;
  }

  /**
   * Gives back the references on a segment and on all before it in its chain, the deepest first; those
   * without a reference left go to the recent end of the free queue.
   */
  dereferenceChain(deepest: number): void {
    for (let node = deepest; node !== NONE; node = this.nodeParent[node]!) {
      if (--this.nodeReferences[node]! === 0) {
        this.free += this.nodeBlocks[node]!;
        this.append(node);
      }
    }
  }

  /** Turns `blocks` privately held blocks into a cached segment with one reference; returns its node. */
  publish(segment: number, blocks: number, parent: number): number {
    const node = this.newNode(blocks, segment);
    this.nodeReferences[node] = 1;
    this.nodeParent[node] = parent;
    this.nodeOfSegment.set(segment, node);
    return node;
  }

  /** Takes `count` blocks (at most `free`), the least recently used first; cached segments on the way are evicted. */
  allocate(count: number): void {
    this.free -= count;
    if (this.free < 0) {
      throw new InvariantViolation("KV blocks are allocated only when free", {
        free: this.free,
        count,
      });
    }
    if (!this.isCaching) return;
    let wanted = count;
    while (wanted > 0) {
      const node = this.head;
      const segment = this.nodeSegment[node]!;
      if (segment !== NONE) {
        this.nodeOfSegment.delete(segment);
        this.nodeSegment[node] = NONE;
      }
      const here = this.nodeBlocks[node]!;
      if (here > wanted) {
        this.nodeBlocks[node] = here - wanted;
        return;
      }
      wanted -= here;
      this.unlink(node);
      this.unusedNodes.push(node);
    }
  }

  /** Gives back `count` private blocks, at the recent end of the free queue. */
  release(count: number): void {
    this.free += count;
    if (!this.isCaching || count === 0) return;
    if (this.tail !== NONE && this.nodeSegment[this.tail] === NONE) {
      this.nodeBlocks[this.tail]! += count;
    } else {
      this.append(this.newNode(count, NONE));
    }
  }

  /** Forgets all that is cached and not referenced: the blocks stay free. */
  forgetUnreferenced(): void {
    for (let node = this.head; node !== NONE; node = this.nodeNext[node]!) {
      const segment = this.nodeSegment[node]!;
      if (segment === NONE) continue;
      this.nodeOfSegment.delete(segment);
      this.nodeSegment[node] = NONE;
    }
  }

  /** Counts the blocks of the queue and of the referenced segments anew, for tests. */
  recount(): { free: number; referenced: number } {
    if (!this.isCaching) return { free: this.free, referenced: 0 };
    let free = 0;
    for (let node = this.head; node !== NONE; node = this.nodeNext[node]!) {
      free += this.nodeBlocks[node]!;
    }
    let referenced = 0;
    for (let node = 0; node < this.nodesUsed; node++) {
      const isCached =
        this.nodeSegment[node] !== NONE && this.find(this.nodeSegment[node]!) === node;
      if (isCached && this.nodeReferences[node]! > 0) referenced += this.nodeBlocks[node]!;
    }
    return { free, referenced };
  }

  private newNode(blocks: number, segment: number): number {
    let node = this.unusedNodes.pop();
    if (node === undefined) {
      node = this.nodesUsed++;
      if (node === this.nodeBlocks.length) this.growNodes();
    }
    this.nodeBlocks[node] = blocks;
    this.nodeReferences[node] = 0;
    this.nodeSegment[node] = segment;
    return node;
  }

  private append(node: number): void {
    this.nodePrevious[node] = this.tail;
    this.nodeNext[node] = NONE;
    if (this.tail === NONE) this.head = node;
    else this.nodeNext[this.tail] = node;
    this.tail = node;
  }

  private unlink(node: number): void {
    const previous = this.nodePrevious[node]!;
    const next = this.nodeNext[node]!;
    if (previous === NONE) this.head = next;
    else this.nodeNext[previous] = next;
    if (next === NONE) this.tail = previous;
    else this.nodePrevious[next] = previous;
  }

  private growNodes(): void {
    const capacity = this.nodeBlocks.length * 2;
    const wider = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const grown = new Int32Array(capacity);
      grown.set(old);
      return grown;
    };
    this.nodeBlocks = wider(this.nodeBlocks);
    this.nodeReferences = wider(this.nodeReferences);
    this.nodeNext = wider(this.nodeNext);
    this.nodePrevious = wider(this.nodePrevious);
    this.nodeParent = wider(this.nodeParent);
    const segments = new Float64Array(capacity);
    segments.set(this.nodeSegment);
    this.nodeSegment = segments;
  }
}
