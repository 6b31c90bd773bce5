/** A plan as derivations see it: its fleet in numbers, and the lengths of streams that no timeout may cut. */
import type { StreamLengths } from "../../components/gateway";
import {
  fleetOfPlan,
  limitOfPlan,
  type Problem,
  type ResolvedFleet,
  type ResolvedPool,
} from "../../planner/plan/fleet-of-plan";
import type { LimitName } from "../../planner/plan/limit-names";
import { HEADROOM, longestTimes } from "../../planner/plan/longest-times";
import type { CapacityPlan } from "../../planner/plan/plan-spec";
import type { Derived } from "./derived";

/** What every derivation starts from. */
export interface FleetContext {
  readonly plan: CapacityPlan;
  readonly fleet: ResolvedFleet;
}

/** @throws PlannerError when the fleet of the plan does not resolve */
export function fleetContext(plan: CapacityPlan): FleetContext {
  return { plan, fleet: fleetOfPlan(plan) };
}

/** The value of a limit; a problem where the plan has none, since nothing may be guessed. */
export function limitValue(
  { plan }: Pick<FleetContext, "plan">,
  of: string,
  name: LimitName,
  problems: Problem[],
): { readonly value: number; readonly derivation: string } {
  const limit = limitOfPlan(plan, of, name);
  if (limit !== undefined) return limit;
  problems.push({
    code: "missing",
    path: "limits",
    message: `${name} of ${of} is missing`,
    hint: "make the plan again: capplan size",
  });
  return { value: 1, derivation: "" };
}

/** Whether a workload goes through the queue of its region. */
export function hasQueue({ plan }: Pick<FleetContext, "plan">): boolean {
  return plan.workloads.some(({ delivery }) => delivery === "queue");
}

/** `fleet.regions.us-east-1.pools.h100`. */
export function poolPath(pool: Pick<ResolvedPool, "name">): string {
  const slash = pool.name.indexOf("/");
  return `fleet.regions.${pool.name.slice(0, slash)}.pools.${pool.name.slice(slash + 1)}`;
}

/**
 * How long streams are, and how long they are silent: of the worst case that was simulated. A timeout of the plan bounds
 * what was measured, so that no headroom is left above it; without one there is headroom for what was not.
 */
export function deriveLengths(context: FleetContext): Derived<StreamLengths> {
  const { plan, fleet } = context;
  const problems: Problem[] = [];
  const { streamSeconds, firstTokenSeconds } = longestTimes(plan.evidence.runs, plan.workloads);
  const { requestSeconds, maxStreamSeconds, streamIdleSeconds } = fleet.policies.timeout;
  const length = (
    measured: number | undefined,
    isBounded: boolean,
    limit: "requestTimeoutSeconds" | "streamIdleTimeoutSeconds",
    what: string,
  ): { readonly value: number; readonly because: string } => {
    if (measured === undefined) {
      const { value, derivation } = limitValue(context, "fleet", limit, problems);
      return { value, because: `limit ${limit} (${derivation}): nothing was measured` };
    }
    return isBounded
      ? { value: measured / HEADROOM.time, because: `${what} of the worst case` }
      : { value: measured, because: `${what} of the worst case × ${HEADROOM.time}` };
  };
  const hasEnd = Math.min(requestSeconds, maxStreamSeconds) !== Number.POSITIVE_INFINITY;
  const stream = length(streamSeconds, hasEnd, "requestTimeoutSeconds", "E2E p99.9");
  const isPatient = streamIdleSeconds === Number.POSITIVE_INFINITY;
  const silence = length(firstTokenSeconds, !isPatient, "streamIdleTimeoutSeconds", "TTFT p99.9");
  const longestStreamSeconds = Math.ceil(stream.value);
  const longestSilenceSeconds = Math.min(Math.ceil(silence.value), longestStreamSeconds);
  return {
    args: { longestStreamSeconds, longestSilenceSeconds },
    derivations: [
      { what: "longestStreamSeconds", value: longestStreamSeconds, because: stream.because },
      { what: "longestSilenceSeconds", value: longestSilenceSeconds, because: silence.because },
    ],
    problems,
  };
}
