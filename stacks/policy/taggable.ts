/**
 * Which resources can carry tags or labels, and in which argument. Read from the type definitions of the SDKs, which are
 * installed wherever a stack runs, so that no list has to follow the clouds.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** By package: the arguments that hold them, the first that a type has. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  aws: ["tags"],
  gcp: ["resourceLabels", "labels"],
};

const known = new Map<string, string | undefined>();

/**
 * The argument of a type that holds tags or labels; undefined when it has none.
 * @throws when the SDK of the type has no such type
 * @example tagFieldOf("aws:sqs/queue:Queue") // "tags"
 */
export function tagFieldOf(type: string): string | undefined {
  if (!known.has(type)) known.set(type, readTagField(type));
  return known.get(type);
}

function readTagField(type: string): string | undefined {
  const [packageName, member] = type.split(":") as [string, string];
  const fields = FIELDS[packageName];
  if (fields === undefined) return undefined;
  const root = path.dirname(require.resolve(`@pulumi/${packageName}/package.json`));
  const folder = path.join(root, path.dirname(member));
  // The file of `projects/iAMMember` is `iammember.d.ts`.
  const wanted = `${path.basename(member)}.d.ts`.toLowerCase();
  const found = readdirSync(folder).find((file) => file.toLowerCase() === wanted);
  if (found === undefined) throw new Error(`no type definition of ${type} in ${folder}`);
  const [, args = ""] = readFileSync(path.join(folder, found), "utf8").split(
    /^export interface \w+Args \{$/m,
  );
  return fields.find((field) => new RegExp(`^ {4}${field}\\?:`, "m").test(args));
}
