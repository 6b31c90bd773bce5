/**
 * A process that asks workers for results of counted-jobs.ts and waits for them, to be killed: `counted-producer.ts URL
 * VERSION FOLDER TIMING`. It prints a line of JSON when all of its jobs are in the queue.
 */
import { Queue } from "bullmq";
import { JobContext } from "../../planner/execution/job-context";
import { JobKeys } from "../../planner/execution/job-keys";
import { KEY_PREFIX, queueName } from "../../planner/execution/redis/job-protocol";
import { openRedisExecutor } from "../../planner/execution/redis/redis-executor";
import type { RedisTiming } from "../../planner/execution/redis/redis-timing";

const JOBS = 30;

async function main([url, version, folder, timing]: readonly string[]): Promise<void> {
  const context = { factor: 3, log: `${folder}.log`, weights: Float64Array.of(0), limit: 0 };
  const executor = await openRedisExecutor({
    url: url!,
    keys: new JobKeys(version!, "counted", JobContext.of(context)),
    onNote: () => {},
    timing: JSON.parse(timing!) as RedisTiming,
  });
  const jobs = Array.from({ length: JOBS }, (_, n) => ({ n }));
  const iteration = executor.run(jobs, {})[Symbol.asyncIterator]();
  void iteration.next();
  const queue = new Queue(queueName(version!), {
    connection: { url: url! },
    prefix: KEY_PREFIX,
  });
  while ((await queue.getWaitingCount()) < JOBS) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  process.stdout.write(`${JSON.stringify({ kind: "ready" })}\n`);
}

void main(process.argv.slice(2));
