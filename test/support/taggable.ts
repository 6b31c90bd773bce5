/** Which resources can carry tags or labels, read from the type definitions of the SDKs. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { RegisteredResource } from "./mini-engine/registered-resource";

/** By package: the argument that holds them. */
const FIELDS: Readonly<Record<string, string>> = { aws: "tags", gcp: "labels" };

/**
 * Resources that could carry tags or labels and carry none.
 * @param exempt Types for which that is right, each with the reason.
 */
export function untagged(
  resources: readonly RegisteredResource[],
  exempt: Readonly<Record<string, string>> = {},
): readonly string[] {
  return resources
    .filter(({ type, inputs }) => {
      const field = FIELDS[type.split(":")[0]!];
      if (field === undefined || type in exempt || !canCarry(type, field)) return false;
      return Object.keys((inputs[field] as object | undefined) ?? {}).length === 0;
    })
    .map(({ type, name }) => `${type} ${name}`);
}

/** Whether the arguments of a type have a field. */
function canCarry(type: string, field: string): boolean {
  const [packageName, member] = type.split(":") as [string, string];
  const root = path.dirname(require.resolve(`@pulumi/${packageName}/package.json`));
  const folder = path.join(root, path.dirname(member));
  // The file of `projects/iAMMember` is `iammember.d.ts`.
  const wanted = `${path.basename(member)}.d.ts`.toLowerCase();
  const found = readdirSync(folder).find((file) => file.toLowerCase() === wanted);
  if (found === undefined) throw new Error(`no type definition of ${type} in ${folder}`);
  const file = path.join(folder, found);
  const [, args = ""] = readFileSync(file, "utf8").split(/^export interface \w+Args \{$/m);
  return new RegExp(`^ {4}${field}\\?:`, "m").test(args);
}
