/**
 * What the fleet costs while it serves this load: as billed, by what it buys, and whose it is. A missing price makes a total
 * "at least", or unknown; what is estimated is marked.
 */
import type { CostShare, PoolPartSummary } from "../../cost/cost-summary";
import type { SimulationSummary } from "../../metrics/simulation-summary";
import { formatNumber, formatShare, formatUsd } from "../format-number";
import { type Cell, paragraph, type ReportBlock, type ReportSection, table } from "../report";

export function costSection(summary: SimulationSummary): ReportSection {
  const { cost } = summary;
  if (cost.usdPerHour === null) {
    const text = `unknown: no pool has a price; ${howToPrice(cost.unpricedPools)}`;
    return { heading: "Cost", blocks: [paragraph(text)] };
  }
  return {
    heading: "Cost",
    blocks: [
      totalsTable(summary),
      unitCostsTable(summary),
      partsTable(summary),
      ...sharesTable("workload", cost.byWorkload),
      ...sharesTable("tenant", cost.byTenant),
      ...notes(summary).map(paragraph),
    ],
  };
}

function totalsTable({ cost }: SimulationSummary): ReportBlock {
  const { services, total } = cost;
  const row = (what: string, usd: number | null, isLowerBound: boolean): Cell[] => [
    what,
    usd === null ? "unknown" : `${isLowerBound ? "at least " : ""}${formatUsd(usd)}`,
  ];
  return table(
    [
      { header: "", align: "left", wraps: true },
      { header: "", align: "right" },
    ],
    [
      row("accelerators per hour", cost.usdPerHour, cost.isLowerBound),
      row("accelerators per month", cost.usdPerMonth, cost.isLowerBound),
      row("services per month", services.usdPerMonth, services.unpriced.length > 0),
      row("together per month", total.usdPerMonth, total.isLowerBound),
      row("accelerators per 1,000 requests", cost.usdPerThousandRequests, cost.isLowerBound),
    ],
  );
}

function unitCostsTable({ cost }: SimulationSummary): ReportBlock {
  const { usageBased } = cost;
  const amount = (usd: number | null): string =>
    `${cost.isLowerBound && usd !== null ? "at least " : ""}${formatUsd(usd)}`;
  return table(
    [
      { header: "accelerators", align: "left", wraps: true },
      { header: "allocation-based", align: "right" },
      { header: "usage-based", align: "right" },
    ],
    [
      [
        "per 1M input tokens",
        amount(cost.usdPerMillionInputTokens),
        amount(usageBased.usdPerMillionInputTokens),
      ],
      [
        "per 1M output tokens",
        amount(cost.usdPerMillionOutputTokens),
        amount(usageBased.usdPerMillionOutputTokens),
      ],
      ["share of the cost", formatShare(1), formatShare(usageBased.utilization)],
    ],
  );
}

/** By pool and purchase option: what is paid for, on how many nodes, at which price of a replica, and what is billed. */
function partsTable({ cost }: SimulationSummary): ReportBlock {
  const rows = Object.entries(cost.byPool).flatMap(([name, { parts }]) =>
    parts.map((part): Cell[] => [
      name,
      part.purchase,
      formatNumber(part.replicas),
      part.kind === "given" || part.kind === "unknown" ? "–" : formatNumber(part.instances),
      formatUsd(part.usdPerReplicaHour),
      formatUsd(part.usdPerHour),
      sourceOf(part),
    ]),
  );
  return table(
    [
      { header: "pool", align: "left", wraps: true },
      { header: "bought", align: "left" },
      { header: "replicas", align: "right" },
      { header: "nodes", align: "right" },
      { header: "each", align: "right" },
      { header: "per hour", align: "right" },
      { header: "price", align: "left", wraps: true },
    ],
    rows,
  );
}

function sourceOf({ kind, date }: PoolPartSummary): string {
  switch (kind) {
    case "unknown":
      return "unknown";
    case "given":
      return "given";
    case "spot-observed":
      return `observed ${date}`;
    default:
      return `${kind} ${date}`;
  }
}

/** Left out where one bears it all. */
function sharesTable(noun: string, shares: Readonly<Record<string, CostShare>>): ReportBlock[] {
  const members = Object.entries(shares);
  if (members.length < 2) return [];
  return [
    table(
      [
        { header: noun, align: "left", wraps: true },
        { header: "per hour", align: "right" },
        { header: "per 1M input", align: "right" },
        { header: "per 1M output", align: "right" },
        { header: "per 1,000 requests", align: "right" },
      ],
      members.map(([name, share]) => [
        name,
        formatUsd(share.usdPerHour),
        formatUsd(share.usdPerMillionInputTokens),
        formatUsd(share.usdPerMillionOutputTokens),
        formatUsd(share.usdPerThousandRequests),
      ]),
    ),
  ];
}

function notes({ cost }: SimulationSummary): string[] {
  const { usdPerHour, idleUsdPerHour, estimatedUsdPerHour, unallocatedUsdPerHour } = cost;
  const { id, date, digest } = cost.priceBook;
  const texts: string[] = [];
  const part = (usd: number): string =>
    `${formatUsd(usd)} per hour (${formatShare(usd / (usdPerHour ?? 1))})`;
  if ((idleUsdPerHour ?? 0) > 0) {
    texts.push(
      `Instances are billed whole: ${part(idleUsdPerHour!)} is for accelerators on which no replica is.`,
    );
  }
  if ((estimatedUsdPerHour ?? 0) > 0) {
    texts.push(`${part(estimatedUsdPerHour!)} is at estimated prices.`);
  }
  if ((unallocatedUsdPerHour ?? 0) > 0) {
    texts.push(`${part(unallocatedUsdPerHour!)} is for pools that answered nobody.`);
  }
  if (cost.isLowerBound) {
    texts.push(
      `Not all prices of ${cost.unpricedPools.join(", ")} are known: ${howToPrice(cost.unpricedPools)}.`,
    );
  }
  const rows = Object.values(cost.byPool).reduce(
    (count, { parts }) =>
      count + parts.filter(({ kind }) => kind !== "given" && kind !== "unknown").length,
    0,
  );
  if (rows > 0) texts.push(`Prices are of the price book ${id} of ${date} (${digest}).`);
  return texts;
}

/** Where the prices go that are missing; a pool is called `region/pool`. */
function howToPrice(unpricedPools: readonly string[]): string {
  const [first, ...others] = unpricedPools;
  if (first === undefined) return "no pool has a replica";
  const [region, pool] = first.split("/");
  const rest = others.length === 0 ? "" : " and the like";
  return `give prices.overrides, or fleet.regions.${region}.pools.${pool}.price${rest} in US dollars per replica and hour`;
}
