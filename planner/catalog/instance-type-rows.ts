/**
 * How instance types are written down: one line per type, under the facts that its family shares.
 * A figure that is not certain is `undefined`. Prices are not here: they stand in the price book.
 */
import type { InstanceTypeSpec } from "./specs";

/** Name, accelerators, vCPUs, memory in GiB, network in Gb/s, local NVMe in GB, RDMA, note. */
export type InstanceTypeLine = readonly [
  name: string,
  acceleratorCount: number,
  vcpus: number | undefined,
  memoryGiB: number | undefined,
  networkGbps: number | undefined,
  localDiskGb: number | undefined,
  hasRdma: boolean,
  note?: string,
];

/** What all types of a family have in common. */
export interface InstanceTypeFamily {
  readonly cloud: InstanceTypeSpec["cloud"];
  /** Catalog name. */
  readonly accelerator: string;
  readonly source: string;
  readonly date: string;
}

/** Rows of one family. */
export function instanceTypeRows(
  family: InstanceTypeFamily,
  lines: readonly InstanceTypeLine[],
): InstanceTypeSpec[] {
  return lines.map(
    ([name, acceleratorCount, vcpus, memoryGiB, networkGbps, localDiskGb, hasRdma, note]) => ({
      name,
      cloud: family.cloud,
      accelerator: family.accelerator,
      acceleratorCount,
      vcpus,
      memoryGiB,
      networkGbps,
      localDiskGb,
      hasRdma,
      ...(note === undefined ? {} : { note }),
      source: family.source,
      date: family.date,
    }),
  );
}
