/**
 * The building blocks of the zod schemas of a scenario file: readable quantities, names, and choices
 * between forms, each with messages that say what was received and what is allowed. Every block takes
 * the description that `capplan schema` prints. Turning issues into problems is `scenario/zod-problems.ts`.
 */
import { z } from "zod";
import { didYouMean } from "../catalog/suggest";
import { escapeControls, hasControls } from "../foundation/control-characters";
import type { ProblemCode } from "../foundation/errors";
import { formatDuration, formatRate, formatShare } from "../foundation/format-units";
import {
  quoteValue,
  type ReadQuantity,
  readBandwidth,
  readDollars,
  readDuration,
  readRate,
  readShare,
  readTokens,
} from "../foundation/units";
import { readWeekTime } from "../foundation/week-time";

/** What a custom issue carries besides its message. */
export interface IssueParams {
  readonly problem: ProblemCode;
  readonly hint?: string;
}

/** A value that was read, or the problem with it. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly message: string;
      readonly problem?: ProblemCode;
      readonly hint?: string;
    };

interface Limits {
  readonly min?: number;
  /** The value must be greater than this. */
  readonly above?: number;
  readonly max?: number;
  /** How `min` and `max` are written in messages. @default as plain numbers */
  readonly show?: (value: number) => string;
}

/** A map with these keys only. The message of its issue about unknown keys lists the keys it has. */
export function strict<Shape extends z.core.$ZodLooseShape>(shape: Shape, description?: string) {
  const schema = z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys" ? Object.keys(shape).join(" ") : undefined,
  });
  return description === undefined ? schema : schema.meta({ description });
}

/** A value that `read` understands; `json` is what JSON Schema says of it, its description among it. */
export function checked<T>(
  read: (value: unknown) => Reading<T>,
  json: Readonly<Record<string, unknown>>,
) {
  return z
    .unknown()
    .transform((value, context): T => {
      const reading: Reading<T> =
        value === undefined || value === null
          ? { ok: false, problem: "missing", message: `is missing; ${lower(json["description"])}` }
          : read(value);
      if (reading.ok) return reading.value;
      const params: IssueParams = {
        problem: reading.problem ?? "invalid-value",
        ...(reading.hint === undefined ? {} : { hint: reading.hint }),
      };
      context.issues.push({
        code: "custom",
        message: reading.message,
        params: { ...params },
        input: value,
      });
      return z.NEVER;
    })
    .meta(json);
}

function lower(description: unknown): string {
  const text = String(description);
  return `${text.charAt(0).toLowerCase()}${text.slice(1).replace(/\.$/, "")}`;
}

function within(reading: ReadQuantity, limits: Limits, given: unknown): Reading<number> {
  if (!reading.ok) return reading;
  const { min, above, max, show = String } = limits;
  const got = `got ${quoteValue(given)}`;
  const tooSmall =
    (above !== undefined && reading.value <= above) || (min !== undefined && reading.value < min);
  if (tooSmall) {
    return {
      ok: false,
      message:
        above === undefined
          ? `must be at least ${min === undefined ? 0 : show(min)}, ${got}`
          : `must be greater than ${above}, ${got}`,
    };
  }
  return max !== undefined && reading.value > max
    ? { ok: false, message: `must be at most ${show(max)}, ${got}` }
    : reading;
}

function quantity(
  read: (value: unknown) => ReadQuantity,
  description: string,
  limits: Limits,
  json: Readonly<Record<string, unknown>>,
) {
  return checked((value) => within(read(value), limits, value), { ...json, description });
}

/** Seconds, from `250 ms`, `1h30m`. */
export const duration = (description: string, limits: Limits = {}) =>
  quantity(
    readDuration,
    description,
    { show: formatDuration, ...limits },
    {
      type: ["string", "number"],
      examples: ["250 ms", "90 s", "1h30m", "4 d"],
    },
  );

/** Seconds since Monday 00:00 UTC, from `14:00`, `sat 09:30`. */
export const weekTime = (description: string) =>
  quantity(
    readWeekTime,
    description,
    {},
    {
      type: "string",
      examples: ["14:00", "mon 14:00", "sat 09:30"],
    },
  );

/** Per second, from `40/s`, `1000/h`. */
export const rate = (description: string, limits: Limits = {}) =>
  quantity(
    readRate,
    description,
    { show: formatRate, ...limits },
    {
      type: ["string", "number"],
      examples: ["40/s", "2.5/min", "1000/h"],
    },
  );

/** Tokens, from `1200`, `8k`, `8Ki`. */
export const tokens = (description: string, limits: Limits = {}) =>
  quantity(readTokens, description, limits, {
    type: ["number", "string"],
    examples: [1200, "8k", "8Ki"],
  });

/** 0 to 1, from `95%` or `0.95`. */
export const share = (description: string, limits: Limits = {}) =>
  quantity(readShare, description, limits, { type: ["number", "string"], examples: [0.95, "95%"] });

/**
 * A share written as a percentage, as the field that it becomes counts in percent: `20%` is 0.2. A number without
 * the sign is refused, because a share of 1 and 1 % would look alike.
 */
export const percent = (description: string, limits: Limits = {}) =>
  quantity(
    readPercent,
    description,
    { show: formatShare, ...limits },
    { type: "string", examples: ["20%"] },
  );

function readPercent(value: unknown): ReadQuantity {
  if (value === 0) return { ok: true, value: 0 };
  const match = typeof value === "string" ? /^([0-9]+(?:\.[0-9]+)?)\s*%$/.exec(value.trim()) : null;
  // The point is moved in the decimal digits: a division would round a second time.
  if (match !== null) return { ok: true, value: Number(`${match[1]}e-2`) };
  const likely =
    typeof value === "number" && value > 0 && Number.isFinite(value)
      ? `; did you mean ${value > 1 ? value : value * 100}%?`
      : "";
  const message = `expected a percentage with its sign, such as 20%, got ${quoteValue(value)}${likely}`;
  return { ok: false, message };
}

/** US dollars, from `$2.50` or `2.5`. */
export const dollars = (description: string, limits: Limits = {}) =>
  quantity(readDollars, description, limits, {
    type: ["string", "number"],
    examples: ["$2.50", 2.5],
  });

/** Bytes per second, from `400 Gbps` (bits) or `50 GB/s`. */
export const bandwidth = (description: string, limits: Limits = {}) =>
  quantity(readBandwidth, description, limits, {
    type: "string",
    examples: ["400 Gbps", "50 GB/s"],
  });

/** A whole number of tokens. */
export const wholeTokens = (description: string, limits: Limits = {}) =>
  quantity((value) => wholeOnly(readTokens(value), value), description, limits, {
    type: ["integer", "string"],
    examples: [1200, "8k", "8Ki"],
  });

function wholeOnly(reading: ReadQuantity, given: unknown): ReadQuantity {
  if (!reading.ok || Number.isInteger(reading.value)) return reading;
  return { ok: false, message: `must be a whole number, got ${quoteValue(given)}` };
}

/** A plain number without a unit. */
export const plainNumber = (description: string, limits: Limits = {}) =>
  quantity(readNumber, description, limits, { type: "number" });

/** A whole number without a unit. */
export const count = (description: string, limits: Limits = { min: 1 }) =>
  quantity((value) => wholeOnly(readNumber(value), value), description, limits, {
    type: "integer",
    ...(limits.min === undefined ? {} : { minimum: limits.min }),
    ...(limits.max === undefined ? {} : { maximum: limits.max }),
  });

function readNumber(value: unknown): ReadQuantity {
  if (typeof value !== "number")
    return { ok: false, message: `expected a number, got ${quoteValue(value)}` };
  if (!Number.isFinite(value)) return { ok: false, message: `must be finite, got ${value}` };
  return { ok: true, value };
}

/** `true` or `false`. */
export const flag = (description: string) =>
  checked<boolean>(
    (value) =>
      typeof value === "boolean"
        ? { ok: true, value }
        : { ok: false, message: `expected true or false, got ${quoteValue(value)}` },
    { type: "boolean", description },
  );

/** A text that is not empty and stands on one line: reports show it as it is. */
export const text = (description: string) =>
  checked<string>(
    (value) => {
      if (typeof value !== "string")
        return { ok: false, message: `expected a text, got ${quoteValue(value)}` };
      if (value.trim() === "") return { ok: false, message: "must not be empty" };
      if (!hasControls(value)) return { ok: true, value };
      const got = escapeControls(quoteValue(value));
      return {
        ok: false,
        message: `must be one line without control characters, got ${got}`,
        hint: "remove them",
      };
    },
    { type: "string", minLength: 1, description },
  );

/** One of a list of words. */
export const word = <const Word extends string>(
  what: string,
  words: readonly Word[],
  description: string,
) =>
  checked<Word>(
    (value) => {
      const found = words.find((one) => one === value);
      if (found !== undefined) return { ok: true, value: found };
      return { ok: false, problem: "unknown-name", ...unknownName(what, value, words) };
    },
    { enum: [...words], description },
  );

/** `unknown policy "rond-robin"`, with the closest name or else the list of them. */
export function unknownName(
  what: string,
  value: unknown,
  names: readonly string[],
): { readonly message: string; readonly hint: string } {
  const close = typeof value === "string" ? didYouMean(value, names) : undefined;
  return {
    message: `unknown ${what} ${quoteValue(value)}`,
    hint: close ?? `use ${listWords(names)}`,
  };
}

/** `a`, `a or b`, `a, b or c`. */
export function listWords(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} or ${last}`;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;

/** A map from names that the user chooses to values; at least one. */
export function namedMap<Value extends z.ZodType>(what: string, value: Value, description: string) {
  return notEmpty(what, possiblyEmptyMap(value, description)).meta({ description });
}

/** A map from catalog names, which have dots and slashes, to values; at least one. They are looked up later. */
export function catalogMap<Value extends z.ZodType>(
  what: string,
  value: Value,
  description: string,
) {
  return notEmpty(what, z.record(text(`Name of the ${what}`), value)).meta({ description });
}

function notEmpty<Map extends z.ZodType<Readonly<Record<string, unknown>>>>(
  what: string,
  map: Map,
): Map {
  return map.refine((entries) => Object.keys(entries).length > 0, {
    error: `needs at least one ${what}`,
    params: { problem: "empty" } satisfies IssueParams,
  });
}

/** The same, where none may be meant. */
export function possiblyEmptyMap<Value extends z.ZodType>(value: Value, description: string) {
  const key = z.string().refine((name) => NAME.test(name), {
    error: `must be 1 to 63 letters, digits, "-" or "_", and begin with a letter or digit`,
  });
  return z.record(key, value).meta({ description });
}
