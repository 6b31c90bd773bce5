/** Cells and words that the reports of studies share. */
import type { Verdict } from "../../metrics/simulation-summary";
import type { ObjectiveMargin } from "../../sizing/sizing-result";
import type { StudiedFleet, StudyOutcome } from "../../sizing/studies/study-outcome";
import { formatNumber, formatShare } from "../format-number";
import { type Cell, type Tone, UNKNOWN } from "../report";

export const VERDICT_TONE: Readonly<Record<Verdict, Tone>> = {
  PASS: "good",
  FAIL: "bad",
  UNCERTAIN: "unsure",
  NONE: "plain",
};

/** `+12.3 %`, `−4.0 %`, `the same`. */
export function formatChange(share: number): string {
  if (Math.abs(share) < 0.0005) return "the same";
  // Beyond tenfold a percentage is hard to read.
  if (share >= 9) return `× ${formatNumber(1 + share)}`;
  return `${share > 0 ? "+" : "−"}${formatShare(Math.abs(share))}`;
}

/** `chat ttft p95`; a dash without an objective. */
export function tightestCells({ objectives }: StudiedFleet): readonly [Cell, Cell] {
  const tightest = objectives[0];
  if (tightest === undefined) return ["no objectives", UNKNOWN];
  return [`${tightest.workload} ${tightest.objective}`, spareCell(tightest)];
}

function spareCell({ toSpare, verdict }: ObjectiveMargin): Cell {
  return { text: formatSpare(toSpare), tone: VERDICT_TONE[verdict] };
}

/** What is left of a limit; negative where it may be broken. */
export function formatSpare(toSpare: number | null): string {
  if (toSpare === null) return UNKNOWN;
  return toSpare < 0 ? `−${formatShare(-toSpare)}` : formatShare(toSpare);
}

/** Why a point has no fleet: one word for a table. */
export function withoutFleet(outcome: Exclude<StudyOutcome, StudiedFleet>): Cell {
  return outcome.kind === "infeasible"
    ? { text: "no fleet", tone: "bad" }
    : { text: "interrupted", tone: "unsure" };
}
