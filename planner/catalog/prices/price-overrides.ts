/**
 * Lays what a customer has negotiated over a price book: an absolute price, or a discount on what the book has. Of two
 * overrides that fit one price the one that says more about it holds; their order changes nothing.
 */
import { PlannerError, type Problem } from "../../foundation/errors";
import { findInstanceType, findRegion } from "../lookup";
import type { InstanceTypeSpec, RegionSpec } from "../specs";
import { missingPrice } from "./instance-price";
import { createPriceBook, type PriceBook, priceKey } from "./price-book";
import {
  type Cloud,
  type InstancePrice,
  type PricedItem,
  type PurchaseOption,
  purchaseOptions,
} from "./price-rows";

/** What is negotiated for the prices that it names; a field that is absent names them all. */
export interface PriceOverride {
  readonly cloud?: Cloud;
  readonly region?: string;
  readonly instanceType?: string;
  /**
   * Absent: on demand and reserved. Spot prices and capacity blocks follow a market; a discount on those
   * must name them.
   */
  readonly purchase?: PurchaseOption;
  /** Share off the price of the book, above 0 and below 1. Either this or `usdPerHour`. */
  readonly discount?: number;
  /** For one instance and hour; needs region, instance type and purchase option. Also where the book has no price. */
  readonly usdPerHour?: number;
  /** The contract, say. Default: `override`. */
  readonly source?: string;
  /** ISO date. Default: that of the book. */
  readonly date?: string;
}

/** An override with its names looked up. */
interface ResolvedOverride {
  readonly override: PriceOverride;
  readonly path: string;
  readonly type: InstanceTypeSpec | undefined;
  readonly region: RegionSpec | undefined;
}

/**
 * The book with these overrides: another id and another digest. Rows that are overridden say so (`kind: "override"`) and
 * how.
 *
 * @param path of the list of overrides in the input, for problems
 * @throws PlannerError for unknown names, a discount that is not a share, an absolute price that does not say of what, an
 *   override that fits no price, or two that say as much about one price
 */
export function withOverrides(
  book: PriceBook,
  overrides: readonly PriceOverride[],
  path = "prices.overrides",
): PriceBook {
  if (overrides.length === 0) return book;
  const problems: Problem[] = [];
  const resolved = overrides.flatMap((override, i) => {
    const one = resolveOverride(override, `${path}[${i}]`, problems);
    return one === undefined ? [] : [one];
  });
  if (problems.length > 0) throw new PlannerError(problems);
  const candidates = new Map<string, Candidate>();
  for (const one of resolved) {
    const items = itemsOf(book, one);
    if (items.length === 0) problems.push(fitsNothing(book, one));
    for (const item of items) {
      const key = priceKey(item);
      const candidate = candidates.get(key);
      if (candidate === undefined) candidates.set(key, { item, overrides: [one] });
      else candidate.overrides.push(one);
    }
  }
  const rows = new Map(book.byKey);
  for (const [key, { item, overrides: fitting }] of candidates) {
    rows.set(key, overridden(book, item, mostSpecific(key, fitting, problems)));
  }
  if (problems.length > 0) throw new PlannerError(problems);
  return createPriceBook(`${book.identity.id}+overrides`, {
    ...book,
    instances: [...rows.values()],
  });
}

/** A price and all overrides that fit it. */
interface Candidate {
  readonly item: PricedItem;
  readonly overrides: ResolvedOverride[];
}

function resolveOverride(
  override: PriceOverride,
  path: string,
  problems: Problem[],
): ResolvedOverride | undefined {
  const before = problems.length;
  const type = named(override.instanceType, findInstanceType, `${path}.instanceType`, problems);
  const region = named(override.region, findRegion, `${path}.region`, problems);
  const { discount, usdPerHour, purchase } = override;
  if ((discount === undefined) === (usdPerHour === undefined)) {
    const message = "give either discount or usdPerHour";
    problems.push({ code: discount === undefined ? "missing" : "conflict", path, message });
  }
  if (discount !== undefined && !(discount > 0 && discount < 1)) {
    const message = `a discount is a share between 0 and 1, got ${discount}`;
    problems.push({ code: "invalid-value", path: `${path}.discount`, message });
  }
  if (usdPerHour !== undefined && !(usdPerHour > 0 && Number.isFinite(usdPerHour))) {
    const message = `a price must be above 0, got ${usdPerHour}`;
    problems.push({ code: "invalid-value", path: `${path}.usdPerHour`, message });
  }
  if (purchase !== undefined && !purchaseOptions.includes(purchase)) {
    const message = `unknown purchase option "${purchase}"`;
    const hint = `use one of ${purchaseOptions.join(", ")}`;
    problems.push({ code: "unknown-name", path: `${path}.purchase`, message, hint });
  }
  checkAbsolute(override, path, problems);
  checkClouds(override.cloud, type, region, path, problems);
  return problems.length > before ? undefined : { override, path, type, region };
}

function named<T>(
  name: string | undefined,
  find: (
    name: string,
  ) =>
    | { readonly found: true; readonly row: T }
    | { readonly found: false; readonly hint: string | undefined },
  path: string,
  problems: Problem[],
): T | undefined {
  if (name === undefined) return undefined;
  const lookup = find(name);
  if (lookup.found) return lookup.row;
  const { hint } = lookup;
  const message = `unknown name "${name}"`;
  problems.push({ code: "unknown-name", path, message, ...(hint === undefined ? {} : { hint }) });
  return undefined;
}

/** A price without a place would be the same in regions that the provider prices differently. */
function checkAbsolute(override: PriceOverride, path: string, problems: Problem[]): void {
  if (override.usdPerHour === undefined) return;
  for (const field of ["region", "instanceType", "purchase"] as const) {
    if (override[field] !== undefined) continue;
    problems.push({
      code: "missing",
      path: `${path}.${field}`,
      message: "is missing; a price in dollars is of one instance type, region and purchase option",
    });
  }
}

function checkClouds(
  cloud: Cloud | undefined,
  type: InstanceTypeSpec | undefined,
  region: RegionSpec | undefined,
  path: string,
  problems: Problem[],
): void {
  const clouds = new Set([cloud, type?.cloud, region?.cloud].filter((one) => one !== undefined));
  if (clouds.size < 2) return;
  const message = `names more than one cloud: ${[...clouds].join(", ")}`;
  problems.push({ code: "conflict", path, message });
}

/** What an override is the price of: one item, or all rows of the book that it names. */
function itemsOf(book: PriceBook, { override, type, region }: ResolvedOverride): PricedItem[] {
  const { cloud, purchase, usdPerHour } = override;
  if (usdPerHour !== undefined) {
    return [
      { cloud: type!.cloud, region: region!.name, instanceType: type!.name, purchase: purchase! },
    ];
  }
  return book.instances.filter(
    (row) =>
      (cloud === undefined || row.cloud === cloud) &&
      (type === undefined || row.instanceType === type.name) &&
      (region === undefined || row.region === region.name) &&
      (purchase === undefined ? !isMarket(row.purchase) : row.purchase === purchase),
  );
}

function isMarket(purchase: PurchaseOption): boolean {
  return purchase === "spot" || purchase === "capacity-block";
}

function fitsNothing(book: PriceBook, { override, path, type, region }: ResolvedOverride): Problem {
  const { purchase } = override;
  if (type !== undefined && region !== undefined && purchase !== undefined) {
    const item = { cloud: type.cloud, region: region.name, instanceType: type.name, purchase };
    return missingPrice(book, item, path);
  }
  return {
    code: "missing",
    path,
    message: "there is no price in the book that this discount is on",
    hint: "give usdPerHour with region, instanceType and purchase",
  };
}

/** The override that says most of what it is about; of two that say as much neither can hold. */
function mostSpecific(
  key: string,
  fitting: readonly ResolvedOverride[],
  problems: Problem[],
): ResolvedOverride {
  const most = Math.max(...fitting.map(saysOf));
  const [first, second] = fitting.filter((one) => saysOf(one) === most);
  const isReported = problems.some((problem) => problem.path === second?.path);
  if (second !== undefined && !isReported) {
    problems.push({
      code: "conflict",
      path: second.path,
      message: `says as much about the price of ${key} as ${first!.path}; only one can hold`,
      hint: "take one out, or name region, instanceType or purchase in the one that is to hold",
    });
  }
  return first!;
}

/** Names given; the cloud counts only where neither type nor region, which have one, is given. */
function saysOf({ override }: ResolvedOverride): number {
  const { cloud, region, instanceType, purchase } = override;
  const names = [region, instanceType, purchase].filter((name) => name !== undefined).length;
  const isByCloud = cloud !== undefined && region === undefined && instanceType === undefined;
  return names + (isByCloud ? 0.5 : 0);
}

function overridden(
  book: PriceBook,
  item: PricedItem,
  { override }: ResolvedOverride,
): InstancePrice {
  const { discount, source = "override", date = book.identity.date } = override;
  const { cloud, region, instanceType, purchase } = item;
  const head = { cloud, region, instanceType, purchase, kind: "override" } as const;
  if (discount === undefined) {
    const usdPerHour = override.usdPerHour!;
    return { ...head, usdPerHour, terms: "negotiated", confidence: "high", source, date };
  }
  const list = book.byKey.get(priceKey(item))!;
  return {
    ...head,
    usdPerHour: list.usdPerHour * (1 - discount),
    terms: `${list.terms}, less ${Number((discount * 100).toFixed(4))} %`,
    confidence: list.confidence,
    // The discount is on a list: what is known of the price is as old as that.
    source: `${source} on ${list.source}`,
    date: list.date,
  };
}
