/**
 * Memory that a thread shares with who waits for its job: how far the job is, and whether it is to be given up. A thread
 * that computes hears no messages.
 */
import type { JobProgress } from "../foundation/job-executor";

const PROGRESS_CELLS = 2;

export class TaskCells {
  readonly memory: SharedArrayBuffer;
  private readonly done: Float64Array;
  private readonly flag: Int32Array;

  /** @param memory of the other side; its own when absent */
  constructor(memory?: SharedArrayBuffer) {
    const progressBytes = PROGRESS_CELLS * Float64Array.BYTES_PER_ELEMENT;
    this.memory = memory ?? new SharedArrayBuffer(progressBytes + Int32Array.BYTES_PER_ELEMENT);
    this.done = new Float64Array(this.memory, 0, PROGRESS_CELLS);
    this.flag = new Int32Array(this.memory, progressBytes, 1);
  }

  progress(): JobProgress {
    return { fractionDone: this.done[0]!, workDone: this.done[1]! };
  }

  setProgress({ fractionDone, workDone }: JobProgress): void {
    this.done[0] = fractionDone;
    this.done[1] = workDone;
  }

  get isCancelled(): boolean {
    return Atomics.load(this.flag, 0) === 1;
  }

  cancel(): void {
    Atomics.store(this.flag, 0, 1);
  }
}
