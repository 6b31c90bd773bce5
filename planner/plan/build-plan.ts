/**
 * From a fleet that was simulated and found good to its plan: the last step of `capplan size`. Pure: the same input is
 * the same plan, byte for byte.
 */
import { explicitFleet } from "../fleet/explicit-fleet";
import { InvariantViolation } from "../foundation/errors";
import { digestOf } from "../scenario/digest";
import type { WrittenScenario } from "../scenario/parse-scenario";
import type { ResolvedScenario, ResolvedWorkload } from "../scenario/resolved-scenario";
import type { ScenarioSpec } from "../scenario/scenario-spec";
import { type TracesRead, traceFilesOf } from "../scenario/trace-files";
import type { PlanCost, PlanPrices } from "./cost-spec";
import { deriveLimits } from "./derive-limits";
import type { EvidenceRun, PlanEvidence } from "./evidence-spec";
import { sealPlan } from "./plan-digest";
import { type CapacityPlan, PLAN_VERSION, type PlanTrace, type PlanWorkload } from "./plan-spec";
import { renameTraces } from "./rename-traces";
import { scenarioOfPlan } from "./scenario-of-plan";

export interface PlanInput {
  /** The scenario with the planned fleet, as it was simulated. */
  readonly resolved: ResolvedScenario;
  /** The same scenario as it was written, `--set` applied; its fleet is not looked at. */
  readonly written: WrittenScenario;
  /** Tables of the traces that the scenario names, by their key. */
  readonly traces: TracesRead;
  /**
   * A trace's path as the plan's file has to name it, from the path in the scenario file.
   *
   * @default the same
   */
  readonly tracePath?: (path: string) => string;
  /** Every case that was simulated, the nominal one first. */
  readonly runs: readonly EvidenceRun[];
  /** What the search found beside the fleet. */
  readonly found: Pick<PlanEvidence, "bound" | "assumptions" | "warnings" | "provenance">;
  /** Of `plannedCost`. */
  readonly cost: PlanCost;
  readonly prices: PlanPrices;
  /** Version of capplan. */
  readonly version: string;
}

/**
 * The plan of a fleet.
 *
 * @throws PlannerError when the scenario, as it is written, does not go with the fleet: a fault or a case of `stress`
 *   that names a pool which the fleet no longer has
 */
export function buildPlan(input: PlanInput): CapacityPlan {
  const { resolved, runs, cost, prices, found } = input;
  const { limits, warnings } = deriveLimits({ ...resolved, runs, cost });
  const fleet = explicitFleet(resolved.fleet);
  const { name, digest, seed, replications } = resolved;
  const { fleet: _, ...others } = input.written;
  // The command line may have set what the file does not say.
  const written = { ...others, name, seed, replications };
  const spec = scenarioOfPlan({ scenario: { written }, fleet });
  const scenario = {
    name,
    digest,
    seed,
    replications,
    written: renameTraces(written, input.tracePath),
    traces: planTraces(spec, input),
  };
  return sealPlan({
    schemaVersion: PLAN_VERSION,
    scenario,
    workloads: resolved.workloads.map((workload) => planWorkload(workload, resolved)),
    fleet,
    limits: [...limits],
    evidence: {
      ...found,
      capplan: input.version,
      runs: [...runs],
      warnings: [...found.warnings, ...warnings],
    },
    cost,
    prices,
  });
}

/**
 * A plan whose fleet or scenario was edited, verified again: everything that follows from them is derived anew, and
 * nothing of its former evidence is kept.
 *
 * @param evidence of the edited plan, simulated as it is now
 */
export function renewPlan(
  plan: Pick<CapacityPlan, "scenario">,
  evidence: Omit<PlanInput, "written" | "tracePath">,
): CapacityPlan {
  return buildPlan({ ...evidence, written: plan.scenario.written });
}

/** The tables that were read, under the names that the plan has for them. */
function planTraces(
  spec: ScenarioSpec,
  { traces, tracePath = (path) => path }: PlanInput,
): PlanTrace[] {
  return traceFilesOf(spec)
    .map(({ key, path }) => {
      const table = traces.get(key);
      if (table === undefined)
        throw new InvariantViolation("a plan is made of a scenario with its traces", { path });
      return { path: tracePath(path), requests: table.requests, digest: digestOf(table) };
    })
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function planWorkload(workload: ResolvedWorkload, { fleet }: ResolvedScenario): PlanWorkload {
  return {
    name: workload.name,
    model: workload.model,
    delivery: workload.delivery,
    priority: workload.priority,
    origins: workload.origins.map(({ originIndex, share }) => ({
      name: fleet.origins[originIndex]!,
      share,
    })),
    tenants: workload.tenants.map(({ name, share }) => ({ name, share })),
    objectives: workload.slo.map((objective) => ({ ...objective })),
  };
}
