/** Seconds that the step-by-step oracle takes for a scenario of one replica: the other side of a speed ratio. */
import { performance } from "node:perf_hooks";
import type { ResolvedScenario } from "../../planner/scenario/resolved-scenario";
import { engineSettings } from "../../planner/simulation/engine-settings";
import { createSources } from "../../planner/traffic/create-sources";
import { runNaiveReplica } from "../support/naive-replica";

export function naiveRunSeconds(scenario: ResolvedScenario): number {
  const settings = engineSettings(scenario.fleet.pools[0]!);
  const sources = createSources(scenario, 1);
  const start = performance.now();
  runNaiveReplica(
    settings,
    sources,
    scenario.workloads.map(() => 0),
  );
  return (performance.now() - start) / 1e3;
}
