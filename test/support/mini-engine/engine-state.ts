/**
 * What an engine remembers between two runs, and what it would do with a registration in the light of it: the
 * engine's own rules, without a provider's (which inputs force a replacement is the provider's to know; here only
 * `replaceOnChanges` does).
 */
import { isDeepStrictEqual } from "node:util";
import type { RegisteredResource } from "./registered-resource";

/** One resource as it was left by a run. */
export interface StoredResource {
  readonly registered: RegisteredResource;
  readonly id: string;
  /** Inputs and what the cloud added. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** By URN, in the order of registration. */
export type EngineState = ReadonlyMap<string, StoredResource>;

/** What a run does to a resource. */
export type Operation = "create" | "update" | "replace" | "same" | "delete";

/** What becomes of a registered resource, given how the last run left it. */
export function operationFor(
  registered: RegisteredResource,
  stored: StoredResource | undefined,
): Exclude<Operation, "delete"> {
  if (stored === undefined) return "create";
  const before = comparable(stored.registered, registered.ignoreChanges);
  const now = comparable(registered, registered.ignoreChanges);
  const changed = [...new Set([...Object.keys(before), ...Object.keys(now)])].filter(
    (key) => !isDeepStrictEqual(before[key], now[key]),
  );
  const isMoved = stored.registered.provider !== registered.provider;
  if (changed.length === 0 && !isMoved) return "same";
  const { replaceOnChanges } = registered;
  const isReplaced =
    isMoved || replaceOnChanges.some((path) => path === "*" || changed.includes(topLevel(path)));
  return isReplaced ? "replace" : "update";
}

/** The inputs without those whose changes are ignored. */
function comparable(
  registered: RegisteredResource,
  ignored: readonly string[],
): Readonly<Record<string, unknown>> {
  const inputs = structuredClone(registered.inputs) as Record<string, unknown>;
  for (const path of ignored)
    remove(
      inputs,
      path.split(/[.[\]]+/).filter((part) => part !== ""),
    );
  return inputs;
}

function remove(object: unknown, path: readonly string[]): void {
  const [head, ...rest] = path;
  if (typeof object !== "object" || object === null || head === undefined) return;
  const container = object as Record<string, unknown>;
  if (rest.length === 0) delete container[head];
  else remove(container[head], rest);
}

const topLevel = (path: string): string => path.split(/[.[]/)[0]!;

/**
 * In which order an engine deletes resources: whatever needs another goes before it. A parent, a provider and
 * `deletedWith` are needed as a dependency is.
 */
export function deletionOrder(resources: readonly RegisteredResource[]): readonly string[] {
  const byUrn = new Map(resources.map((one) => [one.urn, one]));
  const order: string[] = [];
  const visit = (urn: string): void => {
    const one = byUrn.get(urn);
    if (one === undefined || order.includes(urn)) return;
    for (const needed of [one.parent, one.provider, one.deletedWith, ...one.dependencies]) {
      visit(needed);
    }
    order.push(urn);
  };
  for (const { urn } of resources) visit(urn);
  return order.reverse();
}
