/** Why a plan that is simulated again may not show what it promises: it was edited, or what it rests on has changed. */
import { describeProblem } from "../foundation/errors";
import { formatCount } from "../metrics/format-count";
import { digestOf } from "../scenario/digest";
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import type { TraceTable } from "../scenario/trace-table";
import { editedProblem } from "./plan-digest";
import type { CapacityPlan } from "./plan-spec";

export interface PlanAgain {
  readonly plan: CapacityPlan;
  /** The plan's file, for messages. */
  readonly source: string;
  /** The plan's scenario as it resolves now. */
  readonly scenario: ResolvedScenario;
  /** Traces as they were read now, by the path in the plan. */
  readonly traces: readonly { readonly path: string; readonly table: TraceTable }[];
  /** Settings of the command line are in the scenario: it is another one by intention. */
  readonly hasOverrides: boolean;
}

/** Sentences for a person; none when the plan is what it was. */
export function planWarnings({
  plan,
  source,
  scenario,
  traces,
  hasOverrides,
}: PlanAgain): readonly string[] {
  const edited = editedProblem(plan, source);
  if (edited !== undefined) return [describeProblem(edited)];
  const changed = traces.flatMap(({ path, table }) => {
    const digests = plan.scenario.traces.filter((trace) => trace.path === path);
    if (digests.some(({ digest }) => digest === digestOf(table))) return [];
    const before = digests[0]?.requests;
    const counts =
      before === undefined || before === table.requests
        ? ""
        : ` (${formatCount(before)} requests then, ${formatCount(table.requests)} now)`;
    return [
      `${source}: ${path} is not the trace that the plan was made with${counts}, so that its evidence no longer stands`,
    ];
  });
  if (changed.length > 0 || hasOverrides || scenario.digest === plan.scenario.digest)
    return changed;
  return [
    `${source}: capplan ${plan.evidence.capplan}, which made the plan, understood its scenario otherwise (${plan.scenario.digest}, now ${scenario.digest}); capplan size ${source} --verify verifies it again`,
  ];
}
