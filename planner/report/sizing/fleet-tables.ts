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

/** Regions with what they cost, and their pools below them. */
export function poolsSection({ pools }: FleetReport): ReportSection {
  const regions = [...new Set(pools.map(({ region }) => region))];
  const rows = regions.flatMap((region): Cell[][] => {
    const own = pools.filter((pool) => pool.region === region);
    return [[region, "", "", formatUsd(usdOf(own))], ...own.flatMap(poolRows)];
  });
  return {
    heading: "Fleet",
    blocks: [
      table(
        [
          { header: "pool", align: "left" },
          { header: "replicas × GPUs", align: "right" },
          { header: "bought", align: "left", wraps: true },
          { header: "per hour", align: "right" },
        ],
        rows,
      ),
    ],
  };
}

function poolRows(pool: Pool): Cell[][] {
  const { name, role, replicas, acceleratorsPerReplica, purchases, instanceType } = pool;
  const count = `${formatCount(replicas)} × ${acceleratorsPerReplica}`;
  const shown = role === "unified" || name.endsWith(role) ? name : `${name} (${role})`;
  if (purchases.length === 0) return [[`· ${shown}`, count, "unknown", formatUsd(null)]];
  return purchases.map(({ purchase, nodes, usdPerHour }, place) => [
    place === 0 ? `· ${shown}` : "",
    place === 0 ? count : "",
    `${formatCount(nodes)} × ${instanceType ?? "replica"} ${purchase}`,
    formatUsd(usdPerHour),
  ]);
}

/** null when that of any is not known. */
function usdOf(pools: readonly Pool[]): number | null {
  return pools.reduce(
    (sum: number | null, { usdPerHour }) =>
      sum === null || usdPerHour === null ? null : sum + usdPerHour,
    0,
  );
}

export function costSection({ cost }: FleetReport): ReportSection | undefined {
  const { usdPerHour, usdPerMonth, servicesUsdPerMonth, totalUsdPerMonth, isLowerBound } = cost;
  if (usdPerHour === null) return undefined;
  const atLeast = isLowerBound ? "at least " : "";
  return {
    heading: "Cost",
    blocks: [
      table(
        [
          { header: "", align: "left" },
          { header: "per hour", align: "right" },
          { header: "per month", align: "right" },
        ],
        [
          ["accelerators", formatUsd(usdPerHour), formatUsd(usdPerMonth)],
          ["services around the clusters", "", `${atLeast}${formatUsd(servicesUsdPerMonth)}`],
          ["together", "", `${atLeast}${formatUsd(totalUsdPerMonth)}`],
        ],
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

/** A section for each case that was verified. */
export function caseSections({ cases }: FleetReport): ReportSection[] {
  return cases.map(({ name, summary }) => {
    const { verdict, slo, replications, horizonSeconds, warmUpSeconds } = summary;
    const minutes = formatNumber((horizonSeconds - warmUpSeconds) / 60);
    const measured = `${plural(replications, "replication")}, ${minutes} min of each measured`;
    return {
      heading: `Case: ${name}`,
      blocks: [
        ...(slo.length === 0 ? [] : [objectiveTable(slo)]),
        paragraph(`${verdict === "NONE" ? "No objectives" : verdict}: ${measured}.`),
      ],
    };
  });
}

function objectiveTable(slo: FleetReport["cases"][number]["summary"]["slo"]): ReportBlock {
  return table(
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
  );
}

/** A section for each model. */
export function optionSections({ options }: FleetReport): ReportSection[] {
  const models = [...new Set(options.map(({ model }) => model))].toSorted();
  return models.map((model) => {
    const own = options.filter((one) => one.model === model);
    const names = shortNames(own);
    const regions = [
      ...new Set(own.flatMap(({ usdPerThousandCalls }) => Object.keys(usdPerThousandCalls))),
    ].toSorted();
    return {
      heading: `Options measured for ${model}`,
      blocks: [
        table(
          [
            { header: "option", align: "left" },
            { header: "", align: "left" },
            { header: "holds/s", align: "right" },
            { header: "breaks/s", align: "right" },
            { header: "bound/s", align: "right" },
            ...regions.map((header) => ({ header, align: "right" as const })),
          ],
          own.map((one, place) => optionRow(one, names[place]!, regions)),
        ),
        paragraph(
          "Calls per second of a unit that keep every objective, that break one, and that no schedule could exceed. By region: dollars per 1,000 calls where it holds.",
        ),
      ],
    };
  });
}

function optionRow(
  { holds, breaks, bound, usdPerThousandCalls, isUsed }: MeasuredOptionRow,
  name: string,
  regions: readonly string[],
): Cell[] {
  return [
    name,
    isUsed ? { text: "bought", tone: "good" as const } : "",
    holds === 0 ? { text: "never", tone: "bad" } : formatNumber(holds),
    holds === 0 ? "" : formatNumber(breaks),
    formatNumber(bound),
    ...regions.map((region) => {
      const usd = usdPerThousandCalls[region];
      return usd === undefined || usd === null ? "" : formatUsd(usd);
    }),
  ];
}

/** Names of options of one model, without what all of them begin with. */
export function shortNames(options: readonly Pick<MeasuredOptionRow, "option">[]): string[] {
  const words = options.map(({ option }) => option.split("-"));
  const isShared = (place: number): boolean =>
    words.every((one) => one.length > place + 1 && one[place] === words[0]![place]);
  let shared = 0;
  while (words.length > 1 && isShared(shared)) shared += 1;
  return words.map((one) => one.slice(shared).join("-"));
}
