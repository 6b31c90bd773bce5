/**
 * The services around the clusters of a run: its traffic by region, what it needs (`surroundings.ts`), and what that costs
 * (`services-price.ts`), as if the measured window lasted all month.
 */
import { instancesPerNode } from "../fleet/capacity-defaults";
import { priceBookOf } from "../scenario/resolve-prices";
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import { acceleratorsPerReplica } from "../simulation/parallelism";
import type { CellRecord, RunRecord } from "../simulation/run-record";
import type { ServicesSummary } from "./cost-summary";
import { servicesCost } from "./services-price";
import { type RegionTraffic, surroundings } from "./surroundings";

/** @param records one per finished replication, at least one */
export function summarizeServices(
  scenario: ResolvedScenario,
  records: readonly RunRecord[],
): ServicesSummary {
  const { fleet, prices } = scenario;
  const traffic = fleet.regions.map((_, region) => trafficOf(scenario, records, region));
  return servicesCost(priceBookOf(prices), surroundings(fleet, traffic), {
    estimate: prices.estimateServices,
  });
}

/** Requests belong to the region of the pool that they were sent to first. */
function trafficOf(
  { fleet, workloads }: ResolvedScenario,
  records: readonly RunRecord[],
  region: number,
): RegionTraffic {
  const [first] = records;
  const seconds = (first!.windowEndSeconds - first!.windowStartSeconds) * records.length;
  const cells = records.flatMap((record) =>
    record.cells.filter(({ pool }) => fleet.pools[pool]?.regionIndex === region),
  );
  const isMessage = (cell: CellRecord): boolean => workloads[cell.workload]!.delivery === "queue";
  const streamed = cells.filter((cell) => !isMessage(cell));
  const messages = cells.filter(isMessage);
  const rate = (some: readonly CellRecord[], of: (cell: CellRecord) => number): number =>
    some.reduce((sum, cell) => sum + of(cell), 0) / seconds;
  return {
    requestsPerSecond: rate(cells, (cell) => cell.offered),
    inputTokensPerSecond: rate(streamed, (cell) => cell.inputTokensFinished),
    streamedTokensPerSecond: rate(streamed, (cell) => cell.outputTokensFinished),
    messagesPerSecond: rate(messages, (cell) => cell.offered),
    messageInputTokensPerSecond: rate(messages, (cell) => cell.inputTokensFinished),
    messageTokensPerSecond: rate(messages, (cell) => cell.outputTokensFinished),
    instances: instancesIn(fleet, records, region),
  };
}

/** Paid instances of a region, mean over the replications. */
function instancesIn(
  { pools }: ResolvedScenario["fleet"],
  records: readonly RunRecord[],
  region: number,
): number {
  return pools.reduce((sum, pool, index) => {
    if (pool.regionIndex !== region) return sum;
    const nodes = records.reduce(
      (total, record) => total + record.pools[index]!.paid.reduce((of, part) => of + part.nodes, 0),
      0,
    );
    const each = instancesPerNode(pool.instanceType, acceleratorsPerReplica(pool));
    return sum + (nodes * each) / records.length;
  }, 0);
}
