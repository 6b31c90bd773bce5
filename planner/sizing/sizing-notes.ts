/**
 * What a reader of a sized or verified fleet should know beside its figures: what was taken for granted, and what is
 * wrong with it. Words for reports and plans alike.
 */
import type { SimulationSummary } from "../metrics/simulation-summary";
import { SEARCH_DEFAULTS } from "../scenario/defaults";
import type { ScenarioSpec } from "../scenario/scenario-spec";
import type { SizedFleet, VerifiedFleet } from "./sizing-result";
import { WHOLE_SCENARIO } from "./verification-cases";

export interface SizingNote {
  readonly code: SizingNoteCode | SimulationSummary["warnings"][number]["code"];
  readonly message: string;
}

export const SIZING_NOTE_CODES = [
  "interrupted",
  "not-verified",
  "no-objectives",
  "bound-unknown",
  "gap-not-closed",
  "quota-broken",
  "cost-lower-bound",
] as const;

type SizingNoteCode = (typeof SIZING_NOTE_CODES)[number];

/** @param asked the scenario as it was given to the search, with its own pools and faults */
export function sizingAssumptions(
  result: SizedFleet | VerifiedFleet,
  asked: ScenarioSpec,
): readonly string[] {
  const { cases } = result;
  const isVerified = cases.length > 0;
  const isWhole = cases.some(({ name }) => name === WHOLE_SCENARIO);
  const survives = asked.survive ?? [];
  const hasPools = Object.values(asked.fleet.regions).some(
    ({ pools }) => Object.keys(pools).length > 0,
  );
  return [
    ...(result.kind === "verified" ? [] : searchAssumptions(result, hasPools)),
    ...(isVerified && !isWhole
      ? [
          "the scenario is verified around its peaks only: all of it is more than 400,000 requests in a run",
        ]
      : []),
    ...(survives.length === 0 && result.kind === "sized"
      ? ["nothing is lost: `survive` asks for nothing"]
      : []),
    ...(survives.includes("any-zone")
      ? [
          "of the zones of a region the first one is lost: every pool begins there, so that it has the most",
        ]
      : []),
    ...((asked.faults ?? []).length > 0
      ? [
          "the scenario's own faults are left out; what a case loses is gone from its start to its end",
        ]
      : []),
  ];
}

function searchAssumptions({ lowerBound }: SizedFleet, hasPools: boolean): readonly string[] {
  return [
    "objectives hold in every region by itself, with steps that take longer by the error of the step-time model and limits that are tighter by what that error leaves out",
    "replicas do not scale: the fleet is as large as the busiest time asks, at all times",
    ...(lowerBound.usdPerHour === null
      ? []
      : [
          "the lower bound takes it that a fleet with more of anything, or less of it on spot capacity, is no worse, and that pools of one region carry no more together than each by itself",
        ]),
    ...(hasPools
      ? ["the pools of the scenario are not looked at, only its regions and policies"]
      : []),
  ];
}

/** What is wrong, or may be; of the runs only what the one with nothing lost says. */
export function sizingWarnings(
  result: SizedFleet | VerifiedFleet,
  asked: ScenarioSpec,
): readonly SizingNote[] {
  const notes: SizingNote[] = [];
  const note = (code: SizingNoteCode, message: string): void => {
    notes.push({ code, message });
  };
  if (result.kind === "sized") addSearchNotes(result, asked, note);
  else {
    for (const { path, used, max } of result.quotasBroken) {
      note("quota-broken", `${path} is ${max}, and the fleet needs ${used}`);
    }
  }
  const nominal = result.cases[0]?.summary;
  if (nominal === undefined) return notes;
  const isPassed = result.verdict === "PASS" || result.verdict === "NONE";
  if (!isPassed) {
    note(
      "not-verified",
      result.verdict === "FAIL"
        ? "the fleet breaks an objective in at least one case"
        : "it cannot be told whether the fleet keeps every objective: a limit lies within the margin of error",
    );
  }
  if (result.verdict === "NONE") {
    note(
      "no-objectives",
      "no workload has objectives (slo), so that only queues that grow were refused",
    );
  }
  if (nominal.cost.isLowerBound) {
    note(
      "cost-lower-bound",
      "something that is paid has no price, so that the cost is of the rest",
    );
  }
  return [...notes, ...nominal.warnings];
}

function addSearchNotes(
  { isInterrupted, lowerBound }: SizedFleet,
  { search }: ScenarioSpec,
  note: (code: SizingNoteCode, message: string) => void,
): void {
  if (isInterrupted) {
    note(
      "interrupted",
      "the search was interrupted: the fleet is the best by then, and was not verified",
    );
    return;
  }
  if (lowerBound.gap === null) {
    note("bound-unknown", "how far the cost is from the least possible is not known");
    return;
  }
  const most = search?.gap ?? SEARCH_DEFAULTS.gap.value;
  if (lowerBound.gap > most + 1e-6) {
    const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;
    note(
      "gap-not-closed",
      `a fleet that costs up to ${percent(lowerBound.gap)} less may exist; search.gap asks for ${percent(most)} at most, and search.evaluationsMax allows no more runs, or the verification asked for more than the search did`,
    );
  }
}
