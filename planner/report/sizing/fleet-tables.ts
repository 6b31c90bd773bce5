/** Tables of a fleet that was found or given: its pools, what it costs, its cases, and the options it was chosen from. */
import type { MeasuredOptionRow } from "../../sizing/sizing-result";
import {
  formatCount,
  formatNumber,
  formatShare,
  formatTime,
  formatUsd,
  plural,
} from "../format-number";
import { type Cell, paragraph, type ReportBlock, type ReportSection, table } from "../report";
import { VERDICT_TONE } from "../simulation/answer";
import type { FleetReport } from "./sizing-report";

type Pool = FleetReport["pools"][number];

export function poolsSection({ pools }: FleetReport): ReportSection {
  const rows = pools.flatMap((pool): Cell[][] => {
    const bought = pool.purchases.length === 0 ? [undefined] : pool.purchases;
    return bought.map((purchase, place) => [
      place === 0 ? `${pool.region}/${pool.name}` : "",
      place === 0 ? replicasText(pool) : "",
      purchase === undefined
        ? "unknown"
        : `${formatCount(purchase.nodes)} × ${nodeText(pool)} ${purchase.purchase}`,
      formatUsd(purchase?.usdPerHour),
    ]);
  });
  return {
    heading: "Fleet",
    blocks: [
      table(
        [
          { header: "pool", align: "left", wraps: true },
          { header: "replicas", align: "left" },
          { header: "bought", align: "left", wraps: true },
          { header: "per hour", align: "right" },
        ],
        rows,
      ),
    ],
  };
}

/** `3 × 2 accelerators`. */
function replicasText({ replicas, acceleratorsPerReplica, role }: Pool): string {
  const what = role === "unified" ? "" : ` ${role}`;
  return `${formatCount(replicas)}${what} × ${plural(acceleratorsPerReplica, "GPU")}`;
}

/** What is bought at once: an instance, or those that a replica takes. */
function nodeText({ instanceType }: Pool): string {
  return instanceType ?? "replica";
}

export function costSection({ pools, cost }: FleetReport): ReportSection | undefined {
  if (cost.usdPerHour === null) return undefined;
  const regions = [...new Set(pools.map(({ region }) => region))];
  const rows = regions.map((region): Cell[] => {
    const known = pools.filter((pool) => pool.region === region).map((pool) => pool.usdPerHour);
    const usd = known.every((one) => one !== null)
      ? known.reduce((sum: number, one) => sum + (one ?? 0), 0)
      : null;
    return [region, formatUsd(usd), formatUsd(usd === null ? null : usd * 730)];
  });
  const atLeast = cost.isLowerBound ? "at least " : "";
  return {
    heading: "Cost",
    blocks: [
      table(
        [
          { header: "accelerators", align: "left" },
          { header: "per hour", align: "right" },
          { header: "per month", align: "right" },
        ],
        [...rows, ["together", formatUsd(cost.usdPerHour), formatUsd(cost.usdPerMonth)]],
      ),
      paragraph(
        `Services around the clusters (control planes, load balancers, network, storage): ${formatUsd(cost.servicesUsdPerMonth)} a month. Together ${atLeast}${formatUsd(cost.totalUsdPerMonth)} a month.`,
      ),
    ],
  };
}

/** What changes against the plan that was there. */
export function changeSection({ change, cost }: FleetReport): ReportSection | undefined {
  if (change === null) return undefined;
  const { from, beforeUsdPerHour, usdPerReplicaHour, pools } = change;
  const changed = pools.filter(({ before, after }) => before !== after);
  const kept = pools.length - changed.length;
  const blocks: ReportBlock[] = [];
  if (changed.length > 0) {
    blocks.push(
      table(
        [
          { header: "pool", align: "left", wraps: true },
          { header: "before", align: "right" },
          { header: "after", align: "right" },
        ],
        changed.map(({ pool, before, after }) => [pool, countText(before), countText(after)]),
      ),
    );
  }
  const same =
    changed.length === 0 ? "Nothing changes." : `${plural(kept, "pool")} stay as they are.`;
  blocks.push(
    paragraph(
      `${kept === 1 && changed.length > 0 ? "1 pool stays as it is." : same} ${from} costs ${formatUsd(beforeUsdPerHour)} per hour, this fleet ${formatUsd(cost.usdPerHour)}; a replica more or less was taken to cost ${formatUsd(usdPerReplicaHour)} per hour.`,
    ),
  );
  return { heading: `Changes from ${from}`, blocks };
}

function countText(replicas: number): string {
  return replicas === 0 ? "none" : formatCount(replicas);
}

export function casesSection({ cases }: FleetReport): ReportSection | undefined {
  if (cases.length === 0) return undefined;
  const blocks = cases.flatMap(({ name, summary }): ReportBlock[] => {
    const { verdict, slo, replications, horizonSeconds, warmUpSeconds } = summary;
    const minutes = formatNumber((horizonSeconds - warmUpSeconds) / 60);
    const head = `${name}: ${verdict} (${plural(replications, "replication")} of ${minutes} min measured)`;
    if (slo.length === 0) return [paragraph(head)];
    return [
      paragraph(head),
      table(
        [
          { header: "objective", align: "left", wraps: true },
          { header: "limit", align: "right" },
          { header: "value", align: "right" },
          { header: "at most", align: "right" },
          { header: "to spare", align: "right" },
          { header: "verdict", align: "left" },
        ],
        slo.map((one): Cell[] => [
          `${one.workload} ${one.objective}`,
          formatTime(one.limitMs),
          formatTime(one.valueMs),
          one.valueMs !== null && one.highMs === null ? "no end" : formatTime(one.highMs),
          formatShare(one.highMs === null ? null : (one.limitMs - one.highMs) / one.limitMs),
          { text: one.verdict, tone: VERDICT_TONE[one.verdict] },
        ]),
      ),
    ];
  });
  return { heading: "Cases", blocks };
}

/** A section for each model. */
export function optionSections({ options }: FleetReport): ReportSection[] {
  const models = [...new Set(options.map(({ model }) => model))].toSorted();
  return models.map((model) => {
    const own = options.filter((one) => one.model === model);
    const regions = [
      ...new Set(own.flatMap(({ usdPerThousandCalls }) => Object.keys(usdPerThousandCalls))),
    ].toSorted();
    return {
      heading: `Options measured for ${model}`,
      blocks: [
        table(
          [
            { header: "option", align: "left", wraps: true },
            { header: "holds/s", align: "right" },
            { header: "breaks/s", align: "right" },
            { header: "bound/s", align: "right" },
            ...regions.map((header) => ({ header, align: "right" as const })),
            { header: "", align: "left" },
          ],
          own.map((one) => optionRow(one, regions)),
        ),
        paragraph(
          "Calls per second of a replica that keep every objective, that break one, and that no schedule could exceed; then dollars per 1,000 calls where it holds.",
        ),
      ],
    };
  });
}

function optionRow(option: MeasuredOptionRow, regions: readonly string[]): Cell[] {
  const { holds, breaks, bound, usdPerThousandCalls, isUsed } = option;
  return [
    option.option,
    holds === 0 ? { text: "never", tone: "bad" } : formatNumber(holds),
    holds === 0 ? "" : formatNumber(breaks),
    formatNumber(bound),
    ...regions.map((region) => {
      const usd = usdPerThousandCalls[region];
      return usd === undefined || usd === null ? "" : formatUsd(usd);
    }),
    isUsed ? { text: "bought", tone: "good" as const } : "",
  ];
}
