/** What every stack says to people: its plan, where each value comes from, and in what the clouds differ. */

import { PlannerError, type Problem } from "../planner/plan/fleet-of-plan";
import type { CapacityPlan } from "../planner/plan/plan-spec";
import { type Derivation, type Derived, together } from "./derive/derived";

/** Exports of every layer. */
export interface CommonExports {
  readonly plan: {
    readonly name: string;
    readonly digest: string;
    /** Kind and sentence of each. */
    readonly warnings: readonly string[];
  };
  /** Every derived value with where it comes from. */
  readonly derivations: readonly Derivation[];
  /** In what resources do otherwise than the simulator did. */
  readonly deviations: readonly string[];
}

/** The exports of a layer's derivations. */
export function commonExports(
  plan: CapacityPlan,
  derivations: readonly Derivation[],
): CommonExports {
  const deviations = derivations.flatMap(({ what, deviation }) =>
    deviation === undefined ? [] : [`${what}: ${deviation}`],
  );
  return {
    plan: {
      name: plan.scenario.name,
      digest: plan.digest,
      warnings: plan.evidence.warnings.map(({ code, message }) => `${code}: ${message}`),
    },
    derivations,
    deviations,
  };
}

/**
 * The derivations of parts that can be deployed, all of them.
 *
 * @param others problems that were found elsewhere
 * @throws PlannerError with every problem of every part
 */
export function settled(
  parts: readonly Pick<Derived<unknown>, "derivations" | "problems">[],
  others: readonly Problem[],
): readonly Derivation[] {
  const { derivations, problems } = together(parts);
  const all = [...others, ...problems];
  if (all.length > 0) throw new PlannerError(all);
  return derivations;
}
