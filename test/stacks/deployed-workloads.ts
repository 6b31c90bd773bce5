/**
 * What is deployed of each region and pool of a fleet: the stacks, and what runs the engines, found among the resources of
 * a serving layer as Kubernetes finds it. Nothing of stacks/derive is used.
 */
import type { ResolvedFleet, ResolvedPool } from "../../planner/plan/fleet-of-plan";
import { type EngineRun, ofType } from "../support/mini-engine/engine-run";
import type { RegisteredResource } from "../support/mini-engine/registered-resource";
import { type Json, listOf, specOf, textOf } from "./read-resource";
import type { StackRun } from "./run-example";

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
/** The type of what runs replicas that span nodes. */
export const LEADER_WORKER_SET = "kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet";

/** What a stack registered. */
export function runOfStack(runs: readonly StackRun[], layer: string, place: string): EngineRun {
  return runs.find(({ stack }) => stack.layer === layer && stack.place === place)!.run;
}

/** Each region of a fleet with its pools. */
export function forEachRegion(
  { regions, pools }: ResolvedFleet,
  look: (region: string, pools: readonly ResolvedPool[]) => void,
): void {
  for (const [index, { name }] of regions.entries()) {
    look(
      name,
      pools.filter(({ regionIndex }) => regionIndex === index),
    );
  }
}

/** Accelerators of a replica. */
export function acceleratorsOf({ engine }: ResolvedPool): number {
  return engine.tensorParallel * engine.pipelineParallel * engine.dataParallel;
}

/** Nodes of a replica. */
export function nodesOf(pool: ResolvedPool): number {
  return Math.ceil(acceleratorsOf(pool) / pool.instanceType!.acceleratorCount);
}

/** What runs engines. */
export function workloadsOf(run: EngineRun): readonly RegisteredResource[] {
  return [...ofType(run, DEPLOYMENT), ...ofType(run, LEADER_WORKER_SET)].filter(({ inputs }) =>
    JSON.stringify(inputs).includes('"capplan/part":"engine"'),
  );
}

/** What runs the engines of one pool. */
export function workloadOf(run: EngineRun, pool: ResolvedPool): RegisteredResource {
  return workloadsOf(run).find(({ inputs }) => isOf(pool, inputs))!;
}

/** Templates of the pods of a pool: one, or that of a leader and that of its workers. */
export function podsOfPool(run: EngineRun, pool: ResolvedPool): readonly Json[] {
  const spec = specOf(workloadOf(run, pool));
  const group = spec["leaderWorkerTemplate"];
  return group === undefined
    ? [spec["template"]!]
    : [group["leaderTemplate"]!, group["workerTemplate"]!];
}

/** An object's name in the cluster. */
export function nameOf({ inputs }: Pick<RegisteredResource, "inputs">): string {
  return (inputs["metadata"] as { readonly name: string }).name;
}

/** The command line of the engine of a pod. */
export function engineFlags(pod: Json) {
  const args = listOf(listOf(pod["containers"])[0]!["args"]).map(textOf);
  const flag = (name: string): string | undefined =>
    args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
  return { args, flag };
}

/** Whether a selector that is there chooses labels. */
export function isSelected(selector: Json | undefined, labels: Json | undefined): boolean {
  const wanted = Object.entries(selector ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => labels?.[key] === value);
}

/** Whether an object is of a pool: by its label, which is cut where the pool's name is long. */
export function isOf(pool: ResolvedPool, inputs: Readonly<Record<string, unknown>>): boolean {
  const { labels } = inputs["metadata"] as { readonly labels: Readonly<Record<string, string>> };
  const own = pool.name.split("/")[1]!;
  const label = labels["capplan/pool"]!;
  return label === own || own.startsWith(label.slice(0, label.lastIndexOf("-")));
}
