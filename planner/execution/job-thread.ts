/**
 * What runs in a worker thread: one job at a time, of any kind and context. It is loaded by `thread-pool.ts`, never
 * imported.
 */
import { workerData } from "piscina";
import { type CarriedError, carryError } from "./carried-error";
import { JobContext } from "./job-context";
import { KeptRunners } from "./kept-runners";
import { TaskCells } from "./task-cells";

/** Given to every thread. */
export interface ThreadData {
  readonly kindsFile: string;
  /** Kind of jobs that is loaded at once, so that a first job need not wait for it. */
  readonly kind: string | undefined;
}

export interface ThreadTask {
  readonly kind: string;
  /** The bytes are shared: every thread reads the same memory. */
  readonly context: { readonly digest: string; readonly bytes: Uint8Array<SharedArrayBuffer> };
  readonly job: unknown;
  readonly cells: SharedArrayBuffer;
}

export type ThreadAnswer =
  | { readonly kind: "result"; readonly result: unknown }
  | { readonly kind: "error"; readonly carried: CarriedError }
  | { readonly kind: "cancelled" };

const { kindsFile, kind: expected } = workerData as ThreadData;
const runners = new KeptRunners(kindsFile);
if (expected !== undefined) runners.load(expected);

/** @returns the result, or the error: a thread never throws */
export function runJob({ kind, context, job, cells: memory }: ThreadTask): ThreadAnswer {
  const cells = new TaskCells(memory);
  try {
    const run = runners.runnerFor(kind, JobContext.fromBytes(context.bytes, context.digest))(job);
    for (;;) {
      if (cells.isCancelled) return { kind: "cancelled" };
      const slice = run.next();
      if (slice.done === true) return { kind: "result", result: slice.value };
      cells.setProgress(slice.value);
    }
  } catch (error) {
    return { kind: "error", carried: carryError(error) };
  }
}
