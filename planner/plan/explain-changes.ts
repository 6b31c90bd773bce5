/**
 * Why a fleet changed, as far as two plans show it: what changed of the work that a pool does, of its price, of what
 * has to be survived, and of what kept the fleet from being smaller. Nothing is guessed: where none of that changed,
 * there is no explanation.
 */

import { poolsOf } from "./diff-fleets";
import type { PlanChange } from "./plan-diff";
import type { CapacityPlan } from "./plan-spec";

/** What is explained. */
const EXPLAINED: ReadonlySet<PlanChange["area"]> = new Set([
  ...(["pools", "hardware", "engine", "buying", "policies"] as const),
]);
/** More than so many causes of one kind are counted, not told. */
const CAUSES_TOLD = 3;
const CHARACTERS_TOLD = 48;

/** The changes with their causes. */
export function explainChanges(
  changes: readonly PlanChange[],
  before: CapacityPlan,
  after: CapacityPlan,
): PlanChange[] {
  const of = (...areas: readonly PlanChange["area"][]) =>
    changes.filter(({ area }) => areas.includes(area));
  const work = of("traffic", "promises");
  const prices = of("prices");
  const shared = [...told(of("faults")), ...boundChange(before, after)];
  return changes.map((change) => {
    if (!EXPLAINED.has(change.area)) return change;
    const pool = poolPathOf(change.path);
    const names = workloadsBehind(pool, [before, after]);
    const hardware = hardwareOf(pool, [before, after]);
    const why = [
      ...told(work.filter(({ path }) => isAbout(path, names))),
      ...told(prices.filter(({ path }) => hardware.some((name) => path.includes(name)))),
      ...shared,
    ];
    return { ...change, why };
  });
}

/** `workloads.chat.arrivals.rate: 40/s → 60/s`. */
function told(causes: readonly PlanChange[]): string[] {
  const shown = causes.slice(0, CAUSES_TOLD).map(({ path, kind, before, after }) => {
    const [was, is] = [short(before), short(after)];
    if (kind === "added") return `${path}: ${is} is new`;
    return kind === "removed" ? `${path}: ${was} is gone` : `${path}: ${was} → ${is}`;
  });
  const more = causes.length - shown.length;
  return more > 0 ? [...shown, `and ${more} more like it`] : shown;
}

/** Lists are told by their beginning. */
function short(value: PlanChange["before"]): string {
  const text = String(value);
  return text.length > CHARACTERS_TOLD ? `${text.slice(0, CHARACTERS_TOLD)}…` : text;
}

function boundChange(before: CapacityPlan, after: CapacityPlan): string[] {
  const [was, is] = [before.evidence.bound, after.evidence.bound].map(
    ({ bindingConstraint }) => bindingConstraint,
  );
  if (was === is || is === null || is === undefined) return [];
  return [`what keeps the fleet from being smaller is now ${is}`];
}

function poolPathOf(path: string): string | undefined {
  return /^fleet\.regions\.[^.]+\.pools\.[^.]+/.exec(path)?.[0];
}

/** Workloads whose requests a pool may serve: those of its model; of the whole fleet, all. */
function workloadsBehind(
  pool: string | undefined,
  plans: readonly CapacityPlan[],
): ReadonlySet<string> {
  const names = plans.flatMap((plan) => {
    const model = pool === undefined ? undefined : poolsOf(plan.fleet).get(pool)?.model;
    const isServed = (workload: CapacityPlan["workloads"][number]) =>
      pool === undefined || workload.model === model || usesModel(plan, workload.name, model);
    return plan.workloads.filter(isServed).map(({ name }) => name);
  });
  return new Set(names);
}

/** A step of a chain, or a fallback. */
function usesModel({ scenario }: CapacityPlan, workload: string, model: unknown): boolean {
  const written = (scenario.written["workloads"] ?? {}) as Readonly<Record<string, unknown>>;
  return (
    model !== undefined && JSON.stringify(written[workload] ?? {}).includes(JSON.stringify(model))
  );
}

function isAbout(path: string, names: ReadonlySet<string>): boolean {
  return (
    [...names].some((name) => path.startsWith(`workloads.${name}.`)) || path.startsWith("traces ")
  );
}

/** Names under which prices of a pool stand. */
function hardwareOf(pool: string | undefined, plans: readonly CapacityPlan[]): string[] {
  if (pool === undefined) return [];
  const [region, name] = [pool.split(".")[2]!, pool.split(".")[4]!];
  const types = plans.flatMap((plan) => {
    const { instanceType } = poolsOf(plan.fleet).get(pool) ?? {};
    return typeof instanceType === "string" ? [`${instanceType} ${region} `] : [];
  });
  return [...types, ` ${region}/${name} `];
}
