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
 * How long streams are, and how long they are silent: of the worst case that was simulated, with headroom for what was
 * not, up to the timeout that ends them. A timeout below what was measured stays visible: whoever checks refuses it.
 */
export function deriveLengths(context: FleetContext): Derived<StreamLengths> {
  const { plan, fleet } = context;
  const problems: Problem[] = [];
  const { streamSeconds, firstTokenSeconds } = longestTimes(plan.evidence.runs, plan.workloads);
  const { requestSeconds, maxStreamSeconds, streamIdleSeconds } = fleet.policies.timeout;
  const length = (
    withHeadroom: number | undefined,
    timeoutSeconds: number,
    limit: "requestTimeoutSeconds" | "streamIdleTimeoutSeconds",
    what: string,
  ): { readonly value: number; readonly because: string } => {
    if (withHeadroom === undefined) {
      const { value, derivation } = limitValue(context, "fleet", limit, problems);
      return { value, because: `limit ${limit} (${derivation}): nothing was measured` };
    }
    const measured = withHeadroom / HEADROOM.time;
    if (measured <= timeoutSeconds && timeoutSeconds < withHeadroom) {
      return {
        value: timeoutSeconds,
        because: `the timeout, which is below ${what} × ${HEADROOM.time}`,
      };
    }
    return measured > timeoutSeconds
      ? { value: measured, because: `${what} of the worst case, which is above the timeout` }
      : { value: withHeadroom, because: `${what} of the worst case × ${HEADROOM.time}` };
  };
  const stream = length(
    streamSeconds,
    Math.min(requestSeconds, maxStreamSeconds),
    "requestTimeoutSeconds",
    "E2E p99.9",
  );
  const silence = length(
    firstTokenSeconds,
    streamIdleSeconds,
    "streamIdleTimeoutSeconds",
    "TTFT p99.9",
  );
  const longestStreamSeconds = wholeUpTo(stream.value, Math.min(requestSeconds, maxStreamSeconds));
  const longestSilenceSeconds = Math.min(
    wholeUpTo(silence.value, streamIdleSeconds),
    longestStreamSeconds,
  );
  return {
    args: { longestStreamSeconds, longestSilenceSeconds },
    derivations: [
      { what: "longestStreamSeconds", value: longestStreamSeconds, because: stream.because },
      { what: "longestSilenceSeconds", value: longestSilenceSeconds, because: silence.because },
    ],
    problems,
  };
}

/** Rounded up to a whole second, but not over the timeout that a length is below. */
function wholeUpTo(seconds: number, timeoutSeconds: number): number {
  const whole = Math.ceil(seconds);
  return seconds <= timeoutSeconds ? Math.min(whole, timeoutSeconds) : whole;
}
