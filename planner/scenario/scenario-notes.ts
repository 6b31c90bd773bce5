/**
 * What is odd about a scenario and yet no mistake: settings that nothing reads, pools that nobody uses. For
 * `capplan validate`, and for warnings before a run.
 */
import type { ResolvedPool } from "../fleet/resolved-fleet";
import { formatTokens } from "../foundation/format-units";
import type { ResolvedScenario } from "./resolved-scenario";

export interface ScenarioNote {
  readonly code: "unused-pool" | "unread-setting" | "weight-only" | "long-inputs";
  /** `region/pool` */
  readonly pool: string;
  readonly message: string;
}

/** Everything odd, in the order of the pools. */
export function scenarioNotes(scenario: ResolvedScenario): ScenarioNote[] {
  const { fleet, workloads } = scenario;
  const used = new Set(workloads.map(({ model }) => model));
  const { policy } = fleet.routing;
  const notes: ScenarioNote[] = [];
  const note = (code: ScenarioNote["code"], pool: ResolvedPool, message: string): void => {
    notes.push({ code, pool: pool.name, message });
  };
  for (const pool of fleet.pools) {
    if (!used.has(pool.model.name)) {
      note(
        "unused-pool",
        pool,
        `no workload uses ${pool.model.name}; its cost counts all the same`,
      );
    }
    if (pool.inputTokensMax !== Number.POSITIVE_INFINITY && policy !== "by-length") {
      note(
        "unread-setting",
        pool,
        `accepts.inputTokens is read by by-length routing only, not by ${policy}`,
      );
    }
    if (pool.priorities.length > 0 && policy !== "by-priority") {
      note(
        "unread-setting",
        pool,
        `priorities are read by by-priority routing only, not by ${policy}`,
      );
    }
    const { weightPrecision } = pool.engine;
    if (pool.accelerator.denseFlops[weightPrecision] === undefined) {
      const name = pool.accelerator.name;
      note(
        "weight-only",
        pool,
        `${name} has no ${weightPrecision} units: weights are stored in ${weightPrecision} and multiplied in 16 bits`,
      );
    }
  }
  if (policy === "by-length") notes.push(...longInputNotes(scenario));
  return notes;
}

/** Models for which no pool takes every length: longer inputs go to any of their pools. */
function longInputNotes({ fleet, workloads }: ResolvedScenario): ScenarioNote[] {
  return [...new Set(workloads.map(({ model }) => model))].flatMap((model) => {
    const pools = fleet.pools.filter((pool) => pool.model.name === model && pool.role !== "decode");
    const longest = pools.reduce<ResolvedPool | undefined>(
      (best, pool) =>
        best !== undefined && best.inputTokensMax >= pool.inputTokensMax ? best : pool,
      undefined,
    );
    if (longest === undefined || longest.inputTokensMax === Number.POSITIVE_INFINITY) return [];
    const message = `inputs of more than ${formatTokens(longest.inputTokensMax)} tokens are taken by no pool of ${model}, and go to any`;
    return [{ code: "long-inputs", pool: longest.name, message }];
  });
}
