/**
 * Finds catalog rows by name or alias, whatever the case. A name that is not known gives
 * suggestions instead of an exception: the caller knows the path of the value, and reports all
 * problems of an input at once.
 */
import { accelerators } from "./accelerators";
import { instanceTypes } from "./instance-types";
import { models } from "./models";
import { type OriginSpec, origins } from "./origins";
import { regions } from "./regions";
import type {
  AcceleratorSpec,
  InstanceTypeSpec,
  ModelSpec,
  RegionSpec,
  TrafficProfile,
} from "./specs";
import { didYouMean, suggestions } from "./suggest";
import { trafficProfiles } from "./traffic-profiles";

export type Lookup<T> =
  | { readonly found: true; readonly row: T }
  | {
      readonly found: false;
      readonly unknown: string;
      /** Canonical names near to it, nearest first; may be empty. */
      readonly suggestions: readonly string[];
      /**
       * `did you mean "h100-sxm-80gb"?`, ready to be the hint of a problem; absent when nothing is
       * near.
       */
      readonly hint: string | undefined;
    };

interface Index<T> {
  readonly rows: ReadonlyMap<string, T>;
  /** Names as they are written, canonical before aliases. */
  readonly names: readonly string[];
}

export function findAccelerator(name: string): Lookup<AcceleratorSpec> {
  return find(acceleratorIndex, name);
}

export function findModel(name: string): Lookup<ModelSpec> {
  return find(modelIndex, name);
}

export function findInstanceType(name: string): Lookup<InstanceTypeSpec> {
  return find(instanceTypeIndex, name);
}

export function findRegion(name: string): Lookup<RegionSpec> {
  return find(regionIndex, name);
}

/** A geography (`us-east`) or a cloud region (`us-east-1`). */
export function findOrigin(name: string): Lookup<OriginSpec> {
  return find(originIndex, name);
}

export function findTrafficProfile(name: string): Lookup<TrafficProfile> {
  return find(trafficProfileIndex, name);
}

function find<T>(index: Index<T>, name: string): Lookup<T> {
  const row = index.rows.get(key(name));
  if (row !== undefined) return { found: true, row };
  return {
    found: false,
    unknown: name,
    suggestions: suggestions(name, index.names),
    hint: didYouMean(name, index.names),
  };
}

/** Spaces and underscores are as good as hyphens: `RTX PRO 6000`, `h100_sxm`. */
function key(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, "-");
}

function indexOf<T extends { readonly name: string }>(
  rows: readonly T[],
  aliasesOf: (row: T) => readonly string[] = () => [],
): Index<T> {
  const byName = new Map<string, T>();
  for (const row of rows) {
    for (const alias of aliasesOf(row)) byName.set(key(alias), row);
  }
  for (const row of rows) byName.set(key(row.name), row);
  return {
    rows: byName,
    names: [...rows.map((row) => row.name), ...rows.flatMap((row) => aliasesOf(row))],
  };
}

const acceleratorIndex = indexOf(accelerators, (row) => row.aliases);
const modelIndex = indexOf(models, (row) => [...row.aliases, row.huggingFaceId]);
const instanceTypeIndex = indexOf(instanceTypes);
const regionIndex = indexOf(regions);
const originIndex = indexOf(origins, (row) => row.aliases);
const trafficProfileIndex = indexOf(trafficProfiles);
