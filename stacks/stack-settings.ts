/**
 * The configuration of a stack: keys that `capplan stacks` writes, and those of the person who deploys. Every layer has
 * keys of its own; one that it does not have is refused with a suggestion, and all problems come at once.
 */
import { closest, distance } from "fastest-levenshtein";
import { z } from "zod";
import type { Problem } from "../planner/plan/fleet-of-plan";
import { edgeKeys, foundationKeys, planKeys, servingKeys } from "./settings-keys";

/** Namespace of the keys in a stack's file: `capplan:place`. */
export const NAMESPACE = "capplan";

const SPECS = {
  foundation: z.strictObject({ ...planKeys, ...foundationKeys }),
  serving: z.strictObject({ ...planKeys, ...servingKeys }),
  edge: z.strictObject({ ...planKeys, ...edgeKeys }),
} as const;

export type Layer = keyof typeof SPECS;
export type FoundationSettings = z.output<(typeof SPECS)["foundation"]>;
export type ServingSettings = z.output<(typeof SPECS)["serving"]>;
export type EdgeSettings = z.output<(typeof SPECS)["edge"]>;

/** Where a stack is deployed, in the keys of the providers. */
export interface CloudSettings {
  readonly awsRegion: string | undefined;
  readonly gcpRegion: string | undefined;
  readonly gcpProject: string | undefined;
}

/** A project of Google Cloud, by both its names. */
export interface GcpProject {
  readonly projectId: string;
  readonly projectNumber: string;
}

export type StackSettings = { readonly cloud: CloudSettings } & (
  | { readonly layer: "foundation"; readonly settings: FoundationSettings }
  | { readonly layer: "serving"; readonly settings: ServingSettings }
  | { readonly layer: "edge"; readonly settings: EdgeSettings }
);

/** The settings, or everything that is wrong with them. */
export type SettingsRead =
  | { readonly stack: StackSettings }
  | { readonly problems: readonly Problem[] };

/**
 * Reads a stack's configuration.
 *
 * @param config every value of the stack by its full key, as Pulumi gives it: text, or JSON
 */
export function readStackSettings(config: Readonly<Record<string, string>>): SettingsRead {
  const own = Object.entries(config)
    .filter(([key]) => key.startsWith(`${NAMESPACE}:`))
    .map(([key, value]) => [key.slice(NAMESPACE.length + 1), plainValue(value)] as const);
  const values: Readonly<Record<string, unknown>> = Object.fromEntries(own);
  const { layer } = values;
  if (typeof layer !== "string" || !(layer in SPECS)) {
    const got = layer === undefined ? "nothing" : JSON.stringify(layer);
    const problem: Problem = {
      code: layer === undefined ? "missing" : "invalid-value",
      path: `${NAMESPACE}:layer`,
      message: `must be one of ${Object.keys(SPECS).join(", ")}, got ${got}`,
      hint: "write the stack files with capplan stacks PLAN",
    };
    return { problems: [problem] };
  }
  const known = layer as Layer;
  const parsed = SPECS[known].safeParse(values);
  if (!parsed.success)
    return { problems: parsed.error.issues.flatMap((one) => problemsOf(one, known, values)) };
  const cloud: CloudSettings = {
    awsRegion: config["aws:region"],
    gcpRegion: config["gcp:region"],
    gcpProject: config["gcp:project"],
  };
  return { stack: { layer: known, settings: parsed.data, cloud } as StackSettings };
}

/** Pulumi keeps lists, maps, numbers and booleans as JSON. Text that only looks like a number stays text. */
function plainValue(value: string): unknown {
  if (!/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function problemsOf(
  issue: z.core.$ZodIssue,
  layer: Layer,
  values: Readonly<Record<string, unknown>>,
): Problem[] {
  if (issue.code === "unrecognized_keys" && issue.path.length === 0) {
    return issue.keys.map((key) => unknownKey(key, layer));
  }
  const path = pathOf(issue.path);
  const [first] = issue.path;
  if (issue.path.length === 1 && values[String(first)] === undefined) {
    const hint = `pulumi config set ${path} …`;
    return [{ code: "missing", path, message: "is missing", hint }];
  }
  const keys = issue.code === "unrecognized_keys" ? `: ${issue.keys.join(", ")}` : "";
  const message = `${issue.message.slice(0, 1).toLowerCase()}${issue.message.slice(1)}${keys}`;
  return [{ code: "invalid-value", path, message }];
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part, index) => {
    if (index === 0) return `${NAMESPACE}:${String(part)}`;
    return typeof part === "number" ? `${text}[${part}]` : `${text}.${String(part)}`;
  }, "");
}

function unknownKey(key: string, layer: Layer): Problem {
  const path = `${NAMESPACE}:${key}`;
  const others = (Object.keys(SPECS) as Layer[]).filter((one) => key in SPECS[one].shape);
  if (others.length > 0) {
    const message = `is no key of layer ${layer}, but of ${others.join(" and ")}`;
    return { code: "unknown-key", path, message, hint: "take it out" };
  }
  const near = closest(key, Object.keys(SPECS[layer].shape));
  const isNear = distance(key, near) <= Math.ceil(key.length / 3);
  const hint = isNear ? `did you mean "${near}"?` : "take it out";
  return { code: "unknown-key", path, message: "unknown key", hint };
}
