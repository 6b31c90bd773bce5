/**
 * A whole game day: the scenario without and with each case, and what came of it, as one report. The same scenario,
 * cases and seed give the same report, whoever runs the jobs.
 */
import type { JobExecutor, RunWatch } from "../foundation/job-executor";
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import type { ApplicableCase, StressCase } from "./stress-case";
import { type JobResult, jobsOf, type StressSuite } from "./stress-job";
import type { CaseResult, CaseVerdict, StressReport, StressThresholds } from "./stress-report";
import { DEFAULT_THRESHOLDS, judgeCase } from "./thresholds";

export interface StressOptions {
  readonly seed: number;
  /** In the order of the report; their names are distinct. */
  readonly cases: readonly StressCase[];
  /** What fails a case; undefined = what every fleet is asked for. */
  readonly thresholds: StressThresholds | undefined;
  /** Opens what runs the jobs, and is closed when they are over; `workDone` of its progress are simulated requests. */
  readonly openExecutor: (suite: StressSuite) => OpenedExecutor | Promise<OpenedExecutor>;
  readonly watch: RunWatch;
}

type OpenedExecutor = JobExecutor<number, JobResult>;

/**
 * @returns undefined when it was interrupted before the baseline was finished
 * @throws PlannerError when a scenario cannot be run: of several, the first in the order of the cases
 */
export async function runStress(
  scenario: ResolvedScenario,
  options: StressOptions,
): Promise<StressReport | undefined> {
  const applicable = options.cases.filter((one) => one.applies);
  const suite: StressSuite = { baseline: scenario, cases: applicable, seed: options.seed };
  const results = await collect(suite, options);
  const [baseline, ...measured] = results;
  if (baseline?.kind !== "baseline") return undefined;
  const thresholds = options.thresholds ?? DEFAULT_THRESHOLDS;
  const resultOf = new Map<string, JobResult | undefined>(
    applicable.map(({ name }, index) => [name, measured[index]]),
  );
  const cases = options.cases.map((one) =>
    one.applies ? caseResult(one, resultOf.get(one.name), thresholds) : inapplicableResult(one),
  );
  const finished = results.filter((result) => result?.kind === "case").length;
  return {
    schemaVersion: 1,
    scenario: { name: scenario.name, digest: scenario.digest },
    seed: options.seed,
    horizonSeconds: scenario.horizon.durationSeconds,
    warmUpSeconds: scenario.horizon.warmUpSeconds,
    verdict: overallVerdict(cases),
    interrupted: finished < applicable.length ? { finished, asked: applicable.length } : null,
    thresholds,
    thresholdsFrom: options.thresholds === undefined ? "default" : "given",
    baseline: baseline.baseline,
    cases,
    blastRadius: baseline.blastRadius,
    headroom: baseline.headroom,
  };
}

/** Results by job, whatever the order they come in; undefined where an interrupt came first. */
async function collect(
  suite: StressSuite,
  { openExecutor, watch }: StressOptions,
): Promise<readonly (JobResult | undefined)[]> {
  const executor = await openExecutor(suite);
  try {
    return await runJobs(executor, jobsOf(suite), watch);
  } finally {
    await executor.close();
  }
}

async function runJobs(
  executor: OpenedExecutor,
  jobs: readonly number[],
  watch: RunWatch,
): Promise<readonly (JobResult | undefined)[]> {
  const results: (JobResult | undefined)[] = jobs.map(() => undefined);
  const isOver: boolean[] = jobs.map(() => false);
  let failed: { readonly index: number; readonly error: unknown } | undefined;
  for await (const { index, outcome } of executor.run(jobs, watch)) {
    isOver[index] = true;
    if ("result" in outcome) results[index] = outcome.result;
    else if (failed === undefined || index < failed.index) failed = { index, error: outcome.error };
    // Which of several errors is told must not depend on which thread was faster.
    if (failed !== undefined && isOver.slice(0, failed.index).every(Boolean)) throw failed.error;
  }
  if (failed !== undefined) throw failed.error;
  return results;
}

function caseResult(
  { name, title, tests, how }: ApplicableCase,
  result: JobResult | undefined,
  thresholds: StressThresholds,
): CaseResult {
  const text = { name, title, tests, how };
  if (result?.kind !== "case") {
    const reasons = ["interrupted before it was finished"];
    return { ...text, verdict: "UNCERTAIN", reasons, measured: null };
  }
  return { ...text, ...judgeCase(result.measured, thresholds), measured: result.measured };
}

function inapplicableResult({
  name,
  title,
  tests,
  why,
}: Extract<StressCase, { applies: false }>): CaseResult {
  return { name, title, tests, how: [], verdict: "NOT APPLICABLE", reasons: [why], measured: null };
}

function overallVerdict(cases: readonly CaseResult[]): CaseVerdict {
  const verdicts = new Set(cases.map(({ verdict }) => verdict));
  if (verdicts.has("FAIL")) return "FAIL";
  if (verdicts.has("UNCERTAIN")) return "UNCERTAIN";
  return verdicts.has("PASS") ? "PASS" : "NOT APPLICABLE";
}
