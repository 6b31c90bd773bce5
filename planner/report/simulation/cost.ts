/** What the fleet costs while it serves this load. A missing price makes a total "at least", or unknown. */
import type { SimulationSummary } from "../../metrics/simulation-summary";
import { formatUsd } from "../format-number";
import { paragraph, type ReportBlock, type ReportSection, table } from "../report";

export function costSection(summary: SimulationSummary): ReportSection {
  const { cost } = summary;
  if (cost.usdPerHour === null) {
    const text =
      "unknown: no pool has a price; give price (per replica and hour) in the pools of the scenario";
    return { heading: "Cost", blocks: [paragraph(text)] };
  }
  const isPartial = cost.unpricedPools.length > 0;
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
        `No price is known for ${cost.unpricedPools.join(", ")}: give its price (per replica and hour) to complete the totals.`,
      ),
    );
  }
  return { heading: "Cost", blocks };
}
