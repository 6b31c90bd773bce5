/**
 * What a region sells: one serving option there, at the price of each way to buy it. Fleets of the search are numbers
 * of units, one per offer (`fleet-units.ts`). An option without a known price in a region is no offer: unknown is not
 * free.
 */
import type { RegionSpec } from "../catalog/specs";
import { instancesPerNode, replicasPerNode } from "../fleet/capacity-defaults";
import { bookPrices, type FleetPrices } from "../fleet/resolve-price";
import type { ResolvedPool } from "../fleet/resolved-fleet";
import type { ResolvedPrice } from "../fleet/resolved-price";
import type { ResolvedSearch } from "../scenario/resolved-search";
import { kinOf, type LeftOut, type ServingOption } from "./serving-option";

export interface Offer {
  /** Place in the list of offers, and in every list of units. */
  readonly index: number;
  readonly region: string;
  readonly option: ServingOption;
  /** In the order of the search's purchase options; at least one, each with the price of a node. */
  readonly prices: readonly OfferPrice[];
  /** A node is what is bought: the instance that replicas share, or those that one replica takes. */
  readonly replicasPerNode: number;
  readonly instancesPerNode: number;
}

type SoldOption = Omit<Offer, "index">;

/** What a pool of a fleet that is there already stands on. */
interface HardwareThere {
  readonly region: string;
  readonly pool: Pick<ResolvedPool, "instanceType">;
}

export type OfferPrice = ResolvedPrice & { readonly usdPerNodeHour: number };

/** Every option in every region that sells it, by region and name. */
export function offersOf(
  options: readonly ServingOption[],
  regions: readonly RegionSpec[],
  search: ResolvedSearch,
  prices: FleetPrices,
  existing: readonly HardwareThere[] = [],
): { readonly offers: readonly Offer[]; readonly leftOut: readonly LeftOut[] } {
  const leftOut: LeftOut[] = [];
  const sold = regions.flatMap((region) => {
    const own = options.flatMap((option): SoldOption[] => {
      const { instanceType, acceleratorsPerReplica } = option;
      if (instanceType.cloud !== region.cloud) return [];
      const hardware = { region, instanceType, acceleratorsPerReplica };
      const known = bookPrices(prices, hardware, search.purchase).filter(hasNodePrice);
      if (known.length === 0) {
        const ways = search.purchase.join(" or ");
        const reason = `no price of ${instanceType.name} in ${region.name} (${ways}): not sold there, or not known`;
        leftOut.push({
          option: `${region.name}/${option.name}`,
          model: option.model,
          why: "no-price",
          reason,
        });
        return [];
      }
      return [
        {
          region: region.name,
          option,
          prices: known,
          replicasPerNode: replicasPerNode(instanceType, acceleratorsPerReplica).value,
          instancesPerNode: instancesPerNode(instanceType, acceleratorsPerReplica),
        },
      ];
    });
    const isReplaceable = (dearer: SoldOption, cheaper: SoldOption): boolean =>
      canReplace(cheaper, dearer, search, existing);
    return withoutDearerTwins(own, isReplaceable, leftOut);
  });
  return { offers: sold.map((offer, index) => ({ ...offer, index })), leftOut };
}

function hasNodePrice(price: ResolvedPrice): price is OfferPrice {
  return price.usdPerNodeHour !== undefined;
}

/**
 * Whether nothing but the price tells the two apart: a fleet may need the dearer one where a quota limits the cheaper
 * one, where one pool must survive the loss of the other, and where it is there already.
 */
function canReplace(
  { region, option: { instanceType } }: SoldOption,
  dearer: SoldOption,
  { quotas, survive }: ResolvedSearch,
  existing: readonly HardwareThere[],
): boolean {
  const isLimited = quotas.some(
    (quota) =>
      quota.region === region && quota.of === "instance-type" && quota.name === instanceType.name,
  );
  const isThere = existing.some(
    ({ region: place, pool }) =>
      place === region && pool.instanceType?.name === dearer.option.instanceType.name,
  );
  return !isLimited && !isThere && !survive.some(({ kind }) => kind === "any-pool");
}

/** Of offers that run the same engine on the same accelerators, those that another undercuts in every way go. */
function withoutDearerTwins(
  offers: readonly SoldOption[],
  isReplaceable: (dearer: SoldOption, cheaper: SoldOption) => boolean,
  leftOut: LeftOut[],
): SoldOption[] {
  return offers.filter((offer, place) => {
    const cheaper = offers.find((other, otherPlace) => {
      if (other === offer || kinOf(other.option) !== kinOf(offer.option)) return false;
      const isNoDearer = undercuts(other, offer);
      return (
        isNoDearer &&
        (otherPlace < place || !undercuts(offer, other)) &&
        isReplaceable(offer, other)
      );
    });
    if (cheaper === undefined) return true;
    const { region, option } = offer;
    const reason = `the same accelerators as ${cheaper.option.name}, which costs no more`;
    leftOut.push({
      option: `${region}/${option.name}`,
      model: option.model,
      why: "dearer-twin",
      reason,
    });
    return false;
  });
}

/** No dearer in any way to buy, neither by the node nor by the replica. */
function undercuts(other: SoldOption, offer: SoldOption): boolean {
  return offer.prices.every(({ purchase, usdPerNodeHour }) => {
    const theirs = other.prices.find((price) => price.purchase === purchase);
    if (theirs === undefined) return false;
    const isNode = theirs.usdPerNodeHour <= usdPerNodeHour;
    return (
      isNode &&
      theirs.usdPerNodeHour / other.replicasPerNode <= usdPerNodeHour / offer.replicasPerNode
    );
  });
}

/** Nodes that so many replicas of a part need. */
export function nodesOf({ replicasPerNode: perNode }: Offer, replicas: number): number {
  return Math.ceil(replicas / perNode);
}

/** The cheapest way to buy a node of an offer, in US dollars per hour. */
export function cheapestUsdPerHour({ prices }: Offer): number {
  return Math.min(...prices.map(({ usdPerNodeHour }) => usdPerNodeHour));
}
