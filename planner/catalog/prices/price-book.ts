/**
 * A price book: rows with one identity. Immutable; a look-up is `instance-price.ts` and `service-price.ts`, the checks
 * are `check-price-book.ts`, what a customer has negotiated is laid over it by `price-overrides.ts`.
 */
import { createHash } from "node:crypto";
import type {
  EgressPrice,
  InstancePrice,
  PricedItem,
  ServicePrice,
  SpotSaving,
} from "./price-rows";

/** What a plan or a report says of the prices that it used. */
export interface PriceBookIdentity {
  readonly id: string;
  /** Of the newest instance price in it (ISO date); rows may be older, and each says how old. */
  readonly date: string;
  /** First 12 hex digits of the SHA-256 of all rows: equal digests, equal prices. */
  readonly digest: string;
}

/** The rows that a book is made of, in any order. */
export interface PriceTables {
  readonly instances: readonly InstancePrice[];
  readonly services: readonly ServicePrice[];
  readonly egress: readonly EgressPrice[];
  /** Bases of spot estimates (`estimate.ts`); not prices. */
  readonly spotSavings: readonly SpotSaving[];
}

export interface PriceBook extends PriceTables {
  readonly identity: PriceBookIdentity;
  /** Instance prices by `priceKey`; of two rows for one key the later in `instances`. */
  readonly byKey: ReadonlyMap<string, InstancePrice>;
}

const DIGEST_CHARACTERS = 12;

/** A book of these rows; they are sorted, so that the order in which they were given changes nothing. */
export function createPriceBook(id: string, tables: PriceTables): PriceBook {
  const instances = sortedBy(tables.instances, priceKey);
  const services = sortedBy(tables.services, (row) => `${row.cloud} ${row.region} ${row.service}`);
  const egress = sortedBy(tables.egress, (row) => `${row.cloud} ${row.from} ${row.to}`);
  const spotSavings = sortedBy(tables.spotSavings, (row) => `${row.instanceType} ${row.region}`);
  const dates = instances.filter((row) => row.kind !== "override").map((row) => row.date);
  const date = dates.sort().at(-1) ?? "";
  return {
    identity: { id, date, digest: digestOf([instances, services, egress, spotSavings]) },
    instances,
    services,
    egress,
    spotSavings,
    byKey: new Map(instances.map((row) => [priceKey(row), row])),
  };
}

/** `aws p5.48xlarge us-east-1 spot`: what one price is the price of. */
export function priceKey({ cloud, instanceType, region, purchase }: PricedItem): string {
  return `${cloud} ${instanceType} ${region} ${purchase}`;
}

/** Stable, and by code unit: the same on every machine. */
function sortedBy<T>(rows: readonly T[], keyOf: (row: T) => string): readonly T[] {
  const keyed = rows.map((row) => ({ row, key: keyOf(row) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return keyed.map(({ row }) => row);
}

/** JSON with the fields of every object in one order: how a row was put together does not count. */
function digestOf(tables: readonly unknown[]): string {
  const fields = new Set<string>();
  collectFields(tables, fields);
  return createHash("sha256")
    .update(JSON.stringify(tables, [...fields].sort()))
    .digest("hex")
    .slice(0, DIGEST_CHARACTERS);
}

function collectFields(value: unknown, fields: Set<string>): void {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) collectFields(item, fields);
    return;
  }
  for (const field in value) {
    fields.add(field);
    collectFields((value as Readonly<Record<string, unknown>>)[field], fields);
  }
}
