/**
 * Token counts as written in a trace. Whole numbers only; `374.0` is taken, because table tools
 * write whole numbers so when a column once had a gap.
 */

/** The count, or NaN when the text is none. Range is checked by the builder. */
export function readTokens(value: unknown): number {
  if (typeof value === "number") return Number.isInteger(value) ? value : Number.NaN;
  if (typeof value !== "string") return Number.NaN;
  return WHOLE_NUMBER.test(value) ? Number(value) : Number.NaN;
}

const WHOLE_NUMBER = /^-?\d+(\.0*)?$/;

/** What is wrong with a value for which `readTokens` gave NaN. */
export function describeBadTokens(column: string, value: unknown): string {
  return `${column}: must be a whole number of tokens, got ${describeValue(value)}`;
}

/** What is wrong with a value that should be the text of a prompt or an answer. */
export function describeBadText(column: string, value: unknown): string {
  return `${column}: must be text, got ${describeValue(value)}`;
}

/** A value of a file as it is quoted in a message: short, and safe to print. */
export function describeValue(value: unknown): string {
  if (value === undefined || value === "") return "nothing";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
