/**
 * Asks an executor for evaluations, each of them once: a search comes back to the same pool under the same load again
 * and again, from other fleets and other cases. Who has nothing to wait for from each other asks at the same time.
 */
import type { JobExecutor, RunProgress } from "../foundation/job-executor";
import { settleAll } from "../foundation/settle-all";
import type { Evaluation, EvaluationJob } from "./evaluation-job";
import type { VerificationJob, VerificationRun } from "./verification-job";

export type SizingJob =
  | { readonly kind: "evaluation"; readonly evaluation: EvaluationJob }
  | { readonly kind: "verification"; readonly verification: VerificationJob };

export type SizingJobResult =
  | { readonly kind: "evaluation"; readonly evaluation: Evaluation }
  | { readonly kind: "verification"; readonly verification: VerificationRun };

export type SizingExecutor = JobExecutor<SizingJob, SizingJobResult>;

export interface EvaluatorWatch {
  readonly isInterrupted?: () => boolean;
  /** After each job, and between: of all jobs so far. */
  readonly onProgress?: (done: SearchProgress) => void;
}

export interface SearchProgress {
  readonly evaluations: number;
  readonly requests: number;
  /** Of the jobs that run now, from 0 to 1: how many more there will be is not known. */
  readonly batchFraction: number;
}

/** The search was interrupted; what it had found by then is kept by who catches this. */
export class SearchInterrupted extends Error {}

export class Evaluator {
  /** Evaluations that were asked for and not known yet, and requests that were simulated for them. */
  evaluations = 0;
  requests = 0;
  private readonly known = new Map<string, SizingJobResult>();
  /** The batches that run, by key of each of their jobs. */
  private readonly batches = new Map<string, Promise<void>>();
  private readonly progress = new Map<object, RunProgress>();

  constructor(
    private readonly executor: SizingExecutor,
    private readonly watch: EvaluatorWatch,
  ) {}

  async evaluate(jobs: readonly EvaluationJob[]): Promise<readonly Evaluation[]> {
    const results = await this.runAll(
      jobs.map((evaluation) => ({ kind: "evaluation", evaluation })),
    );
    return results.map((result) => {
      if (result.kind !== "evaluation") throw new Error("an evaluation was asked for");
      return result.evaluation;
    });
  }

  async verify(jobs: readonly VerificationJob[]): Promise<readonly VerificationRun[]> {
    const results = await this.runAll(
      jobs.map((verification) => ({ kind: "verification", verification })),
    );
    return results.map((result) => {
      if (result.kind !== "verification") throw new Error("a verification was asked for");
      return result.verification;
    });
  }

  private async runAll(jobs: readonly SizingJob[]): Promise<readonly SizingJobResult[]> {
    const keys = jobs.map((job) => JSON.stringify(job));
    const missing = new Map(
      jobs.flatMap((job, place) => {
        const key = keys[place]!;
        return this.known.has(key) || this.batches.has(key) ? [] : [[key, job] as const];
      }),
    );
    if (missing.size > 0) {
      const batch = this.run([...missing.keys()], [...missing.values()]);
      for (const key of missing.keys()) this.batches.set(key, batch);
    }
    await settleAll([...new Set(keys.flatMap((key) => this.batches.get(key) ?? []))]);
    return keys.map((key) => this.known.get(key)!);
  }

  private async run(keys: readonly string[], jobs: readonly SizingJob[]): Promise<void> {
    const { isInterrupted } = this.watch;
    const batch = {};
    const outcomes = this.executor.run(jobs, {
      ...(isInterrupted === undefined ? {} : { isInterrupted }),
      onProgress: (progress) => {
        this.progress.set(batch, progress);
        this.tell();
      },
    });
    try {
      for await (const { index, outcome } of outcomes) {
        if ("error" in outcome) throw outcome.error;
        this.known.set(keys[index]!, outcome.result);
      }
      const results = keys.map((key) => this.known.get(key));
      if (results.includes(undefined)) throw new SearchInterrupted("interrupted");
      this.evaluations += jobs.length;
      this.requests += results.reduce((sum, result) => sum + requestsOf(result!), 0);
    } finally {
      this.progress.delete(batch);
      for (const key of keys) this.batches.delete(key);
    }
    this.tell();
  }

  private tell(): void {
    const running = [...this.progress.values()];
    const sum = (of: (one: RunProgress) => number): number =>
      running.reduce((total, one) => total + of(one), 0);
    this.watch.onProgress?.({
      evaluations: this.evaluations + sum(({ jobsDone }) => jobsDone),
      requests: this.requests + sum(({ workDone }) => workDone),
      batchFraction:
        running.length === 0
          ? 1
          : sum(({ fractionDone, jobs }) => fractionDone * jobs) / sum(({ jobs }) => jobs),
    });
  }
}

function requestsOf(result: SizingJobResult): number {
  return result.kind === "evaluation" ? result.evaluation.requests : result.verification.requests;
}
