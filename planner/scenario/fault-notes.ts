/** What is odd about a scenario's faults: nothing moves traffic away, nothing notices them, nothing is measured. */
import type { FaultTarget } from "../fleet/fault-target";
import type { ResolvedFault } from "./resolved-faults";
import type { ResolvedScenario } from "./resolved-scenario";
import type { ScenarioNote } from "./scenario-note";

export function faultNotes(scenario: ResolvedScenario): ScenarioNote[] {
  return [
    ...failoverNotes(scenario),
    ...scenario.faults.faults.flatMap((fault) => [
      ...unreadNotes(fault, scenario),
      ...unmeasuredNotes(fault, scenario),
    ]),
  ];
}

const WIDE_TARGETS: ReadonlySet<FaultTarget["kind"]> = new Set(["cloud", "region"]);

/** A whole region is lost, and nothing tells clients to use another. */
function failoverNotes({ fleet, faults }: ResolvedScenario): ScenarioNote[] {
  if (fleet.policies.failover !== undefined || fleet.regions.length < 2) return [];
  const takesRegion = faults.faults.find(
    ({ effect, targets }) =>
      (effect.kind === "lose" || effect.kind === "partition") &&
      targets.some(({ kind }) => WIDE_TARGETS.has(kind)),
  );
  if (takesRegion === undefined) return [];
  const message =
    "a region goes away, and without fleet.failover clients stay with the region they have";
  return [{ code: "no-failover", about: takesRegion.name, message }];
}

/** Parts that the scenario does not use. */
function unreadNotes({ name, targets }: ResolvedFault, scenario: ResolvedScenario): ScenarioNote[] {
  const { fleet, workloads } = scenario;
  const note = (message: string): ScenarioNote[] => [
    { code: "fault-unread", about: name, message },
  ];
  const has = (kind: FaultTarget["kind"]) => targets.some((target) => target.kind === kind);
  const isQueued = workloads.some(({ delivery }) => delivery === "queue");
  return [
    ...(has("queue") && !isQueued
      ? note("no workload is delivered by queue, so losing one changes nothing")
      : []),
    ...(has("health-checker") && fleet.policies.failover === undefined
      ? note("without fleet.failover nothing checks a region's health, so nothing is lost with it")
      : []),
  ];
}

/** Over before anything counts. */
function unmeasuredNotes(
  { name, when }: ResolvedFault,
  { horizon }: ResolvedScenario,
): ScenarioNote[] {
  if (when.kind !== "at") return [];
  const endSeconds = when.startSeconds + when.durationSeconds;
  // Caches are emptied in an instant, and fill again for a while after it.
  const isOver = when.durationSeconds > 0 && endSeconds <= horizon.warmUpSeconds;
  if (!isOver) return [];
  const message = "is over before the warm-up is: requests that arrive in it are not measured";
  return [{ code: "fault-unmeasured", about: name, message }];
}
