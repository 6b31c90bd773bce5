/**
 * Looks up the price of an instance, and says why there is none. A price that no source showed is `undefined`: it is not
 * 0, and not taken from another region.
 */
import type { Problem } from "../../foundation/errors";
import { findInstanceType, findRegion } from "../lookup";
import { type PriceBook, priceKey } from "./price-book";
import { type InstancePrice, type PricedItem, purchaseOptions } from "./price-rows";

/**
 * Price of one instance for one hour, with its source, date and kind.
 *
 * @param item catalog names, exactly as `findInstanceType` and `findRegion` give them
 * @example instancePrice(book, { cloud: "aws", region: "us-east-1", instanceType: "p5.48xlarge", purchase: "on-demand" })
 */
export function instancePrice(book: PriceBook, item: PricedItem): InstancePrice | undefined {
  return book.byKey.get(priceKey(item));
}

/** How many places a hint names before it says "and so many more". */
const PLACES_NAMED = 6;

/**
 * Why `instancePrice` found nothing, as a problem: a name that is not known, a type that is sold in another cloud, or a
 * price that no source showed, with what the book has instead.
 *
 * @param path of the value that asked for the price
 */
export function missingPrice(book: PriceBook, item: PricedItem, path: string): Problem {
  const type = findInstanceType(item.instanceType);
  if (!type.found) {
    return unknownName(path, `unknown type "${item.instanceType}"`, type.hint, "instance-types");
  }
  const region = findRegion(item.region);
  if (!region.found) {
    return unknownName(path, `unknown region "${item.region}"`, region.hint, "regions");
  }
  if (type.row.cloud !== region.row.cloud) {
    return {
      code: "conflict",
      path,
      message: `${type.row.name} is sold by ${type.row.cloud}, but ${region.row.name} is a region of ${region.row.cloud}`,
    };
  }
  return {
    code: "missing",
    path,
    message: `no ${item.purchase} price of ${type.row.name} in ${region.row.name} is known`,
    hint: `${alternatives(book, item)}; or give the price that you pay as an override`,
  };
}

function unknownName(
  path: string,
  message: string,
  hint: string | undefined,
  table: string,
): Problem {
  return {
    code: "unknown-name",
    path,
    message,
    hint: hint ?? `\`capplan catalog ${table}\` lists them`,
  };
}

/** What the book has of the type: other options in the region, else other regions. */
function alternatives(book: PriceBook, item: PricedItem): string {
  const here = purchaseOptions.filter((purchase) =>
    book.byKey.has(priceKey({ ...item, purchase })),
  );
  if (here.length > 0) return `there it has ${here.join(", ")}`;
  const ofType = book.instances.filter((row) => row.instanceType === item.instanceType);
  if (ofType.length === 0) return "it has no price of this type at all";
  const inOption = ofType.filter((row) => row.purchase === item.purchase);
  const rows = inOption.length > 0 ? inOption : ofType;
  const option = inOption.length > 0 ? `${item.purchase} prices` : "prices of other options";
  const places = [...new Set(rows.map((row) => row.region))];
  const named = places.slice(0, PLACES_NAMED).join(", ");
  const more = places.length - PLACES_NAMED;
  return `it has ${option} of this type in ${named}${more > 0 ? ` and ${more} more` : ""}`;
}
