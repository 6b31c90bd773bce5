/** The price book as catalog tables: instances, services, and data that leaves a place. US dollars. */
import { type CatalogTable, type ColumnOf, rounded, tableOf } from "./list-columns";
import { findInstanceType } from "./lookup";
import { listPriceBook } from "./prices/list-price-book";
import type { EgressPrice, InstancePrice, ServicePrice } from "./prices/price-rows";

const instanceColumns: readonly ColumnOf<InstancePrice>[] = [
  ["instanceType", "instance type", (row) => row.instanceType],
  ["region", "region", (row) => row.region],
  ["cloud", "cloud", (row) => row.cloud, "detail"],
  ["purchase", "purchase", (row) => row.purchase],
  ["usdPerHour", "$/hour", (row) => row.usdPerHour],
  ["usdPerAcceleratorHour", "$/accelerator", perAccelerator],
  ["accelerator", "accelerator", acceleratorOf, "detail"],
  ["kind", "kind", (row) => row.kind, "detail"],
  ["lowUsdPerHour", "low $/hour", (row) => row.range?.lowUsdPerHour, "detail"],
  ["highUsdPerHour", "high $/hour", (row) => row.range?.highUsdPerHour, "detail"],
  ["rangeOver", "range over", (row) => row.range?.over, "detail"],
  ["terms", "terms", (row) => row.terms, "detail"],
  ["confidence", "confidence", (row) => row.confidence, "detail"],
  ["source", "source", (row) => row.source, "detail"],
  ["date", "date", (row) => row.date],
];

const serviceColumns: readonly ColumnOf<ServicePrice>[] = [
  ["service", "service", (row) => row.service],
  ["cloud", "cloud", (row) => row.cloud],
  ["region", "region", (row) => row.region],
  ["usd", "$", (row) => row.usd],
  ["unit", "per", (row) => row.unit],
  ["note", "what", (row) => row.note, "detail"],
  ["confidence", "confidence", (row) => row.confidence, "detail"],
  ["source", "source", (row) => row.source, "detail"],
  ["date", "date", (row) => row.date],
];

const egressColumns: readonly ColumnOf<EgressPrice>[] = [
  ["from", "from", (row) => row.from],
  ["to", "to", (row) => row.to],
  ["cloud", "cloud", (row) => row.cloud],
  ["usd", "$", (row) => row.tiers[0]!.usd],
  ["unit", "per", (row) => row.unit],
  ["steps", "steps by month", stepsOf, "detail"],
  ["confidence", "confidence", (row) => row.confidence, "detail"],
  ["source", "source", (row) => row.source, "detail"],
  ["date", "date", (row) => row.date],
];

export function pricesTable(): CatalogTable {
  return tableOf(listPriceBook().instances, instanceColumns);
}

export function servicePricesTable(): CatalogTable {
  return tableOf(listPriceBook().services, serviceColumns);
}

export function egressTable(): CatalogTable {
  return tableOf(listPriceBook().egress, egressColumns);
}

function perAccelerator({ instanceType, usdPerHour }: InstancePrice): number | undefined {
  const type = findInstanceType(instanceType);
  return type.found ? rounded(usdPerHour / type.row.acceleratorCount, 4) : undefined;
}

function acceleratorOf({ instanceType }: InstancePrice): string | undefined {
  const type = findInstanceType(instanceType);
  return type.found ? type.row.accelerator : undefined;
}

/** `0.09; from 10240: 0.085; from 153600: unknown`. */
function stepsOf({ tiers }: EgressPrice): string {
  return tiers
    .map(({ from, usd }) => `${from === 0 ? "" : `from ${from}: `}${usd ?? "unknown"}`)
    .join("; ");
}
