/**
 * Runs made by hand in which faults strike: 300 s in buckets of 10 s, 100 requests in each. Two regions with a pool of
 * two replicas each.
 */
import { assessResilience } from "../../../planner/metrics/resilience";
import type { FaultResilience } from "../../../planner/metrics/simulation-summary";
import type { ResolvedFault } from "../../../planner/scenario/resolved-faults";
import type { ResolvedScenario } from "../../../planner/scenario/resolved-scenario";
import type { ControlEvent } from "../../../planner/simulation/control-event";
import type { RunRecord } from "../../../planner/simulation/run-record";
import { resolvedPool, resolvedScenario, resolvedWorkload } from "../../support/resolved";
import {
  type BucketByHand,
  cellByHand,
  recordByHand,
  timelineByHand,
} from "../../support/run-records";

export const BUCKETS = 30;
const BUCKET_SECONDS = 10;
export const MODEL = "llama-3.1-8b-instruct";

function regionFault(name: string, region: number): ResolvedFault {
  return {
    name,
    targets: [{ kind: "region", region }],
    effect: { kind: "lose" },
    when: { kind: "at", startSeconds: 100, durationSeconds: 50 },
  };
}

/** Region 0 is lost by `east` and `flaky`, region 1 by `west`. */
export const SCENARIO: ResolvedScenario = scenarioWith(0);

export function scenarioWith(warmUpSeconds: number): ResolvedScenario {
  const base = resolvedScenario({
    durationSeconds: BUCKETS * BUCKET_SECONDS,
    warmUpSeconds,
    workloads: [
      resolvedWorkload({
        slo: [{ metric: "ttft", statistic: "p95", limitSeconds: 1 }],
        tenants: ["a", "b", "c", "d"].map((name) => ({ name, share: 0.25 })),
      }),
    ],
    pools: [
      resolvedPool({ name: "east/pool", regionIndex: 0, replicas: 2 }),
      resolvedPool({ name: "west/pool", regionIndex: 1, replicas: 2 }),
    ],
    faults: {
      faults: [regionFault("east", 0), regionFault("flaky", 0), regionFault("west", 1)],
      poison: [],
      spotWaves: [],
    },
  });
  const [region] = base.fleet.regions;
  const regions = ["east", "west"].map((name) => ({ ...region!, name }));
  return { ...base, fleet: { ...base.fleet, regions } };
}

export const CALM: BucketByHand = { offered: 100, poolAttempts: [60, 40], ready: [2, 2] };

export type Stretch = readonly [from: number, to: number, bucket: Partial<BucketByHand>];

/** Calm but for some stretches of buckets from … to − 1. */
export function run(
  stretches: readonly Stretch[],
  control: readonly ControlEvent[] = fault("east", 100, 150),
  changes: Partial<RunRecord> = {},
): RunRecord {
  const buckets = Array.from({ length: BUCKETS }, (_, index): BucketByHand => {
    const changed = stretches.filter(([from, to]) => index >= from && index < to);
    return Object.assign({}, CALM, ...changed.map(([, , bucket]) => bucket));
  });
  return {
    ...recordByHand([cellByHand({ counts: { offered: 3000, touched: 10 } })]),
    windowEndSeconds: BUCKETS * BUCKET_SECONDS,
    timeline: timelineByHand(buckets, { bucketSeconds: BUCKET_SECONDS, pools: 2 }),
    control,
    ...changes,
  };
}

export function fault(name: string, from: number, to = Number.POSITIVE_INFINITY): ControlEvent[] {
  const start = { seconds: from, kind: "fault-start", fault: name, replicas: 2 } as const;
  return to === Number.POSITIVE_INFINITY
    ? [start]
    : [start, { seconds: to, kind: "fault-end", fault: name, replicas: 2 }];
}

export function inOrder(...events: readonly ControlEvent[]): ControlEvent[] {
  return events.toSorted((a, b) => a.seconds - b.seconds);
}

export function assess(
  records: readonly RunRecord[],
  baseline?: readonly RunRecord[],
  scenario = SCENARIO,
): readonly FaultResilience[] {
  return assessResilience(scenario, records, baseline)!;
}

export function only(record: RunRecord, baseline?: RunRecord): FaultResilience {
  const assessed = assess([record], baseline === undefined ? undefined : [baseline]);
  if (assessed.length !== 1) throw new Error(`one fault is expected, not ${assessed.length}`);
  return assessed[0]!;
}

/** Half of the requests are answered, and most of them good. */
export const DOWN = { answered: 50, good: 40, touched: 60 };
