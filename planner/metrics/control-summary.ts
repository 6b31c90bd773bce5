/** What happened to the fleet beside requests: how often, and the first events by name. */
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import type { ControlEvent } from "../simulation/control-event";
import type { RunRecord } from "../simulation/run-record";
import type { ControlSummary, NamedControlEvent } from "./simulation-summary";

/** Enough to follow a scheduled fault from its start to its end; random ones may bring thousands. */
const EVENTS_MAX = 100;

export function summarizeControl(
  scenario: Pick<ResolvedScenario, "fleet">,
  records: readonly RunRecord[],
): ControlSummary {
  const totals = new Map<ControlEvent["kind"], number>();
  for (const { control } of records) {
    for (const { kind } of control) totals.set(kind, (totals.get(kind) ?? 0) + 1);
  }
  const counts = Object.fromEntries([...totals].map(([kind, sum]) => [kind, sum / records.length]));
  const first = records[0]!.control.slice(0, EVENTS_MAX);
  return { counts, first: first.map((event) => withNames(scenario, event)) };
}

function withNames(
  { fleet }: Pick<ResolvedScenario, "fleet">,
  event: ControlEvent,
): NamedControlEvent {
  switch (event.kind) {
    case "fault-start":
    case "fault-end":
      return event;
    case "region-unhealthy":
    case "region-healthy":
      return { ...event, region: fleet.regions[event.region]!.name };
    case "spot-notice":
      return { ...event, pool: fleet.pools[event.pool]!.name };
    case "scaled":
      return { ...event, pool: fleet.pools[event.pool]!.name };
    case "ejected":
    case "returned":
    case "replica-down":
    case "replica-ready":
      return { ...event, pool: fleet.pools[event.pool]!.name };
  }
}
