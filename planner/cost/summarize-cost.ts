/**
 * From the records of a scenario's replications to what they cost: the pools as billed, what it comes to per token and
 * request, whose it is, and the services around.
 */
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import type { CellRecord, PaidPart, PoolRecord, RunRecord } from "../simulation/run-record";
import { type AllocatedCost, type Allocation, allocateCost } from "./allocate-cost";
import type {
  CostShare,
  CostSummary,
  PoolCostSummary,
  UnitCosts,
  UsageBasedCosts,
} from "./cost-summary";
import { HOURS_PER_MONTH, SECONDS_PER_HOUR } from "./hours";
import { type PoolCost, poolCost } from "./pool-cost";
import { summarizeServices } from "./summarize-services";
import { tokenSeconds } from "./token-seconds";

/** @param records one per finished replication, at least one */
export function summarizeCost(
  scenario: ResolvedScenario,
  records: readonly RunRecord[],
): CostSummary {
  const { pools } = scenario.fleet;
  const costs = pools.map((pool, index) => poolCost(pool, meanPaid(records, index)));
  const unpricedPools = pools
    .filter((_, index) => costs[index]!.unpriced.length > 0)
    .map((pool) => pool.name);
  const isKnown = pools.length > 0 && costs.some(({ usdPerHour }) => usdPerHour !== undefined);
  const sum = (of: (cost: PoolCost) => number | undefined): number | null =>
    isKnown ? costs.reduce((total, cost) => total + (of(cost) ?? 0), 0) : null;
  const usdPerHour = sum((cost) => cost.usdPerHour);
  const isPartial = isKnown && unpricedPools.length > 0;
  const whole = allocationOf(scenario, records, (index) => costs[index]!.usdPerHour ?? 0);
  const used = allocationOf(
    scenario,
    records,
    (index) => usedUsdPerHour(costs[index]!) * busyShare(records, index),
  );
  const wholeParts = isKnown ? partsWithRest(whole) : undefined;
  const served = servedBy(records, () => true);
  const services = summarizeServices(scenario, records);
  const shares = (nameOf: (cell: { workload: number; tenant: number }) => string) =>
    sharesByName(scenario, records, { whole, isKnown, nameOf });
  const { workloads } = scenario;
  return {
    usdPerHour,
    usdPerMonth: perMonth(usdPerHour),
    idleUsdPerHour: sum((cost) => cost.idleUsdPerHour),
    estimatedUsdPerHour: sum((cost) => cost.estimatedUsdPerHour),
    ...unitCosts(wholeParts, usdPerHour, served),
    // Pools with a price may be idle while others answer.
    usageBased: usageBasedCosts(
      wholeParts === undefined ? undefined : (partsWithRest(used) ?? NOTHING),
      served,
      usdPerHour,
    ),
    byWorkload: shares(({ workload }) => workloads[workload]!.name),
    byTenant: shares(({ workload, tenant }) => workloads[workload]!.tenants[tenant]!.name),
    unallocatedUsdPerHour: isKnown ? whole.unallocatedUsdPerHour : null,
    byPool: Object.fromEntries(
      pools.map((pool, index) => [pool.name, summarizePoolCost(costs[index]!)]),
    ),
    services,
    total: {
      usdPerMonth:
        usdPerHour === null ? null : usdPerHour * HOURS_PER_MONTH + (services.usdPerMonth ?? 0),
      isLowerBound: usdPerHour !== null && (isPartial || services.unpriced.length > 0),
    },
    priceBook: scenario.prices.book,
    unpricedPools,
    isLowerBound: isPartial,
  };
}

/** What is paid of a pool, mean over the replications. */
function meanPaid(records: readonly RunRecord[], pool: number): PaidPart[] {
  return records[0]!.pools[pool]!.paid.map(({ purchase }, part) => {
    const mean = (of: (paid: PaidPart) => number): number =>
      records.reduce((sum, { pools }) => sum + of(pools[pool]!.paid[part]!), 0) / records.length;
    return { purchase, replicas: mean((one) => one.replicas), nodes: mean((one) => one.nodes) };
  });
}

function runsOf(records: readonly RunRecord[], pool: number): PoolRecord[] {
  return records.map(({ pools }) => pools[pool]!);
}

function windowOf([record]: readonly RunRecord[]): number {
  return record!.windowEndSeconds - record!.windowStartSeconds;
}

/** Share of the time of a pool's paid replicas in which they computed. */
function busyShare(records: readonly RunRecord[], pool: number): number {
  const runs = runsOf(records, pool);
  const paid = runs.reduce((sum, { paidReplicas }) => sum + paidReplicas, 0) * windowOf(records);
  // Steps that begin before the window ends may last beyond it.
  return paid > 0 ? Math.min(1, runs.reduce((sum, run) => sum + run.busySeconds, 0) / paid) : 0;
}

/** The cost of accelerators that a paid replica has. */
function usedUsdPerHour({ usdPerHour, idleUsdPerHour }: PoolCost): number {
  return (usdPerHour ?? 0) - (idleUsdPerHour ?? 0);
}

function allocationOf(
  { fleet }: ResolvedScenario,
  records: readonly RunRecord[],
  usdPerHourOf: (pool: number) => number,
): Allocation {
  const pools = fleet.pools.map((pool, index) => ({
    pool,
    usdPerHour: usdPerHourOf(index),
    seconds: tokenSeconds(pool, runsOf(records, index), windowOf(records)),
  }));
  return allocateCost(
    pools,
    records.flatMap(({ work }) => work),
  );
}

/** Prompts and answers in US dollars per hour. */
interface TwoParts {
  readonly prompt: number;
  readonly answer: number;
}

const NOTHING: TwoParts = { prompt: 0, answer: 0 };

function partsOf(parts: readonly AllocatedCost[]): TwoParts {
  const sum = (of: (part: AllocatedCost) => number): number =>
    parts.reduce((total, part) => total + of(part), 0);
  return {
    prompt: sum(({ promptUsdPerHour }) => promptUsdPerHour),
    answer: sum(({ answerUsdPerHour }) => answerUsdPerHour),
  };
}

/** What is nobody's is a part of what tokens cost: in the proportion of the rest. Undefined where that is nothing. */
function partsWithRest({ parts, unallocatedUsdPerHour }: Allocation): TwoParts | undefined {
  const { prompt, answer } = partsOf(parts);
  const allocated = prompt + answer;
  if (allocated === 0) return undefined;
  const factor = 1 + unallocatedUsdPerHour / allocated;
  return { prompt: prompt * factor, answer: answer * factor };
}

/** Finished in the measured window, per hour, mean over the replications. */
interface Served {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly requests: number;
}

function servedBy(records: readonly RunRecord[], belongs: (cell: CellRecord) => boolean): Served {
  const cells = records.flatMap((record) => record.cells.filter(belongs));
  const perHour = SECONDS_PER_HOUR / (windowOf(records) * records.length);
  const sum = (of: (cell: CellRecord) => number): number =>
    cells.reduce((total, cell) => total + of(cell), 0) * perHour;
  return {
    inputTokens: sum((cell) => cell.inputTokensFinished),
    outputTokens: sum((cell) => cell.outputTokensFinished),
    requests: sum((cell) => cell.finishedInWindow),
  };
}

/** @param cost of prompts and answers; `undefined` = not known, as null is for the whole */
function unitCosts(
  cost: TwoParts | undefined,
  usdPerHour: number | null,
  served: Served,
): UnitCosts {
  return {
    usdPerMillionInputTokens: per(cost?.prompt, served.inputTokens, 1e6),
    usdPerMillionOutputTokens: per(cost?.answer, served.outputTokens, 1e6),
    usdPerThousandRequests: per(usdPerHour ?? undefined, served.requests, 1e3),
  };
}

function usageBasedCosts(
  cost: TwoParts | undefined,
  served: Served,
  usdPerHour: number | null,
): UsageBasedCosts {
  const isDefined = cost !== undefined && usdPerHour !== null && usdPerHour > 0;
  return {
    usdPerMillionInputTokens: per(cost?.prompt, served.inputTokens, 1e6),
    usdPerMillionOutputTokens: per(cost?.answer, served.outputTokens, 1e6),
    utilization: isDefined ? (cost.prompt + cost.answer) / usdPerHour : null,
  };
}

function per(usdPerHour: number | undefined, unitsPerHour: number, units: number): number | null {
  return usdPerHour !== undefined && unitsPerHour > 0 ? (usdPerHour / unitsPerHour) * units : null;
}

/** By the name of a workload or a tenant; a tenant's name means the same tenant in every workload. */
function sharesByName(
  { workloads }: ResolvedScenario,
  records: readonly RunRecord[],
  {
    whole,
    isKnown,
    nameOf,
  }: {
    readonly whole: Allocation;
    readonly isKnown: boolean;
    readonly nameOf: (one: { readonly workload: number; readonly tenant: number }) => string;
  },
): Record<string, CostShare> {
  const names = new Set(
    workloads.flatMap(({ tenants }, workload) =>
      tenants.map((_, tenant) => nameOf({ workload, tenant })),
    ),
  );
  return Object.fromEntries(
    [...names].map((name) => {
      const parts = partsOf(whole.parts.filter((part) => nameOf(part) === name));
      const served = servedBy(records, (cell) => nameOf(cell) === name);
      const usdPerHour = isKnown ? parts.prompt + parts.answer : null;
      const share = {
        usdPerHour,
        usdPerMonth: perMonth(usdPerHour),
        ...unitCosts(isKnown ? parts : undefined, usdPerHour, served),
      };
      return [name, share];
    }),
  );
}

function summarizePoolCost({ parts, usdPerHour, idleUsdPerHour }: PoolCost): PoolCostSummary {
  return {
    usdPerHour: usdPerHour ?? null,
    idleUsdPerHour: idleUsdPerHour ?? null,
    parts: parts.map(({ purchase, replicas, instances, price, ...cost }) => ({
      purchase,
      replicas,
      instances,
      usdPerHour: cost.usdPerHour ?? null,
      usdPerReplicaHour: price?.usdPerReplicaHour ?? null,
      kind: price?.kind ?? "unknown",
      terms: price?.terms ?? null,
      source: price?.source ?? null,
      date: price?.date ?? null,
    })),
  };
}

function perMonth(usdPerHour: number | null): number | null {
  return usdPerHour === null ? null : usdPerHour * HOURS_PER_MONTH;
}
