/**
 * A kind of job for tests of executors: quick, of a known result, and each run of it leaves a line in a file, so that runs
 * can be counted across threads and processes. Loaded by threads and workers like the kinds of the library.
 */
import fs from "node:fs";
import { InvariantViolation, PlannerError } from "../../planner/foundation/errors";
import type { JobKind } from "../../planner/foundation/job-executor";

export interface CountedContext {
  readonly factor: number;
  /** Every run adds a line with its job's number to this file, and one with its end. */
  readonly log: string;
  /** A context with what JSON does not have. */
  readonly weights: Float64Array;
  readonly limit: number;
}

export interface CountedJob {
  readonly n: number;
  /** Between slices, until this file is there. */
  readonly waitFor?: string;
  readonly slices?: number;
  readonly throws?: "planner" | "invariant" | "type";
  /** Ends its thread, or in a process without threads the process. */
  readonly dies?: true;
}

export interface CountedResult {
  readonly n: number;
  readonly value: number;
  readonly limit: number;
  readonly missing: undefined;
}

export const PROBLEM = { code: "missing", path: "a.b", message: "is missing" } as const;

/** A wait in a slice: long enough not to keep a core busy, short enough to be given up soon. */
const SLICE_MS = 2;

const counted: JobKind<CountedContext, CountedJob, CountedResult> = {
  runner: ({ factor, log, weights, limit }) =>
    function* run({ n, waitFor, slices = 1, throws, dies }) {
      fs.appendFileSync(log, `begin ${n}\n`);
      for (let slice = 1; slice <= slices; slice++) {
        yield { fractionDone: slice / slices, workDone: slice * 10 };
      }
      while (waitFor !== undefined && !fs.existsSync(waitFor)) {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SLICE_MS);
        yield { fractionDone: 0.5, workDone: 5 };
      }
      if (dies === true) process.exit(7);
      if (throws === "planner") throw new PlannerError([PROBLEM]);
      if (throws === "invariant") throw new InvariantViolation("n is even", { n });
      if (throws === "type") throw new TypeError(`no ${n}`);
      fs.appendFileSync(log, `end ${n}\n`);
      return { n, value: n * factor + weights[n % weights.length]!, limit, missing: undefined };
    },
};

export const JOB_KINDS = { counted: () => counted };

export const COUNTED_JOBS_FILE = __filename;

/** How often a job with each number was begun, or came to its end, by number. */
export function runsIn(log: string, what: "begin" | "end" = "begin"): Record<number, number> {
  const runs: Record<number, number> = {};
  if (!fs.existsSync(log)) return runs;
  for (const line of fs.readFileSync(log, "utf8").split("\n")) {
    const [word, n] = line.split(" ");
    if (word === what) runs[Number(n)] = (runs[Number(n)] ?? 0) + 1;
  }
  return runs;
}
