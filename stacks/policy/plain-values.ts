/**
 * Arguments of a resource as plain values. The SDK hands them over in proxies that throw where a preview does not know a
 * value yet; here such a value is UNKNOWN, so that a rule judges what is known and leaves the rest to `up`.
 */

/** Stands for a value that a preview does not know. No rule takes it for good, for bad, or for missing. */
export const UNKNOWN: unique symbol = Symbol("not known before it is there");

export type Values = Readonly<Record<string, unknown>>;

/** A copy without proxies. */
export function plainValues(props: Values): Values {
  return Object.fromEntries(Object.keys(props).map((key) => [key, plainField(props, key)]));
}

function plainField(container: object, key: string): unknown {
  let value: unknown;
  try {
    value = (container as Values)[key];
  } catch {
    // Reading data throws for one reason only: the value is not known.
    return UNKNOWN;
  }
  if (Array.isArray(value)) return Object.keys(value).map((index) => plainField(value, index));
  return typeof value === "object" && value !== null ? plainValues(value as Values) : value;
}

/**
 * The value at a dotted path: undefined where the path ends early, UNKNOWN where something on it is not known.
 * @example valueAt({ a: { b: 1 } }, "a.b") // 1
 */
export function valueAt(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((at, key) => {
    if (at === UNKNOWN) return UNKNOWN;
    return typeof at === "object" && at !== null ? (at as Values)[key] : undefined;
  }, value);
}

/** The known items of a list at a path; none where there is no list, or it is not known. */
export function itemsAt(value: unknown, path: string): readonly unknown[] {
  const list = valueAt(value, path);
  return Array.isArray(list) ? list.filter((item) => item !== UNKNOWN) : [];
}

/** The known items of a value that is one of something or a list of it, as in documents of IAM. */
export function oneOrMore(value: unknown): readonly unknown[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter((item) => item !== undefined && item !== UNKNOWN);
}

/** Whether something is there, be it not known yet. */
export function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

/** A document that is written as JSON; undefined when it is not known or none. */
export function documentOf(value: unknown): unknown {
  if (typeof value !== "string") return value === UNKNOWN ? undefined : value;
  try {
    return JSON.parse(value) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const SECONDS_PER_UNIT = { ms: 0.001, s: 1, m: 60, h: 3600 } as const;

/**
 * Seconds of a number, of a number in a text, or of a duration; undefined for anything else.
 * @example secondsOf("1h30m") // 5400
 */
export function secondsOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || !/^(\d+(\.\d+)?(ms|s|m|h)?)+$/.test(value)) return undefined;
  return [...value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)?/g)].reduce(
    (sum, [, amount, unit]) =>
      sum + Number(amount) * SECONDS_PER_UNIT[(unit ?? "s") as keyof typeof SECONDS_PER_UNIT],
    0,
  );
}

/** As it is shown in a message. */
export function shown(value: unknown): string {
  if (value === UNKNOWN) return "a value that is not known yet";
  return value === undefined ? "nothing" : JSON.stringify(value);
}
