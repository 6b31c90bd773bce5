/** Which pools answer for a model: that there are any, that they take a priority, and how long an input they take. */
import { findModel } from "../catalog";
import { unknown } from "../fleet/names";
import type { Priority } from "../fleet/priority";
import type { ResolvedFleet, ResolvedPool } from "../fleet/resolved-fleet";
import type { Problem } from "../foundation/errors";

/** What is known of the fleet while the workloads are resolved. */
export interface ServedModels {
  readonly fleet: ResolvedFleet;
  /** Models that some pool of the scenario names, also pools that have problems of their own. */
  readonly modelsNamed: ReadonlySet<string>;
}

/** @param model canonical catalog name */
export function poolsServing(model: string, fleet: ResolvedFleet): readonly ResolvedPool[] {
  return fleet.pools.filter((pool) => pool.model.name === model);
}

/** Adds a problem when the catalog or the fleet does not have the model that is named at `path`. */
export function checkModelServed(
  written: string,
  path: string,
  { modelsNamed }: ServedModels,
  problems: Problem[],
): void {
  const model = findModel(written);
  if (!model.found) {
    problems.push(unknown(path, "model", written, model.hint, "models"));
    return;
  }
  const { name } = model.row;
  // A misspelt model of a pool is a problem of its own, and may be the one that is missing here.
  if ([...modelsNamed].some((named) => !findModel(named).found)) return;
  // Without any pool, that is the problem.
  if (modelsNamed.has(name) || modelsNamed.size === 0) return;
  problems.push({
    code: "conflict",
    path,
    message: `no pool serves ${name}; pools serve ${[...modelsNamed].toSorted().join(", ")}`,
    hint: `add a pool with model: ${name}`,
  });
}

/** Adds a problem for each of the models of which no pool takes the workload's priority. */
export function checkPriorityTaken(
  models: ReadonlySet<string>,
  priority: Priority,
  path: string,
  fleet: ResolvedFleet,
  problems: Problem[],
): void {
  if (fleet.routing.policy !== "by-priority") return;
  const takes = (pool: ResolvedPool) =>
    pool.priorities.length === 0 || pool.priorities.includes(priority);
  for (const model of models) {
    const pools = poolsServing(model, fleet);
    if (pools.length === 0 || pools.some(takes)) continue;
    problems.push({
      code: "conflict",
      path,
      message: `no pool of ${model} takes priority ${priority}, and routing is by-priority`,
      hint: "add it to the priorities of a pool",
    });
  }
}

/**
 * Longest request that is sent unclipped to any of the models, which are a model and its fallback: what every pool
 * of them can take, or under by-length routing, which keeps long requests from short pools, what any pool of each
 * can take.
 */
export function contextWindow(models: readonly string[], fleet: ResolvedFleet): number {
  return Math.min(
    ...models.map((model) => {
      const windows = poolsServing(model, fleet).map((pool) => pool.engine.maxContextTokens);
      return fleet.routing.policy === "by-length" ? Math.max(...windows) : Math.min(...windows);
    }),
  );
}
