import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { builtInScenarios } from "../../../planner/scenario/built-in-scenarios";
import { readScenarioText } from "../../../planner/scenario/parse-scenario";
import { scenarioJsonSchema } from "../../../planner/scenario/scenario-spec";
import { TROUBLED_SCENARIO } from "./troubled-scenario";

interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
}

const schema = scenarioJsonSchema() as JsonSchema;

function propertiesOf(...steps: readonly string[]): JsonSchema {
  return steps.reduce<JsonSchema>((node, step) => {
    const next = step === "*" ? node.additionalProperties : node.properties?.[step];
    if (typeof next !== "object") throw new Error(`no ${step}`);
    return next;
  }, schema);
}

/** A small check of what the schema says against a value: types, keys, enums, choices. */
function accepts(node: JsonSchema, value: unknown): boolean {
  if (node.anyOf !== undefined) return node.anyOf.some((form) => accepts(form, value));
  if (node.enum !== undefined) return node.enum.includes(value);
  const types = node.type === undefined ? [] : [node.type].flat();
  const actual = Array.isArray(value) ? "array" : typeof value;
  const fits = types.some(
    (type) => type === actual || (type === "integer" && Number.isInteger(value)),
  );
  if (types.length > 0 && !fits) return false;
  if (Array.isArray(value)) return value.every((item) => accepts(node.items ?? {}, item));
  if (typeof value !== "object" || value === null) return true;
  const known = Object.entries(value).every(([key, field]) => {
    const property = node.properties?.[key] ?? node.additionalProperties;
    return typeof property === "object" ? accepts(property, field) : property !== false;
  });
  return known && (node.required ?? []).every((key) => key in value);
}

describe("scenarioJsonSchema", () => {
  it("has these top-level keys, and refuses others", () => {
    expect(Object.keys(schema.properties ?? {})).toEqual([
      "version",
      "name",
      "seed",
      "replications",
      "horizon",
      "workloads",
      "fleet",
      "faults",
      "stress",
      "survive",
      "search",
      "prices",
    ]);
    expect(schema.required).toEqual(["workloads", "fleet"]);
    expect(schema.additionalProperties).toBe(false);
  });

  it("has these keys of workloads, pools and engines", () => {
    const keys = (...steps: readonly string[]) =>
      Object.keys(propertiesOf(...steps).properties ?? {});
    expect(keys("workloads", "*")).toEqual([
      "model",
      "arrivals",
      "tokens",
      "prefix",
      "chain",
      "fallback",
      "delivery",
      "sessions",
      "client",
      "origins",
      "tenants",
      "priority",
      "slo",
    ]);
    expect(keys("fleet")).toEqual([
      "regions",
      "routing",
      "gateway",
      "circuitBreaker",
      "healthCheck",
      "retry",
      "timeout",
      "admission",
      "hedging",
      "queue",
      "autoscaling",
      "coldStart",
      "spot",
      "failover",
      "residency",
      "draining",
    ]);
    expect(keys("fleet", "regions", "*", "pools", "*")).toEqual([
      "model",
      "instanceType",
      "accelerator",
      "replicas",
      "role",
      "engine",
      "accepts",
      "priorities",
      "price",
      "kvTransfer",
      "purchase",
      "spot",
      "coldStart",
      "autoscaling",
      "circuitBreaker",
      "healthCheck",
    ]);
    expect(keys("fleet", "regions", "*", "pools", "*", "engine")).toContain("tensorParallel");
  });

  it("describes every field", () => {
    const bare: string[] = [];
    const visit = (node: JsonSchema, at: string): void => {
      for (const [key, field] of Object.entries(node.properties ?? {})) {
        if (field.description === undefined) bare.push(`${at}.${key}`);
        visit(field, `${at}.${key}`);
      }
      if (typeof node.additionalProperties === "object")
        visit(node.additionalProperties, `${at}.*`);
      for (const form of node.anyOf ?? []) visit(form, at);
      if (node.items !== undefined) visit(node.items, `${at}[]`);
    };
    visit(schema, "");
    expect(bare).toEqual([]);
  });

  it.each(builtInScenarios)("accepts $name", ({ name, file }) => {
    const text = readFileSync(path.resolve(__dirname, "../../..", file), "utf8");
    expect(accepts(schema, readScenarioText(text, name))).toBe(true);
  });

  it("accepts every form of clients, chains, faults and stress cases", () => {
    expect(accepts(schema, readScenarioText(TROUBLED_SCENARIO, "x"))).toBe(true);
  });

  it("refuses what the parser refuses", () => {
    const text = readFileSync(
      path.resolve(__dirname, "../../../planner/scenarios/chat-single-h100.yaml"),
      "utf8",
    );
    const raw = readScenarioText(text, "x") as Record<string, unknown>;
    expect(accepts(schema, { ...raw, forecast: {} })).toBe(false);
    expect(accepts(schema, { ...raw, faults: [{ at: "1 min", loose: "fleet" }] })).toBe(false);
    expect(accepts(schema, { ...raw, seed: "one" })).toBe(false);
    expect(accepts(schema, { name: "x" })).toBe(false);
  });
});
