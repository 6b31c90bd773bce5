/**
 * A run with everything told of it: rows, steps, a timeline, and when each replica was there to compute. The last is
 * asked of the replica set itself, at each of its changes: control events say only what a report needs.
 */
import type { ResolvedPool } from "../../planner/fleet/resolved-fleet";
import type { FinishedRequest } from "../../planner/simulation/observer";
import type { EngineSettings } from "../../planner/simulation/pool-run";
import { ReplicaSet } from "../../planner/simulation/replica-set";
import type { RunRecord } from "../../planner/simulation/run-record";
import { simulate } from "../../planner/simulation/simulate";
import { type FleetCase, lawSettings } from "./random-fleet";

export const TIMELINE_BUCKETS = 6;

export interface Span {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

export interface ReplicaStep extends Span {
  readonly replica: number;
}

export interface ResilienceRun {
  readonly record: RunRecord;
  /** In the order of arrival. */
  readonly rows: readonly FinishedRequest[];
  /** How often each request was told to be over: once, if all is well. */
  readonly told: readonly number[];
  readonly steps: readonly ReplicaStep[];
}

export function runCase(
  { scenario, seed }: FleetCase,
  engineSettingsFor: (pool: ResolvedPool) => EngineSettings = lawSettings,
): ResilienceRun {
  const rows: FinishedRequest[] = [];
  const told: number[] = [];
  const steps: ReplicaStep[] = [];
  const record = simulate(scenario, seed, {
    engineSettingsFor,
    timelineBuckets: TIMELINE_BUCKETS,
    observer: {
      onRequest: (row) => {
        rows[row.id] = { ...row };
        told[row.id] = (told[row.id] ?? 0) + 1;
      },
      onStep: (_, replica, fromSeconds, toSeconds) =>
        steps.push({ replica, fromSeconds, toSeconds }),
    },
  });
  return { record, rows, told, steps };
}

/** Settings that go step by step. */
export function oneStepAtATime(pool: ResolvedPool): EngineSettings {
  return { ...lawSettings(pool), stepsPerRunMax: 1 };
}

/** What the replica set does to a replica, seen from beside it. */
interface Enters {
  enter(replica: number, state: number, seconds: number): void;
}

/** Runs, and says when each replica served: from the end of its start to its loss, or the end of its drain. */
export function withServingSpans<T>(run: () => T): { result: T; serving: Span[][] } {
  const serving: Span[][] = [];
  const since: number[] = [];
  const prototype = ReplicaSet.prototype as unknown as Enters;
  const { enter } = prototype;
  prototype.enter = function (this: Enters, replica, state, seconds) {
    const set = this as unknown as ReplicaSet;
    const before = set.isServing(replica);
    enter.call(this, replica, state, seconds);
    const after = set.isServing(replica);
    serving[replica] ??= [];
    if (!before && after) since[replica] = seconds;
    if (before && !after) {
      serving[replica].push({ fromSeconds: since[replica]!, toSeconds: seconds });
      delete since[replica];
    }
  };
  try {
    const result = run();
    for (const [replica, fromSeconds] of since.entries()) {
      if (fromSeconds === undefined) continue;
      serving[replica]!.push({ fromSeconds, toSeconds: Number.POSITIVE_INFINITY });
    }
    return { result, serving };
  } finally {
    prototype.enter = enter;
  }
}
