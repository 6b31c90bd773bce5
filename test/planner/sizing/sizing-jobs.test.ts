/** Jobs of a search as executors see them: plain data that travels, and a result that does not depend on the journey. */
import { describe, expect, it } from "@jest/globals";
import { JOB_KINDS } from "../../../planner/execution/job-kinds";
import type { JobRunner } from "../../../planner/foundation/job-executor";
import { fromPlainText, plainText } from "../../../planner/foundation/plain-data";
import { parseScenario } from "../../../planner/scenario/parse-scenario";
import type { SizingContext } from "../../../planner/sizing/evaluation-job";
import type { SizingJob, SizingJobResult } from "../../../planner/sizing/evaluator";
import { sizingJobs } from "../../../planner/sizing/sizing-jobs";
import { TINY_SIZING } from "../../support/tiny-sizing";

const CONTEXT: SizingContext = { spec: parseScenario(TINY_SIZING), traces: [] };
const POOL = {
  model: "llama-3.1-8b-instruct",
  instanceType: "g6e.xlarge",
  replicas: 2,
  engine: { maxContext: 8000 },
};
const POOLS = { "us-east-1": { one: POOL }, "us-west-2": { two: POOL } };

const JOBS: readonly SizingJob[] = [
  {
    kind: "evaluation",
    evaluation: {
      pools: POOLS,
      workloads: ["chat"],
      window: { fromSeconds: 20, durationSeconds: 30, warmUpSeconds: 10 },
      loss: null,
      loadFactor: 1,
      clients: null,
      seed: 7,
    },
  },
  {
    kind: "verification",
    verification: {
      pools: POOLS,
      window: null,
      loss: [{ region: "us-west-2" }],
      seed: 7,
      replication: 1,
      batches: 4,
      timelineBuckets: 3,
      steps: "longer",
    },
  },
];

function resultOf(run: JobRunner<SizingJob, SizingJobResult>, job: SizingJob): SizingJobResult {
  const running = run(job);
  for (;;) {
    const slice = running.next();
    if (slice.done === true) return slice.value;
  }
}

describe("jobs of a search", () => {
  it("are known to executors by their name", () => {
    expect(JOB_KINDS.sizing()).toBe(sizingJobs);
  });

  it.each(JOBS)(
    "give the same result when context, job and result have travelled: $kind",
    (job) => {
      const here = resultOf(sizingJobs.runner(CONTEXT), job);
      expect(here.kind).toBe(job.kind);
      const there = sizingJobs.runner(fromPlainText(plainText(CONTEXT)) as SizingContext);
      const far = resultOf(there, fromPlainText(plainText(job)) as SizingJob);
      expect(plainText(far)).toBe(plainText(here));
      expect(plainText(fromPlainText(plainText(far)))).toBe(plainText(here));
    },
  );
});
