/**
 * The plan of a fleet that was sized, or that was given and verified: every case as evidence, the bound, and what was
 * taken for granted.
 */

import { InvariantViolation } from "../foundation/errors";
import { formatNumber } from "../foundation/format-units";
import { resolveScenario } from "../scenario/resolve-scenario";
import type { ScenarioSpec } from "../scenario/scenario-spec";
import { sizingAssumptions, sizingWarnings } from "../sizing/sizing-notes";
import type { ObjectiveMargin, SizedFleet, VerifiedFleet } from "../sizing/sizing-result";
import { buildPlan, type PlanInput } from "./build-plan";
import { evidenceOfRun } from "./evidence-of-run";
import type { PlanEvidence } from "./evidence-spec";
import type { CapacityPlan } from "./plan-spec";
import { plannedCost } from "./planned-cost";

export interface SizedPlanInput
  extends Pick<PlanInput, "written" | "traces" | "tracePath" | "version"> {
  /** With at least one case. */
  readonly result: SizedFleet | VerifiedFleet;
  /** The scenario as it was given to the search, with its own pools. */
  readonly asked: ScenarioSpec;
}

/**
 * @throws PlannerError when the scenario, as it is written, does not go with the fleet: a fault or a case of `stress`
 *   that names a pool which the fleet does not have
 */
export function sizedPlan({ result, asked, ...input }: SizedPlanInput): CapacityPlan {
  const { spec, cases } = result;
  const nominal = cases[0]?.summary;
  if (nominal === undefined) throw new InvariantViolation("a plan has evidence", { spec });
  const resolved = resolveScenario(spec, { traces: input.traces });
  const rows = cases.flatMap(({ summary }) => summary.provenance);
  const provenance = [...new Map(rows.map((row) => [JSON.stringify(row), { ...row }])).values()];
  return buildPlan({
    ...input,
    resolved,
    runs: cases.map(({ name, summary }) => evidenceOfRun(name, summary, resolved)),
    found: {
      bound: boundOf(result),
      assumptions: [...sizingAssumptions(result, asked)],
      warnings: sizingWarnings(result, asked).map((warning) => ({ ...warning })),
      provenance,
    },
    ...plannedCost({ fleet: resolved.fleet, cost: nominal.cost }),
  });
}

function boundOf(result: SizedFleet | VerifiedFleet): PlanEvidence["bound"] {
  const tightest = result.margins[0];
  const bindingConstraint = tightest === undefined ? null : marginText(tightest);
  if (result.kind === "verified") {
    return { lowerBoundUsdPerHour: null, gap: null, bindingConstraint, nextCheaper: null };
  }
  const { lowerBound, nextCheaper } = result;
  return {
    lowerBoundUsdPerHour: lowerBound.usdPerHour,
    gap: lowerBound.gap,
    bindingConstraint,
    nextCheaper:
      nextCheaper === undefined
        ? null
        : `$${nextCheaper.usdPerHour.toFixed(2)} per hour with ${nextCheaper.changes.join(", ")}: breaks ${nextCheaper.breaks.join("; ")}`,
  };
}

/** `chat ttft p95 (peak, us-east-1 lost): up to 1980 of 2000 ms` */
function marginText({ workload, objective, limitMs, highMs, ...margin }: ObjectiveMargin): string {
  const upTo =
    highMs === null ? "without an upper end" : `up to ${formatNumber(highMs, 4)} of ${limitMs} ms`;
  return `${workload} ${objective} (${margin.case}): ${upTo}`;
}
