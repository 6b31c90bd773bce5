/** Names of a scenario against the catalog's, and paths of pools: what resolving, checking and describing share. */
import { findModel } from "../catalog";
import type { Problem } from "../foundation/errors";

/** `fleet.regions.us-east-1.pools.h100` */
export function poolPath(region: string, pool: string): string {
  return `fleet.regions.${region}.pools.${pool}`;
}

/** The problem of a name that the catalog does not have. */
export function unknown(
  path: string,
  what: string,
  name: string,
  hint: string | undefined,
  list: string,
): Problem {
  return {
    code: "unknown-name",
    path,
    message: `unknown ${what} "${name}"`,
    hint: hint ?? `\`capplan catalog ${list}\` lists them`,
  };
}

/** The catalog's name of a model, or the name as written. */
export function canonicalModel(name: string): string {
  const model = findModel(name);
  return model.found ? model.row.name : name;
}
