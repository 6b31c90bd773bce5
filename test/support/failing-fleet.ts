/**
 * Small fleets in which one thing goes wrong, for tests that know exactly what comes of it: scheduled faults, two
 * regions with clients next to the first, and requests whose times and lengths are given.
 */
import type { FaultTarget } from "../../planner/fleet/fault-target";
import {
  NO_POLICIES,
  type ResolvedFailover,
  type ResolvedPolicies,
} from "../../planner/fleet/resolved-policies";
import {
  type FaultEffect,
  type FaultWhen,
  NO_FAULTS,
  type ResolvedFaults,
} from "../../planner/scenario/resolved-faults";
import type {
  DrawnTokens,
  ResolvedScenario,
  ResolvedWorkload,
} from "../../planner/scenario/resolved-scenario";
import type { ControlEvent } from "../../planner/simulation/control-event";
import type { RunRecord } from "../../planner/simulation/run-record";
import { replicaBounds, resolvedPool, resolvedScenario, resolvedWorkload } from "./resolved";
import { traceOf } from "./traffic-scenario";

export const FIRST_REPLICA: FaultTarget = { kind: "replica", pool: 0, replica: 0 };
export const FIRST_REGION: FaultTarget = { kind: "region", region: 0 };

export function constant(value: number) {
  return { kind: "constant", value } as const;
}

/** One fault, called `fault`. */
export function fault(
  effect: FaultEffect,
  when: FaultWhen,
  ...targets: FaultTarget[]
): ResolvedFaults {
  return { ...NO_FAULTS, faults: [{ name: "fault", targets, effect, when }] };
}

/** Once, from a time on. */
export function at(startSeconds: number, durationSeconds = Number.POSITIVE_INFINITY): FaultWhen {
  return { kind: "at", startSeconds, durationSeconds };
}

/** Two regions with a pool of one replica each, unless others are given, and clients next to the first. */
export function twoRegions(options: Parameters<typeof resolvedScenario>[0]): ResolvedScenario {
  const pools = [0, 1].map((regionIndex) =>
    resolvedPool({ name: `region-${regionIndex}/pool`, regionIndex, ...replicaBounds(1) }),
  );
  const scenario = resolvedScenario({ pools, ...options });
  const [first] = scenario.fleet.regions;
  return {
    ...scenario,
    fleet: {
      ...scenario.fleet,
      regions: [first!, { ...first!, name: "us-west-2" }],
      roundTripSeconds: [[0.001, 0.07]],
    },
  };
}

/** Failover to the nearest healthy region, by checks every 10 s and a TTL of 60 s, with what is given changed. */
export function failoverOf(
  health: Partial<ResolvedFailover["healthCheck"]>,
  dns: Partial<ResolvedFailover> = {},
): ResolvedPolicies {
  return {
    ...NO_POLICIES,
    failover: {
      policy: { kind: "latency" },
      healthCheck: {
        intervalSeconds: 10,
        failureThreshold: 3,
        successThreshold: 2,
        minHealthyShare: 0.5,
        ...health,
      },
      ttlSeconds: 60,
      ignoringTtl: { share: 0, holdSeconds: 60 },
      ...dns,
    },
  };
}

/** Requests of always the same lengths. */
export function tokensOf(input: number, output: number): DrawnTokens {
  return {
    kind: "distributions",
    input: constant(input),
    output: constant(output),
    rankCorrelation: 0,
  };
}

/** Requests at given times: [seconds, input tokens, output tokens]. */
export function requestsAt(
  requests: readonly (readonly [seconds: number, input: number, output: number])[],
  changes: Partial<ResolvedWorkload> = {},
): ResolvedWorkload {
  const trace = traceOf(requests);
  return resolvedWorkload({
    arrivals: { kind: "trace", trace, speed: 1, loop: false, sample: 1 },
    tokens: { kind: "from-arrivals" },
    ...changes,
  });
}

/** When things of one kind happened to the fleet. */
export function secondsOf(record: RunRecord, kind: ControlEvent["kind"]): number[] {
  return record.control.flatMap((event) => (event.kind === kind ? [event.seconds] : []));
}
