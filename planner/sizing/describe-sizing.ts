/** Parts of the search's answer in the words and figures of `sizing-result.ts`. */
import { purchaseOptions } from "../catalog/prices/price-rows";
import { describeBroken, formatMs } from "./choose-offers";
import type { RefusedFleet } from "./fleet-search";
import type { FleetUnits } from "./fleet-units";
import type { MeasuredOption } from "./measured-capacity";
import type { Offer } from "./offer";
import type { FleetSolution } from "./programme/programme-input";
import { kinOf } from "./serving-option";
import type { SizingProblem } from "./sizing-problem";
import type {
  MeasuredOptionRow,
  NextCheaper,
  ObjectiveMargin,
  SizedCase,
  SizedPool,
} from "./sizing-result";

/** The pools that are bought, by region and name. */
export function sizedPools(
  { offers }: SizingProblem,
  { units, nodes }: FleetSolution,
): readonly SizedPool[] {
  return offers.flatMap((offer) => {
    const { region, option, index, prices } = offer;
    if (units[index] === 0) return [];
    return option.parts.map((part, place): SizedPool => {
      const purchases = prices.flatMap(({ purchase, usdPerNodeHour }, way) => {
        const count = nodes[index]![place]![way]!;
        return count === 0 ? [] : [{ purchase, nodes: count, usdPerHour: count * usdPerNodeHour }];
      });
      return {
        region,
        name: part.name,
        model: option.model,
        instanceType: option.instanceType.name,
        role: part.role,
        acceleratorsPerReplica: option.acceleratorsPerReplica,
        replicas: units[index]! * part.replicas,
        purchases: purchases.toSorted(
          (a, b) => purchaseOptions.indexOf(a.purchase) - purchaseOptions.indexOf(b.purchase),
        ),
        usdPerHour: purchases.reduce((sum, { usdPerHour }) => sum + usdPerHour, 0),
      };
    });
  });
}

/** Every objective of every case, the tightest first. */
export function objectiveMargins(cases: readonly SizedCase[]): readonly ObjectiveMargin[] {
  return cases
    .flatMap(({ name, summary }) =>
      summary.slo.map(({ workload, objective, limitMs, valueMs, highMs, verdict }) => ({
        case: name,
        workload,
        objective,
        limitMs,
        valueMs,
        highMs,
        toSpare: highMs === null ? null : (limitMs - highMs) / limitMs,
        verdict,
      })),
    )
    .toSorted((a, b) => (a.toSpare ?? -1) - (b.toSpare ?? -1));
}

/** A fleet that does not hold, and where: `us-east-1, us-west-2 lost: chat ttft p95: 912 ms, 800 ms allowed`. */
export interface CheaperFleet {
  readonly units: FleetUnits;
  readonly usdPerHour: number;
  readonly breaks: readonly string[];
}

/** As the search refused it. */
export function cheaperFleet({ units, usdPerHour, failed }: RefusedFleet): CheaperFleet {
  const breaks = failed.map(
    ({ check, evaluation }) => `${check.name}: ${describeBroken(evaluation)}`,
  );
  return { units, usdPerHour, breaks: [...new Set(breaks)] };
}

/** As the verification refused it. */
export function unverifiedFleet(
  { units, usdPerHour }: FleetSolution,
  failing: readonly SizedCase[],
): CheaperFleet {
  const breaks = failing.flatMap(({ name, summary }) =>
    summary.slo
      .filter(({ verdict }) => verdict !== "PASS")
      .map(({ workload, objective, valueMs, highMs, limitMs }) => {
        const upTo = highMs === null ? "with no upper end" : `up to ${formatMs(highMs)}`;
        const value = valueMs === null ? "not measured" : formatMs(valueMs);
        return `${name}: ${workload} ${objective}: ${value}, ${upTo}, ${formatMs(limitMs)} allowed`;
      }),
  );
  return { units, usdPerHour, breaks: [...new Set(breaks)] };
}

/** Whether a fleet costs less, beyond what sums may be off by. */
export function isCheaper(usdPerHour: number, than: Pick<FleetSolution, "usdPerHour">): boolean {
  return usdPerHour < than.usdPerHour - 1e-9;
}

/** The dearest of the fleets that cost less. */
export function nextCheaper(
  { offers }: SizingProblem,
  best: FleetSolution,
  refused: readonly CheaperFleet[],
): NextCheaper | undefined {
  const cheaper = refused
    .filter(({ usdPerHour }) => isCheaper(usdPerHour, best))
    .toSorted((a, b) => b.usdPerHour - a.usdPerHour)[0];
  if (cheaper === undefined) return undefined;
  return {
    usdPerHour: cheaper.usdPerHour,
    changes: changesBetween(offers, best.units, cheaper.units),
    breaks: cheaper.breaks,
  };
}

/** `us-east-1/h100 3 → 2` for each offer of which there is more or less. */
export function changesBetween(
  offers: readonly Offer[],
  from: FleetUnits,
  to: FleetUnits,
): readonly string[] {
  return offers.flatMap(({ index, region, option }) =>
    from[index] === to[index] ? [] : [`${region}/${option.name} ${from[index]} → ${to[index]}`],
  );
}

/** What was measured, the cheapest per call first; what one measurement stands for is a row for each instance type. */
export function measuredRows(
  { offers, bounds }: SizingProblem,
  measured: ReadonlyMap<string, MeasuredOption>,
  units: FleetUnits,
): readonly MeasuredOptionRow[] {
  const rows = [...measured].flatMap(([kin, capacity]) => {
    const own = offers.filter(({ option }) => kinOf(option) === kin);
    const types = [...new Set(own.map(({ option }) => option.instanceType.name))];
    return types.map((type) =>
      measuredRow(
        own.filter(({ option }) => option.instanceType.name === type),
        { ...capacity, bounds, units },
      ),
    );
  });
  return rows.toSorted((a, b) => cheapestOf(a) - cheapestOf(b));
}

/** @param own offers of one option, in each region that sells it */
function measuredRow(
  own: readonly Offer[],
  {
    holds,
    breaks,
    bounds,
    units,
  }: Pick<MeasuredOption, "holds" | "breaks"> & {
    readonly bounds: readonly number[];
    readonly units: FleetUnits;
  },
): MeasuredOptionRow {
  const { option, index } = own.find((offer) => units[offer.index]! > 0) ?? own[0]!;
  const replicas = option.parts.reduce((sum, part) => sum + part.replicas, 0);
  const usdPerThousandCalls = own.map(({ region, prices, replicasPerNode }) => {
    const cheapest = Math.min(...prices.map(({ usdPerNodeHour }) => usdPerNodeHour));
    const usdPerHour = (cheapest * replicas) / replicasPerNode;
    return [region, holds === 0 ? null : (usdPerHour / 3600 / holds) * 1000] as const;
  });
  return {
    option: option.name,
    model: option.model,
    instanceType: option.instanceType.name,
    acceleratorsPerReplica: option.acceleratorsPerReplica,
    holds,
    breaks,
    bound: bounds[index]!,
    usdPerThousandCalls: Object.fromEntries(usdPerThousandCalls),
    isUsed: own.some((offer) => units[offer.index]! > 0),
  };
}

function cheapestOf({ usdPerThousandCalls }: MeasuredOptionRow): number {
  const known = Object.values(usdPerThousandCalls).map((usd) => usd ?? Number.POSITIVE_INFINITY);
  return Math.min(...known);
}

/** Paths of the quotas of which a fleet uses all. */
export function quotasUsedUp(
  { search, offers }: SizingProblem,
  { nodes }: FleetSolution,
): readonly string[] {
  return search.quotas.flatMap(({ path, region, of, name, max }) => {
    const used = offers.reduce((sum, offer) => {
      const { instanceType } = offer.option;
      const isOfIt = of === "accelerator" ? instanceType.accelerator : instanceType.name;
      if (offer.region !== region || isOfIt !== name) return sum;
      const instances = nodes[offer.index]!.flat().reduce((total, n) => total + n, 0);
      const each = of === "accelerator" ? instanceType.acceleratorCount : 1;
      return sum + instances * offer.instancesPerNode * each;
    }, 0);
    return used >= max ? [path] : [];
  });
}
