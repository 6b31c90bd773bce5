/**
 * The prices of a scenario: the price book of the catalog with what the scenario has negotiated laid over it.
 */
import { checkOverrides } from "../catalog/prices/check-overrides";
import { listPriceBook } from "../catalog/prices/list-price-book";
import type { PriceBook } from "../catalog/prices/price-book";
import { type PriceOverride, withOverrides } from "../catalog/prices/price-overrides";
import { PlannerError, type Problem } from "../foundation/errors";
import { PRICES_DEFAULTS } from "./defaults";
import type { PricesSpec } from "./prices-spec";
import type { ResolvedPrices } from "./resolved-scenario";

/** A scenario's prices, and the book that they make. */
export interface BookOfPrices {
  readonly book: PriceBook;
  readonly prices: ResolvedPrices;
}

/** Resolves `prices`; the book without the overrides where they have problems. */
export function resolvePrices(spec: PricesSpec | undefined, problems: Problem[]): BookOfPrices {
  const overrides = (spec?.overrides ?? []).map(overrideOf);
  const book = bookWith(overrides, problems);
  return {
    book,
    prices: {
      book: book.identity,
      overrides,
      estimateSpot: spec?.estimateSpot ?? PRICES_DEFAULTS.estimateSpot.value,
      estimateServices: spec?.estimateServices ?? PRICES_DEFAULTS.estimateServices.value,
    },
  };
}

/** The book that was last made: a scenario and each case of its game day ask for the same one. */
let last: { readonly key: string; readonly book: PriceBook } | undefined;

/**
 * The price book of a resolved scenario.
 *
 * @throws PlannerError for overrides that do not fit the book, which a resolved scenario does not have
 */
export function priceBookOf({ overrides }: Pick<ResolvedPrices, "overrides">): PriceBook {
  const key = JSON.stringify(overrides);
  if (last?.key !== key) {
    last = { key, book: withOverrides(listPriceBook(), overrides, "prices.overrides") };
  }
  return last.book;
}

function bookWith(overrides: readonly PriceOverride[], problems: Problem[]): PriceBook {
  const known = checkOverrides(overrides, "prices.overrides");
  problems.push(...known);
  try {
    const book = priceBookOf({ overrides });
    if (known.length === 0) return book;
  } catch (error) {
    if (!(error instanceof PlannerError)) throw error;
    problems.push(...error.problems);
  }
  return listPriceBook();
}

/** Without keys that were left out. */
function overrideOf(spec: NonNullable<PricesSpec["overrides"]>[number]): PriceOverride {
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined));
}
