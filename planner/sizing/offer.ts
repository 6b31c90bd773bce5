/**
 * What a region sells: one serving option there, at the price of each way to buy it. Fleets of the search are numbers
 * of units, one per offer (`fleet-units.ts`). An option without a known price in a region is no offer: unknown is not
 * free.
 */
import { instancePrice } from "../catalog/prices/instance-price";
import type { PriceBook } from "../catalog/prices/price-book";
import type { InstancePrice } from "../catalog/prices/price-rows";
import type { RegionSpec } from "../catalog/specs";
import type { ResolvedSearch } from "../scenario/resolved-search";
import type { LeftOut, ServingOption } from "./serving-option";

export interface Offer {
  /** Place in the list of offers, and in every list of units. */
  readonly index: number;
  readonly region: string;
  readonly option: ServingOption;
  /** In the order of the search's purchase options; at least one. */
  readonly prices: readonly InstancePrice[];
  /** Replicas on one instance; 0 when a replica takes several. */
  readonly replicasPerInstance: number;
  /** Instances of one replica that takes several; 1 otherwise. */
  readonly instancesPerReplica: number;
}

/** Every option in every region that sells it, by region and name. */
export function offersOf(
  options: readonly ServingOption[],
  regions: readonly RegionSpec[],
  search: ResolvedSearch,
  book: PriceBook,
): { readonly offers: readonly Offer[]; readonly leftOut: readonly LeftOut[] } {
  const offers: Offer[] = [];
  const leftOut: LeftOut[] = [];
  for (const region of regions) {
    for (const option of options) {
      const { cloud, name } = option.instanceType;
      if (cloud !== region.cloud) continue;
      const item = { cloud, region: region.name, instanceType: name };
      const prices = search.purchase.flatMap(
        (purchase) => instancePrice(book, { ...item, purchase }) ?? [],
      );
      if (prices.length === 0) {
        const ways = search.purchase.join(" or ");
        const reason = `no price of ${name} in ${region.name} (${ways}): not sold there, or not known`;
        leftOut.push({ option: option.name, model: option.model, reason });
        continue;
      }
      offers.push({
        index: offers.length,
        region: region.name,
        option,
        prices,
        ...fillingOf(option),
      });
    }
  }
  return { offers, leftOut };
}

/** A replica that fits on an instance is not split over two; one that does not has instances of its own. */
function fillingOf({ acceleratorsPerReplica, instanceType }: ServingOption) {
  const { acceleratorCount } = instanceType;
  const fitting = Math.floor(acceleratorCount / acceleratorsPerReplica);
  return {
    replicasPerInstance: fitting,
    instancesPerReplica: fitting >= 1 ? 1 : Math.ceil(acceleratorsPerReplica / acceleratorCount),
  };
}

/** Instances that so many replicas of a part need. */
export function instancesOf(offer: Offer, replicas: number): number {
  const { replicasPerInstance, instancesPerReplica } = offer;
  return replicasPerInstance >= 1
    ? Math.ceil(replicas / replicasPerInstance)
    : replicas * instancesPerReplica;
}

/** The cheapest way to buy an instance of an offer, in US dollars per hour. */
export function cheapestUsdPerHour({ prices }: Offer): number {
  return Math.min(...prices.map(({ usdPerHour }) => usdPerHour));
}
