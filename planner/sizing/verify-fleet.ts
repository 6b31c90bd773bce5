/**
 * The last word on a fleet: the full simulator on all of it, over the whole scenario and around each peak with each
 * part gone, in replications with the same random numbers from fleet to fleet.
 */
import type { Verdict } from "../metrics/simulation-summary";
import { modelsOf } from "../metrics/workload-models";
import { type CaseLoss, describeLoss, faultTarget } from "./demand";
import type { Evaluator } from "./evaluator";
import { strikes } from "./fleet-check";
import { poolsOf } from "./fleet-units";
import type { FleetSolution } from "./programme/programme-input";
import { runVerifications } from "./run-verifications";
import type { SizingProblem } from "./sizing-problem";
import type { SizedCase } from "./sizing-result";
import { askedVerification, verificationCases } from "./verification-cases";

export interface VerifiedCase extends SizedCase {
  /** undefined: the whole scenario. */
  readonly peak: number | undefined;
  readonly loss: CaseLoss | null;
}

/** Every case in turn; the whole scenario first, where it is short enough. */
export async function verifyFleet(
  { context, demand, offers }: SizingProblem,
  { units, nodes }: FleetSolution,
  losses: readonly (CaseLoss | null)[],
  evaluator: Evaluator,
): Promise<readonly VerifiedCase[]> {
  const parts = losses.flatMap((loss) =>
    // What takes nothing of this fleet changes nothing.
    loss === null || !strikes({ demand, offers }, units, loss)
      ? []
      : [
          {
            loss,
            target: faultTarget(demand, offers, loss),
            words: describeLoss(demand, offers, loss),
          },
        ],
  );
  const cases = verificationCases(demand, parts);
  const pools = poolsOf(offers, units, nodes);
  const asked = cases.map((one) => askedVerification(demand, pools, one));
  const summaries = await runVerifications(context, asked, evaluator);
  return cases.map(({ name, peak, part }, place) => ({
    name,
    peak,
    loss: part === null ? null : part.loss,
    summary: summaries[place]!,
  }));
}

/** Models that need more where a case does not pass. */
export function modelsToStrengthen(
  { demand }: SizingProblem,
  { summary }: VerifiedCase,
): readonly string[] {
  const failing = new Set(
    summary.slo.filter(({ verdict }) => verdict !== "PASS").map(({ workload }) => workload),
  );
  const isSaturated = summary.warnings.some(({ code }) => code === "saturated");
  const models = demand.scenario.workloads
    .filter(({ name }) => failing.has(name) || isSaturated)
    .flatMap((workload) => [...modelsOf(workload)]);
  return [...new Set(models)].toSorted();
}

/** Whether a case keeps all it is asked for, beyond its margin of error. */
export function passes({ summary }: SizedCase): boolean {
  if (summary.verdict !== "NONE") return summary.verdict === "PASS";
  return !summary.warnings.some(({ code }) => code === "saturated");
}

/** Of all cases; UNCERTAIN when none was run. */
export function verdictOf(cases: readonly SizedCase[]): Verdict {
  if (cases.length === 0) return "UNCERTAIN";
  const verdicts = cases.map(({ summary }) => summary.verdict);
  if (verdicts.includes("FAIL")) return "FAIL";
  if (verdicts.includes("UNCERTAIN")) return "UNCERTAIN";
  return verdicts.includes("PASS") ? "PASS" : "NONE";
}
