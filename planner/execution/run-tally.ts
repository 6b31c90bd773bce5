/** How far a batch of jobs is, told by how far each of them is: never less than it has said before. */
import type { JobProgress, RunWatch } from "../foundation/job-executor";

export class RunTally {
  private jobsDone = 0;
  private workDone = 0;
  /** By index of the job. */
  private readonly running = new Map<number, JobProgress>();

  constructor(
    private readonly jobs: number,
    private readonly watch: RunWatch,
  ) {}

  /** A job that was begun again, after its worker was lost, stays as far as it has been. */
  update(index: number, { fractionDone, workDone }: JobProgress): void {
    const before = this.running.get(index)?.fractionDone ?? 0;
    this.running.set(index, {
      fractionDone: Math.min(1, Math.max(before, fractionDone)),
      workDone,
    });
    this.report();
  }

  finish(index: number): void {
    this.workDone += this.running.get(index)?.workDone ?? 0;
    this.running.delete(index);
    this.jobsDone++;
    this.report();
  }

  private report(): void {
    if (this.watch.onProgress === undefined) return;
    let jobs = this.jobsDone;
    let { workDone } = this;
    for (const one of this.running.values()) {
      jobs += one.fractionDone;
      workDone += one.workDone;
    }
    const fractionDone = Math.min(1, jobs / this.jobs);
    this.watch.onProgress({ jobsDone: this.jobsDone, jobs: this.jobs, fractionDone, workDone });
  }
}
