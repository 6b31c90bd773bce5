/**
 * What a fleet is held against: the load of each model at every peak, with everything there and with each part gone
 * that must be survived. A site is what is simulated together: one region, or all of them where requests go anywhere.
 */
import type { RegionSpec } from "../catalog/specs";
import type { TargetSpec } from "../scenario/faults-spec";
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import type { ResolvedSearch, SurviveRule } from "../scenario/resolved-search";
import type { ModelRates } from "./expected-arrivals";
import type { FleetUnits } from "./fleet-units";
import type { ModelGroup } from "./model-group";
import type { Offer } from "./offer";
import type { RegionReach } from "./region-reach";
import type { RunWindow } from "./run-window";

/** What is gone in a case. Regions by index into the demand's. */
export type CaseLoss =
  | { readonly kind: "region"; readonly region: number }
  | { readonly kind: "cloud"; readonly cloud: string }
  | { readonly kind: "zone"; readonly region: number; readonly zone: string }
  | { readonly kind: "pool"; readonly offer: number };

export interface Demand {
  readonly scenario: ResolvedScenario;
  readonly groups: readonly ModelGroup[];
  /** In the order of the scenario's fleet. */
  readonly regions: readonly RegionSpec[];
  readonly zones: readonly number[];
  readonly reach: RegionReach;
  /** Mean calls per second by model and origin, at each peak, over the window of each group there. */
  readonly peaks: readonly Peak[];
  /** Nothing gone comes first. */
  readonly losses: readonly (CaseLoss | null)[];
}

export interface Peak {
  /** Seconds of the scenario. */
  readonly moment: number;
  /** What is run of each group, in the order of the groups. */
  readonly windows: readonly RunWindow[];
  readonly rates: ModelRates;
}

/**
 * The losses that the search knows from the start. Pools are made by it: their losses are known once it has some
 * (`poolLosses`). Of the zones of a region the first holds the most: every pool begins there.
 */
export function knownLosses(
  { survive }: Pick<ResolvedSearch, "survive">,
  regions: readonly RegionSpec[],
  zones: readonly number[],
): (CaseLoss | null)[] {
  const losses = survive.flatMap((rule) => lossesOf(rule, regions, zones));
  const byKey = new Map(losses.map((loss) => [JSON.stringify(loss), loss]));
  return [null, ...byKey.values()];
}

function lossesOf(
  rule: SurviveRule,
  regions: readonly RegionSpec[],
  zones: readonly number[],
): CaseLoss[] {
  const indexOf = (name: string): number[] => {
    const region = regions.findIndex((one) => one.name === name);
    return region < 0 ? [] : [region];
  };
  // The only zone of a region is the region.
  const zoneLoss = (region: number, zone: string): CaseLoss =>
    zones[region]! > 1 ? { kind: "zone", region, zone } : { kind: "region", region };
  switch (rule.kind) {
    case "any-region":
      return regions.map((_, region) => ({ kind: "region", region }));
    case "any-cloud":
      return [...new Set(regions.map(({ cloud }) => cloud))].map((cloud) => ({
        kind: "cloud",
        cloud,
      }));
    case "any-zone":
      return regions.map((_, region) => zoneLoss(region, FIRST_ZONE));
    case "any-pool":
      return [];
    case "region":
      return indexOf(rule.name).map((region) => ({ kind: "region", region }));
    case "cloud":
      return [{ kind: "cloud", cloud: rule.name }];
    case "zone": {
      const [name = "", zone = FIRST_ZONE] = rule.name.split("/");
      return indexOf(name).map((region) => zoneLoss(region, zone));
    }
  }
}

/** Every pool begins in it. */
export const FIRST_ZONE = "a";

/** The loss of each pool that a fleet has. */
export function poolLosses(offers: readonly Offer[], units: FleetUnits): CaseLoss[] {
  return offers.flatMap(({ index }) =>
    units[index]! > 0 ? [{ kind: "pool" as const, offer: index }] : [],
  );
}

/** Whether a region serves nothing in a case. */
export function isRegionLost({ regions }: Demand, loss: CaseLoss | null, region: number): boolean {
  if (loss === null) return false;
  if (loss.kind === "region") return loss.region === region;
  return loss.kind === "cloud" && regions[region]!.cloud === loss.cloud;
}

/** Whether an offer's pools serve in a case. */
export function isOfferAlive(demand: Demand, loss: CaseLoss | null, offer: Offer): boolean {
  if (loss?.kind === "pool") return loss.offer !== offer.index;
  return !isRegionLost(demand, loss, regionIndexOf(demand, offer));
}

export function regionIndexOf({ regions }: Demand, offer: Offer): number {
  return regions.findIndex(({ name }) => name === offer.region);
}

/** What is gone, as a fault strikes it. */
export function faultTarget(
  { regions }: Demand,
  offers: readonly Offer[],
  loss: CaseLoss,
): TargetSpec[] {
  switch (loss.kind) {
    case "region":
      return [{ region: regions[loss.region]!.name }];
    case "cloud":
      return [{ cloud: loss.cloud }];
    case "zone":
      return [{ zone: `${regions[loss.region]!.name}/${loss.zone}` }];
    case "pool": {
      const { region, option } = offers[loss.offer]!;
      return option.parts.map(({ name }) => ({ pool: `${region}/${name}` }));
    }
  }
}

/** `us-east-1 lost`, or `nothing lost`. */
export function describeLoss(
  { regions }: Demand,
  offers: readonly Offer[],
  loss: CaseLoss | null,
): string {
  switch (loss?.kind) {
    case undefined:
      return "nothing lost";
    case "region":
      return `${regions[loss.region]!.name} lost`;
    case "cloud":
      return `${loss.cloud} lost`;
    case "zone":
      return `zone ${regions[loss.region]!.name}/${loss.zone} lost`;
    case "pool": {
      const { region, option } = offers[loss.offer]!;
      return `pool ${region}/${option.name} lost`;
    }
  }
}
