/** The frame of every case that strikes parts of the fleet once; and the region that such cases take. */
import { nameOfTarget } from "../../fleet/failure-domains";
import type { FaultTarget } from "../../fleet/fault-target";
import type { ResolvedFleet } from "../../fleet/resolved-fleet";
import type { FaultEffect } from "../../scenario/resolved-faults";
import type { ResolvedScenario } from "../../scenario/resolved-scenario";
import { type ApplicableCase, type CaseText, withFault } from "../stress-case";
import type { Strike } from "../stress-times";

/** Names of parts that a sentence holds; of more it says how many. */
const NAMES_SHOWN = 4;

const EFFECT_VERB: Readonly<Record<FaultEffect["kind"], string>> = {
  lose: "Takes away",
  partition: "Cuts off",
  slow: "Slows down",
  delay: "Delays",
  "cold-cache": "Empties the prefix caches of",
};

interface Blow {
  readonly text: CaseText;
  /** At least one. */
  readonly targets: readonly FaultTarget[];
  readonly effect?: FaultEffect;
  /** Sentences after the one that says what is struck, and when. */
  readonly after: readonly string[];
}

/** A case that strikes its targets together, once. Without an effect they are lost. */
export function faultCase(
  scenario: ResolvedScenario,
  strike: Strike,
  { text, targets, effect = { kind: "lose" }, after }: Blow,
): ApplicableCase {
  const faultName = faultNameOf(text);
  const { startSeconds, endSeconds } = strike;
  const when = { kind: "at", startSeconds, durationSeconds: endSeconds - startSeconds } as const;
  return {
    ...text,
    applies: true,
    kind: "fault",
    how: [
      `${EFFECT_VERB[effect.kind]} ${namesOf(scenario.fleet, targets)} ${strike.text}.`,
      ...after,
      ...strike.notes,
    ],
    scenario: withFault(scenario, { name: faultName, targets, effect, when }),
    faultNames: [faultName],
    faultStartSeconds: startSeconds,
    faultEndSeconds: endSeconds,
  };
}

/** What a case's fault is called in the run. */
export function faultNameOf({ name }: Pick<CaseText, "name">): string {
  return `stress ${name}`;
}

function namesOf(fleet: ResolvedFleet, targets: readonly FaultTarget[]): string {
  const names = targets.map((target) =>
    target.kind === "fleet" ? "the whole fleet" : nameOfTarget(fleet, target),
  );
  const more = names.length - NAMES_SHOWN;
  return more > 0 ? `${names.slice(0, NAMES_SHOWN).join(", ")} and ${more} more` : names.join(", ");
}

/** Region with the most replicas at the start; of equals, the first by name. */
export function largestRegion(fleet: ResolvedFleet): number {
  const counts = fleet.regions.map((_, region) => replicasIn(fleet, region));
  return counts.indexOf(Math.max(...counts));
}

export function replicasIn({ pools }: ResolvedFleet, region: number): number {
  return pools.reduce((sum, pool) => sum + (pool.regionIndex === region ? pool.replicas : 0), 0);
}
