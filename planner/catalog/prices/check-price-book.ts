/**
 * What must hold in a price book: names that the catalog has, a source and a date on every row, no placeholder for a
 * price, and prices that stand to each other as prices do. A published list has broken each of these before.
 *
 * What a scenario overrides is not compared with the lists: a negotiated price may lie anywhere below or above them.
 */
import type { Problem } from "../../foundation/errors";
import { findInstanceType, findRegion } from "../lookup";
import type { InstanceTypeSpec, Provenance } from "../specs";
import type { PriceBook } from "./price-book";
import { priceKey } from "./price-book";
import type { Cloud, InstancePrice, PurchaseOption } from "./price-rows";

/** Lists round to the fourth or sixth decimal: what is equal may be above by so much. */
const ROUNDING = 1e-5;

/**
 * A price in another region over the price in the home region. Seen: 0.997 (us-east4) to 1.70 (sa-east-1); outside these
 * bounds a row is rather of another product than of another place.
 */
const REGION_RATIO = { low: 0.95, high: 2 };

/** Regions that a cloud opens everything in first. */
const HOME_REGION: Readonly<Record<Cloud, string>> = { aws: "us-east-1", gcp: "us-central1" };

/** US dollars per accelerator and hour. Seen: 0.13 to 17.80; a placeholder such as 700 or 9999 lies outside. */
const PER_ACCELERATOR = { low: 0.01, high: 50 };

/** Options that must not be dearer than another one of the same type and region. */
export const notAbove: readonly (readonly [PurchaseOption, PurchaseOption])[] = [
  ["spot", "on-demand"],
  ["reserved-1y", "on-demand"],
  ["reserved-3y", "on-demand"],
  ["reserved-3y", "reserved-1y"],
  ["capacity-block", "on-demand"],
];

/** Everything that is wrong with a book; empty when nothing is. */
export function checkPriceBook(book: PriceBook): Problem[] {
  return [
    ...book.instances.flatMap(checkInstancePrice),
    ...repeated(book.instances.map(priceKey)),
    ...checkOptions(book),
    ...checkRegionRatios(book),
    ...checkServices(book),
    ...checkEgress(book),
    ...checkSavings(book),
  ];
}

function checkInstancePrice(row: InstancePrice): Problem[] {
  const path = priceKey(row);
  const { usdPerHour, range } = row;
  const problems = [
    ...checkProvenance(row, path),
    ...checkPlace(row, path),
    ...checkSize(row, path),
  ];
  if (range === undefined) return problems;
  const { lowUsdPerHour: low, highUsdPerHour: high = Number.POSITIVE_INFINITY } = range;
  const isInside =
    low > 0 && low <= usdPerHour * (1 + ROUNDING) && usdPerHour <= high * (1 + ROUNDING);
  if (!isInside) {
    problems.push(
      invalid(path, `the price ${usdPerHour} is not in its range from ${low} to ${high}`),
    );
  }
  return problems;
}

function checkProvenance({ source, date }: Provenance, path: string): Problem[] {
  const problems: Problem[] = [];
  if (source.trim() === "") {
    problems.push({ code: "missing", path, message: "has no source", hint: "say who shows it" });
  }
  if (!isDate(date)) {
    problems.push(invalid(path, `the date must be a day such as 2026-09-27, got "${date}"`));
  }
  return problems;
}

/** A day of the calendar: 2026-02-30 is none. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function checkPlace(row: InstancePrice, path: string): Problem[] {
  const problems = checkRegion(row.cloud, row.region, path);
  const type = findInstanceType(row.instanceType);
  if (!type.found || type.row.name !== row.instanceType || type.row.cloud !== row.cloud) {
    problems.push({
      code: "unknown-name",
      path,
      message: `${row.cloud} has no instance type "${row.instanceType}" in the catalog`,
    });
  }
  return problems;
}

function checkRegion(cloud: Cloud, name: string, path: string): Problem[] {
  const region = findRegion(name);
  if (region.found && region.row.name === name && region.row.cloud === cloud) return [];
  const message = `${cloud} has no region "${name}" in the catalog`;
  return [{ code: "unknown-name", path, message }];
}

function checkSize({ instanceType, usdPerHour }: InstancePrice, path: string): Problem[] {
  if (!(usdPerHour > 0) || !Number.isFinite(usdPerHour)) {
    return [
      invalid(path, `a price must be above 0, got ${usdPerHour}; what is unknown has no row`),
    ];
  }
  const type = findInstanceType(instanceType);
  // An unknown type is a problem of its own.
  if (!type.found) return [];
  const message = implausibleSize(type.row, usdPerHour);
  return message === undefined ? [] : [invalid(path, message)];
}

/** What is wrong with a price of an instance that no instance has; `undefined` when nothing is. */
export function implausibleSize(
  { acceleratorCount }: Pick<InstanceTypeSpec, "acceleratorCount">,
  usdPerHour: number,
): string | undefined {
  const perAccelerator = usdPerHour / acceleratorCount;
  const isPlausible =
    perAccelerator >= PER_ACCELERATOR.low && perAccelerator <= PER_ACCELERATOR.high;
  if (isPlausible && !isAllNines(usdPerHour)) return undefined;
  return `${usdPerHour} looks like a placeholder: an accelerator costs from ${PER_ACCELERATOR.low} to ${PER_ACCELERATOR.high} an hour`;
}

/** 999, 99.99, 9999: what is written where a price is wanted and none is known. */
function isAllNines(value: number): boolean {
  return /^9{3,}$/.test(String(value).replace(".", ""));
}

function checkOptions(book: PriceBook): Problem[] {
  const problems: Problem[] = [];
  for (const row of book.instances) {
    for (const [option, other] of notAbove) {
      if (row.purchase !== option) continue;
      const limit = book.byKey.get(priceKey({ ...row, purchase: other }));
      if (limit === undefined || row.kind === "override" || limit.kind === "override") continue;
      if (row.usdPerHour <= limit.usdPerHour * (1 + ROUNDING)) continue;
      const message = `${row.usdPerHour} is above the ${other} price of ${limit.usdPerHour}`;
      problems.push({ code: "conflict", path: priceKey(row), message });
    }
  }
  return problems;
}

/** List prices only: spot markets differ between regions by what is in demand. */
function checkRegionRatios(book: PriceBook): Problem[] {
  const ofType = new Map<string, InstancePrice[]>();
  for (const row of book.instances) {
    const isList = row.kind === "list" && row.purchase !== "capacity-block";
    const isPrice = row.usdPerHour > 0 && Number.isFinite(row.usdPerHour);
    if (!isList || !isPrice) continue;
    const key = `${row.cloud} ${row.instanceType} ${row.purchase}`;
    const rows = ofType.get(key);
    if (rows === undefined) ofType.set(key, [row]);
    else rows.push(row);
  }
  return [...ofType.values()].flatMap((rows) => {
    const home = homeOf(rows);
    return rows.flatMap((row) => {
      const ratio = row.usdPerHour / home.usdPerHour;
      if (ratio >= REGION_RATIO.low && ratio <= REGION_RATIO.high) return [];
      const message = `is ${ratio.toFixed(2)} × the price in ${home.region}; from ${REGION_RATIO.low} to ${REGION_RATIO.high} is plausible`;
      return [invalid(priceKey(row), message)];
    });
  });
}

/** The row of the home region, else the cheapest. */
function homeOf(rows: readonly InstancePrice[]): InstancePrice {
  const [first] = rows;
  return (
    rows.find((row) => row.region === HOME_REGION[row.cloud]) ??
    rows.reduce((least, row) => (row.usdPerHour < least.usdPerHour ? row : least), first!)
  );
}

function checkServices({ services }: PriceBook): Problem[] {
  const keyOf = (row: (typeof services)[number]): string =>
    `${row.cloud} ${row.region} ${row.service}`;
  return [
    ...repeated(services.map(keyOf)),
    ...services.flatMap((row) => [
      ...checkProvenance(row, keyOf(row)),
      ...checkAnywhere(row.cloud, row.region, keyOf(row)),
      ...checkPositive(row.usd, keyOf(row)),
    ]),
  ];
}

function checkEgress({ egress }: PriceBook): Problem[] {
  const keyOf = (row: (typeof egress)[number]): string => `${row.cloud} ${row.from} to ${row.to}`;
  const namedTargets = ["internet", "other-regions", "other-zone"];
  return [
    ...repeated(egress.map(keyOf)),
    ...egress.flatMap((row) => [
      ...checkProvenance(row, keyOf(row)),
      ...checkAnywhere(row.cloud, row.from, keyOf(row)),
      ...(namedTargets.includes(row.to) ? [] : checkRegion(row.cloud, row.to, keyOf(row))),
      ...row.tiers.flatMap(({ usd }) => (usd === undefined ? [] : checkPositive(usd, keyOf(row)))),
      ...checkTiers(
        row.tiers.map((tier) => tier.from),
        keyOf(row),
      ),
    ]),
  ];
}

function checkTiers(starts: readonly number[], path: string): Problem[] {
  const isRising = starts.every((start, i) => (i === 0 ? start === 0 : start > starts[i - 1]!));
  if (starts.length > 0 && isRising) return [];
  return [invalid(path, `steps must rise from 0, got ${starts.join(", ")}`)];
}

function checkSavings({ spotSavings }: PriceBook): Problem[] {
  return spotSavings.flatMap(({ instanceType, region, share }) => {
    const path = `saving ${instanceType} ${region}`;
    const type = findInstanceType(instanceType);
    const problems = type.found ? checkRegion(type.row.cloud, region, path) : [];
    if (!type.found) {
      problems.push({ code: "unknown-name", path, message: `unknown type "${instanceType}"` });
    }
    if (!(share > 0 && share < 1)) {
      problems.push(invalid(path, `a saving is a share between 0 and 1, got ${share}`));
    }
    return problems;
  });
}

function checkAnywhere(cloud: Cloud, region: string, path: string): Problem[] {
  return region === "global" ? [] : checkRegion(cloud, region, path);
}

function checkPositive(usd: number, path: string): Problem[] {
  return usd > 0 && Number.isFinite(usd) && !isAllNines(usd)
    ? []
    : [invalid(path, `a price must be above 0, got ${usd}; what is unknown has no row`)];
}

function repeated(keys: readonly string[]): Problem[] {
  const seen = new Set<string>();
  return keys.flatMap((key): Problem[] => {
    if (seen.has(key)) return [{ code: "conflict", path: key, message: "has more than one price" }];
    seen.add(key);
    return [];
  });
}

function invalid(path: string, message: string): Problem {
  return { code: "invalid-value", path, message };
}
