/**
 * Opens what runs the many simulations of a command, as its options ask: threads of this machine, or workers behind Redis;
 * with a journal, what an earlier run has finished is not run again. No result is asked for twice.
 */
import os from "node:os";
import type { JobKeys } from "../planner/execution/job-keys";
import type { ContextOf, JobKindName, JobOf, ResultOf } from "../planner/execution/job-kinds";
import type { FileJournal, Journal } from "../planner/execution/journal";
import type { JobExecutor } from "../planner/foundation/job-executor";
import { formatCount, plural } from "../planner/report/format-number";
import type { Io } from "./io";
import { openJournalFile } from "./journal-file";
import { packageVersion } from "./package-root";

/** Values of `executorOptions` (options.ts). */
export interface ExecutorChoice {
  /** Jobs at once on this machine. @default one per core */
  readonly jobs?: number;
  /** URL of a Redis. @default - this machine */
  readonly executor?: string;
  /** File name. @default - in memory */
  readonly journal?: string;
}

export interface ExecutorOptions extends ExecutorChoice {
  /** What a person who waits should know. */
  readonly onNote: (note: string) => void;
}

/**
 * @param kind what the jobs are
 * @param context what they share; plain data
 * @throws PlannerError when the journal is no journal of this version, or Redis cannot be reached
 */
export async function openExecutor<Kind extends JobKindName>(
  io: Io,
  kind: Kind,
  context: ContextOf<Kind>,
  options: ExecutorOptions,
): Promise<JobExecutor<JobOf<Kind>, ResultOf<Kind>>> {
  const { JobContext } = await import("../planner/execution/job-context");
  const { JobKeys } = await import("../planner/execution/job-keys");
  const { JournaledExecutor } = await import("../planner/execution/journaled-executor");
  const keys = new JobKeys(packageVersion(), kind, JobContext.of(context));
  const journal = await openJournal(io, keys, options);
  try {
    const inner = await openInner<JobOf<Kind>, ResultOf<Kind>>(keys, options);
    return new JournaledExecutor(inner, keys, journal);
  } catch (error) {
    journal.close();
    throw error;
  }
}

async function openInner<Job, Result>(
  keys: JobKeys,
  { jobs, executor: url, onNote }: ExecutorOptions,
): Promise<JobExecutor<Job, Result>> {
  if (url !== undefined) {
    const { openRedisExecutor } = await import("../planner/execution/redis/redis-executor");
    return await openRedisExecutor({ url, keys, onNote });
  }
  const { LocalExecutor } = await import("../planner/execution/local-executor");
  const { localPool } = await import("../planner/execution/local-pool");
  const pool = localPool({ jobs: jobs ?? os.availableParallelism(), kind: keys.kind });
  return new LocalExecutor(pool, keys.kind, keys.context);
}

async function openJournal(
  io: Io,
  keys: JobKeys,
  { journal: name, onNote }: ExecutorOptions,
): Promise<Journal> {
  const { FileJournal, memoryJournal } = await import("../planner/execution/journal");
  if (name === undefined) return memoryJournal();
  const file = openJournalFile(io, name);
  try {
    const journal = FileJournal.open(file, keys);
    for (const note of journalNotes(name, journal)) onNote(note);
    return journal;
  } catch (error) {
    file.close();
    throw error;
  }
}

function journalNotes(name: string, { size, others }: FileJournal): string[] {
  return [
    ...(size > 0
      ? [`${name} has ${plural(size, "result")} of this run; they are not run again`]
      : []),
    ...(others > 0
      ? [`${name} also has ${formatCount(others)} of other scenarios, which are not used`]
      : []),
  ];
}
