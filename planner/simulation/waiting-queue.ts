/**
 * Requests that wait on one replica: first come, first served within a priority; a preempted request goes
 * back to the front of its priority. With `levels` = 1 priorities are ignored.
 */
import { IndexDeque } from "../foundation/index-deque";

export class WaitingQueue {
  length = 0;
  private readonly deques: IndexDeque[];

  constructor(levels: number) {
    this.deques = Array.from({ length: levels }, () => new IndexDeque());
  }

  private level(priority: number): IndexDeque {
    return this.deques[Math.min(priority, this.deques.length - 1)]!;
  }

  pushBack(slot: number, priority: number): void {
    this.level(priority).pushBack(slot);
    this.length++;
  }

  pushFront(slot: number, priority: number): void {
    this.level(priority).pushFront(slot);
    this.length++;
  }

  /** Next to be admitted; only when `length > 0`. */
  get front(): number {
    return this.frontDeque().front;
  }

  popFront(): number {
    this.length--;
    return this.frontDeque().popFront();
  }

  /** Takes one out that waits; false when it does not wait here. */
  remove(slot: number, priority: number): boolean {
    if (!this.level(priority).remove(slot)) return false;
    this.length--;
    return true;
  }

  private frontDeque(): IndexDeque {
    const deques = this.deques;
    let i = 0;
    while (deques[i]!.length === 0) i++;
    return deques[i]!;
  }
}
