/** A stack's configuration file, `Pulumi.<stack>.yaml`, as the program gets it from Pulumi. */
import { parse } from "yaml";

/** Stands for a secret, which only the program gets to see. */
const SECRET = "secret";

/** Every value by its full key: text as it is, all else as JSON. */
export function configOfStackFile(text: string): Readonly<Record<string, string>> {
  const file = parse(text) as { readonly config?: Readonly<Record<string, unknown>> } | null;
  return Object.fromEntries(
    Object.entries(file?.config ?? {}).map(([key, value]) => [key, shown(value)]),
  );
}

function shown(value: unknown): string {
  if (typeof value === "string") return value;
  const isSecret = typeof value === "object" && value !== null && "secure" in value;
  return isSecret ? SECRET : JSON.stringify(value);
}
