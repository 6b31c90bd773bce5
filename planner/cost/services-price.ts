/**
 * What the services that surround a cluster cost per month, and data that leaves a place. What has no price stays out and
 * is named, so that a total reads "at least". Which services a cluster has is not decided here.
 */
import { type Estimate, estimatedServicePrice } from "../catalog/prices/estimate";
import type { PriceBook } from "../catalog/prices/price-book";
import type {
  Cloud,
  EgressPrice,
  ServiceName,
  ServicePrice,
  ServiceUnit,
} from "../catalog/prices/price-rows";
import { egressPrice, servicePrice, type Transfer } from "../catalog/prices/service-price";

/** Hours of a month in every price of this project: 365 · 24 / 12. */
const HOURS_PER_MONTH = 730;

/**
 * How much of a service is used. Of what is priced by the hour or by the capacity unit and hour, the number that exists at
 * a time; of everything else, the amount of a month in the unit of its price (GB, GB-months, months, millions).
 */
export interface ServiceUse {
  readonly service: ServiceName;
  readonly quantity: number;
}

export interface ServiceCost {
  readonly service: ServiceName;
  readonly quantity: number;
  readonly price: ServicePrice | (Estimate & { readonly unit: ServiceUnit });
  readonly usdPerMonth: number;
}

export interface ServicesCost {
  readonly lines: readonly ServiceCost[];
  /** Services that neither have a price nor, where asked for, an estimate. */
  readonly unpriced: readonly ServiceName[];
  /** `undefined` when nothing is priced; 0 when nothing is used. */
  readonly usdPerMonth: number | undefined;
  /** The part of it that is estimated. */
  readonly estimatedUsdPerMonth: number;
  readonly isLowerBound: boolean;
}

/**
 * Cost of services in one region.
 *
 * @param options.estimate take estimates where the book has no price for the region; each line says which it is
 */
export function servicesCost(
  book: PriceBook,
  { cloud, region }: { readonly cloud: Cloud; readonly region: string },
  uses: readonly ServiceUse[],
  options: { readonly estimate: boolean } = { estimate: false },
): ServicesCost {
  const lines: ServiceCost[] = [];
  const unpriced: ServiceName[] = [];
  for (const { service, quantity } of uses) {
    const item = { cloud, region, service };
    const estimate = options.estimate ? estimatedServicePrice(book, item) : undefined;
    const price = servicePrice(book, item) ?? estimate;
    if (price === undefined) unpriced.push(service);
    else {
      const usdPerMonth = quantity * price.usd * unitsPerMonth(price.unit);
      lines.push({ service, quantity, price, usdPerMonth });
    }
  }
  const isUnknown = lines.length === 0 && unpriced.length > 0;
  const estimated = lines.filter(({ price }) => "kind" in price);
  return {
    lines,
    unpriced,
    usdPerMonth: isUnknown ? undefined : total(lines),
    estimatedUsdPerMonth: total(estimated),
    isLowerBound: unpriced.length > 0 && !isUnknown,
  };
}

function unitsPerMonth(unit: ServiceUnit): number {
  return unit === "hour" || unit === "capacity-unit-hour" ? HOURS_PER_MONTH : 1;
}

function total(lines: readonly ServiceCost[]): number {
  return lines.reduce((sum, line) => sum + line.usdPerMonth, 0);
}

/**
 * Cost of so much data a month: each step of the amount at its rate.
 *
 * @param amount in the unit of the price (GB on AWS, GiB on Google Cloud)
 * @returns undefined when there is no price for the pair of places, or the amount reaches a step whose rate is not known
 */
export function egressCost(
  book: PriceBook,
  transfer: Transfer,
  amount: number,
): { readonly usdPerMonth: number; readonly price: EgressPrice } | undefined {
  const price = egressPrice(book, transfer);
  if (price === undefined) return undefined;
  let usdPerMonth = 0;
  for (const [i, { from, usd }] of price.tiers.entries()) {
    const end = price.tiers[i + 1]?.from ?? Number.POSITIVE_INFINITY;
    const inStep = Math.min(amount, end) - from;
    if (inStep <= 0) break;
    if (usd === undefined) return undefined;
    usdPerMonth += inStep * usd;
  }
  return { usdPerMonth, price };
}
