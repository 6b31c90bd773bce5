/** One line of what `capplan validate` prints: a value after resolution and where it comes from. */

/** One resolved value. */
export interface ResolvedRow {
  readonly path: string;
  /** As a person writes it: `24 h`, `128Ki`. */
  readonly value: string;
  readonly origin: "given" | "default" | "derived";
  /** Why, or where it comes from; empty when it was given and says all. */
  readonly note: string;
}

/** A row that is `given` when the scenario has the value, else a default with its reason. */
export function row(path: string, value: string, given: unknown, reason: string): ResolvedRow {
  return given === undefined
    ? { path, value, origin: "default", note: reason }
    : { path, value, origin: "given", note: "" };
}

/** A row that follows from other values. */
export function derived(path: string, value: string, note: string): ResolvedRow {
  return { path, value, origin: "derived", note };
}

/** A row of a value that was given: here, or in a policy that stands elsewhere, which `from` names. */
export function given(path: string, value: string, from = ""): ResolvedRow {
  return { path, value, origin: "given", note: from === "" ? "" : `in ${from}` };
}

/** A row of what the pool says, else what the fleet says, else the default. */
export function ownOrFleets(
  path: string,
  value: string,
  own: unknown,
  fleets: { readonly value: unknown; readonly path: string },
  reason: string,
): ResolvedRow {
  if (own === undefined && fleets.value !== undefined) return given(path, value, fleets.path);
  return row(path, value, own, reason);
}

/**
 * Builds the rows of a policy at the pool's path `at`; what was given in it has a note where that was when the policy
 * is the fleet's.
 */
export function policyRows(at: string, policyPath: string): PutRow {
  const from = policyPath === at ? "" : policyPath;
  return (key, value, written, reason) =>
    written === undefined
      ? row(`${at}.${key}`, value, undefined, reason)
      : given(`${at}.${key}`, value, from);
}

/** Adds a key to the path of a policy. */
export type PutRow = (key: string, value: string, written: unknown, reason: string) => ResolvedRow;
