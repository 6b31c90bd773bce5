/** What each pool is made of, how hard it works, and how its KV capacity comes about. */
import type {
  KvCapacitySummary,
  PoolSummary,
  SimulationSummary,
} from "../../metrics/simulation-summary";
import { formatCount, formatNumber, formatShare } from "../format-number";
import { type Cell, paragraph, type ReportBlock, type ReportSection, table } from "../report";

export function poolsSection(summary: SimulationSummary): ReportSection | undefined {
  const pools = Object.entries(summary.pools);
  if (pools.length === 0) return undefined;
  return {
    heading: "Pools",
    blocks: [
      table(
        [
          { header: "pool", align: "left", wraps: true },
          { header: "model", align: "left", wraps: true },
          { header: "accelerators", align: "left" },
          { header: "GPU hours", align: "right" },
        ],
        pools.map(([name, pool]) => [
          name,
          pool.model,
          describeHardware(pool),
          formatNumber(pool.gpuHours),
        ]),
      ),
      table(
        [
          { header: "pool", align: "left", wraps: true },
          { header: "busy", align: "right" },
          { header: "KV used", align: "right" },
          { header: "batch", align: "right" },
          { header: "preempted", align: "right" },
          { header: "prefix hits", align: "right" },
          { header: "req/s", align: "right" },
        ],
        pools.map(([name, pool]) => loadRow(name, pool)),
      ),
      ...replicasTable(pools),
    ],
  };
}

/** Differences below this are rounding. */
const REPLICA_TOLERANCE = 1e-6;

/** Whether the pool had, over the run, other replicas than it started with. */
export function hasOtherReplicas({ replicas, readyReplicas, paidReplicas }: PoolSummary): boolean {
  const isOther = (count: number): boolean =>
    Math.abs(count - replicas) > REPLICA_TOLERANCE * Math.max(1, replicas);
  return isOther(readyReplicas) || isOther(paidReplicas);
}

/** Left out where every pool kept its replicas, all of them on demand. */
function replicasTable(pools: readonly (readonly [string, PoolSummary])[]): ReportBlock[] {
  if (!pools.some(([, pool]) => hasOtherReplicas(pool) || (pool.spotShare ?? 0) > 0)) return [];
  return [
    table(
      [
        { header: "pool", align: "left", wraps: true },
        { header: "replicas at start", align: "right" },
        { header: "mean ready", align: "right" },
        { header: "mean paid", align: "right" },
        { header: "spot", align: "right" },
      ],
      pools.map(([name, pool]) => [
        name,
        formatCount(pool.replicas),
        formatNumber(pool.readyReplicas),
        formatNumber(pool.paidReplicas),
        formatShare(pool.spotShare),
      ]),
    ),
  ];
}

/** `4 × 2 h100-sxm-80gb`: replicas times accelerators of each. */
function describeHardware(pool: PoolSummary): string {
  return `${formatCount(pool.replicas)} × ${formatCount(pool.acceleratorsPerReplica)} ${pool.accelerator}`;
}

function loadRow(name: string, pool: PoolSummary): Cell[] {
  return [
    name,
    formatShare(pool.utilization),
    formatShare(pool.kvUtilization),
    formatNumber(pool.batchSize),
    formatCount(pool.preemptions),
    formatShare(pool.prefixHitRate),
    formatNumber(pool.throughput.requestsPerSecond),
  ];
}

/** @param capacities by name of the pool */
export function kvCapacitySection(
  capacities: Readonly<Record<string, KvCapacitySummary>>,
): ReportSection | undefined {
  const pools = Object.entries(capacities);
  if (pools.length === 0) return undefined;
  const seen = new Map<string, string[]>();
  for (const [name, capacity] of pools) {
    const text = [describeCapacity(capacity), ...capacity.derivation].join("\n");
    seen.set(text, [...(seen.get(text) ?? []), name]);
  }
  const blocks = [...seen].flatMap(([text, names]): ReportBlock[] => {
    const [headline, ...items] = text.split("\n");
    return [paragraph(`${names.join(", ")}: ${headline}`), { kind: "list", items, isPlain: true }];
  });
  return { heading: "KV cache of a replica", blocks };
}

function describeCapacity({ blocks, blockTokens, tokens, basis }: KvCapacitySummary): string {
  return `${formatCount(blocks)} blocks of ${blockTokens} tokens = ${formatCount(tokens)} tokens (${basis})`;
}
