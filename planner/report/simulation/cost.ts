/** What the fleet costs while it serves this load. A missing price makes a total "at least", or unknown. */
import type { SimulationSummary } from "../../metrics/simulation-summary";
import { formatUsd } from "../format-number";
import { paragraph, type ReportBlock, type ReportSection, table } from "../report";

export function costSection(summary: SimulationSummary): ReportSection {
  const { cost } = summary;
  if (cost.usdPerHour === null) {
    const text = `unknown: no pool has a price; ${howToPrice(cost.unpricedPools)}`;
    return { heading: "Cost", blocks: [paragraph(text)] };
  }
  const isPartial = cost.isLowerBound;
  const amount = (usd: number | null): string =>
    usd === null ? "unknown" : `${isPartial ? "at least " : ""}${formatUsd(usd)}`;
  const blocks: ReportBlock[] = [
    table(
      [
        { header: "", align: "left" },
        { header: "", align: "right" },
      ],
      [
        ["per hour", amount(cost.usdPerHour)],
        ["per month", amount(cost.usdPerMonth)],
        ["per 1M output tokens", amount(cost.usdPerMillionOutputTokens)],
        ["per 1,000 requests", amount(cost.usdPerThousandRequests)],
      ],
    ),
  ];
  if (isPartial) {
    blocks.push(
      paragraph(
        `No price is known for ${cost.unpricedPools.join(", ")}: ${howToPrice(cost.unpricedPools)}.`,
      ),
    );
  }
  return { heading: "Cost", blocks };
}

/** Where the prices go that are missing; a pool is called `region/pool`. */
function howToPrice(unpricedPools: readonly string[]): string {
  const [first, ...others] = unpricedPools;
  if (first === undefined) return "no pool has a replica";
  const [region, pool] = first.split("/");
  const rest = others.length === 0 ? "" : " and the like";
  return `give fleet.regions.${region}.pools.${pool}.price${rest} in US dollars per replica and hour`;
}
