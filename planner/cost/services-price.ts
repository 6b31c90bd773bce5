/**
 * What the services that surround a cluster cost per month, and data that leaves a place. What has no price stays out and
 * is named, so that a total reads "at least". Which services a fleet has is `surroundings.ts`.
 */
import { estimatedServicePrice } from "../catalog/prices/estimate";
import type { PriceBook } from "../catalog/prices/price-book";
import type { EgressPrice, ServiceUnit } from "../catalog/prices/price-rows";
import { egressPrice, servicePrice, type Transfer } from "../catalog/prices/service-price";
import type { Provenance } from "../catalog/specs";
import type { ServiceSummary, ServicesSummary } from "./cost-summary";
import { HOURS_PER_MONTH } from "./hours";
import type { SurroundingUse } from "./surroundings";

/**
 * Cost of services, a line for each.
 *
 * @param options.estimate take estimates where the book has no price for the region; each line says which it is
 */
export function servicesCost(
  book: PriceBook,
  uses: readonly SurroundingUse[],
  options: { readonly estimate: boolean },
): ServicesSummary {
  const lines = uses.map((use) => serviceLine(book, use, options));
  const priced = lines.filter(({ usdPerMonth }) => usdPerMonth !== null);
  const total = (some: readonly ServiceSummary[]): number =>
    some.reduce((sum, { usdPerMonth }) => sum + (usdPerMonth ?? 0), 0);
  const isUnknown = priced.length === 0 && lines.length > 0;
  return {
    lines,
    usdPerMonth: isUnknown ? null : total(priced),
    estimatedUsdPerMonth: isUnknown
      ? null
      : total(priced.filter(({ kind }) => kind === "estimated")),
    unpriced: lines
      .filter(({ usdPerMonth }) => usdPerMonth === null)
      .map(({ region, service }) => `${region} ${service}`),
  };
}

/** What a line says of its price. */
interface LinePrice extends Provenance {
  readonly usdPerMonth: number;
  readonly unit: ServiceUnit;
  readonly kind: "list" | "estimated";
}

function serviceLine(
  book: PriceBook,
  { cloud, region, service, quantity, assumption }: SurroundingUse,
  options: { readonly estimate: boolean },
): ServiceSummary {
  const price =
    service === "egress"
      ? egressLine(book, { cloud, from: region, to: "internet" }, quantity)
      : unitLine(book, { cloud, region, service }, quantity, options);
  return {
    region,
    service,
    quantity,
    unit: price?.unit ?? null,
    usdPerMonth: price?.usdPerMonth ?? null,
    kind: price?.kind ?? "unknown",
    assumption,
    source: price?.source ?? null,
    date: price?.date ?? null,
  };
}

function egressLine(book: PriceBook, transfer: Transfer, amount: number): LinePrice | undefined {
  const cost = egressCost(book, transfer, amount);
  if (cost === undefined) return undefined;
  const { unit, source, date } = cost.price;
  return { usdPerMonth: cost.usdPerMonth, unit, kind: "list", source, date };
}

function unitLine(
  book: PriceBook,
  item: Parameters<typeof servicePrice>[1],
  quantity: number,
  options: { readonly estimate: boolean },
): LinePrice | undefined {
  const listed = servicePrice(book, item);
  const estimate =
    listed === undefined && options.estimate ? estimatedServicePrice(book, item) : undefined;
  const price = listed ?? estimate;
  if (price === undefined) return undefined;
  const { unit, usd, source, date } = price;
  const usdPerMonth = quantity * usd * unitsPerMonth(unit);
  return { usdPerMonth, unit, kind: estimate === undefined ? "list" : "estimated", source, date };
}

function unitsPerMonth(unit: ServiceUnit): number {
  return unit === "hour" || unit === "capacity-unit-hour" ? HOURS_PER_MONTH : 1;
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
