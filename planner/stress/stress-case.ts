/**
 * What one case of the game day is: a changed copy of the scenario, and when its trouble begins and ends. Data only;
 * the built-in cases are `stress-suite.ts`, how a case is judged is `assess-case.ts`.
 */
import type { ResolvedFault, ResolvedFaults } from "../scenario/resolved-faults";
import type { ResolvedScenario, ResolvedWorkload } from "../scenario/resolved-scenario";

/** What every case says of itself, whether it applies or not. */
export interface CaseText {
  /** What `--only` selects it by: `peak-2x`, `region-loss:us-east-1`. The part before the colon is its group. */
  readonly name: string;
  readonly title: string;
  /** The question that it answers. */
  readonly tests: string;
}

export interface ApplicableCase extends CaseText {
  readonly applies: true;
  /** A fault has a beginning and an end, and a recovery; a load is there for the whole run. */
  readonly kind: "fault" | "load";
  /** What is done, when, and what was assumed or cut short to do it: whole sentences. */
  readonly how: readonly string[];
  readonly scenario: ResolvedScenario;
  /** Of the scenario's faults, those that are this case; empty for a load. */
  readonly faultNames: readonly string[];
  /** What is looked at: the fault, or the stretch of the run in which the load is at its peak. */
  readonly faultStartSeconds: number;
  readonly faultEndSeconds: number;
}

export interface InapplicableCase extends CaseText {
  readonly applies: false;
  /** What the scenario lacks: the end of a sentence that begins "not applicable:". */
  readonly why: string;
}

export type StressCase = ApplicableCase | InapplicableCase;

export function inapplicable(text: CaseText, why: string): InapplicableCase {
  return { ...text, applies: false, why };
}

/** The scenario with one more fault; those it has already stay. */
export function withFault(scenario: ResolvedScenario, fault: ResolvedFault): ResolvedScenario {
  return withFaults(scenario, { faults: [...scenario.faults.faults, fault] });
}

/** The scenario with some kinds of its faults replaced. */
export function withFaults(
  scenario: ResolvedScenario,
  changes: Partial<ResolvedFaults>,
): ResolvedScenario {
  return { ...scenario, faults: { ...scenario.faults, ...changes } };
}

/** The scenario with each workload changed. */
export function withWorkloads(
  scenario: ResolvedScenario,
  change: (workload: ResolvedWorkload) => ResolvedWorkload,
): ResolvedScenario {
  return { ...scenario, workloads: scenario.workloads.map(change) };
}
