/**
 * What can be said against negotiated prices: those that cannot be meant are problems; those that stand to other prices as
 * prices seldom do are only odd, because a contract may say anything.
 */
import type { Problem } from "../../foundation/errors";
import { findInstanceType } from "../lookup";
import { implausibleSize, isDate, notAbove } from "./check-price-book";
import { instancePrice } from "./instance-price";
import type { PriceBook } from "./price-book";
import type { PriceOverride } from "./price-overrides";
import type { InstancePrice } from "./price-rows";

/** A negotiated price over the list price of the same thing; outside of these it is worth a second look. */
const LIST_RATIO = { low: 0.2, high: 1.5 };

/** Overrides that cannot be meant: a date that is none, a price that no accelerator has. */
export function checkOverrides(overrides: readonly PriceOverride[], path: string): Problem[] {
  return overrides.flatMap(({ date, usdPerHour, instanceType }, i) => {
    const problems: Problem[] = [];
    if (date !== undefined && !isDate(date)) {
      const message = `must be a day such as 2026-09-27, got "${date}"`;
      problems.push({ code: "invalid-value", path: `${path}[${i}].date`, message });
    }
    const type = instanceType === undefined ? undefined : findInstanceType(instanceType);
    if (usdPerHour === undefined || usdPerHour <= 0 || type?.found !== true) return problems;
    const message = implausibleSize(type.row, usdPerHour);
    if (message === undefined) return problems;
    const hint = `it is of the instance with ${type.row.acceleratorCount} accelerators, per hour`;
    problems.push({ code: "invalid-value", path: `${path}[${i}].usdPerHour`, message, hint });
    return problems;
  });
}

/**
 * Odd prices, a sentence for each kind: dearer than another purchase option that they should undercut, or far from the
 * list.
 *
 * @param list the book without the overrides
 * @param book the same with them
 * @param isUsed whether anybody buys at the price: a discount on everything stirs up what is odd of the lists themselves
 */
export function oddOverrides(
  list: PriceBook,
  book: PriceBook,
  isUsed: (row: InstancePrice) => boolean,
): string[] {
  const found = new Map<string, string[]>();
  const add = (kind: string, message: string): void => {
    const others = found.get(kind);
    if (others === undefined) found.set(kind, [message]);
    else others.push(message);
  };
  for (const row of book.instances.filter(isUsed)) {
    for (const [option, other] of notAbove) {
      if (row.purchase !== option) continue;
      const limit = instancePrice(book, { ...row, purchase: other });
      const isNegotiated = row.kind === "override" || limit?.kind === "override";
      if (limit === undefined || !isNegotiated || row.usdPerHour <= limit.usdPerHour) continue;
      const message = `${sayPrice(row)} is above the ${other} price of $${figure(limit)}`;
      add(`${option} ${other}`, message);
    }
    const listed = row.kind === "override" ? instancePrice(list, row) : undefined;
    if (listed === undefined) continue;
    const ratio = row.usdPerHour / listed.usdPerHour;
    if (ratio >= LIST_RATIO.low && ratio <= LIST_RATIO.high) continue;
    add("ratio", `${sayPrice(row)} is ${ratio.toFixed(2)} × the price in the price book`);
  }
  return [...found.values()].map(([first, ...others]) =>
    others.length === 0 ? first! : `${first}; and ${others.length} more like it`,
  );
}

function sayPrice(row: InstancePrice): string {
  return `the ${row.purchase} price of ${row.instanceType} in ${row.region}, $${figure(row)},`;
}

/** To a hundredth of a cent. */
function figure({ usdPerHour }: InstancePrice): number {
  return Number(usdPerHour.toFixed(4));
}
