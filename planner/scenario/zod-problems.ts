/**
 * Turns zod's issues into problems: dotted path, the value received, what is allowed, what to do. One problem for
 * each unknown key. A key that is missing because it is misspelt is reported once, as the misspelling.
 */
import type { z } from "zod";
import { didYouMean } from "../catalog/suggest";
import { listWords } from "../fleet/schema-kit";
import type { Problem, ProblemCode } from "../foundation/errors";
import { quoteValue } from "../foundation/units";

/** `["a", 0, "b"]` → `a[0].b`. */
function formatPath(path: readonly PropertyKey[]): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else text += text === "" ? String(step) : `.${String(step)}`;
  }
  return text;
}

/** All problems of a raw value that did not pass the schema. */
export function problemsOf(issues: readonly z.core.$ZodIssue[], raw: unknown): Problem[] {
  const problems = issues.flatMap((issue) => convert(issue, raw));
  const unknownKeys = issues.filter((issue) => issue.code === "unrecognized_keys");
  const meant = new Set(unknownKeys.flatMap(misspeltPaths));
  const parents = new Set(unknownKeys.map(({ path }) => formatPath(path)));
  return problems.filter(
    ({ code, path }) =>
      !(code === "missing" && meant.has(path)) && !(code === "empty" && parents.has(path)),
  );
}

function convert(issue: z.core.$ZodIssue, raw: unknown): readonly Problem[] {
  const path = formatPath(issue.path);
  const received = valueAt(raw, issue.path);
  switch (issue.code) {
    case "unrecognized_keys": {
      const allowed = issue.message.split(" ");
      return issue.keys.map((key) => ({
        code: "unknown-key",
        path: formatPath([...issue.path, key]),
        message: "unknown key",
        hint: didYouMean(key, allowed) ?? `allowed here: ${listWords(allowed)}`,
      }));
    }
    case "invalid_type": {
      const expected = issue.expected === "array" ? "a list" : "a map";
      return received === undefined || received === null
        ? [{ code: "missing", path, message: `is missing; give ${expected}` }]
        : [
            {
              code: "invalid-type",
              path,
              message: `expected ${expected}, got ${quoteValue(received)}`,
            },
          ];
    }
    case "invalid_key":
      return issue.issues.map(({ message }) => ({
        code: "invalid-value",
        path,
        message: `this name ${message}`,
      }));
    case "too_small":
    case "too_big": {
      const limit =
        issue.code === "too_small" ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
      const length = Array.isArray(received) ? received.length : quoteValue(received);
      return [{ code: "invalid-value", path, message: `needs ${limit} entries, got ${length}` }];
    }
    case "custom": {
      const { problem, hint } = issue.params ?? {};
      const code: ProblemCode = isProblemCode(problem) ? problem : "invalid-value";
      const message = issue.message;
      return [typeof hint === "string" ? { code, path, message, hint } : { code, path, message }];
    }
    default:
      return [
        { code: "invalid-value", path, message: `${issue.message}, got ${quoteValue(received)}` },
      ];
  }
}

/** Paths of the keys that misspelt ones were probably meant to be. */
function misspeltPaths(issue: z.core.$ZodIssueUnrecognizedKeys): string[] {
  const allowed = issue.message.split(" ");
  return issue.keys.flatMap((key) => {
    const name = /"(.*)"/.exec(didYouMean(key, allowed) ?? "")?.[1];
    return name === undefined ? [] : [formatPath([...issue.path, name])];
  });
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  let value: unknown = raw;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step))
      return undefined;
    value = (value as Readonly<Record<PropertyKey, unknown>>)[step];
  }
  return value;
}

const CODES: ReadonlySet<unknown> = new Set<ProblemCode>([
  "invalid-type",
  "invalid-value",
  "unknown-key",
  "unknown-name",
  "missing",
  "conflict",
  "empty",
]);

function isProblemCode(code: unknown): code is ProblemCode {
  return CODES.has(code);
}
