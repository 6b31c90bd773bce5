/** What the figures rest on: the run itself, and the source of every coefficient. */

import { formatWeekTime } from "../../foundation/week-time";
import type { SimulationSummary, ValueRange } from "../../metrics/simulation-summary";
import { formatDuration, formatShare, formatTimeIn, plural } from "../format-number";
import { type ReportBlock, type ReportSection, table } from "../report";

export function assumptionsSection(summary: SimulationSummary): ReportSection {
  const blocks: ReportBlock[] = [{ kind: "list", items: runFacts(summary) }];
  if (summary.provenance.length > 0) {
    blocks.push(
      table(
        [
          { header: "what", align: "left", wraps: true },
          { header: "basis", align: "left" },
          { header: "source", align: "left", wraps: true },
        ],
        summary.provenance.map((row) => [row.what, row.kind, `${row.source}, ${row.date}`]),
      ),
    );
  }
  return { heading: "Assumptions", blocks };
}

function runFacts(summary: SimulationSummary): string[] {
  const { finished } = summary.interrupted ?? { finished: summary.replications };
  const warmUp =
    summary.warmUpSeconds === 0
      ? "measured from the start"
      : `of which the first ${formatDuration(summary.warmUpSeconds)} warm up and are not measured`;
  const { horizonStartSeconds } = summary;
  const start =
    horizonStartSeconds === null ? "" : ` from ${formatWeekTime(horizonStartSeconds)} UTC`;
  return [
    `${plural(finished, "replication")} of ${formatDuration(summary.horizonSeconds)}${start}, ${warmUp}; seed ${summary.seed}`,
    `scenario ${summary.scenario.name}, digest ${summary.scenario.digest}`,
    besideReplicas(summary.assumptions),
    `quantiles come from a sketch with a relative error of at most ${formatShare(summary.sketchRelativeError)}`,
  ];
}

function besideReplicas({ roundTripMs, frontEndMs }: SimulationSummary["assumptions"]): string {
  return `TTFT and E2E include a network round trip of ${formatRange(roundTripMs)} and ${formatRange(frontEndMs)} of the engine's front end (HTTP, tokeniser)`;
}

/** `11.3 ms`, or `11.3–92.0 ms` when the two ends differ as written. */
function formatRange({ min, max }: ValueRange): string {
  const [low, high] = [formatTimeIn("ms", min), formatTimeIn("ms", max)];
  return low === high ? `${high} ms` : `${low}–${high} ms`;
}
