/**
 * Whether a fleet that scales could at any moment lose what it must survive: by the replicas that a run of it had, the
 * load that would come to those that are left, and what they can take. No part is lost in that run.
 */
import type { SimulationSummary, TimelineBucket } from "../../metrics/simulation-summary";
import type { SizingProblem } from "../sizing-problem";
import type { SurvivalOverTime } from "./scaling-study";
import { type FleetNeeds, shareNeeded } from "./site-needs";

/** Means over a bucket and random starts are off by this much. */
const TOLERANCE = 0.02;
/** Shorter than this share of the time is the start of a replica that took unusually long. */
const GONE_SHARE_MAX = 0.005;

/** null where nothing is asked to be survived. */
export function survivalOverTime(
  problem: SizingProblem,
  needs: FleetNeeds,
  { timeline, warmUpSeconds }: SimulationSummary,
  atStart: number,
): SurvivalOverTime | null {
  if (problem.search.survive.length === 0 || timeline === null) return null;
  let seconds = 0;
  let gone = 0;
  let worst: SurvivalOverTime["worst"] = null;
  for (const bucket of timeline) {
    if (bucket.startSeconds < warmUpSeconds) continue;
    const length = bucket.endSeconds - bucket.startSeconds;
    const worstHere = worstLoss(problem, needs, bucket, atStart);
    seconds += length;
    if (worstHere === undefined) continue;
    gone += length;
    if (worst === null || worstHere.leftShare < worst.leftShare) worst = worstHere;
  }
  const goneShare = seconds > 0 ? gone / seconds : 0;
  return { keptShare: 1 - goneShare, isKept: goneShare <= GONE_SHARE_MAX, worst };
}

/** undefined when every loss is survived. */
function worstLoss(
  problem: SizingProblem,
  needs: FleetNeeds,
  bucket: TimelineBucket,
  atStart: number,
): NonNullable<SurvivalOverTime["worst"]> | undefined {
  const units = readyUnits(problem, needs, bucket);
  const atSeconds = atStart + bucket.startSeconds;
  const slice = sliceAt(needs.edges, atSeconds);
  const found = needs.sites.flatMap((site) =>
    site.cases
      .filter(({ loss }) => loss !== null)
      .map((one) => ({
        loss: one.name,
        model: site.model,
        atSeconds,
        leftShare: 1 / shareNeeded(site, units, one, slice),
      })),
  );
  return found
    .filter(({ leftShare }) => leftShare < 1 - TOLERANCE)
    .toSorted((a, b) => a.leftShare - b.leftShare)[0];
}

/** Units of which every part is ready. */
function readyUnits(
  { offers }: SizingProblem,
  { units }: FleetNeeds,
  { pools }: TimelineBucket,
): readonly number[] {
  return offers.map(({ region, option, index }) =>
    units[index] === 0
      ? 0
      : Math.min(
          ...option.parts.map(
            ({ name, replicas }) => (pools[`${region}/${name}`]?.readyReplicas ?? 0) / replicas,
          ),
        ),
  );
}

function sliceAt(edges: readonly number[], seconds: number): number {
  const next = edges.findIndex((edge) => edge > seconds);
  return next < 0 ? edges.length - 2 : Math.max(0, next - 1);
}
