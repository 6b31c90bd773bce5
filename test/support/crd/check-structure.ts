/** Whether a manifest has the fields, types and values that its definition allows. Unknown fields are refused. */
import Ajv, { type ValidateFunction } from "ajv";
import { type Schema, schemaOf } from "./definitions";
import type { Manifest } from "./manifest";

const ajv = new Ajv({
  strict: false,
  allErrors: true,
  useDefaults: true,
  // It would say of each default inside an alternative that it is ignored.
  logger: false,
  code: { regExp: goPattern() },
});
const validators = new Map<string, ValidateFunction>();

/** Every breach, one line each. */
export function structureProblems(manifest: Manifest): readonly string[] {
  return checked(manifest).problems;
}

/** The manifest with the defaults of its definition, as the server has it when it evaluates rules. */
export function withDefaults(manifest: Manifest): Manifest {
  return checked(manifest).defaulted;
}

interface Checked {
  readonly problems: readonly string[];
  readonly defaulted: Manifest;
}

function checked(manifest: Manifest): Checked {
  const key = `${manifest.apiVersion}/${manifest.kind}`;
  let validate = validators.get(key);
  if (validate === undefined) {
    validate = ajv.compile(closed(schemaOf(manifest.apiVersion, manifest.kind), true));
    validators.set(key, validate);
  }
  // Defaults are written into what is validated.
  const defaulted = JSON.parse(JSON.stringify(manifest)) as Manifest;
  if (validate(defaulted) === true) return { problems: [], defaulted };
  const problems = (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
  return { problems, defaulted };
}

/** Patterns are written for Go, whose `(?i)` JavaScript has as a flag. */
function goPattern() {
  const pattern = (text: string, flags: string): RegExp =>
    text.includes("(?i)")
      ? new RegExp(text.replace("(?i)", ""), `${flags}i`)
      : new RegExp(text, flags);
  return Object.assign(pattern, { code: "goPattern" });
}

/** The schema in the words of JSON Schema, refusing the fields that it does not name. */
function closed(schema: Schema, isRoot = false): Schema {
  if (schema["x-kubernetes-int-or-string"] === true) return {};
  const isOpen = schema["x-kubernetes-preserve-unknown-fields"] === true;
  const { properties, items, additionalProperties } = schema;
  const kept = Object.entries(schema).filter(
    ([keyword]) => !keyword.startsWith("x-kubernetes-") && keyword !== "format",
  );
  return {
    ...Object.fromEntries(kept),
    ...(properties === undefined
      ? {}
      : {
          properties: {
            ...Object.fromEntries(
              Object.entries(properties).map(([name, property]) => [name, closed(property)]),
            ),
            // The definitions leave the metadata to the server.
            ...(isRoot ? { metadata: { type: "object" } } : {}),
          },
          ...(isOpen || additionalProperties !== undefined ? {} : { additionalProperties: false }),
        }),
    ...(items === undefined ? {} : { items: closed(items) }),
    ...(typeof additionalProperties === "object"
      ? { additionalProperties: closed(additionalProperties) }
      : {}),
  };
}
