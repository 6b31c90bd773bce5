/**
 * What a planned fleet costs, line by line, and the prices behind it: from what a run was billed for. A line without a
 * price stays, with nothing in its place, and the total reads "at least".
 */
import type { PriceBookIdentity } from "../catalog/prices/price-book";
import type { PurchaseOption } from "../catalog/prices/price-rows";
import type { PoolCostSummary, PoolPartSummary, ServicesSummary } from "../cost/cost-summary";
import { HOURS_PER_MONTH } from "../cost/hours";
import type { ResolvedFleet, ResolvedPool } from "../fleet/resolved-fleet";
import { acceleratorsPerReplica } from "../simulation/parallelism";
import type { CostLine, PlanCost, PlanPrices, PriceRow } from "./cost-spec";

export interface BilledFleet {
  readonly fleet: Pick<ResolvedFleet, "pools" | "regions">;
  /** Of the run with the planned fleet. */
  readonly cost: BilledCost;
}

/** What of a run's cost a plan is made from. */
export interface BilledCost {
  /** By `region/pool`. */
  readonly byPool: Readonly<Record<string, Pick<PoolCostSummary, "parts">>>;
  readonly services: Pick<ServicesSummary, "usdPerMonth" | "unpriced">;
  readonly priceBook: PriceBookIdentity;
}

/** The cost of a fleet, and every price that it rests on once, both in one order. */
export function plannedCost(billed: BilledFleet): {
  readonly cost: PlanCost;
  readonly prices: PlanPrices;
} {
  const priced = billed.fleet.pools.flatMap((pool) =>
    (billed.cost.byPool[pool.name]?.parts ?? [])
      .filter(({ replicas }) => replicas > 0)
      .map((part) => pricedLine(pool, part, billed)),
  );
  const rows = new Map(priced.flatMap(({ row }) => (row === undefined ? [] : [[row.of, row]])));
  return {
    cost: totalsOf(
      priced.map(({ line }) => line),
      billed.cost.services,
    ),
    prices: {
      book: { ...billed.cost.priceBook },
      rows: [...rows.values()].toSorted((a, b) => (a.of < b.of ? -1 : 1)),
    },
  };
}

function pricedLine(
  pool: ResolvedPool,
  part: PoolPartSummary,
  billed: BilledFleet,
): { readonly line: CostLine; readonly row: PriceRow | undefined } {
  const { purchase, replicas, instances, usdPerHour, kind } = part;
  const isPerReplica = kind === "given";
  const quantity = isPerReplica ? replicas : instances;
  const row =
    usdPerHour === null || kind === "unknown"
      ? undefined
      : ({
          of: isPerReplica ? `replica of ${pool.name} ${purchase}` : itemOf(pool, purchase, billed),
          usdPerHour: usdPerHour / quantity,
          per: isPerReplica ? "replica" : "instance",
          kind,
          source: part.source ?? "scenario",
          date: part.date,
        } satisfies PriceRow);
  const perUnit = isPerReplica
    ? acceleratorsPerReplica(pool)
    : (pool.instanceType?.acceleratorCount ?? acceleratorsPerReplica(pool));
  const line = {
    pool: pool.name,
    purchase,
    replicas,
    billed: quantity,
    accelerators: quantity * perUnit,
    price: row?.of ?? null,
    usdPerHour,
  };
  return { line, row };
}

/** `p5.48xlarge us-east-1 spot`. */
function itemOf(pool: ResolvedPool, purchase: PurchaseOption, { fleet }: BilledFleet): string {
  const hardware = pool.instanceType?.name ?? pool.accelerator.name;
  return `${hardware} ${fleet.regions[pool.regionIndex]!.name} ${purchase}`;
}

function totalsOf(lines: readonly CostLine[], services: BilledCost["services"]): PlanCost {
  const known = lines.flatMap(({ usdPerHour }) => usdPerHour ?? []);
  const isUnknown = known.length === 0 && lines.length > 0;
  const usdPerHour = isUnknown ? null : known.reduce((sum, usd) => sum + usd, 0);
  const usdPerMonth = usdPerHour === null ? null : usdPerHour * HOURS_PER_MONTH;
  const isPartial = known.length < lines.length || services.usdPerMonth === null;
  return {
    usdPerHour,
    usdPerMonth,
    servicesUsdPerMonth: services.usdPerMonth,
    totalUsdPerMonth: usdPerMonth === null ? null : usdPerMonth + (services.usdPerMonth ?? 0),
    isLowerBound: usdPerMonth !== null && (isPartial || services.unpriced.length > 0),
    lines: [...lines],
  };
}
