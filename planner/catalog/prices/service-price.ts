/**
 * Looks up the prices of services that surround a cluster, and of data that leaves a place. What no source showed is
 * `undefined`.
 */
import type { PriceBook } from "./price-book";
import type { Cloud, EgressPrice, ServiceName, ServicePrice } from "./price-rows";

/** A service in a place. */
export interface ServiceItem {
  readonly cloud: Cloud;
  readonly region: string;
  readonly service: ServiceName;
}

/** Price of one unit: the region's own, else one that holds everywhere. */
export function servicePrice(book: PriceBook, item: ServiceItem): ServicePrice | undefined {
  const rows = book.services.filter(
    (row) => row.cloud === item.cloud && row.service === item.service,
  );
  return (
    rows.find((row) => row.region === item.region) ?? rows.find((row) => row.region === "global")
  );
}

/** From a region, to another one by name or to `internet` or `other-zone`. */
export interface Transfer {
  readonly cloud: Cloud;
  readonly from: string;
  readonly to: string;
}

/**
 * Price of data that leaves a region: of this very pair of places, else of any other region. A region of another cloud is
 * reached over the internet: ask for that.
 */
export function egressPrice(
  book: PriceBook,
  { cloud, from, to }: Transfer,
): EgressPrice | undefined {
  const rows = book.egress.filter(
    (row) => row.cloud === cloud && (row.from === from || row.from === "global"),
  );
  const exact = rows.find((row) => row.to === to);
  if (exact !== undefined || to === "internet" || to === "other-zone") return exact;
  return rows.find((row) => row.to === "other-regions");
}
