/** What became of the requests of a group, by outcome, reason and step: means per replication. */
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import { END_REASONS } from "../simulation/end-reasons";
import { type CellGroup, total } from "./cell-group";
import type { RequestCounts } from "./simulation-summary";

export function requestCounts(
  { workloads }: Pick<ResolvedScenario, "workloads">,
  group: CellGroup,
): RequestCounts {
  const replications = group.runs.length;
  const mean = (counter: Parameters<typeof total>[1]): number =>
    total(group, counter) / replications;
  return {
    offered: mean("offered"),
    completed: mean("completed"),
    rejected: mean("rejected"),
    timedOut: mean("timedOut"),
    failed: mean("failed"),
    inFlight: mean("inFlight"),
    retried: mean("clientRetries"),
    gatewayRetries: mean("gatewayRetries"),
    hedges: mean("hedges"),
    touched: mean("touched"),
    fellBack: mean("fellBack"),
    reasons: meanReasons(group),
    brokenSteps: meanBrokenSteps(workloads, group),
  };
}

function meanReasons(group: CellGroup): RequestCounts["reasons"] {
  const entries = END_REASONS.map((reason, index) => {
    const sum = group.runs.reduce((all, run) => all + run.reasons[index]!, 0);
    return [reason, sum / group.runs.length] as const;
  });
  return Object.fromEntries(entries.filter(([, count]) => count > 0));
}

/** Steps of one name are one step, in whichever workload. Workloads without a chain have no steps. */
function meanBrokenSteps(
  workloads: ResolvedScenario["workloads"],
  group: CellGroup,
): RequestCounts["brokenSteps"] {
  const totals = new Map<string, number>();
  for (const [index, { chain }] of workloads.entries()) {
    for (const [place, { name }] of (chain ?? []).entries()) {
      for (const run of group.runs) {
        totals.set(name, (totals.get(name) ?? 0) + (run.brokenSteps.get(index)?.[place] ?? 0));
      }
    }
  }
  const broken = [...totals].filter(([, sum]) => sum > 0);
  return Object.fromEntries(broken.map(([name, sum]) => [name, sum / group.runs.length]));
}
