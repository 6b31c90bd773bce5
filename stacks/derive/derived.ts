/**
 * What a pure derivation returns: arguments of a component, where each value in them comes from, and what of the plan
 * cannot be deployed. Nothing is registered while derivations run, so all problems of a stack come at once.
 */
import type { Problem } from "../../planner/plan/fleet-of-plan";

export type DerivedValue = string | number | boolean | readonly (string | number)[];

/** Where one value of a component's arguments comes from. */
export interface Derivation {
  /** Path in the stack: `gateway.backends.llama.circuitBreaker.maxParallelRequests`. */
  readonly what: string;
  readonly value: DerivedValue;
  /** How it follows from the plan. */
  readonly because: string;
  /** In what the clouds do it otherwise than the simulator did. @default - in nothing that is known */
  readonly deviation?: string;
}

/** Arguments with their derivations and problems. */
export interface Derived<Args> {
  readonly args: Args;
  readonly derivations: readonly Derivation[];
  /** Empty when all of it can be deployed. */
  readonly problems: readonly Problem[];
}

/** An infinite value has no JSON, and a stack output is JSON. */
export function shown(value: number): number | string {
  return value === Number.POSITIVE_INFINITY ? "unlimited" : value;
}

/** Everything of several derivations but their arguments. */
export function together(
  parts: readonly Pick<Derived<unknown>, "derivations" | "problems">[],
): Pick<Derived<unknown>, "derivations" | "problems"> {
  return {
    derivations: parts.flatMap(({ derivations }) => derivations),
    problems: parts.flatMap(({ problems }) => problems),
  };
}

/** What the simulator can do and no resource of a cloud. */
export function notDeployable(path: string, what: string, hint: string): Problem {
  return { code: "conflict", path, message: `${what} cannot be deployed`, hint };
}
