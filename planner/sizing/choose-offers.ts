/**
 * Which offers are measured, and which fleets are first made of. An offer is beaten by another of its model and region
 * that can be bought in steps that are no larger and takes each call for no more money, as measured against the best
 * that the first one's bound allows. What is beaten may still be the better last unit of a small fleet, so that the
 * proof looks at it again. Offers that keep no objective even when idle, and those that a quota leaves nothing of, are
 * out for good.
 */
import { formatNumber } from "../foundation/format-units";
import { settleAll } from "../foundation/settle-all";
import type { Evaluation } from "./evaluation-job";
import type { Evaluator } from "./evaluator";
import { type MeasuredOption, measureOptions } from "./measured-capacity";
import { cheapestUsdPerHour, nodesOf, type Offer } from "./offer";
import { kinOf, type LeftOut } from "./serving-option";
import type { SizingProblem } from "./sizing-problem";

export interface ChosenOffers {
  readonly measured: ReadonlyMap<string, MeasuredOption>;
  /** Offers that fleets are first made of, by index. */
  readonly candidates: ReadonlySet<number>;
  readonly leftOut: readonly LeftOut[];
  /** Of each model without any candidate: what it can do at best, with nearly nothing to do. */
  readonly impossible: readonly { readonly model: string; readonly best: Evaluation }[];
}

/** Options of each model that are measured before the others are compared with them. */
const FIRST_MEASURED = 2;
const MEASURED_MAX = 16;

/** @param withoutQuota offers that cannot be had, by index */
export async function chooseOffers(
  problem: SizingProblem,
  withoutQuota: ReadonlyMap<number, LeftOut>,
  evaluator: Evaluator,
): Promise<ChosenOffers> {
  const models = problem.demand.groups.flatMap((group) => group.models);
  const choices = await settleAll(
    models.map(async (model) => await chooseForModel(problem, model, withoutQuota, evaluator)),
  );
  return {
    measured: new Map(choices.flatMap(({ measured }) => [...measured])),
    candidates: new Set(choices.flatMap(({ open }) => [...open])),
    leftOut: choices.flatMap(({ leftOut }) => leftOut),
    impossible: choices.flatMap(({ model, open, measured }) => {
      const tried = [...measured.values()].map(({ idle }) => idle);
      return open.size > 0 || tried.length === 0 ? [] : [{ model, best: leastBroken(tried) }];
    }),
  };
}

/** What is known of the offers of one model. */
interface ModelChoice {
  readonly model: string;
  /** Offers that nothing speaks against, by index. */
  readonly open: Set<number>;
  /** By `kinOf` the option. */
  readonly measured: Map<string, MeasuredOption>;
  readonly leftOut: LeftOut[];
}

/** Measures a few options at a time, and leaves out what they beat: models have nothing to do with each other here. */
async function chooseForModel(
  problem: SizingProblem,
  model: string,
  withoutQuota: ReadonlyMap<number, LeftOut>,
  evaluator: Evaluator,
): Promise<ModelChoice> {
  const own = problem.offers.filter(
    ({ option, index }) => option.model === model && !withoutQuota.has(index),
  );
  const open = new Set(own.map(({ index }) => index));
  const choice: ModelChoice = { model, open, measured: new Map(), leftOut: [] };
  for (let round = 0; ; round++) {
    const next = nextToMeasure(problem, choice, round);
    if (next.length === 0) return choice;
    const results = await measureOptions(problem, next, evaluator);
    for (const [kin, result] of results) choice.measured.set(kin, result);
    for (const { index, option, region } of own) {
      if (!open.has(index)) continue;
      const reason = reasonAgainst(problem, problem.offers[index]!, choice);
      if (reason === undefined) continue;
      open.delete(index);
      choice.leftOut.push({ option: `${region}/${option.name}`, model, ...reason });
    }
  }
}

/** Offers that a quota leaves nothing of, with the quota. */
export function offersWithoutQuota(problem: SizingProblem): ReadonlyMap<number, LeftOut> {
  return new Map(
    problem.offers.flatMap((offer) => {
      const leftOut = leftOutByQuota(problem, offer);
      return leftOut === undefined ? [] : [[offer.index, leftOut] as const];
    }),
  );
}

function leftOutByQuota(problem: SizingProblem, offer: Offer): LeftOut | undefined {
  const { instanceType } = offer.option;
  const least = offer.option.parts.reduce(
    (sum, { replicas }) => sum + nodesOf(offer, replicas) * offer.instancesPerNode,
    0,
  );
  const short = problem.search.quotas.find(({ region, of, name, max }) => {
    if (region !== offer.region) return false;
    if (of === "instance-type") return name === instanceType.name && max < least;
    return name === instanceType.accelerator && max < least * instanceType.acceleratorCount;
  });
  if (short === undefined) return undefined;
  return {
    option: `${offer.region}/${offer.option.name}`,
    model: offer.option.model,
    why: "no-quota",
    reason: `${short.path} is ${short.max}: not enough for one`,
  };
}

/** One offer for each option: the cheapest per call that its bound allows, first. */
function nextToMeasure(
  problem: SizingProblem,
  { model, open, measured }: ModelChoice,
  round: number,
): Offer[] {
  const { offers, demand } = problem;
  const isCalled = demand.peaks.some(({ rates }) =>
    (rates.get(model) ?? []).some((rate) => rate > 0),
  );
  if (!isCalled) return [];
  const own = offers.filter(({ index }) => open.has(index));
  const known = new Set(measured.keys());
  if (round > 0 && known.size >= MEASURED_MAX) return [];
  const cheapest = new Map<string, Offer>();
  for (const offer of own.toSorted(
    (a, b) => leastUsdPerCall(problem, a) - leastUsdPerCall(problem, b),
  )) {
    const kin = kinOf(offer.option);
    if (!known.has(kin) && !cheapest.has(kin)) cheapest.set(kin, offer);
  }
  return [...cheapest.values()].slice(0, FIRST_MEASURED);
}

function leastUsdPerCall(problem: SizingProblem, offer: Offer): number {
  return usdPerUnit(offer) / problem.bounds[offer.index]!;
}

/** A unit's share of its nodes, in US dollars per hour. */
function usdPerUnit(offer: Offer): number {
  const replicas = offer.option.parts.reduce((sum, part) => sum + part.replicas, 0);
  return (replicas / offer.replicasPerNode) * cheapestUsdPerHour(offer);
}

/** Nodes that a first unit needs, in US dollars per hour: the step in which an offer is bought. */
function usdPerStep(offer: Offer): number {
  const nodes = offer.option.parts.map(({ replicas }) => nodesOf(offer, replicas));
  return nodes.reduce((sum, count) => sum + count, 0) * cheapestUsdPerHour(offer);
}

function reasonAgainst(
  problem: SizingProblem,
  offer: Offer,
  { open, measured }: ModelChoice,
): Pick<LeftOut, "why" | "reason"> | undefined {
  const own = measured.get(kinOf(offer.option));
  if (own !== undefined && own.holds === 0) {
    return { why: "breaks-objective", reason: describeBroken(own.idle) };
  }
  if (isOfUseBeside(problem, offer)) return undefined;
  const most = own === undefined ? problem.bounds[offer.index]! : own.breaks;
  const usdPerCall = usdPerUnit(offer) / most;
  const better = problem.offers.find((other) => {
    if (other === offer || !open.has(other.index) || other.region !== offer.region) return false;
    if (isLimited(problem, other)) return false;
    const known = measured.get(kinOf(other.option));
    if (known === undefined || known.holds === 0) return false;
    const isNoLarger = usdPerStep(other) <= usdPerStep(offer);
    return isNoLarger && usdPerUnit(other) / known.holds <= usdPerCall;
  });
  if (better === undefined) return undefined;
  const known = measured.get(kinOf(better.option))!;
  const theirs = perThousand(usdPerUnit(better) / known.holds);
  const how = own === undefined ? "at best" : "as measured";
  const reason = `${perThousand(usdPerCall)} per 1,000 calls ${how}; ${better.option.name} takes them for ${theirs}, in steps that are no larger`;
  return { why: "beaten", reason };
}

/** Whether a fleet may want it, dear as it is: to survive the loss of a better pool, or since it is there already. */
function isOfUseBeside({ search, existingUnits }: SizingProblem, { index }: Offer): boolean {
  return (
    search.survive.some(({ kind }) => kind === "any-pool") || (existingUnits?.[index] ?? 0) > 0
  );
}

/** Whether a quota may run out of it, so that the next best is needed, too. */
function isLimited({ search }: SizingProblem, { region, option, prices }: Offer): boolean {
  if (prices.some(({ purchase }) => purchase === "spot")) return true;
  const { instanceType } = option;
  return search.quotas.some(
    (quota) =>
      quota.region === region &&
      quota.name === (quota.of === "accelerator" ? instanceType.accelerator : instanceType.name),
  );
}

function perThousand(usdPerHourAndCallPerSecond: number): string {
  return `$${((usdPerHourAndCallPerSecond / 3600) * 1000).toPrecision(3)}`;
}

/** `412 ms`: to three digits. */
export function formatMs(ms: number): string {
  return `${formatNumber(ms, 3)} ms`;
}

/** `chat ttft p95: 412 ms, 300 ms allowed` */
export function describeBroken({ runs }: Evaluation): string {
  const broken = runs.flatMap(({ workloads }) =>
    workloads.flatMap(({ name, isSaturated, objectives }) => [
      ...(isSaturated ? [`${name} is not worked off`] : []),
      ...objectives
        .filter(({ holds }) => !holds)
        .map(({ objective, valueMs, limitMs }) => {
          const value = valueMs === null ? "too little is answered" : formatMs(valueMs);
          return `${name} ${objective}: ${value}, ${formatMs(limitMs)} allowed`;
        }),
    ]),
  );
  return broken.join("; ");
}

/** The evaluation whose worst objective is nearest to its limit. */
function leastBroken(evaluations: readonly Evaluation[]): Evaluation {
  const worst = ({ runs }: Evaluation): number =>
    Math.max(
      ...runs.flatMap(({ workloads }) =>
        workloads.flatMap(({ objectives }) =>
          objectives.map(({ valueMs, limitMs }) =>
            valueMs === null ? Number.POSITIVE_INFINITY : valueMs / limitMs,
          ),
        ),
      ),
    );
  return evaluations.toSorted((a, b) => worst(a) - worst(b))[0]!;
}
