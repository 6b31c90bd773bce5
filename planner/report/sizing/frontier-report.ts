/** A frontier in words and as a table: what it costs to promise more, point by point. */
import type { Frontier, FrontierOutcome, FrontierPoint } from "../../sizing/studies/frontier";
import { formatCount, formatUsd } from "../format-number";
import {
  type Cell,
  type ReportBlock,
  type ReportLine,
  type ReportSection,
  table,
  UNKNOWN,
} from "../report";
import { formatChange, tightestCells, VERDICT_TONE, withoutFleet } from "./study-cells";

const TITLES = { latency: "Cost against latency", survival: "Cost against survival" } as const;

export function frontierTitle({ kind }: Frontier): string {
  return TITLES[kind];
}

/** What the ends of the frontier cost. */
export function frontierAnswer(frontier: Frontier): ReportLine[] {
  const sized = frontier.points.filter(hasFleet);
  const least = sized[0];
  const most = sized.at(-1);
  if (least === undefined || most === undefined) {
    return [{ text: `${TITLES[frontier.kind]}: no point has a fleet.`, tone: "bad" }];
  }
  const { usdPerHour: from } = least.outcome;
  const { usdPerHour: to } = most.outcome;
  const range =
    least === most
      ? `${formatUsd(from)}/hour for ${least.name}, the only one that has a fleet`
      : `from ${formatUsd(from)}/hour (${least.name}) to ${formatUsd(to)}/hour (${most.name}), ${formatChange(to / from - 1)}`;
  return [{ text: `${TITLES[frontier.kind]}: ${range}.`, tone: "plain" }];
}

export function frontierSection(frontier: Frontier): ReportSection {
  const { kind, points } = frontier;
  const sized = points.filter(hasFleet);
  // The scenario as it is may ask for losses that are no level: then the least demanding point is what others add to.
  const reference = sized.find(({ isBase }) => isBase) ?? sized[0];
  return {
    heading: TITLES[kind],
    blocks: [
      table(
        [
          { header: kind === "latency" ? "limits" : "survives", align: "left" },
          { header: "$/hour", align: "right" },
          { header: "change", align: "right" },
          { header: "replicas", align: "right" },
          { header: "tightest", align: "left", wraps: true },
          { header: "to spare", align: "right" },
          { header: "verdict", align: "left" },
        ],
        points.map((point) => row(point, reference)),
      ),
      ...notes(points),
      { kind: "paragraph", text: explanation(frontier) },
    ],
  };
}

type SizedPoint = FrontierPoint & {
  readonly outcome: Extract<FrontierOutcome, { readonly kind: "sized" }>;
};

export function hasFleet(point: FrontierPoint): point is SizedPoint {
  return point.outcome.kind === "sized";
}

function row(point: FrontierPoint, reference: SizedPoint | undefined): Cell[] {
  const { name, outcome } = point;
  if (outcome.kind !== "sized") {
    const why: Cell =
      outcome.kind === "not-applicable"
        ? { text: "not applicable", tone: "quiet" }
        : withoutFleet(outcome);
    return [name, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, why];
  }
  const { usdPerHour, pools, verdict } = outcome;
  const change =
    reference === undefined
      ? UNKNOWN
      : point === reference
        ? point.isBase
          ? "as it is"
          : UNKNOWN
        : formatChange(usdPerHour / reference.outcome.usdPerHour - 1);
  return [
    name,
    formatUsd(usdPerHour),
    change,
    formatCount(pools.reduce((sum, { replicas }) => sum + replicas, 0)),
    ...tightestCells(outcome),
    { text: verdict, tone: VERDICT_TONE[verdict] },
  ];
}

function notes(points: readonly FrontierPoint[]): ReportBlock[] {
  const items = points.flatMap(({ name, outcome }) =>
    notesOf(outcome).map((note) => `${name}: ${note}`),
  );
  return items.length === 0 ? [] : [{ kind: "list", items }];
}

function notesOf(outcome: FrontierOutcome): readonly string[] {
  switch (outcome.kind) {
    case "sized":
      return outcome.fleetOf === null
        ? []
        : [`the fleet for ${outcome.fleetOf}, which keeps this, too; none cheaper found`];
    case "infeasible":
      return outcome.reasons;
    case "not-applicable":
      return [outcome.reason];
    case "interrupted":
      return ["not finished"];
  }
}

function explanation({ kind, scaled }: Frontier): string {
  const what =
    kind === "latency"
      ? `Limits scaled: ${scaled}.`
      : "Each level withstands what those above it do, too.";
  return `${what} Each point is the first fleet that the search found to hold, without a proof that none is cheaper. To spare: of the limit, at the upper end of the margin of error, where that is least.`;
}
