/**
 * How many requests of each model are expected from each place over a stretch of the scenario, and when the most are:
 * from rates and traces, without a run.
 */
import { meanOf } from "../foundation/distributions";
import type { ResolvedScenario, ResolvedWorkload } from "../scenario/resolved-scenario";
import { arrivalsUntil } from "../stress/expected-load";
import { compileProfile } from "../traffic/rate-profile";

/** Calls per second, [origin], by model. */
export type ModelRates = ReadonlyMap<string, readonly number[]>;

type Stretch = readonly [from: number, to: number];

/**
 * A reader of mean calls per second over [from, to) of the scenario's time, of its models and of some workloads. What
 * it takes to count is made once.
 *
 * Sessions count where they start: their later turns lag behind by the time between turns.
 */
export function rateReader(
  scenario: ResolvedScenario,
  workloads: readonly string[],
): (stretch: Stretch) => ModelRates {
  const counted = scenario.workloads
    .filter(({ name }) => workloads.includes(name))
    .map((workload) => ({
      models: callsOfRequest(workload),
      requests: requestsByOrigin(scenario, workload),
    }));
  return (stretch) => {
    const rates = new Map<string, number[]>();
    for (const { models, requests } of counted) {
      const byOrigin = requests(stretch);
      for (const model of models) {
        const sums = rates.get(model) ?? scenario.fleet.origins.map(() => 0);
        for (const [origin, count] of byOrigin) sums[origin]! += count / (stretch[1] - stretch[0]);
        rates.set(model, sums);
      }
    }
    return rates;
  };
}

/** Arrivals of a workload expected in a stretch: requests, or sessions that start. */
export function expectedArrivals(
  scenario: ResolvedScenario,
  name: string,
  [from, to]: Stretch,
): number {
  const workload = scenario.workloads.find((one) => one.name === name)!;
  const count = arrivalsUntil(scenario, workload) ?? (() => 0);
  return count(to) - count(from);
}

/** Requests per second of all origins. */
export function totalRate(rates: readonly number[] | undefined): number {
  return rates?.reduce((sum, rate) => sum + rate, 0) ?? 0;
}

/** Models that a request calls when all goes well, one entry per call. */
function callsOfRequest({ model, chain }: ResolvedWorkload): string[] {
  return chain?.flatMap((step) => (step.kind === "model" ? [step.model] : [])) ?? [model];
}

/** Requests of a workload expected in a stretch, by origin index. */
function requestsByOrigin(
  scenario: ResolvedScenario,
  workload: ResolvedWorkload,
): (stretch: Stretch) => ReadonlyMap<number, number> {
  const turns = workload.sessions === undefined ? 1 : meanOf(workload.sessions.turns);
  const { arrivals, origins } = workload;
  if (arrivals.kind === "open") {
    const { profile, requestsPerSecond } = arrivals;
    const { startSeconds } = scenario.horizon;
    const { byOrigin } = compileProfile(profile, requestsPerSecond, origins, startSeconds);
    if (byOrigin !== undefined) {
      return ([from, to]) =>
        new Map(
          origins.map(({ originIndex }, place) => [
            originIndex,
            (byOrigin[place]!.countUntil(to) - byOrigin[place]!.countUntil(from)) * turns,
          ]),
        );
    }
  }
  const count = arrivalsUntil(scenario, workload) ?? (() => 0);
  return ([from, to]) => {
    const requests = (count(to) - count(from)) * turns;
    return new Map(origins.map(({ originIndex, share }) => [originIndex, requests * share]));
  };
}
