/** The answer depends on the scenario alone: not on who runs which job, when, or in which order they end. */
import { beforeAll, describe, expect, it } from "@jest/globals";
import type { Highs } from "highs";
import { loadSolver } from "../../../bin/load-solver";
import { JobContext } from "../../../planner/execution/job-context";
import { JOB_KINDS_FILE } from "../../../planner/execution/job-kinds";
import { LocalExecutor, localExecutor } from "../../../planner/execution/local-executor";
import { ThreadPool } from "../../../planner/execution/thread-pool";
import { RandomStream } from "../../../planner/foundation/random";
import { parseScenario } from "../../../planner/scenario/parse-scenario";
import type { SizingContext } from "../../../planner/sizing/evaluation-job";
import {
  SearchInterrupted,
  type SizingExecutor,
  type SizingJob,
  type SizingJobResult,
} from "../../../planner/sizing/evaluator";
import { sizeFleet } from "../../../planner/sizing/size-fleet";
import type { SizedFleet } from "../../../planner/sizing/sizing-result";
import { threadsFromSources } from "../../support/source-threads";
import { TWO_REGION_SIZING } from "../../support/two-region-sizing";

const context: SizingContext = { spec: parseScenario(TWO_REGION_SIZING, {}), traces: [] };

describe("the answer of a search", () => {
  let solver: Highs;
  let expected: string;
  let jobs = 0;
  beforeAll(async () => {
    solver = await loadSolver();
    const counting = new Counting(inline());
    expected = await answer(counting);
    jobs = counting.seen.length;
    expect(JSON.parse(expected)).toMatchObject({ kind: "sized", verdict: "PASS" });
  });

  const inline = (): SizingExecutor => localExecutor("sizing", context, 1);
  const answer = async (executor: SizingExecutor): Promise<string> =>
    JSON.stringify(await sizeFleet(context, { solver, executor, watch: {} }));

  it("is the same bytes from two threads", async () => {
    const pool = new ThreadPool(threadsFromSources(2, JOB_KINDS_FILE));
    const executor = new LocalExecutor<SizingJob, SizingJobResult>(
      pool,
      "sizing",
      JobContext.of(context),
    );
    expect(await answer(executor)).toBe(expected);
    await executor.close();
  });

  it("is the same bytes in whatever order jobs end", async () => {
    for (const seed of [1, 2, 3]) expect(await answer(new Shuffled(inline(), seed))).toBe(expected);
  });

  it("asks for no job twice", async () => {
    const counting = new Counting(inline());
    await answer(counting);
    expect(new Set(counting.seen).size).toBe(counting.seen.length);
    expect(counting.seen.length).toBe(jobs);
    expect(jobs).toBeGreaterThan(10);
  });

  it("is what is known, or an interruption, after any number of jobs", async () => {
    const known = new Counting(inline());
    const { usdPerHour: proven } = JSON.parse(expected) as SizedFleet;
    let kept = 0;
    for (let after = 0; after < jobs; after += 1) {
      const recorded = new Replayed(known, after);
      try {
        const result = await sizeFleet(context, {
          solver,
          executor: recorded,
          watch: { isInterrupted: () => recorded.isOver },
        });
        expect(result).toMatchObject({ kind: "sized", isInterrupted: true, verdict: "UNCERTAIN" });
        // With a bound, if need be from the step-time model alone.
        const { lowerBound, usdPerHour } = result as SizedFleet;
        expect(lowerBound.usdPerHour!).toBeGreaterThan(usdPerHour / 10);
        expect(lowerBound.usdPerHour!).toBeLessThanOrEqual(proven + 1e-6);
        kept++;
      } catch (error) {
        if (!(error instanceof SearchInterrupted)) throw error;
        // A fleet that was found is not lost again.
        expect(kept).toBe(0);
      }
    }
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(jobs);
  });
});

type Watch = Parameters<SizingExecutor["run"]>[1];

class Counting implements SizingExecutor {
  readonly seen: string[] = [];
  constructor(private readonly inner: SizingExecutor) {}
  get parallelism(): number {
    return this.inner.parallelism;
  }
  run(jobs: readonly SizingJob[], watch: Watch) {
    this.seen.push(...jobs.map((job) => JSON.stringify(job)));
    return this.inner.run(jobs, watch);
  }
  close(): Promise<void> {
    return this.inner.close();
  }
}

class Shuffled implements SizingExecutor {
  readonly parallelism = 4;
  private readonly random: RandomStream;
  constructor(
    private readonly inner: SizingExecutor,
    seed: number,
  ) {
    this.random = new RandomStream(seed, "order");
  }
  async *run(jobs: readonly SizingJob[], watch: Watch) {
    const order = jobs
      .map((_, place) => ({ place, at: this.random.uniform() }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ place }) => place);
    const shuffled = order.map((place) => jobs[place]!);
    for await (const { index, outcome } of this.inner.run(shuffled, watch)) {
      yield { index: order[index]!, outcome };
    }
  }
  close(): Promise<void> {
    return this.inner.close();
  }
}

/** Ends after so many jobs; runs each job of all attempts once. */
class Replayed implements SizingExecutor {
  readonly parallelism = 1;
  private static readonly results = new Map<string, SizingJobResult>();
  private begun = 0;
  constructor(
    private readonly inner: SizingExecutor,
    private readonly most: number,
  ) {}
  get isOver(): boolean {
    return this.begun >= this.most;
  }
  async *run(jobs: readonly SizingJob[], watch: Watch) {
    for (const [index, job] of jobs.entries()) {
      if (this.isOver) return;
      // Before anything is waited for: several batches run at a time.
      this.begun++;
      const key = JSON.stringify(job);
      if (!Replayed.results.has(key)) {
        for await (const { outcome } of this.inner.run([job], {})) {
          if ("error" in outcome) throw outcome.error;
          Replayed.results.set(key, outcome.result);
        }
      }
      watch.onProgress?.({ jobsDone: index + 1, jobs: jobs.length, fractionDone: 0, workDone: 0 });
      yield { index, outcome: { result: Replayed.results.get(key)! } };
    }
  }
  close(): Promise<void> {
    return this.inner.close();
  }
}
