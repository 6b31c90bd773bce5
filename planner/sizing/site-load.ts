/** How much of a model's load one region has to carry at most, over all peaks and cases. */
import { type CaseLoss, type Demand, isRegionLost } from "./demand";
import { totalRate } from "./expected-arrivals";
import { regionOf } from "./region-reach";

/** Origins whose requests go to a region, when these regions are open for the model. */
export function originsOf(
  { reach, scenario }: Demand,
  region: number,
  isOpen: (region: number) => boolean,
): readonly number[] {
  const origins = scenario.fleet.origins.map((_, origin) => origin);
  if (reach.kind === "pooled") return origins;
  return origins.filter((origin) => regionOf(reach.orders[origin]!, isOpen) === region);
}

/** Calls per second, with every region open that is not lost. */
export function largestSiteLoad(
  demand: Demand,
  model: string,
  losses: readonly (CaseLoss | null)[],
): number {
  const { regions, peaks, reach } = demand;
  const all = peaks.map(({ rates }) => totalRate(rates.get(model)));
  if (reach.kind === "pooled") return Math.max(...all);
  const loads = losses.flatMap((loss) =>
    regions.flatMap((_, region) => {
      if (isRegionLost(demand, loss, region)) return [];
      const origins = originsOf(demand, region, (one) => !isRegionLost(demand, loss, one));
      return peaks.map(({ rates }) =>
        origins.reduce((sum, origin) => sum + (rates.get(model)?.[origin] ?? 0), 0),
      );
    }),
  );
  return Math.max(0, ...loads);
}
