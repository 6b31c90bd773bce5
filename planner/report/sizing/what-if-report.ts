/** What-ifs in words and as tables: cost and objectives against the scenario as it is. */
import type { WhatIfResult, WhatIfStudy } from "../../sizing/studies/run-what-ifs";
import { formatUsd } from "../format-number";
import {
  type Cell,
  type ReportBlock,
  type ReportLine,
  type ReportSection,
  table,
  UNKNOWN,
} from "../report";
import {
  formatChange,
  formatSpare,
  tightestCells,
  VERDICT_TONE,
  withoutFleet,
} from "./study-cells";

/** One line for each what-if. */
export function whatIfAnswer({ whatIfs }: WhatIfStudy): ReportLine[] {
  return whatIfs.map(answerOf);
}

function answerOf({ name, outcome, change }: WhatIfResult): ReportLine {
  switch (outcome.kind) {
    case "sized": {
      const { verdict, usdPerHour } = outcome;
      const against = change === null ? "" : ` (${formatChange(change.share)})`;
      const judged = verdict === "PASS" || verdict === "NONE" ? "" : `, ${verdict}`;
      const text = `What if ${name}: ${formatUsd(usdPerHour)}/hour${against}${judged}.`;
      return { text, tone: verdict === "PASS" ? "plain" : VERDICT_TONE[verdict] };
    }
    case "infeasible":
      return { text: `What if ${name}: no fleet keeps the promises.`, tone: "bad" };
    case "interrupted":
      return { text: `What if ${name}: not finished.`, tone: "unsure" };
  }
}

export function whatIfSections(study: WhatIfStudy): ReportSection[] {
  const { base, whatIfs } = study;
  const asItIs = { name: "as it is", outcome: base, change: null };
  return [
    {
      heading: "What if",
      blocks: [
        table(
          [
            { header: "what if", align: "left", wraps: true },
            { header: "$/hour", align: "right" },
            { header: "change", align: "right" },
            { header: "tightest", align: "left", wraps: true },
            { header: "to spare", align: "right" },
            { header: "verdict", align: "left" },
          ],
          [asItIs, ...whatIfs].map(row),
        ),
        ...fleetBlocks(whatIfs),
      ],
    },
    ...objectiveSection(whatIfs),
  ];
}

function row({ name, outcome, change }: WhatIfResult): Cell[] {
  if (outcome.kind !== "sized") {
    return [name, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, withoutFleet(outcome)];
  }
  const { usdPerHour, verdict } = outcome;
  return [
    name,
    formatUsd(usdPerHour),
    change === null ? UNKNOWN : formatChange(change.share),
    ...tightestCells(outcome),
    { text: verdict, tone: VERDICT_TONE[verdict] },
  ];
}

/** What is bought instead, and what stands in the way. */
function fleetBlocks(whatIfs: readonly WhatIfResult[]): ReportBlock[] {
  const items = whatIfs.flatMap(({ name, outcome, change }) => {
    if (outcome.kind === "infeasible") return outcome.reasons.map((reason) => `${name}: ${reason}`);
    if (outcome.kind !== "sized") return [];
    const fleet =
      change === null
        ? outcome.pools.map((pool) => `${pool.region}/${pool.name} ${pool.replicas}`)
        : change.fleet;
    const changes = fleet.length === 0 ? "the same fleet" : fleet.join(", ");
    return [`${name}: ${changes}`, ...outcome.notes.map((note) => `${name}: ${note}`)];
  });
  return items.length === 0 ? [] : [{ kind: "list", items }];
}

/** What every objective has to spare, where it is tightest. */
function objectiveSection(whatIfs: readonly WhatIfResult[]): ReportSection[] {
  const rows = whatIfs.flatMap(({ name, change }) =>
    (change?.objectives ?? []).map(({ workload, objective, baseToSpare, toSpare }): Cell[] => [
      name,
      `${workload} ${objective}`,
      formatSpare(baseToSpare),
      formatSpare(toSpare),
    ]),
  );
  if (rows.length === 0) return [];
  return [
    {
      heading: "Objectives, what if",
      blocks: [
        table(
          [
            { header: "what if", align: "left", wraps: true },
            { header: "objective", align: "left", wraps: true },
            { header: "to spare as it is", align: "right" },
            { header: "what if", align: "right" },
          ],
          rows,
        ),
        {
          kind: "paragraph",
          text: "To spare: of the limit, at the upper end of the margin of error, in the case that leaves the least.",
        },
      ],
    },
  ];
}
