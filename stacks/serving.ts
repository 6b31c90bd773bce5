/** The serving layer of a region. */
import type { Problem } from "../planner/plan/fleet-of-plan";
import type { FleetContext } from "./derive/fleet-context";
import type { StackExports } from "./run-stack";
import type { CloudSettings, ServingSettings } from "./stack-settings";

export function servingStack(
  _context: FleetContext,
  _settings: ServingSettings,
  _cloud: CloudSettings,
  _problems: readonly Problem[],
): StackExports {
  return {};
}
