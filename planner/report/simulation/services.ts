/** The services around the clusters: what each costs per month in each region, and how much of it was counted and why. */
import type { ServiceSummary } from "../../cost/cost-summary";
import type { SimulationSummary } from "../../metrics/simulation-summary";
import { formatUsd } from "../format-number";
import { paragraph, type ReportBlock, type ReportSection, table } from "../report";

export function servicesSection({ cost }: SimulationSummary): ReportSection | undefined {
  const { lines, unpriced } = cost.services;
  if (lines.length === 0) return undefined;
  const regions = [...new Set(lines.map(({ region }) => region))];
  const names = [...new Set(lines.map(({ service }) => service))];
  const blocks: ReportBlock[] = [
    table(
      [
        { header: "per month", align: "left", wraps: true },
        ...regions.map((header) => ({ header, align: "right" as const })),
      ],
      names.map((name) => [
        name,
        ...regions.map((region) =>
          costText(lines.find((line) => line.region === region && line.service === name)),
        ),
      ]),
    ),
    {
      kind: "list",
      items: [...new Set(lines.map(({ service, assumption }) => `${service}: ${assumption}`))],
    },
  ];
  const isEstimated = lines.some(({ kind }) => kind === "estimated");
  if (isEstimated) {
    blocks.push(paragraph("≈ is estimated from the price in the cloud's home region."));
  }
  if (unpriced.length > 0) {
    const advice = isEstimated
      ? ""
      : "; prices.estimateServices: true estimates what is not egress";
    blocks.push(
      paragraph(
        `What is unknown has no price in the price book for its region, and is not in the total${advice}.`,
      ),
    );
  }
  return { heading: "Services around the clusters", blocks };
}

/** Empty where the region has no such service. */
function costText(line: ServiceSummary | undefined): string {
  if (line === undefined) return "";
  return `${line.kind === "estimated" ? "≈ " : ""}${formatUsd(line.usdPerMonth)}`;
}
