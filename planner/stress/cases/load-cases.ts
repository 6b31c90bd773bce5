/** Cases of more or heavier traffic, with nothing broken: peak × 1.5, peak × 2, and prompts of twice the length. */
import type { ResolvedScenario } from "../../scenario/resolved-scenario";
import { withLongerInputs } from "../longer-inputs";
import { withMoreTraffic } from "../more-traffic";
import { type StressCase, withWorkloads } from "../stress-case";
import { type StressTimes, spoken } from "../stress-times";

const INPUT_FACTOR = 2;

export function peakCase(
  scenario: ResolvedScenario,
  times: StressTimes,
  factor: number,
): StressCase {
  return {
    applies: true,
    kind: "load",
    name: `peak-${factor}x`,
    title: `Peak × ${factor}`,
    tests: `Does the fleet keep its promises when the peak is ${factor} times what was planned?`,
    how: [
      `Every rate, number of clients and trace is multiplied by ${factor} over the whole run.`,
      ...stretchText(times),
    ],
    scenario: withWorkloads(scenario, (workload) => withMoreTraffic(workload, factor)),
    faultNames: [],
    ...stretch(times),
  };
}

export function longContextCase(scenario: ResolvedScenario, times: StressTimes): StressCase {
  return {
    applies: true,
    kind: "load",
    name: "long-context",
    title: `Prompts × ${INPUT_FACTOR}`,
    tests: "Does the fleet keep its promises when users send longer prompts than were planned?",
    how: [
      `Every prompt is ${INPUT_FACTOR} times as long over the whole run: each distribution by its scale, each row of a trace, each model step of a chain; in a session, what each turn adds.`,
      "Shared prefixes keep their length, so nothing of what is added is cached. What exceeds the context window is cut to it and counted.",
      ...stretchText(times),
    ],
    scenario: withWorkloads(scenario, (workload) => withLongerInputs(workload, INPUT_FACTOR)),
    faultNames: [],
    ...stretch(times),
  };
}

function stretch({ peak }: StressTimes): {
  readonly faultStartSeconds: number;
  readonly faultEndSeconds: number;
} {
  return { faultStartSeconds: peak.fromSeconds, faultEndSeconds: peak.toSeconds };
}

/** Without a peak, the whole measured window is looked at: nothing to say. */
function stretchText({ peak }: StressTimes): string[] {
  if (!peak.isPeak) return [];
  const from = spoken(peak.fromSeconds);
  return [`Looked at is the peak, from ${from} to ${spoken(peak.toSeconds)} into the run.`];
}
