/**
 * Whether a manifest keeps the rules of its definition (`x-kubernetes-validations`), which the server evaluates in CEL.
 * Rules about a change (`oldSelf`) need two manifests and are left out.
 */
import { describe } from "@jest/globals";
import { withDefaults } from "./check-structure";
import { type Schema, schemaOf } from "./definitions";
import type { Manifest } from "./manifest";

/** The part of @bufbuild/cel that is used. */
interface Cel {
  readonly celEnv: (options: { readonly funcs: readonly unknown[] }) => unknown;
  readonly celMethod: (...args: readonly unknown[]) => unknown;
  readonly CelScalar: { readonly STRING: unknown };
  readonly parse: (rule: string) => unknown;
  readonly plan: (
    env: unknown,
    parsed: unknown,
  ) => (bindings: Readonly<Record<string, unknown>>) => unknown;
}

/** What evaluating the rules gave. */
export interface RuleResult {
  /** How many rules were evaluated: none would prove nothing. */
  readonly evaluated: number;
  readonly problems: readonly string[];
}

/** True when the evaluator is installed. */
function hasEvaluator(): boolean {
  try {
    require.resolve("@bufbuild/cel");
    return true;
  } catch {
    return false;
  }
}

/** A suite that evaluates rules; without the evaluator it is skipped and says so. */
export function describeWithRules(name: string, suite: () => void): void {
  if (hasEvaluator()) describe(name, suite);
  else describe.skip(`${name} (skipped: @bufbuild/cel is not installed)`, suite);
}

const programs = new Map<string, ReturnType<Cel["plan"]>>();

/** The evaluator, with the functions that Kubernetes adds. */
function environment(): { readonly cel: Cel; readonly env: unknown } {
  const cel: Cel = require("@bufbuild/cel");
  const { strings }: { readonly strings: readonly unknown[] } = require("@bufbuild/cel/ext");
  return { cel, env: cel.celEnv({ funcs: [...strings, findMethod(cel)] }) };
}

/** What an expression comes to, such as that of an admission policy. */
export function evaluateExpression(
  expression: string,
  bindings: Readonly<Record<string, unknown>>,
): unknown {
  const { cel, env } = environment();
  const known = integersAsBigInt(bindings) as Readonly<Record<string, unknown>>;
  return cel.plan(env, cel.parse(expression))(known);
}

/** Evaluates every rule that applies to a manifest. */
export function evaluateRules(manifest: Manifest): RuleResult {
  const { cel, env } = environment();
  const problems: string[] = [];
  let evaluated = 0;
  const evaluate = (schema: Schema, value: unknown, path: string): void => {
    if (value === undefined) return;
    for (const { rule, message } of schema["x-kubernetes-validations"] ?? []) {
      if (rule.includes("oldSelf")) continue;
      evaluated += 1;
      let program = programs.get(rule);
      if (program === undefined) {
        program = cel.plan(env, cel.parse(rule));
        programs.set(rule, program);
      }
      const outcome = program({ self: integersAsBigInt(value) });
      if (outcome !== true) problems.push(`${path}: ${message ?? rule} (${String(outcome)})`);
    }
    const entries = (value ?? {}) as Readonly<Record<string, unknown>>;
    for (const [key, property] of Object.entries(schema.properties ?? {})) {
      evaluate(property, entries[key], `${path}.${key}`);
    }
    const { items, additionalProperties } = schema;
    if (items !== undefined && Array.isArray(value)) {
      value.forEach((item, index) => {
        evaluate(items, item, `${path}[${index}]`);
      });
    }
    if (typeof additionalProperties === "object") {
      for (const [key, item] of Object.entries(entries)) {
        evaluate(additionalProperties, item, `${path}.${key}`);
      }
    }
  };
  const schema = schemaOf(manifest.apiVersion, manifest.kind);
  evaluate(schema, withDefaults(manifest), manifest.kind);
  return { evaluated, problems };
}

/** `find` is Kubernetes' own addition to CEL: the first match of a pattern, or nothing. */
function findMethod({ celMethod, CelScalar }: Cel): unknown {
  return celMethod(
    "find",
    CelScalar.STRING,
    [CelScalar.STRING],
    CelScalar.STRING,
    function (this: string, pattern: string) {
      return new RegExp(pattern).exec(this)?.[0] ?? "";
    },
  );
}

/** CEL keeps integers apart from other numbers. */
function integersAsBigInt(value: unknown): unknown {
  if (typeof value === "number" && Number.isInteger(value)) return BigInt(value);
  if (Array.isArray(value)) return value.map(integersAsBigInt);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, integersAsBigInt(item)]),
  );
}
