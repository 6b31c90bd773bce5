/**
 * Faults drawn without a fleet: numbers that stand for targets, and are put onto whatever parts a fleet turns out to
 * have. Every kind of effect on every kind of target that it can have.
 */
import * as fc from "fast-check";
import type { FaultTarget } from "../../planner/fleet/fault-target";
import type { ResolvedFleet } from "../../planner/fleet/resolved-fleet";
import type {
  FaultEffect,
  FaultWhen,
  ResolvedFaults,
} from "../../planner/scenario/resolved-faults";

interface DrawnTarget {
  readonly kind: FaultTarget["kind"];
  readonly first: number;
  readonly second: number;
}

interface DrawnFault {
  readonly targets: readonly DrawnTarget[];
  readonly effect: FaultEffect;
  readonly isRandom: boolean;
  readonly startShare: number;
  readonly lengthSeconds: number;
}

interface DrawnPoison {
  readonly workload: number;
  readonly share: number;
}

interface DrawnWave {
  readonly atShare: number;
  readonly share: number;
  readonly unavailableSeconds: number;
}

export interface DrawnFaults {
  readonly faults: readonly DrawnFault[];
  readonly poison: readonly DrawnPoison[];
  readonly waves: readonly DrawnWave[];
}

const KINDS = [
  "fleet",
  "cloud",
  "region",
  "zone",
  "pool",
  "node",
  "replica",
  "gateway",
  "health-checker",
  "queue",
] as const;

const target: fc.Arbitrary<DrawnTarget> = fc.record({
  kind: fc.constantFrom(...KINDS),
  first: fc.nat(11),
  second: fc.nat(11),
});

const effect: fc.Arbitrary<FaultEffect> = fc.oneof(
  { arbitrary: fc.constant({ kind: "lose" } as const), weight: 4 },
  { arbitrary: fc.constant({ kind: "partition" } as const), weight: 2 },
  {
    arbitrary: fc.constantFrom(1.7, 5).map((factor): FaultEffect => ({ kind: "slow", factor })),
    weight: 1,
  },
  {
    arbitrary: fc.constant({ kind: "delay", addedSeconds: 0.21 } as const),
    weight: 1,
  },
  { arbitrary: fc.constant({ kind: "cold-cache" } as const), weight: 1 },
);

export const drawnFaults: fc.Arbitrary<DrawnFaults> = fc.record({
  faults: fc.array(
    fc.record({
      targets: fc.array(target, { minLength: 1, maxLength: 2 }),
      effect,
      isRandom: fc.boolean(),
      startShare: fc.double({ min: 0.01, max: 0.9, noNaN: true }),
      lengthSeconds: fc.constantFrom(0.31, 2.7, 9.3, Number.POSITIVE_INFINITY),
    }),
    { maxLength: 4 },
  ),
  poison: fc.array(fc.record({ workload: fc.nat(2), share: fc.constantFrom(0.01, 0.1) }), {
    maxLength: 1,
  }),
  waves: fc.array(
    fc.record({
      atShare: fc.double({ min: 0.01, max: 0.9, noNaN: true }),
      share: fc.constantFrom(0.3, 1),
      unavailableSeconds: fc.constant(2.2),
    }),
    { maxLength: 1 },
  ),
});

/** Puts drawn faults onto a fleet. */
export function resolveDrawnFaults(
  drawn: DrawnFaults,
  fleet: ResolvedFleet,
  workloads: number,
  durationSeconds: number,
): ResolvedFaults {
  return {
    faults: drawn.faults.map((fault, i) => ({
      name: `fault-${i}`,
      targets: fault.targets.map((one) => targetOf(one, fleet)),
      effect: fault.effect,
      when: whenOf(fault, durationSeconds),
    })),
    poison: drawn.poison.map(({ workload, share }, i) => ({
      name: `poison-${i}`,
      workload: workload % workloads,
      share,
      startSeconds: 0.2 * durationSeconds,
      endSeconds: 0.5 * durationSeconds,
    })),
    spotWaves: drawn.waves.map(({ atShare, share, unavailableSeconds }, i) => ({
      name: `wave-${i}`,
      atSeconds: atShare * durationSeconds,
      pools: fleet.pools.flatMap(({ purchase }, pool) =>
        purchase.spot === undefined ? [] : [pool],
      ),
      share,
      unavailableSeconds,
    })),
  };
}

function whenOf(fault: DrawnFault, durationSeconds: number): FaultWhen {
  const { isRandom, startShare, effect } = fault;
  const isEndless = fault.lengthSeconds === Number.POSITIVE_INFINITY;
  // Behind an endless cut an answer would wait for ever.
  const lengthSeconds = isEndless && effect.kind === "partition" ? 13 : fault.lengthSeconds;
  const startSeconds = startShare * durationSeconds;
  // An endless fault comes once, and one without a length does not come again and again.
  if (!isRandom || lengthSeconds === Number.POSITIVE_INFINITY || effect.kind === "cold-cache") {
    return { kind: "at", startSeconds, durationSeconds: lengthSeconds };
  }
  return {
    kind: "random",
    mtbfSeconds: 2 + startSeconds,
    repairSeconds: { kind: "exponential", mean: lengthSeconds },
  };
}

function targetOf({ kind, first, second }: DrawnTarget, fleet: ResolvedFleet): FaultTarget {
  const region = first % fleet.regions.length;
  const pool = first % fleet.pools.length;
  const { replicasMax, replicasPerNode } = fleet.pools[pool]!;
  switch (kind) {
    case "fleet":
      return { kind };
    case "cloud":
      return { kind, cloud: fleet.regions[region]!.spec.cloud };
    case "region":
    case "health-checker":
    case "queue":
      return { kind, region };
    case "zone":
      return { kind, region, zone: second % fleet.regions[region]!.zones };
    case "pool":
      return { kind, pool };
    case "node":
      return { kind, pool, node: second % Math.max(1, Math.ceil(replicasMax / replicasPerNode)) };
    case "replica":
      return { kind, pool, replica: second % Math.max(1, replicasMax) };
    case "gateway":
      return { kind, region, process: second % fleet.policies.gateway.replicas };
  }
}
