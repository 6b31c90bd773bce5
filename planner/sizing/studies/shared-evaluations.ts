/**
 * What several sizings ask of the simulator, each of it once. Searches differ in what they may buy and must survive, and
 * not in what a fleet does: the same pools under the same traffic are the same run, whichever search asks. What a job
 * depends on is the scenario that is run for it, so that this, and not the search, is what its result is known by.
 */
import type { JobOutcome, RunWatch } from "../../foundation/job-executor";
import { plainText } from "../../foundation/plain-data";
import type { TraceTable } from "../../scenario/trace-table";
import { evaluatedScenario } from "../evaluated-scenario";
import type { SizingContext } from "../evaluation-job";
import type { SizingExecutor, SizingJob, SizingJobResult } from "../evaluator";

/** Opens an executor for the jobs of one scenario: kind `sizing` of `execution/job-kinds.ts`. */
export type OpenSizingExecutor = (context: SizingContext) => Promise<SizingExecutor>;

/** For one sizing after the other: the executor of the one before is closed when the next needs another. */
export class SharedEvaluations {
  private readonly known = new Map<string, SizingJobResult>();
  private readonly tables: TraceTable[] = [];
  private opened: { readonly key: string; readonly executor: SizingExecutor } | undefined;

  constructor(private readonly open: OpenSizingExecutor) {}

  /** Closing it does nothing: the next sizing may go on with it. */
  executorFor(context: SizingContext): SizingExecutor {
    const { search: _, survive: __, ...shared } = context.spec;
    const key = plainText([shared, this.identities(context)]);
    const use = async (): Promise<SizingExecutor> => {
      if (this.opened?.key !== key) {
        await this.close();
        this.opened = { key, executor: await this.open(context) };
      }
      return this.opened.executor;
    };
    const parallelism = (): number => this.opened?.executor.parallelism ?? 1;
    return {
      get parallelism() {
        return parallelism();
      },
      run: (jobs, watch) => this.run({ context, jobs, watch, use }),
      close: async () => {},
    };
  }

  /** Gives back what is open. */
  async close(): Promise<void> {
    await this.opened?.executor.close();
    this.opened = undefined;
  }

  private async *run({
    context,
    jobs,
    watch,
    use,
  }: {
    readonly context: SizingContext;
    readonly jobs: readonly SizingJob[];
    readonly watch: RunWatch;
    readonly use: () => Promise<SizingExecutor>;
  }): AsyncGenerator<JobOutcome<SizingJobResult>> {
    const keys = jobs.map((job) => this.keyOf(context, job));
    const missing: number[] = [];
    for (const [index, jobKey] of keys.entries()) {
      const result = this.known.get(jobKey);
      if (result === undefined) missing.push(index);
      else yield { index, outcome: { result } };
    }
    if (missing.length === 0) return;
    const toRun = missing.map((index) => jobs[index]!);
    const executor = await use();
    for await (const { index: place, outcome } of executor.run(toRun, watch)) {
      const index = missing[place]!;
      if ("result" in outcome) this.known.set(keys[index]!, outcome.result);
      yield { index, outcome };
    }
  }

  /** The scenario that is run, and what else of the job decides the run. */
  private keyOf(context: SizingContext, job: SizingJob): string {
    const { pools, loss, ...asked } = job.kind === "evaluation" ? job.evaluation : job.verification;
    const workloads = "workloads" in asked ? asked.workloads : undefined;
    const clients = "clients" in asked ? asked.clients : null;
    const scenario = evaluatedScenario(context.spec, {
      pools,
      ...(workloads === undefined ? {} : { workloads }),
      ...(clients === null ? {} : { clients }),
      ...(loss === null ? {} : { loss }),
    });
    return plainText([job.kind, asked, scenario, this.identities(context)]);
  }

  /** Tables are the same when they are the same object: a change makes another one. */
  private identities({ traces }: SizingContext): readonly (readonly [string, number])[] {
    return traces.map(([key, table]) => {
      if (!this.tables.includes(table)) this.tables.push(table);
      return [key, this.tables.indexOf(table)] as const;
    });
  }
}
