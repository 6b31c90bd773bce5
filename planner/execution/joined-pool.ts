/**
 * Runs jobs in several pools as if they were one. With threads first and this thread after them, a machine needs one
 * thread less than it has cores: who asks for jobs would otherwise idle while it waits for them, and each thread more
 * loads and compiles the same code once more.
 */
import type { JobAnswer, JobControl, JobPool, JobTask } from "./job-pool";

interface Member {
  readonly pool: JobPool;
  running: number;
}

export class JoinedPool implements JobPool {
  private readonly members: readonly Member[];
  /** Jobs that found no place, first come first served: each is told whose place it takes over. */
  private readonly waiting: ((member: Member) => void)[] = [];

  /** @param pools in the order in which they are filled */
  constructor(private readonly pools: readonly JobPool[]) {
    this.members = pools.map((pool) => ({ pool, running: 0 }));
  }

  get parallelism(): number {
    return this.pools.reduce((sum, { parallelism }) => sum + parallelism, 0);
  }

  async run(task: JobTask, control: JobControl): Promise<JobAnswer> {
    const member = await this.takePlace();
    try {
      return await member.pool.run(task, control);
    } finally {
      this.leave(member);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.pools.map(async (pool) => await pool.close()));
  }

  private async takePlace(): Promise<Member> {
    const free = this.members.find(({ pool, running }) => running < pool.parallelism);
    if (free === undefined) return await new Promise((resolve) => this.waiting.push(resolve));
    free.running++;
    return free;
  }

  private leave(member: Member): void {
    const next = this.waiting.shift();
    if (next === undefined) member.running--;
    else next(member);
  }
}
