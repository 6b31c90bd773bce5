/** Per-request rows of a run, copied out, for tests that look at single requests. */
import type { ResolvedPool } from "../../planner/fleet/resolved-fleet";
import type { ResolvedScenario } from "../../planner/scenario/resolved-scenario";
import type { FinishedRequest, RunObserver } from "../../planner/simulation/observer";
import type { EngineSettings } from "../../planner/simulation/pool-run";
import type { RunRecord } from "../../planner/simulation/run-record";
import { simulate } from "../../planner/simulation/simulate";

/** Everything that an observer is told of a step, by name. */
export interface StepRow {
  readonly pool: number;
  readonly replica: number;
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly steps: number;
  readonly decodeRequests: number;
  readonly prefillTokens: number;
  readonly kvBlocksUsed: number;
  readonly waiting: number;
}

export interface ObservedRun {
  readonly record: RunRecord;
  /** In the order of arrival. */
  readonly rows: readonly FinishedRequest[];
  readonly steps: readonly StepRow[];
}

export function observe(
  scenario: ResolvedScenario,
  seed: number,
  engineSettingsFor?: (pool: ResolvedPool) => EngineSettings,
): ObservedRun {
  const rows: FinishedRequest[] = [];
  const steps: StepRow[] = [];
  const observer: RunObserver = {
    onRequest: (row) => {
      rows[row.id] = { ...row };
    },
    onStep: (pool, replica, startSeconds, endSeconds, count, decode, prefill, used, waiting) => {
      steps.push({
        pool,
        replica,
        startSeconds,
        endSeconds,
        steps: count,
        decodeRequests: decode,
        prefillTokens: prefill,
        kvBlocksUsed: used,
        waiting,
      });
    },
  };
  const record = simulate(scenario, seed, {
    observer,
    ...(engineSettingsFor === undefined ? {} : { engineSettingsFor }),
  });
  return { record, rows, steps };
}
