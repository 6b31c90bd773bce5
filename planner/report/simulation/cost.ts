/** What the fleet costs while it serves this load. A missing price makes a total "at least", or unknown. */
import type { SimulationSummary } from "../../metrics/simulation-summary";
import { formatUsd } from "../format-number";
import { paragraph, type ReportBlock, type ReportSection, table } from "../report";

export function costSection(summary: SimulationSummary): ReportSection {
  const { cost } = summary;
  const isPartial = cost.unpricedPools.length > 0;
  const amount = (usd: number | null): string =>
    usd === null ? "unknown" : `${isPartial ? "at least " : ""}${formatUsd(usd)}`;
  const blocks: ReportBlock[] = [
    table(
      [
        { header: "per hour", align: "right" },
        { header: "per month", align: "right" },
        { header: "per 1M output tokens", align: "right" },
        { header: "per 1,000 requests", align: "right" },
      ],
      [
        [
          amount(cost.usdPerHour),
          amount(cost.usdPerMonth),
          amount(cost.usdPerMillionOutputTokens),
          amount(cost.usdPerThousandRequests),
        ],
      ],
    ),
  ];
  if (isPartial) {
    blocks.push(
      paragraph(
        `No price is known for ${cost.unpricedPools.join(", ")}: give usdPerReplicaHour there to complete the totals.`,
      ),
    );
  }
  return { heading: "Cost", blocks };
}
