/**
 * Texts that tell a user what to write in a scenario name keys that exist: every camelCase word and every
 * dotted path in a message of bin/ and planner/ is looked up in the JSON Schema of scenarios.
 */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import ts from "typescript";
import { createProgram } from "../../bin/program";
import { catalogKinds } from "../../planner/catalog/list";
import { scenarioJsonSchema } from "../../planner/scenario/scenario-spec";
import { memoryIo } from "../support/memory-io";

const ROOT = path.resolve(__dirname, "../..");

/** Words in messages that are no keys: file names, names of other people's options and formats. */
const NO_KEYS: readonly RegExp[] = [
  /\.(ya?ml|json|jsonl|csv|html|md|gz|dev|com|org|ts|js|txt)$/,
  /^memoryGb$/, // a column of the catalog, in an example of its filters
  /^(vLLM|kB|a\.b)$/,
];

/** Of `vllm bench serve`, whose result files are read. */
const OPTIONS_OF_VLLM = ["--save-result", "--save-detailed"];

type JsonSchema = { readonly [key: string]: unknown };

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Every schema inside `schema`, itself included. */
function allSchemas(schema: unknown): JsonSchema[] {
  if (Array.isArray(schema)) return schema.flatMap(allSchemas);
  if (!isSchema(schema)) return [];
  return [schema, ...Object.values(schema).flatMap(allSchemas)];
}

/** The schema itself, or what it may be instead. */
function forms(schema: JsonSchema): JsonSchema[] {
  const others = ["anyOf", "oneOf", "allOf"].flatMap((key) => schema[key] ?? []);
  return [schema, ...others.filter(isSchema).flatMap(forms)];
}

/** Whether `keys` lead somewhere from `schema`; a name that a user chooses stands for any key. */
function leadsOn(schema: JsonSchema, keys: readonly string[]): boolean {
  const [key, ...rest] = keys;
  if (key === undefined) return true;
  return forms(schema).some(({ properties, additionalProperties }) => {
    const next = isSchema(properties) ? properties[key] : undefined;
    if (isSchema(next)) return leadsOn(next, rest);
    return isSchema(additionalProperties) && leadsOn(additionalProperties, rest);
  });
}

/** Texts of a source file that are sentences: literals and templates with a space, `${…}` as `…`. */
function sentences(file: string): string[] {
  const source = ts.createSourceFile(
    file,
    fs.readFileSync(file, "utf8"),
    ts.ScriptTarget.ES2022,
    true,
  );
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) found.push(node.text);
    if (ts.isTemplateExpression(node)) {
      const tails = node.templateSpans.map(({ literal }) => `…${literal.text}`);
      found.push([node.head.text, ...tails].join(""));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found.filter((text) => text.includes(" "));
}

function sources(folder: string): string[] {
  return fs
    .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => path.join(ROOT, folder, file));
}

/** `horizon.duration`, `maxSequences`; not `p99.9`, not the end of a sentence. */
const KEY_LIKE =
  /(?<![\w./@$-])(?:[a-z][A-Za-z0-9]*(?:\.(?:[A-Za-z][\w-]*|…))+|[a-z]+[A-Z][A-Za-z0-9]*)(?![\w/(-])/g;

/** Every message with its file; rows of the catalog and styles are no messages. */
const MESSAGES = ["bin", "planner"]
  .flatMap(sources)
  .filter((file) => !/planner\/catalog\/|page-style/.test(file))
  .flatMap((file) => sentences(file).map((text) => ({ file: path.relative(ROOT, file), text })));

function inMessages(find: (text: string) => readonly string[]): string[] {
  return MESSAGES.flatMap(({ file, text }) => find(text).map((found) => `${file}: ${found}`));
}

const schema = scenarioJsonSchema();
const nodes = allSchemas(schema);

function exists(name: string): boolean {
  const keys = name.split(".");
  return nodes.some(
    (node) => isSchema(node["properties"]) && keys[0]! in node["properties"] && leadsOn(node, keys),
  );
}

function keysIn(text: string): string[] {
  return (text.match(KEY_LIKE) ?? []).filter((name) => !NO_KEYS.some((other) => other.test(name)));
}

describe("keys named in messages", () => {
  it("are found, and looked up along the path", () => {
    expect(keysIn("give fleet.regions.R.pools.P.price there; lower maxSequences (p99.9).")).toEqual(
      ["fleet.regions.R.pools.P.price", "maxSequences"],
    );
    expect(exists("fleet.regions.R.pools.P.price")).toBe(true);
    expect(exists("fleet.regions.R.pools.P.usdPerReplicaHour")).toBe(false);
    expect(exists("fleet.pools.price")).toBe(false);
  });

  it("exist in a scenario", () => {
    expect(inMessages((text) => keysIn(text).filter((name) => !exists(name)))).toEqual([]);
  });
});

describe("commands named in messages", () => {
  const { commands } = createProgram(memoryIo());

  it("exist, with what they list", () => {
    const isKnown = ([, name, next]: readonly string[]): boolean => {
      const command = commands.find((one) => one.name() === name);
      if (command === undefined) return false;
      if (name !== "catalog" || next === undefined) return true;
      return catalogKinds.some((kind) => kind === next);
    };
    const unknown = inMessages((text) =>
      [...text.matchAll(/`capplan ([a-z]+)(?: ([a-z-]+))?/g)]
        .filter((match) => !isKnown(match))
        .map(([whole]) => whole),
    );
    expect(unknown).toEqual([]);
  });

  it("have the options that are named", () => {
    const options = commands
      .flatMap((command) => [command, ...command.commands])
      .flatMap((command) => command.options.map(({ long }) => long))
      .concat("--help", "--version", ...OPTIONS_OF_VLLM);
    const unknown = inMessages((text) =>
      (text.match(/(?<![\w-])--[a-z]+(?:-[a-z]+)*/g) ?? []).filter(
        (name) => !options.includes(name),
      ),
    );
    expect(unknown).toEqual([]);
  });
});
