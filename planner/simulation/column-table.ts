/**
 * The base of tables that hold things in flight as a struct of arrays: a thing is an index, reused when it is over,
 * so that memory follows the number in flight and not the number simulated. A table declares its columns as typed
 * arrays of length 0; they grow together.
 */

type Column = Float64Array | Int32Array | Uint8Array;

export abstract class ColumnTable {
  /** What is true of each thing: bits. */
  flags = new Int32Array(0);
  /** Indexes in use. */
  inFlight = 0;
  protected capacity = 0;
  private readonly vacant: number[] = [];

  has(index: number, flag: number): boolean {
    return (this.flags[index]! & flag) !== 0;
  }

  mark(index: number, flag: number): void {
    this.flags[index]! |= flag;
  }

  unmark(index: number, flag: number): void {
    this.flags[index]! &= ~flag;
  }

  /** An index for a new thing, with no flag and otherwise whatever was there before: subclasses reset what must not stay. */
  protected take(): number {
    if (this.vacant.length === 0) this.grow();
    this.inFlight++;
    const index = this.vacant.pop()!;
    this.flags[index] = 0;
    return index;
  }

  protected giveBack(index: number): void {
    this.vacant.push(index);
    this.inFlight--;
  }

  /** Indexes in use, in no particular order. */
  protected live(): number[] {
    const isVacant = new Uint8Array(this.capacity);
    for (const index of this.vacant) isVacant[index] = 1;
    const live: number[] = [];
    for (let index = 0; index < this.capacity; index++) if (isVacant[index] === 0) live.push(index);
    return live;
  }

  /** Room for indexes `from` to `to` in columns that are no typed arrays. */
  protected abstract growObjects(from: number, to: number): void;

  private grow(): void {
    const from = this.capacity;
    const capacity = Math.max(1024, from * 2);
    for (const [name, column] of Object.entries(this)) {
      if (column instanceof Float64Array) this.replace(name, new Float64Array(capacity), column);
      else if (column instanceof Int32Array) this.replace(name, new Int32Array(capacity), column);
      else if (column instanceof Uint8Array) this.replace(name, new Uint8Array(capacity), column);
    }
    this.growObjects(from, capacity);
    for (let index = capacity - 1; index >= from; index--) this.vacant.push(index);
    this.capacity = capacity;
  }

  private replace<Kind extends Column>(name: string, wider: Kind, column: Kind): void {
    wider.set(column);
    Object.assign(this, { [name]: wider });
  }
}
