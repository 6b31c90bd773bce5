/**
 * From a fleet and what was measured of it to the limits that the resources of the clouds and of the cluster need, each
 * with where it comes from, and to warnings where a policy is too tight for what was measured. What the fleet says is
 * never changed here: what is simulated is what is deployed.
 */
import { formatDuration } from "../foundation/format-units";
import type { EvidenceRun } from "./evidence-spec";
import { type FleetLimitsContext, fleetLimits } from "./fleet-limits";
import { longestTimes } from "./longest-times";
import type { CapacityPlan, PlanLimit } from "./plan-spec";
import { poolLimits } from "./pool-limits";
import { regionLimits } from "./region-limits";

type PlanWarning = CapacityPlan["evidence"]["warnings"][number];

export interface LimitsInput extends Omit<FleetLimitsContext, "longest"> {
  readonly runs: readonly EvidenceRun[];
}

export interface DerivedLimits {
  /** Of the fleet, then of each region, then of each pool. */
  readonly limits: readonly PlanLimit[];
  readonly warnings: readonly PlanWarning[];
}

export function deriveLimits(input: LimitsInput): DerivedLimits {
  const { fleet } = input;
  const context = { ...input, longest: longestTimes(input.runs, input.workloads) };
  return {
    limits: [
      ...fleetLimits(context),
      ...fleet.regions.flatMap((_, regionIndex) => regionLimits(fleet, regionIndex)),
      ...fleet.pools.flatMap((pool) => poolLimits(pool, fleet, context.longest)),
    ],
    warnings: warningsOf(context),
  };
}

function warningsOf({ fleet, workloads, longest, cost }: FleetLimitsContext): PlanWarning[] {
  const warnings: PlanWarning[] = [];
  const warn = (code: string, message: string) => warnings.push({ code, message });
  const { draining, queue } = fleet.policies;
  const { streamSeconds, messageSeconds } = longest;
  if (streamSeconds !== undefined && streamSeconds > draining.timeoutSeconds) {
    warn(
      "drain-shorter-than-stream",
      `a replica that must go drains for ${formatDuration(draining.timeoutSeconds)} in the simulation, and for ${formatDuration(Math.ceil(streamSeconds))} as deployed, which is the longest stream with headroom: raise draining.timeout to simulate it`,
    );
  }
  const isQueued = workloads.some(({ delivery }) => delivery === "queue");
  if (
    isQueued &&
    !queue.heartbeat &&
    messageSeconds !== undefined &&
    messageSeconds >= queue.visibilityTimeoutSeconds
  ) {
    warn(
      "visibility-shorter-than-work",
      `messages take up to ${formatDuration(Math.ceil(messageSeconds))} with their wait (p99.9), and are hidden for ${formatDuration(queue.visibilityTimeoutSeconds)} without a heartbeat: some may be worked on twice`,
    );
  }
  if (cost.totalUsdPerMonth === null)
    warn("cost-unknown", "no price of the fleet is known, so that the plan has no budget");
  else if (cost.isLowerBound)
    warn(
      "cost-lower-bound",
      "some prices are not known, so that the cost and the budget are too low",
    );
  return warnings;
}
