/**
 * What DNS answers for one model while the health of its regions stays as it is: one region per origin, or under
 * weighted records a share per region. Answers are worked out when health changes, not when they are asked for.
 *
 * Rules of Route 53 (developer guide, "How Amazon Route 53 chooses records when health checking is configured"):
 * a healthy record is chosen by the policy; when none is healthy, all count as healthy; records of weight zero come
 * in only when no healthy one has a weight, and then all alike. Ties go to the lowest region index.
 */
import type { ResolvedFleet } from "../../fleet/resolved-fleet";
import type { ResolvedFailoverPolicy } from "../../fleet/resolved-policies";

export class DnsAnswer {
  constructor(
    /** By origin; of no use when there are shares. */
    private readonly regionOfOrigin: readonly number[],
    /** Weighted records: regions, and their cumulative shares up to 1; empty under other policies. */
    private readonly regions: readonly number[],
    private readonly cumulativeShares: readonly number[],
  ) {}

  /** The region that a client from `origin` is told; `draw` in [0, 1) decides under weighted records only. */
  choose(origin: number, draw: number): number {
    const last = this.cumulativeShares.length - 1;
    if (last < 0) return this.regionOfOrigin[origin]!;
    let place = 0;
    // The last place takes what rounding leaves over; it has a share, so no draw goes where none belongs.
    while (place < last && draw >= this.cumulativeShares[place]!) place++;
    return this.regions[place]!;
  }
}

/**
 * @param fleet round trips [origin][region], and where requests from an origin may be served
 * @param regions regions that serve the model, ascending; at least one
 * @param isHealthy by place in `regions`
 */
export function dnsAnswer(
  policy: ResolvedFailoverPolicy,
  { roundTripSeconds, residency }: Pick<ResolvedFleet, "roundTripSeconds" | "residency">,
  regions: readonly number[],
  isHealthy: readonly boolean[],
): DnsAnswer {
  const healthyOf = (places: readonly number[]): readonly number[] => {
    const healthy = places.filter((region) => isHealthy[regions.indexOf(region)]);
    return healthy.length > 0 ? healthy : places;
  };
  if (policy.kind === "weighted") return weightedAnswer(policy.weights, healthyOf(regions));
  const regionOfOrigin = roundTripSeconds.map((roundTrips, origin) => {
    const allowed =
      residency === undefined ? regions : regions.filter((region) => residency[origin]![region]);
    return allowed.length === 0
      ? NOWHERE
      : regionFor(policy, healthyOf(allowed), roundTrips, origin);
  });
  return new DnsAnswer(regionOfOrigin, [], []);
}

/** For an origin that sends no requests to this model: no region may serve it. */
const NOWHERE = -1;

function regionFor(
  policy: Exclude<ResolvedFailoverPolicy, { readonly kind: "weighted" }>,
  candidates: readonly number[],
  roundTrips: readonly number[],
  origin: number,
): number {
  switch (policy.kind) {
    case "latency":
      return nearest(candidates, roundTrips);
    case "geo": {
      const own = policy.regionOfOrigin[origin]!;
      return candidates.includes(own) ? own : nearest(candidates, roundTrips);
    }
    case "primary-backup":
      // Regions that the order does not name are the last resort.
      return policy.order.find((region) => candidates.includes(region)) ?? candidates[0]!;
  }
}

function nearest(candidates: readonly number[], roundTrips: readonly number[]): number {
  return candidates.reduce((best, region) =>
    roundTrips[region]! < roundTrips[best]! ? region : best,
  );
}

function weightedAnswer(weights: readonly number[], candidates: readonly number[]): DnsAnswer {
  const weighted = candidates.filter((region) => weights[region]! > 0);
  const regions = weighted.length > 0 ? weighted : candidates;
  const weightOf = (region: number): number => (weighted.length > 0 ? weights[region]! : 1);
  const total = regions.reduce((sum, region) => sum + weightOf(region), 0);
  let sum = 0;
  const cumulativeShares = regions.map((region) => {
    sum += weightOf(region);
    return sum / total;
  });
  return new DnsAnswer([], regions, cumulativeShares);
}
