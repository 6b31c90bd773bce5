/** Faults after resolution, one after the other as in the file, and the cases of a game day by name. */

import { nameOfTarget } from "../fleet/failure-domains";
import { formatDistribution } from "../fleet/format-distribution";
import { type ResolvedRow, row } from "../fleet/resolved-row";
import { formatDuration, formatNumber, formatShare } from "../foundation/format-units";
import { SCENARIO_DEFAULTS as DEFAULTS } from "./defaults";
import type { FaultSpec } from "./faults-spec";
import type { FaultEffect, FaultWhen } from "./resolved-faults";
import type { ResolvedScenario } from "./resolved-scenario";
import type { ScenarioSpec } from "./scenario-spec";
import { stressedSpecs } from "./stressed-specs";

/** Targets that are named; more are counted. */
const TARGETS_SHOWN = 4;

export function describeFaults(
  specs: readonly FaultSpec[],
  scenario: ResolvedScenario,
): ResolvedRow[] {
  if (specs.length === 0) return [row("faults", "none", undefined, "nothing goes wrong")];
  // Each kind is listed by itself, in the order of the file.
  const faults = scenario.faults.faults.values();
  const poison = scenario.faults.poison.values();
  const waves = scenario.faults.spotWaves.values();
  return specs.flatMap((spec, index) => {
    const path = `faults[${index}]`;
    if ("poison" in spec) return describePoison(path, spec, poison.next().value, scenario);
    if ("spotReclaim" in spec) return describeWave(path, spec, waves.next().value, scenario);
    return describePartFault(path, spec, faults.next().value, scenario);
  });
}

function nameRow(path: string, name: string, spec: FaultSpec): ResolvedRow {
  return row(`${path}.name`, name, spec.name, "its number, kind and target");
}

function describePartFault(
  path: string,
  spec: FaultSpec,
  fault: ResolvedScenario["faults"]["faults"][number] | undefined,
  { fleet }: ResolvedScenario,
): ResolvedRow[] {
  if (fault === undefined) return [];
  const names = fault.targets.map((target) => nameOfTarget(fleet, target));
  const more = names.length - TARGETS_SHOWN;
  const shown = names.slice(0, TARGETS_SHOWN).join(", ");
  return [
    nameRow(path, fault.name, spec),
    row(`${path}.effect`, formatEffect(fault.effect), spec, ""),
    row(`${path}.targets`, more > 0 ? `${shown} and ${more} more` : shown, spec, ""),
    row(`${path}.when`, formatWhen(fault.when), spec, ""),
  ];
}

function formatEffect(effect: FaultEffect): string {
  switch (effect.kind) {
    case "slow":
      return `slow, × ${formatNumber(effect.factor)}`;
    case "delay":
      return `delay, ${formatDuration(effect.addedSeconds)} more`;
    default:
      return effect.kind;
  }
}

function formatWhen(when: FaultWhen): string {
  if (when.kind === "at") return formatSpan(when.startSeconds, when.durationSeconds);
  const repair = formatDistribution(when.repairSeconds, formatDuration);
  return `each at random, every ${formatDuration(when.mtbfSeconds)} on average, for ${repair}`;
}

function formatSpan(startSeconds: number, seconds: number): string {
  const start = `at ${formatDuration(startSeconds)}`;
  if (seconds === 0) return start;
  return seconds === DEFAULTS.faultSeconds.value
    ? `${start}, ${DEFAULTS.faultSeconds.reason}`
    : `${start} for ${formatDuration(seconds)}`;
}

function describePoison(
  path: string,
  spec: FaultSpec,
  poison: ResolvedScenario["faults"]["poison"][number] | undefined,
  { workloads }: ResolvedScenario,
): ResolvedRow[] {
  if (poison === undefined) return [];
  const { name, workload, share, startSeconds, endSeconds } = poison;
  return [
    nameRow(path, name, spec),
    row(`${path}.effect`, `poison, ${formatShare(share)}`, spec, ""),
    row(`${path}.targets`, `requests of ${workloads[workload]!.name}`, spec, ""),
    row(`${path}.when`, formatSpan(startSeconds, endSeconds - startSeconds), spec, ""),
  ];
}

function describeWave(
  path: string,
  spec: Extract<FaultSpec, { spotReclaim: unknown }>,
  wave: ResolvedScenario["faults"]["spotWaves"][number] | undefined,
  { fleet }: ResolvedScenario,
): ResolvedRow[] {
  if (wave === undefined) return [];
  const { pools, share, unavailable } = spec.spotReclaim;
  const names = wave.pools.map((pool) => fleet.pools[pool]!.name).join(", ");
  const at = `${path}.spotReclaim`;
  return [
    nameRow(path, wave.name, spec),
    row(`${at}.pools`, names, pools, DEFAULTS.spotPools.reason),
    row(`${at}.share`, formatShare(wave.share), share, DEFAULTS.spotShare.reason),
    row(
      `${at}.unavailable`,
      formatDuration(wave.unavailableSeconds),
      unavailable,
      "as spot.unavailable of its pools, the longest mean",
    ),
    row(`${path}.when`, formatSpan(wave.atSeconds, 0), spec, ""),
  ];
}

/** The user's cases by name; nothing when there are none. */
export function describeStress(spec: ScenarioSpec): ResolvedRow[] {
  return stressedSpecs(spec).map(({ name, path, spec: stressed }) => {
    const faults = stressed.faults?.length ?? 0;
    return row(path, `${name}, ${faults} ${faults === 1 ? "fault" : "faults"} in all`, name, "");
  });
}
