/**
 * How prices of services are written down: one line per service, under the place, source and date that lines share.
 */
import type { Provenance } from "../specs";
import type { Cloud, Confidence, ServiceName, ServicePrice, ServiceUnit } from "./price-rows";

/** Service, US dollars per unit, unit, confidence, what exactly is sold. */
export type ServiceLine = readonly [
  service: ServiceName,
  usd: number,
  unit: ServiceUnit,
  confidence: Confidence,
  note: string,
];

/** Rows of one cloud, place and source. */
export function serviceRows(
  cloud: Cloud,
  region: string,
  { source, date }: Provenance,
  lines: readonly ServiceLine[],
): ServicePrice[] {
  return lines.map(([service, usd, unit, confidence, note]) => ({
    cloud,
    region,
    service,
    usd,
    unit,
    confidence,
    note,
    source,
    date,
  }));
}
