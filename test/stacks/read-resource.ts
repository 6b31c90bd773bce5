/** Reads what a resource was registered with, as those who carry it out read it: nothing of stacks/derive is used. */
import { parseDurationMs } from "../components/gateway/parse-duration";
import type { RegisteredResource } from "../support/mini-engine/registered-resource";

/** A value out of a resource, of which nothing is known yet. */
export interface Json {
  readonly [key: string]: Json;
}

export function inputsOf({ inputs }: Pick<RegisteredResource, "inputs">): Json {
  return inputs as unknown as Json;
}

/** `spec` of an object of Kubernetes. */
export function specOf(resource: Pick<RegisteredResource, "inputs">): Json {
  return inputsOf(resource)["spec"]!;
}

/** What is at a path; undefined where it ends early. */
export function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((one, key) => one?.[key], value);
}

/** A list; empty where there is none. */
export function listOf(value: Json | undefined): readonly Json[] {
  return (value ?? []) as unknown as readonly Json[];
}

export function textOf(value: Json | undefined): string {
  return String(value);
}

/** Seconds of a duration of the Gateway API. */
export function seconds(value: Json | undefined): number | undefined {
  return value === undefined ? undefined : parseDurationMs(textOf(value)) / 1000;
}
