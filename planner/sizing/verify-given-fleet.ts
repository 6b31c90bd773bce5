/**
 * A fleet that is there already, held against what a fleet of the search would be: the whole scenario and every peak,
 * with each part gone that must be survived, and the quotas of the search. Nothing is searched and nothing is changed.
 */
import { findRegion } from "../catalog";
import type { PoolCostSummary } from "../cost/cost-summary";
import { instancesPerNode } from "../fleet/capacity-defaults";
import type { ResolvedPool } from "../fleet/resolved-fleet";
import { PlannerError, type Problem } from "../foundation/errors";
import { resolveScenario } from "../scenario/resolve-scenario";
import { resolveSearch } from "../scenario/resolve-search";
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import type { Quota } from "../scenario/resolved-search";
import type { ScenarioSpec } from "../scenario/scenario-spec";
import { acceleratorsPerReplica } from "../simulation/parallelism";
import { describeLoss, faultTarget } from "./demand";
import { objectiveMargins } from "./describe-sizing";
import { evaluatedScenario } from "./evaluated-scenario";
import type { SizingContext } from "./evaluation-job";
import { Evaluator, type EvaluatorWatch, type SizingExecutor } from "./evaluator";
import type { PoolsByRegion } from "./fleet-units";
import { runVerifications } from "./run-verifications";
import { demandOf, refuseClosedLoops } from "./sizing-problem";
import type { BrokenQuota, VerifiedFleet, VerifiedPool } from "./sizing-result";
import { askedVerification, type StruckPart, verificationCases } from "./verification-cases";
import { verdictOf } from "./verify-fleet";

export interface GivenFleetOptions {
  /** Runs the jobs of this scenario: `sizing` of `execution/job-kinds.ts`, with the context. */
  readonly executor: SizingExecutor;
  readonly watch: EvaluatorWatch;
}

/**
 * @throws PlannerError with every problem of the scenario, its fleet and its search
 * @throws SearchInterrupted
 */
export async function verifyGivenFleet(
  context: SizingContext,
  { executor, watch }: GivenFleetOptions,
): Promise<VerifiedFleet> {
  const { spec } = context;
  const problems: Problem[] = [];
  const search = resolveSearch(spec, problems);
  refuseClosedLoops(spec, problems);
  if (problems.length > 0) throw new PlannerError(problems);
  const traces = new Map(context.traces);
  // As it stands it must resolve; as it is run, without the faults of the scenario, it may have fewer regions.
  resolveScenario(spec, { traces });
  const pools = givenPools(spec);
  const scenario = resolveScenario(evaluatedScenario(spec, { pools }), { traces });
  const demand = demandOf(scenario, search);
  const { losses } = demand;
  const parts = losses.flatMap((loss): StruckPart[] =>
    loss === null
      ? []
      : [{ target: faultTarget(demand, [], loss), words: describeLoss(demand, [], loss) }],
  );
  if (search.survive.some(({ kind }) => kind === "any-pool")) parts.push(...poolParts(scenario));
  const evaluator = new Evaluator(executor, watch);
  const asked = verificationCases(demand, parts);
  const summaries = await runVerifications(
    context,
    asked.map((one) => askedVerification(demand, pools, one)),
    evaluator,
  );
  const cases = asked.map(({ name }, place) => ({ name, summary: summaries[place]! }));
  const { evaluations, requests } = evaluator;
  const nominal = cases[0]!.summary;
  return {
    kind: "verified",
    verdict: verdictOf(cases),
    spec,
    pools: scenario.fleet.pools.map((pool) =>
      verifiedPool(pool, scenario, nominal.cost.byPool[pool.name]),
    ),
    usdPerHour: nominal.cost.usdPerHour,
    margins: objectiveMargins(cases),
    quotasBroken: search.quotas.flatMap((quota) => brokenQuota(quota, scenario)),
    cases,
    effort: { evaluations, requests },
  };
}

/** By canonical region, as the fleet is written. */
function givenPools({ fleet }: ScenarioSpec): PoolsByRegion {
  return Object.fromEntries(
    Object.entries(fleet.regions).map(([name, { pools }]) => {
      const region = findRegion(name);
      return [region.found ? region.row.name : name, pools];
    }),
  );
}

/** Each pool; prefill and decode pools of a model in a region stand and fall together. */
function poolParts({ fleet }: ResolvedScenario): StruckPart[] {
  const together = new Map<string, ResolvedPool[]>();
  for (const pool of fleet.pools) {
    const key =
      pool.role === "unified" ? pool.name : `${pool.regionIndex} ${pool.model.name} split`;
    together.set(key, [...(together.get(key) ?? []), pool]);
  }
  return [...together.values()].map((pools) => {
    const names = pools.map(({ name }) => name);
    const words = `${names.length === 1 ? "pool" : "pools"} ${names.join(" and ")} lost`;
    return { target: names.map((pool) => ({ pool })), words };
  });
}

function verifiedPool(
  pool: ResolvedPool,
  { fleet }: ResolvedScenario,
  cost: PoolCostSummary | undefined,
): VerifiedPool {
  const region = fleet.regions[pool.regionIndex]!.name;
  return {
    region,
    name: pool.name.slice(region.length + 1),
    model: pool.model.name,
    instanceType: pool.instanceType?.name ?? null,
    role: pool.role,
    acceleratorsPerReplica: acceleratorsPerReplica(pool),
    replicas: pool.replicas,
    purchases: (cost?.parts ?? []).map(({ purchase, instances, usdPerHour }) => ({
      purchase,
      nodes: instances / instancesPerNode(pool.instanceType, acceleratorsPerReplica(pool)),
      usdPerHour,
    })),
    usdPerHour: cost?.usdPerHour ?? null,
  };
}

/** A quota of which the fleet needs more than there is when all of its replicas run. */
function brokenQuota(
  { path, region, of, name, max }: Quota,
  { fleet }: ResolvedScenario,
): BrokenQuota[] {
  const used = fleet.pools.reduce((sum, pool) => {
    const { instanceType, replicasMax, replicasPerNode } = pool;
    const isThere = fleet.regions[pool.regionIndex]!.name === region;
    const itsName = of === "accelerator" ? pool.accelerator.name : instanceType?.name;
    if (!isThere || itsName !== name) return sum;
    const accelerators = acceleratorsPerReplica(pool);
    const instances =
      Math.ceil(replicasMax / replicasPerNode) * instancesPerNode(instanceType, accelerators);
    const each = of === "accelerator" ? (instanceType?.acceleratorCount ?? accelerators) : 1;
    return sum + instances * each;
  }, 0);
  return used > max ? [{ path, used, max }] : [];
}
