/**
 * Holds Kubernetes objects against the real custom resource definitions: their structure, with unknown fields refused,
 * and their CEL rules. The definitions lie in a folder beside the repository, which is not always there.
 *
 * Rules that compare with a former state (`oldSelf`) are left out, because nothing is updated here.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type CelEnv, CelScalar, celEnv, celMethod, parse, plan } from "@bufbuild/cel";
import { strings } from "@bufbuild/cel/ext";
import { describe } from "@jest/globals";
import Ajv, { type ValidateFunction } from "ajv";
import { parse as parseYaml } from "yaml";
import type { EngineRun } from "./mini-engine/engine-run";

const CRD_FOLDER = path.resolve(__dirname, "../..", "../shared/crds");

/** An object as it is sent to the API server. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: { readonly name?: string };
  readonly [field: string]: unknown;
}

type Schema = Readonly<Record<string, unknown>>;

interface Definition {
  readonly schema: Schema;
  readonly validate: ValidateFunction;
}

/** A suite that needs the definitions; without them the suite is skipped and says so. */
export function describeWithCrds(name: string, suite: () => void): void {
  if (existsSync(CRD_FOLDER)) describe(name, suite);
  else describe.skip(`${name} (skipped: shared folder of CRDs not present)`, suite);
}

/** The Kubernetes objects that a program registered. */
export function kubernetesObjects({
  resources,
}: Pick<EngineRun, "resources">): readonly KubernetesObject[] {
  return resources
    .filter(({ type, inputs }) => type.startsWith("kubernetes:") && "apiVersion" in inputs)
    .map(({ inputs }) => inputs as unknown as KubernetesObject);
}

/**
 * What the API server would refuse, one line each: where in the object, and why.
 * @param absent Groups whose definitions are known not to lie in the folder. @default - none
 * @throws when there is no definition of the object, and its group is neither built in nor named as absent.
 */
export function crdProblems(
  object: KubernetesObject,
  absent: readonly string[] = [],
): readonly string[] {
  const [group = "", version] = object.apiVersion.split("/");
  // Groups of the API server itself have no dot, or belong to Kubernetes without being one of its projects.
  if (version === undefined || !group.includes(".") || BUILT_IN.includes(group)) return [];
  if (absent.includes(group)) return [];
  const { schema, validate } = definitionOf(object);
  // A copy, because defaults are written into it, as the API server does before it evaluates rules.
  const defaulted = JSON.parse(JSON.stringify(object)) as KubernetesObject;
  const at = `${object.kind} ${object.metadata?.name}`;
  if (!validate(defaulted)) {
    return (validate.errors ?? []).map(
      (error) => `${at}${error.instancePath}: ${error.message} ${JSON.stringify(error.params)}`,
    );
  }
  return celProblems(schema, defaulted, at);
}

const BUILT_IN = [
  "rbac.authorization.k8s.io",
  "networking.k8s.io",
  "storage.k8s.io",
  "scheduling.k8s.io",
  "node.k8s.io",
  "admissionregistration.k8s.io",
  "apiextensions.k8s.io",
];

const definitions = new Map<string, Definition>();

function definitionOf({ apiVersion, kind }: KubernetesObject): Definition {
  const key = `${apiVersion}/${kind}`;
  const known = definitions.get(key);
  if (known !== undefined) return known;
  const schema = findSchema(apiVersion, kind);
  if (schema === undefined) throw new Error(`no CRD of ${key} in ${CRD_FOLDER}`);
  const definition = { schema, validate: compile(schema) };
  definitions.set(key, definition);
  return definition;
}

interface Crd {
  readonly kind: string;
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly schema: { readonly openAPIV3Schema: Schema };
    }[];
  };
}

/** Documents are parsed only when they may hold the definition: some are over a megabyte. */
function findSchema(apiVersion: string, kind: string): Schema | undefined {
  for (const file of readdirSync(CRD_FOLDER)) {
    if (!file.endsWith(".yaml")) continue;
    for (const text of readFileSync(path.join(CRD_FOLDER, file), "utf8").split(/^---$/m)) {
      if (!text.includes(`\n    kind: ${kind}\n`)) continue;
      const { spec } = parseYaml(text) as Crd;
      const version = spec.versions.find(({ name }) => `${spec.group}/${name}` === apiVersion);
      if (spec.names.kind === kind && version !== undefined) return version.schema.openAPIV3Schema;
    }
  }
  return undefined;
}

function compile(schema: Schema): ValidateFunction {
  // Patterns are RE2, whose inline flag for case JavaScript does not know.
  const regExp = (pattern: string): RegExp =>
    pattern.includes("(?i)") ? new RegExp(pattern.replace("(?i)", ""), "i") : new RegExp(pattern);
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    useDefaults: true,
    code: { regExp: Object.assign(regExp, { code: "new RegExp" }) },
  });
  const structural = structuralSchema(schema) as { properties: Record<string, unknown> };
  structural.properties["metadata"] = { type: "object" };
  return ajv.compile(structural);
}

/** A structural schema of Kubernetes as plain JSON schema, with unknown fields refused. */
function structuralSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(structuralSchema);
  if (typeof schema !== "object" || schema === null) return schema;
  const plain: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === "format" || key.startsWith("x-kubernetes-")) continue;
    if (key === "default") plain[key] = value;
    else if (key === "properties") {
      plain[key] = Object.fromEntries(
        Object.entries(value as object).map(([name, one]) => [name, structuralSchema(one)]),
      );
    } else plain[key] = structuralSchema(value);
  }
  const marks = schema as Readonly<Record<string, unknown>>;
  if (marks["x-kubernetes-int-or-string"] === true) {
    delete plain["type"];
    delete plain["pattern"];
  }
  const isClosed =
    plain["type"] === "object" &&
    plain["properties"] !== undefined &&
    plain["additionalProperties"] === undefined &&
    marks["x-kubernetes-preserve-unknown-fields"] !== true;
  return isClosed ? { ...plain, additionalProperties: false } : plain;
}

/** CEL has more functions in Kubernetes than in its own libraries. */
const find = celMethod(
  "find",
  CelScalar.STRING,
  [CelScalar.STRING],
  CelScalar.STRING,
  function (this: string, pattern: string) {
    return new RegExp(pattern).exec(this)?.[0] ?? "";
  },
);
const environment: CelEnv = celEnv({ funcs: [...strings, find] });
const programs = new Map<string, ReturnType<typeof plan>>();

function programOf(rule: string): ReturnType<typeof plan> {
  const known = programs.get(rule);
  if (known !== undefined) return known;
  const program = plan(environment, parse(rule));
  programs.set(rule, program);
  return program;
}

interface Rule {
  readonly rule: string;
  readonly message?: string;
}

/** Evaluates the rules of a schema and of everything below it that has a value. */
function celProblems(schema: Schema | undefined, value: unknown, at: string): string[] {
  if (schema === undefined || value === undefined || value === null) return [];
  const rules = (schema["x-kubernetes-validations"] ?? []) as readonly Rule[];
  const own = rules
    .filter(({ rule }) => !rule.includes("oldSelf"))
    .flatMap(({ rule, message }) => {
      const result = programOf(rule)({ self: celValue(value) as never });
      return result === true ? [] : [`${at}: ${message ?? rule} (${String(result)})`];
    });
  const below = Object.entries((schema["properties"] ?? {}) as Record<string, Schema>).flatMap(
    ([name, one]) => celProblems(one, (value as Record<string, unknown>)[name], `${at}.${name}`),
  );
  const items = Array.isArray(value)
    ? value.flatMap((item, index) =>
        celProblems(schema["items"] as Schema | undefined, item, `${at}[${index}]`),
      )
    : [];
  const { additionalProperties } = schema;
  const entries =
    typeof additionalProperties === "object"
      ? Object.entries(value).flatMap(([name, one]) =>
          celProblems(additionalProperties as Schema, one, `${at}.${name}`),
        )
      : [];
  return [...own, ...below, ...items, ...entries];
}

/** CEL's whole numbers are of 64 bits. */
function celValue(value: unknown): unknown {
  if (typeof value === "number" && Number.isInteger(value)) return BigInt(value);
  if (Array.isArray(value)) return value.map(celValue);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, celValue(one)]));
}
