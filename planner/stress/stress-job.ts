/**
 * The runs that a game day consists of, one job each: the baseline, then the cases. A job simulates and concludes;
 * what it returns is plain data, so that it can come from another thread. Who runs which job, and when, changes no result.
 */
import type { JobKind, JobProgress } from "../foundation/job-executor";
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import type { RunRecord } from "../simulation/run-record";
import { simulateInSlices } from "../simulation/simulate";
import { type AssessedRun, assessRun, baselineResult, caseMeasures } from "./assess-case";
import { blastRadiusMap } from "./blast-radius-map";
import { headroomOf } from "./headroom";
import { peakLoads } from "./pool-loads";
import type { ApplicableCase } from "./stress-case";
import type { BaselineResult, BlastRadiusMap, CaseMeasures, Headroom } from "./stress-report";

/** What all jobs share. Plain data. */
export interface StressSuite {
  readonly baseline: ResolvedScenario;
  readonly cases: readonly ApplicableCase[];
  readonly seed: number;
}

export type JobResult =
  | {
      readonly kind: "baseline";
      readonly baseline: BaselineResult;
      readonly blastRadius: BlastRadiusMap;
      readonly headroom: Headroom;
    }
  | { readonly kind: "case"; readonly measured: CaseMeasures };

/** The runs are those of the first replication that `capplan simulate` makes with the same seed. */
const SEEDS_PER_SCENARIO = 1000;
/** Buckets of the timeline are about this wide, within these numbers of them: recovery is measured in them. */
const BUCKET_SECONDS = 10;
const BUCKETS_MIN = 60;
const BUCKETS_MAX = 720;
/** Enough parts for the margin of an objective's value in a single run. */
const BATCHES = 10;

/** Job 0 is the baseline, job i the i-th case. */
export const stressJobs: JobKind<StressSuite, number, JobResult> = {
  runner(suite) {
    const runner = new StressJobRunner(suite);
    return (job) => runner.run(job);
  },
};

/** Every job of a suite, in the order of its cases. */
export function jobsOf({ cases }: StressSuite): readonly number[] {
  return Array.from({ length: cases.length + 1 }, (_, job) => job);
}

/**
 * Runs jobs one after the other. Each of several runners makes the baseline for itself when it first needs it: that
 * takes as long as waiting for another to hand it over, and a run's record need not cross threads.
 */
class StressJobRunner {
  private baseline: AssessedRun | undefined;

  constructor(private readonly suite: StressSuite) {}

  /** Yields between slices of a run, and at its end. */
  *run(job: number): Generator<JobProgress, JobResult> {
    const isFirst = this.baseline === undefined;
    const baseline = yield* this.baselineRun(job === 0 ? 1 : 0.5);
    const stressCase = this.suite.cases[job - 1];
    if (stressCase === undefined) return this.baselineJob(baseline);
    const record = yield* this.simulate(stressCase.scenario, isFirst ? [0.5, 1] : [0, 1]);
    const run = assessRun(stressCase.scenario, record, baseline.record);
    return { kind: "case", measured: caseMeasures(stressCase, run, baseline) };
  }

  private *baselineRun(share: number): Generator<JobProgress, AssessedRun> {
    if (this.baseline === undefined) {
      const record = yield* this.simulate(this.suite.baseline, [0, share]);
      this.baseline = assessRun(this.suite.baseline, record);
    }
    return this.baseline;
  }

  private baselineJob(run: AssessedRun): JobResult {
    const loads = peakLoads(this.suite.baseline, run.record, run.series);
    const { fleet } = this.suite.baseline;
    return {
      kind: "baseline",
      baseline: baselineResult(run),
      blastRadius: blastRadiusMap(fleet, loads),
      headroom: headroomOf(fleet, loads.pools),
    };
  }

  private *simulate(
    scenario: ResolvedScenario,
    [from, to]: readonly [number, number],
  ): Generator<JobProgress, RunRecord> {
    const { durationSeconds } = scenario.horizon;
    const run = simulateInSlices(scenario, this.suite.seed * SEEDS_PER_SCENARIO, {
      timelineBuckets: timelineBuckets(durationSeconds),
      batches: BATCHES,
    });
    for (;;) {
      const slice = run.next();
      if (slice.done === true) {
        yield { fractionDone: to, workDone: slice.value.arrivals };
        return slice.value;
      }
      const { simulatedSeconds, requestsDone } = slice.value;
      const within = Math.min(1, simulatedSeconds / durationSeconds);
      yield { fractionDone: from + (to - from) * within, workDone: requestsDone };
    }
  }
}

function timelineBuckets(durationSeconds: number): number {
  const buckets = Math.round(durationSeconds / BUCKET_SECONDS);
  return Math.min(BUCKETS_MAX, Math.max(BUCKETS_MIN, buckets));
}
