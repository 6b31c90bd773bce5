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

/**
 * A node is a chunk of the free queue or a cached segment. Its numbers lie side by side, so that following a list
 * touches one cache line a node; a node is known by the place of its first number.
 */
const NODE = {
  blocks: 0,
  /** Of a cached segment. One that is referenced is in no list. */
  references: 1,
  /** In the free queue, or among unused nodes. */
  next: 2,
  previous: 3,
  /** Node of the segment before a referenced one in its chain. */
  parent: 4,
  /** 1 while its blocks hold the KV of `segmentOf`. */
  isCached: 5,
} as const;
const NODE_WIDTH = 8;
/** Nodes that there is room for at first. */
const NODES = 32;

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

  private nodes = new Int32Array(NODES * NODE_WIDTH);
  /** Segment of each cached node, by number of the node. */
  private segmentOf = new Float64Array(NODES);
  /** Place of the next node that was never used. */
  private nodesEnd = 0;
  /** First of the nodes that were used before and are not now: a list by `next`. */
  private unused = NONE;
  private head = NONE;
  private tail = NONE;
  private readonly nodeOfSegment = new SegmentIndex();

  constructor(blocks: number, isCaching: boolean) {
    this.blocks = blocks;
    this.free = blocks;
    this.isCaching = isCaching;
    if (isCaching) this.append(this.newNode(blocks));
  }

  /** Node of a cached segment, or -1. */
  find(segment: number): number {
    return this.nodeOfSegment.get(segment);
  }

  /** Blocks of a cached segment that are counted as free now and would not be once it is referenced. */
  freeBlocksOf(node: number): number {
    const { nodes } = this;
    return nodes[node + NODE.references] === 0 ? nodes[node + NODE.blocks]! : 0;
  }

  /** Takes a reference on a cached segment that follows `parent` (or -1) in a chain. */
  reference(node: number, parent: number): void {
    const { nodes } = this;
    if (nodes[node + NODE.references] === 0) {
      this.unlink(node);
      this.free -= nodes[node + NODE.blocks]!;
    }
    nodes[node + NODE.references]!++;
    // Whoever holds a segment holds those before it, so the parent is the same for all holders.
    nodes[node + NODE.parent] = parent;
  }

  /**
   * Gives back the references on a segment and on all before it in its chain, the deepest first; those
   * without a reference left go to the recent end of the free queue.
   */
  dereferenceChain(deepest: number): void {
    const { nodes } = this;
    for (let node = deepest; node !== NONE; node = nodes[node + NODE.parent]!) {
      if (--nodes[node + NODE.references]! === 0) {
        this.free += nodes[node + NODE.blocks]!;
        this.append(node);
      }
    }
  }

  /** Turns `blocks` privately held blocks into a cached segment with one reference; returns its node. */
  publish(segment: number, blocks: number, parent: number): number {
    const node = this.newNode(blocks);
    const { nodes } = this;
    nodes[node + NODE.references] = 1;
    nodes[node + NODE.parent] = parent;
    nodes[node + NODE.isCached] = 1;
    this.segmentOf[node / NODE_WIDTH] = segment;
    this.nodeOfSegment.set(segment, node);
    return node;
  }

  /** Takes `count` blocks (at most `free`), the least recently used first; cached segments on the way are evicted. */
  allocate(count: number): void {
    this.free -= count;
    if (this.free < 0) this.refuse(count);
    if (this.isCaching) this.takeFromQueue(count);
  }

  private refuse(count: number): never {
    throw new InvariantViolation("KV blocks are allocated only when free", {
      free: this.free,
      count,
    });
  }

  private takeFromQueue(count: number): void {
    const { nodes } = this;
    let wanted = count;
    while (wanted > 0) {
      const node = this.head;
      if (nodes[node + NODE.isCached] === 1) this.forget(node);
      const here = nodes[node + NODE.blocks]!;
      if (here > wanted) {
        nodes[node + NODE.blocks] = here - wanted;
        return;
      }
      wanted -= here;
      this.unlink(node);
      this.discard(node);
    }
  }

  /** Gives back `count` private blocks, at the recent end of the free queue. */
  release(count: number): void {
    this.free += count;
    if (this.isCaching && count > 0) this.addToQueue(count);
  }

  private addToQueue(count: number): void {
    const { nodes, tail } = this;
    if (tail !== NONE && nodes[tail + NODE.isCached] === 0) nodes[tail + NODE.blocks]! += count;
    else this.append(this.newNode(count));
  }

  /** Forgets all that is cached and not referenced: the blocks stay free. */
  forgetUnreferenced(): void {
    const { nodes } = this;
    for (let node = this.head; node !== NONE; node = nodes[node + NODE.next]!) {
      if (nodes[node + NODE.isCached] === 1) this.forget(node);
    }
  }

  /** What a node held is in the cache no more. */
  private forget(node: number): void {
    this.nodeOfSegment.delete(this.segmentOf[node / NODE_WIDTH]!);
    this.nodes[node + NODE.isCached] = 0;
  }

  /** Counts the blocks of the queue and of the referenced segments anew, for tests. */
  recount(): { free: number; referenced: number } {
    if (!this.isCaching) return { free: this.free, referenced: 0 };
    const { nodes } = this;
    let free = 0;
    for (let node = this.head; node !== NONE; node = nodes[node + NODE.next]!) {
      free += nodes[node + NODE.blocks]!;
    }
    let referenced = 0;
    for (let node = 0; node < this.nodesEnd; node += NODE_WIDTH) {
      const isCached =
        nodes[node + NODE.isCached] === 1 && this.find(this.segmentOf[node / NODE_WIDTH]!) === node;
      if (isCached && nodes[node + NODE.references]! > 0) referenced += nodes[node + NODE.blocks]!;
    }
    return { free, referenced };
  }

  private newNode(blocks: number): number {
    let node = this.unused;
    if (node === NONE) {
      node = this.nodesEnd;
      this.nodesEnd += NODE_WIDTH;
      if (node === this.nodes.length) this.growNodes();
    } else {
      this.unused = this.nodes[node + NODE.next]!;
    }
    this.nodes[node + NODE.blocks] = blocks;
    this.nodes[node + NODE.references] = 0;
    this.nodes[node + NODE.isCached] = 0;
    return node;
  }

  private discard(node: number): void {
    this.nodes[node + NODE.next] = this.unused;
    this.unused = node;
  }

  private append(node: number): void {
    const { nodes, tail } = this;
    nodes[node + NODE.previous] = tail;
    nodes[node + NODE.next] = NONE;
    if (tail === NONE) this.head = node;
    else nodes[tail + NODE.next] = node;
    this.tail = node;
  }

  private unlink(node: number): void {
    const { nodes } = this;
    const previous = nodes[node + NODE.previous]!;
    const next = nodes[node + NODE.next]!;
    if (previous === NONE) this.head = next;
    else nodes[previous + NODE.next] = next;
    if (next === NONE) this.tail = previous;
    else nodes[next + NODE.previous] = previous;
  }

  private growNodes(): void {
    const nodes = new Int32Array(this.nodes.length * 2);
    nodes.set(this.nodes);
    this.nodes = nodes;
    const segments = new Float64Array(this.segmentOf.length * 2);
    segments.set(this.segmentOf);
    this.segmentOf = segments;
  }
}
