/**
 * Estimates where the book has no price: for a spot price what the market once was below on demand, for a service what it
 * costs in the cloud's home region. Marked as estimates and with the range that comparable estimates turned out to have;
 * never part of a book, and never given by a look-up. An on-demand price of a region is not estimated: that there is none
 * nearly always means that the type is not sold there.
 */
import { findInstanceType } from "../lookup";
import type { Provenance } from "../specs";
import { spotSavingProvenance } from "./aws-spot-savings";
import { instancePrice } from "./instance-price";
import type { PriceBook } from "./price-book";
import type { Cloud, ServiceUnit } from "./price-rows";
import { type ServiceItem, servicePrice } from "./service-price";

/** A figure that no source showed. */
export interface Estimate extends Provenance {
  readonly kind: "estimated";
  readonly usd: number;
  /** Where comparable estimates put the price; see the constant of each method. */
  readonly lowUsd: number;
  readonly highUsd: number;
  readonly method: string;
}

/**
 * Price that came to be over estimate, first and ninth decile: a saving 15 months old (as the savings of this book are)
 * times the present on-demand price, tried on every month from October 2023 to July 2026 of the machines of Google Cloud
 * whose spot prices are known by month. AWS has not shown its own: there the error may be larger. Prices of H100 machines
 * fell to a third and rose to the double; those of older accelerators crept up.
 */
export const spotEstimateError = {
  upToAmpereAndAda: { low: 0.99, high: 1.34 },
  newer: { low: 0.33, high: 2.13 },
} as const;

/** NVIDIA and AMD generations whose spot prices have settled. */
const settledAccelerators = ["t4", "t4g", "v100", "radeon-pro-v520", "a10g", "a100", "l4", "l40s"];

/**
 * Spot price of an AWS type in a region where none was seen, in US dollars per instance and hour: the on-demand price less
 * what the Spot Advisor showed in June 2025. `undefined` where a spot price is known, or where there is nothing to go by.
 */
export function estimatedSpotPrice(
  book: PriceBook,
  { cloud, region, instanceType }: { cloud: Cloud; region: string; instanceType: string },
): Estimate | undefined {
  const place = { cloud, region, instanceType };
  if (instancePrice(book, { ...place, purchase: "spot" }) !== undefined) return undefined;
  const onDemand = instancePrice(book, { ...place, purchase: "on-demand" });
  const saving = book.spotSavings.find(
    (row) => row.instanceType === instanceType && row.region === region,
  );
  if (onDemand === undefined || saving === undefined) return undefined;
  const error = isSettled(instanceType)
    ? spotEstimateError.upToAmpereAndAda
    : spotEstimateError.newer;
  const usd = onDemand.usdPerHour * (1 - saving.share);
  return {
    kind: "estimated",
    usd,
    lowUsd: usd * error.low,
    // Nobody pays more for spot capacity than it costs on demand.
    highUsd: Math.min(onDemand.usdPerHour, usd * error.high),
    method: `on-demand price less ${Math.round(saving.share * 100)} %`,
    ...spotSavingProvenance,
  };
}

function isSettled(instanceType: string): boolean {
  const type = findInstanceType(instanceType);
  return (
    type.found && settledAccelerators.some((name) => type.row.accelerator.startsWith(`${name}-`))
  );
}

/**
 * Price in a region over the price in the home region scaled like instances: lowest and highest of what this book knows of
 * several regions, storage on Google Cloud and data to the internet on AWS.
 */
export const serviceEstimateError = { low: 0.74, high: 1.29 } as const;

const homeRegions: Readonly<Record<Cloud, string>> = { aws: "us-east-1", gcp: "us-central1" };

/**
 * Price of a service in a region of which no source shows it: that of the cloud's home region, times what instances cost
 * more there. `undefined` where the price is known, or the home region's is not.
 */
export function estimatedServicePrice(
  book: PriceBook,
  item: ServiceItem,
): (Estimate & { readonly unit: ServiceUnit }) | undefined {
  if (servicePrice(book, item) !== undefined) return undefined;
  const home = servicePrice(book, { ...item, region: homeRegions[item.cloud] });
  const ratio = regionRatio(book, item.cloud, item.region);
  if (home === undefined || ratio === undefined) return undefined;
  const usd = home.usd * ratio;
  return {
    kind: "estimated",
    usd,
    unit: home.unit,
    lowUsd: usd * serviceEstimateError.low,
    highUsd: usd * serviceEstimateError.high,
    method: `price in ${home.region} × ${ratio.toFixed(2)}, the median ratio of instance prices`,
    source: home.source,
    date: home.date,
  };
}

/**
 * Median over instance types of the on-demand list price in a region over that in the cloud's home region; `undefined`
 * where no type is sold in both.
 */
export function regionRatio(book: PriceBook, cloud: Cloud, region: string): number | undefined {
  const known = knownRatios.get(book) ?? new Map<string, number | undefined>();
  knownRatios.set(book, known);
  const key = `${cloud} ${region}`;
  if (!known.has(key)) known.set(key, medianRatio(book, cloud, region));
  return known.get(key);
}

/** Every line of every bill asks again, and a book never changes. */
const knownRatios = new WeakMap<PriceBook, Map<string, number | undefined>>();

function medianRatio(book: PriceBook, cloud: Cloud, region: string): number | undefined {
  const ratios = book.instances
    .filter(
      (row) =>
        row.cloud === cloud &&
        row.region === region &&
        row.purchase === "on-demand" &&
        row.kind === "list",
    )
    .flatMap((row) => {
      const home = instancePrice(book, { ...row, region: homeRegions[cloud] });
      return home?.kind === "list" ? [row.usdPerHour / home.usdPerHour] : [];
    })
    .sort((a, b) => a - b);
  if (ratios.length === 0) return undefined;
  const middle = ratios.length >> 1;
  return ratios.length % 2 === 1 ? ratios[middle]! : (ratios[middle - 1]! + ratios[middle]!) / 2;
}
