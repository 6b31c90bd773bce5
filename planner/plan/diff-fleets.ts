/** What differs between the fleets of two plans: whole pools that came or went, and values of those that stayed. */
import type { WrittenFleet } from "../fleet/explicit-fleet";
import { diffLeaves, type LeafChange, leavesOf } from "./diff-leaves";

type WrittenPools = NonNullable<WrittenFleet["regions"][string]["pools"]>;
type WrittenPool = WrittenPools[string];

/** Every difference; a pool that is in one fleet only is one of them, said in one line. */
export function diffFleets(before: WrittenFleet, after: WrittenFleet): LeafChange[] {
  const [was, is] = [poolsOf(before), poolsOf(after)];
  const paths = [...new Set([...was.keys(), ...is.keys()])].sort();
  const moved = paths.flatMap((path): LeafChange[] => {
    const [old, now] = [was.get(path), is.get(path)];
    if (old === undefined && now !== undefined)
      return [{ path, kind: "added", before: null, after: sentenceOf(now) }];
    if (now === undefined && old !== undefined)
      return [{ path, kind: "removed", before: sentenceOf(old), after: null }];
    return [];
  });
  const isMoved = (path: string) => moved.some((one) => path.startsWith(`${one.path}.`));
  const rest = diffLeaves(leavesOf(before, "fleet"), leavesOf(after, "fleet"));
  return [...moved, ...rest.filter(({ path }) => !isMoved(path))];
}

/** Pools by their path in the plan. */
export function poolsOf({ regions }: WrittenFleet): ReadonlyMap<string, WrittenPool> {
  return new Map(
    Object.entries(regions).flatMap(([region, { pools = {} }]) =>
      Object.entries(pools).map(([name, pool]): [string, WrittenPool] => [
        `fleet.regions.${region}.pools.${name}`,
        pool,
      ]),
    ),
  );
}

/** `4 × llama-3.1-8b-instruct on p5.48xlarge`. */
function sentenceOf({ replicas, model, instanceType, accelerator }: WrittenPool): string {
  const bounds = replicas as number | { readonly min: number; readonly max: number };
  const count = typeof bounds === "number" ? `${bounds}` : `${bounds.min} to ${bounds.max}`;
  return `${count} × ${String(model)} on ${String(instanceType ?? accelerator)}`;
}
