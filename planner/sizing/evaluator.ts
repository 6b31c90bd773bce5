/**
 * Asks an executor for evaluations, each of them once: a search comes back to the same pool under the same load again
 * and again, from other fleets and other cases.
 */
import type { JobExecutor } from "../foundation/job-executor";
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
  /** Of the jobs that run now, from 0 to 1: of one batch of many, and how many there will be is not known. */
  readonly batchFraction: number;
}

/** The search was interrupted; what it had found by then is kept by who catches this. */
export class SearchInterrupted extends Error {}

export class Evaluator {
  /** Evaluations that were asked for and not known yet, and requests that were simulated for them. */
  evaluations = 0;
  requests = 0;
  private readonly known = new Map<string, SizingJobResult>();

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
        return this.known.has(key) ? [] : [[key, job] as const];
      }),
    );
    if (missing.size > 0) await this.run([...missing.keys()], [...missing.values()]);
    return keys.map((key) => this.known.get(key)!);
  }

  private async run(keys: readonly string[], jobs: readonly SizingJob[]): Promise<void> {
    const { isInterrupted, onProgress } = this.watch;
    const before = this.requests;
    const outcomes = this.executor.run(jobs, {
      ...(isInterrupted === undefined ? {} : { isInterrupted }),
      onProgress: ({ workDone, jobsDone, fractionDone }) =>
        onProgress?.({
          evaluations: this.evaluations + jobsDone,
          requests: before + workDone,
          batchFraction: fractionDone,
        }),
    });
    for await (const { index, outcome } of outcomes) {
      if ("error" in outcome) throw outcome.error;
      const { result } = outcome;
      this.known.set(keys[index]!, result);
      this.requests +=
        result.kind === "evaluation" ? result.evaluation.requests : result.verification.requests;
    }
    if (keys.some((key) => !this.known.has(key))) throw new SearchInterrupted("interrupted");
    this.evaluations += jobs.length;
    onProgress?.({
      evaluations: this.evaluations,
      requests: this.requests,
      batchFraction: 1,
    });
  }
}
