/**
 * The last word on a fleet: the full simulator on all of it, over the whole scenario and around each peak with each
 * part gone, in replications with the same random numbers from fleet to fleet.
 */
import { modelsOf } from "../metrics/workload-models";
import { type CaseLoss, describeLoss, faultTarget } from "./demand";
import type { Evaluator } from "./evaluator";
import { rateReader, totalRate } from "./expected-arrivals";
import { strikes } from "./fleet-check";
import { poolsOf } from "./fleet-units";
import type { FleetSolution } from "./programme/fleet-programme";
import type { RunWindow } from "./run-window";
import type { SizingProblem } from "./sizing-problem";
import type { SizedCase } from "./sizing-result";
import type { VerificationJob } from "./verification-job";

export interface VerifiedCase extends SizedCase {
  /** undefined: the whole scenario. */
  readonly peak: number | undefined;
  readonly loss: CaseLoss | null;
}

/** Enough for Student's t to be useful: 2.8 standard errors. */
const REPLICATIONS_MIN = 5;
/** Longer scenarios are verified around their peaks only. */
const WHOLE_REQUESTS_MAX = 400_000;

/** Every case in turn; the whole scenario first, where it is short enough. */
export async function verifyFleet(
  problem: SizingProblem,
  solution: FleetSolution,
  losses: readonly (CaseLoss | null)[],
  evaluator: Evaluator,
): Promise<readonly VerifiedCase[]> {
  const { demand } = problem;
  const whole = isShort(problem)
    ? [{ name: "whole scenario", peak: undefined, loss: null, window: null }]
    : [];
  const cases = [
    ...whole,
    ...demand.peaks.flatMap((_, peak) =>
      losses
        // A scenario of one peak is its own peak.
        .filter((loss) =>
          loss === null
            ? whole.length === 0 || demand.peaks.length > 1
            : strikes(demand, problem.offers, solution.units, loss),
        )
        .map((loss) => ({
          name: nameOf(problem, peak, loss),
          peak,
          loss,
          window: longestWindow(problem, peak),
        })),
    ),
  ];
  const jobs = cases.map((one) => jobOf(problem, solution, one));
  const verified = await evaluator.verify(jobs);
  return cases.map(({ name, peak, loss }, place) => ({
    name,
    peak,
    loss,
    summary: verified[place]!.summary,
  }));
}

function nameOf({ demand, offers }: SizingProblem, peak: number, loss: CaseLoss | null): string {
  const when = demand.peaks.length > 1 ? `peak ${peak + 1}` : "peak";
  return loss === null ? when : `${when}, ${describeLoss(demand, offers, loss)}`;
}

function isShort({ demand }: SizingProblem): boolean {
  const { scenario, groups } = demand;
  const { durationSeconds } = scenario.horizon;
  const requests = groups.flatMap(({ workloads }) =>
    [...rateReader(scenario, workloads)([0, durationSeconds]).values()].map(
      (rates) => totalRate(rates) * durationSeconds,
    ),
  );
  return requests.reduce((sum, count) => sum + count, 0) <= WHOLE_REQUESTS_MAX;
}

function longestWindow({ demand }: SizingProblem, peak: number): RunWindow {
  return demand.peaks[peak]!.windows.reduce((longest, window) =>
    window.durationSeconds > longest.durationSeconds ? window : longest,
  );
}

function jobOf(
  { offers, demand, seed }: SizingProblem,
  { units, nodes }: FleetSolution,
  { window, loss }: { readonly window: RunWindow | null; readonly loss: CaseLoss | null },
): VerificationJob {
  return {
    pools: poolsOf(offers, units, nodes),
    window,
    loss: loss === null ? null : faultTarget(demand, offers, loss),
    seed,
    replications: Math.max(REPLICATIONS_MIN, demand.scenario.replications),
  };
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
