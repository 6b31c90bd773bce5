/** What scaling lag does to the requests of each workload: how many are outside of their objectives, and when. */
import type { SimulationSummary } from "../../metrics/simulation-summary";
import type { ResolvedScenario, ResolvedWorkload } from "../../scenario/resolved-scenario";
import type { Damage, DamagedStretch } from "./scaling-study";

/** Fewer requests than this in a bucket say nothing of it. */
const OFFERED_MIN = 20;
const WITHIN: Readonly<Record<string, number>> = {
  mean: 0.5,
  p50: 0.5,
  p90: 0.9,
  p95: 0.95,
  p99: 0.99,
  p999: 0.999,
};

/** @param atStart seconds of the scenario at which the run starts */
export function damageOf(
  summary: SimulationSummary,
  unscaled: SimulationSummary,
  { scenario, atStart }: { readonly scenario: ResolvedScenario; readonly atStart: number },
): readonly Damage[] {
  return scenario.workloads.map((workload): Damage => {
    const { name } = workload;
    const outsideShare = outside(summary.workloads[name]?.sloAttainment);
    const base = outside(unscaled.workloads[name]?.sloAttainment);
    return {
      workload: name,
      outsideShare,
      addedShare: outsideShare === null || base === null ? null : outsideShare - base,
      stretches: stretches(summary, unscaled, { workload, atStart }),
    };
  });
}

function outside(attainment: number | null | undefined): number | null {
  return attainment === null || attainment === undefined ? null : 1 - attainment;
}

/** Buckets in a row are one stretch. */
function stretches(
  { timeline, warmUpSeconds }: SimulationSummary,
  unscaled: SimulationSummary,
  { workload, atStart }: { readonly workload: ResolvedWorkload; readonly atStart: number },
): readonly DamagedStretch[] {
  const allowed = allowedShare(workload);
  const found: { from: number; to: number; offered: number; out: number }[] = [];
  for (const [place, bucket] of (timeline ?? []).entries()) {
    const own = countsOf(bucket.workloads[workload.name]);
    const base = countsOf(unscaled.timeline?.[place]?.workloads[workload.name]);
    if (bucket.startSeconds < warmUpSeconds || own === undefined || base === undefined) continue;
    const isDamaged =
      own.out > allowed * own.offered && own.out * base.offered > base.out * own.offered;
    if (!isDamaged) continue;
    const last = found.at(-1);
    if (last?.to === bucket.startSeconds) {
      last.to = bucket.endSeconds;
      last.offered += own.offered;
      last.out += own.out;
    } else {
      found.push({ from: bucket.startSeconds, to: bucket.endSeconds, ...own });
    }
  }
  return found
    .toSorted((a, b) => b.out - a.out || a.from - b.from)
    .map(({ from, to, offered, out }) => ({
      fromSeconds: atStart + from,
      toSeconds: atStart + to,
      outsideShare: out / offered,
    }));
}

type Bucket = NonNullable<SimulationSummary["timeline"]>[number]["workloads"][string];

function countsOf(
  bucket: Bucket | undefined,
): { readonly offered: number; readonly out: number } | undefined {
  if (bucket === undefined || bucket.goodOfArrived === null) return undefined;
  if (bucket.offered < OFFERED_MIN) return undefined;
  return { offered: bucket.offered, out: bucket.offered - bucket.goodOfArrived };
}

/** Requests may be outside of one objective each: together that many at most. */
function allowedShare({ slo }: ResolvedWorkload): number {
  return slo.reduce((sum, { statistic }) => sum + 1 - WITHIN[statistic]!, 0);
}
