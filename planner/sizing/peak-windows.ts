/**
 * The stretches of a scenario that a fleet must be sized for: where the whole load, or that of one region, is at its
 * highest, with every region there and with any one of them gone. Peaks that fall together are one stretch.
 */
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import { type ModelRates, rateReader, totalRate } from "./expected-arrivals";
import type { ModelGroup } from "./model-group";
import { type RegionReach, regionOf } from "./region-reach";
import { mayStartEarlier, type RunWindow } from "./run-window";

const SLICES = 288;
/** A stretch stands for every load that is at most this much higher elsewhere. */
const TOLERANCE = 1.03;
/** A stretch is long against a request, and short against a day. */
const WINDOW_SECONDS_MIN = 240;
const WINDOW_SECONDS_MAX = 1800;
/** Requests are in flight by then, and caches filled. */
const WARM_UP_SECONDS_MIN = 60;

/** Moments, in seconds of the scenario, around which its runs are made; at least one. */
export function peakMoments(
  scenario: ResolvedScenario,
  groups: readonly ModelGroup[],
  reach: RegionReach,
): readonly number[] {
  const { warmUpSeconds: from, durationSeconds: to } = scenario.horizon;
  const width = (to - from) / SLICES;
  const loads = groups.flatMap((group) => {
    const ratesIn = rateReader(scenario, group.workloads);
    const slices = Array.from({ length: SLICES }, (_, slice) =>
      ratesIn([from + slice * width, from + (slice + 1) * width]),
    );
    return loadCurves(scenario, slices, reach);
  });
  const chosen: number[] = [];
  for (const curve of loads) {
    const highest = Math.max(...curve);
    if (highest === 0) continue;
    if (chosen.some((slice) => curve[slice]! * TOLERANCE >= highest)) continue;
    chosen.push(curve.indexOf(highest));
  }
  return (chosen.length > 0 ? chosen : [0]).map((slice) => from + (slice + 0.5) * width);
}

/** By slice: the load of each region, with all regions open and with each one gone; the fleet's where it is pooled. */
function loadCurves(
  scenario: ResolvedScenario,
  slices: readonly ModelRates[],
  reach: RegionReach,
): number[][] {
  const models = [...new Set(slices.flatMap((rates) => [...rates.keys()]))];
  if (reach.kind === "pooled") {
    return models.map((model) => slices.map((rates) => totalRate(rates.get(model))));
  }
  const regions = scenario.fleet.regions.map((_, region) => region);
  const gone = [undefined, ...(regions.length > 1 ? regions : [])];
  return models.flatMap((model) =>
    gone.flatMap((lost) =>
      regions
        .filter((region) => region !== lost)
        .map((region) =>
          slices.map((rates) =>
            (rates.get(model) ?? []).reduce((sum, rate, origin) => {
              const goesTo = regionOf(reach.orders[origin]!, (one) => one !== lost);
              return goesTo === region ? sum + rate : sum;
            }, 0),
          ),
        ),
    ),
  );
}

/**
 * The stretch around a moment in which a group sends about so many requests.
 *
 * @param settleSeconds until traffic has moved away from what is gone: part of the warm-up
 */
export function windowAround(
  scenario: ResolvedScenario,
  moment: number,
  wanted: { readonly requests: number; readonly perSecond: number; readonly settleSeconds: number },
): RunWindow {
  const { horizon } = scenario;
  const whole = horizon.durationSeconds - horizon.warmUpSeconds;
  const byRequests = wanted.requests / Math.max(wanted.perSecond, 1e-9);
  const durationSeconds = Math.min(
    whole,
    Math.max(WINDOW_SECONDS_MIN, Math.min(WINDOW_SECONDS_MAX, byRequests)),
  );
  const settle = WARM_UP_SECONDS_MIN + wanted.settleSeconds;
  const last = horizon.durationSeconds - durationSeconds;
  const centred = Math.min(last, Math.max(horizon.warmUpSeconds, moment - durationSeconds / 2));
  if (mayStartEarlier(scenario)) {
    return { fromSeconds: centred, durationSeconds, warmUpSeconds: settle };
  }
  // What counts from the start of the scenario cannot be run before it.
  const fromSeconds = Math.min(last, Math.max(centred, settle));
  return { fromSeconds, durationSeconds, warmUpSeconds: Math.min(fromSeconds, settle) };
}
