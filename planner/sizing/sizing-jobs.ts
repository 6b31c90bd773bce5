/** The jobs of a search, as executors run them. */
import type { JobKind } from "../foundation/job-executor";
import { runEvaluation, type SizingContext } from "./evaluation-job";
import type { SizingJob, SizingJobResult } from "./evaluator";
import { runVerification } from "./verification-job";

export const sizingJobs: JobKind<SizingContext, SizingJob, SizingJobResult> = {
  runner: (context) =>
    function* (job) {
      return job.kind === "evaluation"
        ? { kind: "evaluation", evaluation: yield* runEvaluation(context, job.evaluation) }
        : { kind: "verification", verification: yield* runVerification(context, job.verification) };
    },
};
